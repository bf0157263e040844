"""Rank artists by one number, with ties, and say how the ranks changed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.result import Result
from casa24.core.snapshot import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.core.metrics import Series
    from casa24.core.timeseries import Point, TimeSeries

MONTH = dt.timedelta(days=30)
_RECENT = dt.timedelta(days=7)
_NEAR = dt.timedelta(days=3)


class Standing(Result):
    """One artist's rank, from 1; ``tied``: shared with another.

    ``reading``: of ``date``, at most 7 days before the newest. ``moved``: how many places up (negative:
    down) among the artists read then and now, None for one that was not read then.
    """

    artist: str
    rank: int
    tied: bool
    reading: Measurement
    date: dt.date
    moved: int | None


class Absent(Result):
    """A recorded artist without a usable reading in the last 7 days; ``since``: its last one."""

    artist: str
    since: dt.date | None


class Leaderboard(Result):
    """One metric on ``date``, against 30 days before."""

    source: str
    source_title: str
    metric: str
    title: str
    date: dt.date
    places: tuple[Standing, ...]
    absent: tuple[Absent, ...]


def leaderboard(found: Iterable[TimeSeries], item: Series, date: dt.date) -> Leaderboard:
    """The artists recorded on ``date``, by ``item``. ``found``: series from 40 days before on, or longer."""
    shown = [series for series in found if series.item == item and series.points and series.points[-1].date == date]
    own = {series.artist or "": series for series in shown if series.artist is not None}
    now = {name: point for name, series in own.items() if (point := _recent(series, date))}
    then = {
        name: point
        for name, series in own.items()
        if name in now and (point := _nearest(series, shifted(date, -MONTH)))
    }
    ranks = _ranks(now)
    moved = _moved(_ranks(then), _ranks({name: now[name] for name in then}))
    held = list(ranks.values())
    places = [
        Standing(
            artist=name,
            rank=rank,
            tied=held.count(rank) > 1,
            reading=now[name].reading,
            date=now[name].date,
            moved=moved.get(name),
        )
        for name, rank in ranks.items()
    ]
    absent = [
        Absent(artist=name, since=series.usable[-1].date if series.usable else None)
        for name, series in own.items()
        if name not in now
    ]
    return Leaderboard(
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        date=date,
        places=tuple(places),
        absent=tuple(absent),
    )


def default_metric(items: Sequence[Series]) -> Series | None:
    """The first window, else the first number there is."""
    return next((item for item in items if item.metric.kind == "window"), items[0] if items else None)


def _recent(series: TimeSeries, date: dt.date) -> Point | None:
    newest = series.usable[-1] if series.usable else None
    return newest if newest and date - newest.date <= _RECENT else None


def _nearest(series: TimeSeries, date: dt.date) -> Point | None:
    """The reading nearest to a day, at most three days away; of two the earlier."""
    near = [point for point in series.usable if abs(point.date - date) <= _NEAR]
    return min(near, key=lambda point: abs(point.date - date), default=None)


def _ranks(points: Mapping[str, Point]) -> dict[str, int]:
    """By name, best first: one more than there are larger values."""
    values = {name: point.reading.value or 0 for name, point in points.items()}
    order = sorted(values, key=lambda name: -values[name])
    return {name: 1 + sum(another > values[name] for another in values.values()) for name in order}


def _moved(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: before[name] - after[name] for name in after}
