"""What forecasts, events and milestones are measured on: two labels' real records, and artists who never were.

Nothing of the two records is in the project: they are read where ``CASA24_SHARED`` says.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.backtest import Score, backtest
from casa24.analysis.co_movement import known_on
from casa24.analysis.daily import every_daily
from casa24.analysis.events import Event, every_event
from casa24.analysis.milestones import milestones
from casa24.analysis.quality.cleaning import cleaned
from casa24.analysis.quality.copies import Copies
from casa24.core.snapshot import Measurement, State
from casa24.core.timeseries import Point, TimeSeries
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.sources import registry
from tests.making import SERIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

FOLLOWERS = "spotify.followers"
LISTENERS = "spotify.monthly_listeners"
PEOPLE = frozenset({FOLLOWERS, LISTENERS, "instagram.followers"})
_ITEMS = {item.key: item for source in registry.load().artist_sources for item in source.series()}
_COLUMNS = {"followers": FOLLOWERS, "monthly_listeners": LISTENERS}
_BEGIN = dt.date(2025, 1, 1)
_MONTH = 30


@cache
def ours(shared: Path) -> tuple[TimeSeries, ...]:
    """Six months of the label this was made for: it shrinks, and waves come and go. The last day is 2025-10-31."""
    history = History(DataFolder(shared / "legacy-history", SERIES))
    copies = Copies()
    found = list(history.gather(watch=copies.add).series())
    return tuple(cleaned(found, copies.days, history.amendments, lambda name: frozenset({name})))


@cache
def others(shared: Path) -> tuple[TimeSeries, ...]:
    """39 artists of another label, mostly a reading every three days: all of them grew."""
    points: dict[tuple[str, str], list[Point]] = {}
    with (shared / "other-label.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column, key in _COLUMNS.items():
                if row[column]:
                    day, value = dt.date.fromisoformat(row["date"]), int(row[column])
                    points.setdefault((row["artist"], key), []).append(Point(day, _read(value)))
    return tuple(TimeSeries(artist, _ITEMS[key], tuple(own)) for (artist, key), own in points.items())


def _read(value: int) -> Measurement:
    return Measurement(value, State.MEASURED, low=value, high=value)


def overall(found: Sequence[TimeSeries], days: int, keys: Collection[str] | None = None) -> Score:
    """The score of every forecast of these numbers (None: of all) so many days ahead."""
    chosen = [series for series in found if keys is None or series.item.key in keys]
    return backtest(every_daily(chosen), [days]).scores[0]


# --- artists who never were


def _followers(name: str, values: Sequence[float]) -> TimeSeries:
    days = (_BEGIN + dt.timedelta(days=number) for number in range(len(values)))
    points = tuple(Point(day, _read(max(0, round(value)))) for day, value in zip(days, values, strict=True))
    return TimeSeries(name, _ITEMS[FOLLOWERS], points)


def growers(seed: int, artists: int = 30, days: int = 240) -> list[TimeSeries]:
    """They gain 1 to 60 a day, each day as many as chance will have it around their own pace."""
    chance = random.Random(seed)
    found = []
    for number in range(artists):
        pace, value = chance.choice([1, 2, 5, 10, 20, 40, 60]), float(chance.randint(100, 20_000))
        values = [value]
        for _ in range(days):
            value += max(0.0, chance.gauss(pace, pace**0.5))
            values.append(value)
        found.append(_followers(f"Grower {number}", values))
    return found


def hits(seed: int, artists: int = 20, days: int = 240) -> list[TimeSeries]:
    """They stand still but for a follower now and then, rise on one day by half to four times, and stay there."""
    chance = random.Random(seed)
    found = []
    for number in range(artists):
        value, day = chance.randint(100, 3000), chance.randint(50, 90)
        values = []
        for place in range(days):
            value += chance.choice([-1, 0, 0, 0, 1])
            value += round(value * chance.uniform(0.5, 4)) if place == day else 0
            values.append(value)
        found.append(_followers(f"Hit {number}", values))
    return found


def alarms(found: Sequence[TimeSeries]) -> float:
    """Events in a series and month."""
    months = sum((series.points[-1].date - series.points[0].date).days for series in found) / _MONTH
    return len(every_event(found)) / months


# --- labelled events


class Found(NamedTuple):
    """How many of the labelled events are events, how many are not, and how many events have no label."""

    hit: int
    missed: int
    false: int


def labelled(shared: Path, severities: Collection[str] = ("major",)) -> Found:
    """The hand-labelled events of our label's followers and listeners against those found."""
    found = every_event(series for series in ours(shared) if series.item.key in _COLUMNS.values())
    with (shared / "events.csv").open(encoding="utf-8", newline="") as file:
        labels = [row for row in csv.DictReader(file) if row["metric"] in _COLUMNS.values()]
    wanted = [row for row in labels if row["severity"] in severities]
    hit = sum(any(_fits(event, row) for event in found) for row in wanted)
    false = sum(not any(_fits(event, row) for row in labels) for event in found)
    return Found(hit, len(wanted) - hit, false)


def _fits(event: Event, row: dict[str, str]) -> bool:
    start, end = (dt.date.fromisoformat(row[key]) for key in ("start", "end"))
    same = (event.artist, f"{event.source}.{event.metric}") == (row["artist"], row["metric"])
    return same and event.first <= end and event.last >= start and event.rise == (not row["size"].startswith("-"))


# --- milestones


class Spans(NamedTuple):
    """Of the spans given, how many held the day the milestone came, how many did not, and how many are open."""

    held: int
    missed: int
    undecided: int

    @property
    def share(self) -> float:
        """What of those decided held."""
        return self.held / (self.held + self.missed)


def spans(found: Sequence[TimeSeries], every: int = 7) -> Spans:
    """Every span a reader was given on one day of so many, against the day the milestone came.

    A series read every three days may have been there since the reading before: then a span holds that touches
    these days. One that came to pass neither by its latest day nor later has missed.
    """
    told = list(_told(found, every))
    return Spans(told.count(True), told.count(False), told.count(None))


def _told(found: Sequence[TimeSeries], every: int) -> Iterator[bool | None]:
    last = max(series.points[-1].date for series in found)
    first = min(series.points[0].date for series in found)
    days = {
        (came.artist, came.source, came.metric, came.rung): came.reached for came in milestones(found, last).reached
    }
    series_of = {(series.artist, series.item.key): series for series in found}
    for number in range(60, (last - first).days, every):
        day = first + dt.timedelta(days=number)
        known = [part for series in found if (part := known_on(series, day)).points]
        # Whatever was read on one of the last days counts as read on the newest.
        for ahead in milestones([_until(part, day) for part in known], day).ahead:
            if ahead.earliest is None or ahead.latest is None:
                continue
            reached = days.get((ahead.artist, ahead.source, ahead.metric, ahead.rung))
            if reached is None:
                yield False if ahead.latest < last else None
            else:
                own = series_of[ahead.artist, f"{ahead.source}.{ahead.metric}"]
                before = max(point.date for point in own.usable if point.date < reached)
                yield before < ahead.latest and ahead.earliest <= reached


def _until(series: TimeSeries, day: dt.date) -> TimeSeries:
    """The series with a row on this day, without an answer if there was no reading."""
    if series.points[-1].date == day:
        return series
    missing = Point(day, Measurement(None, State.FAILED, code="timeout"))
    return TimeSeries(series.artist, series.item, (*series.points, missing))
