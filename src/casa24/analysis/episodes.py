"""Follow a number that jumped up, from the jump until it has come down again or has stayed.

Followers rise on one day for several artists and are purged weeks later; a burst of listeners leaves
a window of so many days when the days are over. An episode opens with a rise that is an event; its
baseline is the value before. Later rises keep the baseline; falls that are events pay back the oldest
rises. It ends, on a day without another rise, when what is left of it is at most 5 % of the baseline, or
twice the event's floor. What is left of a rise after 60 days has stayed: it is the new level, and belongs to
the baseline from then on.
Called unusual, never more: nobody here knows who listened.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.calendar import days_between
from casa24.analysis.events import steps
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from casa24.analysis.events import Event
    from casa24.core.metrics import Metric
    from casa24.core.timeseries import Point, TimeSeries

STAYS = dt.timedelta(days=60)
"""What is left of a rise after so long is the new level."""

_REST = 0.05


class Rise(Result):
    """One jump up. ``size``: how far beyond its usual pace; ``left``: what of it no fall has paid back yet."""

    date: dt.date
    size: int
    left: int

    @property
    def has_left(self) -> bool:
        """Whether more of it has left than is still there."""
        return self.left < self.size / 2


class Episode(Result):
    """``first``: the day of the first rise; ``baseline``: the value before it; ``closed``: None while it is open.

    ``value``: the newest value, or that of the day it closed; ``stayed``: whether it closed because what was
    left had stayed for 60 days; ``unread``: see Event.
    """

    artist: str | None
    source: str
    source_title: str
    metric: str
    title: str
    first: dt.date
    baseline: int
    rises: tuple[Rise, ...]
    value: int
    closed: dt.date | None = None
    stayed: bool = False
    unread: int = 0

    @property
    def above(self) -> int:
        """How far the value is above the baseline."""
        return self.value - self.baseline

    @property
    def left(self) -> int:
        """What no fall has paid back yet of its rises."""
        return sum(rise.left for rise in self.rises)


@dataclass(slots=True)
class Running:
    """An episode in the making: the value before it, the days without a reading before it, its rises so far."""

    baseline: int
    unread: int
    rises: list[Rise]

    @property
    def left(self) -> int:
        """What no fall has paid back yet."""
        return sum(rise.left for rise in self.rises)

    def pay_back(self, amount: int) -> None:
        """A fall: the oldest rises first."""
        for number, rise in enumerate(self.rises):
            paid = min(rise.left, amount)
            amount -= paid
            self.rises[number] = rise.model_copy(update={"left": rise.left - paid})

    def settle(self, day: dt.date) -> Running | None:
        """Take what has stayed for 60 days into the baseline; it is given back, if any of it was left."""
        old = [rise for rise in self.rises if day - rise.date >= STAYS]
        if not old:
            return None
        settled = Running(self.baseline, self.unread, old)
        self.rises = self.rises[len(old) :]
        self.baseline += settled.left
        self.unread = 0
        return settled if settled.left else None


class Ended(NamedTuple):
    """An episode that is over. ``stayed``: it did not leave."""

    running: Running
    stayed: bool


class Known(NamedTuple):
    """What is known once the reading at a place is: the episode open after it, and those that ended with it."""

    place: int
    running: Running | None
    ended: tuple[Ended, ...]


def walk(metric: Metric, points: Sequence[Point], beyond: Mapping[int, int]) -> Iterator[Known]:
    """Each usable point on which an episode is open, or ended. ``beyond``: the steps that stand out, see `Steps`.

    Nothing later is known at a point, but for the first week.
    """
    running: Running | None = None
    rises = iter(sorted(at for at, size in beyond.items() if size > 0))
    at = next(rises, None)
    while at is not None:
        for place in range(at + 1, len(points)):
            size = beyond.get(place - 1, 0)
            running = _after(points[place - 1], points[place], size, running)
            ended = tuple(_endings(metric, running, points[place], risen=size > 0))
            over = not running.rises or any(ending.running is running for ending in ended)
            yield Known(place, None if over else running, ended)
            if over:
                running = None
                at = next((rise for rise in rises if rise >= place), None)
                break
        else:
            return


def _after(before: Point, after: Point, size: int, running: Running | None) -> Running:
    """The open episode after a step that went so far beyond the pace; the first opens it."""
    running = running or Running(before.reading.value or 0, days_between(before.date, after.date), [])
    if size > 0:
        running.rises.append(Rise(date=after.date, size=size, left=size))
    elif size:
        running.pay_back(-size)
    return running


def _endings(metric: Metric, running: Running, point: Point, *, risen: bool) -> Iterator[Ended]:
    """What of an episode is over with a reading."""
    value, settled = point.reading.value or 0, running.settle(point.date)
    if settled is not None:
        yield Ended(settled, stayed=True)
    # Not on the day of a rise: what begins small may go on tomorrow.
    if running.rises and not risen and min(value - running.baseline, running.left) <= rest(metric, running.baseline):
        yield Ended(running, stayed=False)


def episodes(series: TimeSeries) -> list[Episode]:
    """The episodes of one series, oldest first; of them only the last can be open."""
    metric, points = series.item.metric, series.usable
    found: list[Episode] = []
    known = None
    for known in walk(metric, points, steps(metric, points).beyond):
        found += [_episode(series, ended.running, points[known.place], stayed=ended.stayed) for ended in known.ended]
    if known is not None and known.running is not None:
        found.append(_episode(series, known.running, points[known.place], stayed=None))
    return found


def rest(metric: Metric, baseline: int) -> float:
    """What may be left above a baseline when an episode is over."""
    return max(_REST * baseline, 2 * metric.event[0] if metric.event else 0)


def _episode(series: TimeSeries, running: Running, point: Point, *, stayed: bool | None) -> Episode:
    """``stayed``: how it ended; None: it is open."""
    item = series.item
    return Episode(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        first=running.rises[0].date,
        baseline=running.baseline,
        rises=tuple(running.rises),
        value=point.reading.value or 0,
        closed=None if stayed is None else point.date,
        stayed=bool(stayed),
        unread=running.unread,
    )


def open_episode(series: TimeSeries) -> Episode | None:
    """The episode the series is in, if any."""
    found = episodes(series)
    return found[-1] if found and found[-1].closed is None else None


def companions(events: Iterable[Event]) -> Mapping[Event, tuple[str, ...]]:
    """For each event the other artists with a step of the same number in the same direction on one of its days.

    Those who moved furthest come first.
    """
    # By day: ten years of a label hold thousands of events, and each compared with each takes seconds.
    by_day: dict[tuple[str, str, bool, dt.date], list[Event]] = {}
    listed = list(events)
    for event in listed:
        for place in _places(event):
            by_day.setdefault(place, []).append(event)
    found: dict[Event, tuple[str, ...]] = {}
    for event in listed:
        moved = {id(near): near for place in _places(event) for near in by_day[place]}
        furthest = sorted(moved.values(), key=lambda near: -abs(near.change))
        names = (near.artist for near in furthest if near.artist is not None and near.artist != event.artist)
        found[event] = tuple(dict.fromkeys(names))
    return found


def _places(event: Event) -> Iterator[tuple[str, str, bool, dt.date]]:
    """What moved, which way, on each of the event's days."""
    for day in event.days:
        yield (event.source, event.metric, event.rise, day)
