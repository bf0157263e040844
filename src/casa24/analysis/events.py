"""Find events: changes too large for one step of a series.

A change is one if it is beyond the floor that the metric declares, counted per day, and stands out from the
series' own recent pace: an artist whose normal day is +40 has none at +45, and what came over a gap of three
days is no jump. Rules without a floor (z-scores, Hampel) raise an alarm every other month on flat series of
small whole numbers, whose spread is 0. A change counts only as far as it is certain: where an end is
rounded, the smallest change its bounds allow.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.calendar import days_between
from casa24.analysis.pace import excess
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.core.metrics import Metric
    from casa24.core.timeseries import Point, TimeSeries

CLOSE = dt.timedelta(days=3)
"""Steps in one direction at most so far apart are one event,"""
LONGEST = 10
"""and so many days end it."""


class Event(Result):
    """A jump of one number. ``first``…``last``: the days of its steps; ``old`` and ``new``: before and after them.

    ``unread``: so many days before the first step nothing was read: it may have come on any of them.
    ``days``: the day of each of its steps.
    """

    artist: str | None
    source: str
    source_title: str
    metric: str
    title: str
    first: dt.date
    last: dt.date
    old: int
    new: int
    unread: int = 0
    days: tuple[dt.date, ...]

    @property
    def change(self) -> int:
        """How far it went."""
        return self.new - self.old

    @property
    def rise(self) -> bool:
        """Whether it went up."""
        return self.new > self.old


class Steps(NamedTuple):
    """From each usable reading of a series to the next; the first step leads to the second reading.

    ``days``: how many days it took, ``changes``: how far it went; ``beyond``: by place, how far those that stand
    out went beyond the recent pace, negative: down.
    """

    days: list[int]
    changes: list[int]
    beyond: dict[int, int]


def threshold(metric: Metric, value: int) -> float:
    """The least change in a day that is news, from this value; infinite where the metric declares none."""
    return float("inf") if metric.event is None else max(metric.event[0], metric.event[1] * value)


def certain_change(before: Point, after: Point) -> int:
    """The smallest change the bounds of both readings allow; 0 where they may be the same."""
    up = (after.reading.low or 0) - (before.reading.high or 0)
    down = (before.reading.low or 0) - (after.reading.high or 0)
    return up if up > 0 else -down if down > 0 else 0


def steps(metric: Metric, points: Sequence[Point]) -> Steps:
    """Every step of a series' usable points, each judged by those before it."""
    ordinals = [point.date.toordinal() for point in points]
    values = [point.reading.value or 0 for point in points]
    days = [after - before for before, after in pairwise(ordinals)]
    changes = [after - before for before, after in pairwise(values)]
    beyond: dict[int, int] = {}
    if metric.event is not None:
        for at, (length, change) in enumerate(zip(days, changes, strict=True)):
            # Most steps are small, and a floor is quickly asked for.
            if change and abs(change) >= threshold(metric, values[at]) * length:
                certain = certain_change(points[at], points[at + 1])
                least = threshold(metric, values[at])
                if abs(certain) >= least * length and (size := excess(days, changes, at, certain, least)):
                    # Of a rounded value all of the change, once it is certain that there is one.
                    beyond[at] = round(size if certain > 0 else -size) + change - certain
    return Steps(days, changes, beyond)


def events(series: TimeSeries) -> list[Event]:
    """The events of one series, oldest first."""
    if series.item.metric.event is None:
        return []
    points, groups = series.usable, list[list[int]]()
    beyond = steps(series.item.metric, points).beyond
    for at, size in beyond.items():
        if groups and (beyond[groups[-1][-1]] > 0) == (size > 0) and _continues(points, groups[-1], at):
            groups[-1].append(at)
        else:
            groups.append([at])
    return [_event(series, group) for group in groups]


def _continues(points: Sequence[Point], group: Sequence[int], at: int) -> bool:
    """Whether a step goes on with what these began."""
    day, first, last = (points[place + 1].date for place in (at, group[0], group[-1]))
    return day - last <= CLOSE and (day - first).days < LONGEST


def _event(series: TimeSeries, group: Sequence[int]) -> Event:
    item, points = series.item, series.usable
    before, first, last = points[group[0]], points[group[0] + 1], points[group[-1] + 1]
    return Event(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        first=first.date,
        last=last.date,
        old=before.reading.value or 0,
        new=last.reading.value or 0,
        unread=days_between(before.date, first.date),
        days=tuple(points[at + 1].date for at in group),
    )


def every_event(found: Iterable[TimeSeries]) -> list[Event]:
    """The events of many series."""
    return [event for series in found for event in events(series)]
