"""Events: changes too large for one step of a series. Found by a floor the metric declares, not by a spread.

Rules without an absolute floor (z-scores, Hampel) raise an alarm every other month on flat series of
small whole numbers, whose spread is 0. A change counts only as far as it is certain: where an end is
rounded, the smallest change its bounds allow.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from casa24.analysis.calendar import days_between
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casa24.metrics import Metric
    from casa24.timeseries import Point, TimeSeries

CLOSE = dt.timedelta(days=3)
"""Steps in one direction at most so far apart are one event."""


class Event(Result):
    """A jump of one number. ``first``…``last``: the days of its steps; ``old`` and ``new``: before and after them.

    ``unread``: so many days before the first step nothing was read: it may have come on any of them.
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

    @property
    def change(self) -> int:
        """How far it went."""
        return self.new - self.old

    @property
    def rise(self) -> bool:
        """Whether it went up."""
        return self.new > self.old


def threshold(metric: Metric, value: int) -> float | None:
    """The least change from this value that is news; None where the metric declares none."""
    return None if metric.event is None else max(metric.event[0], metric.event[1] * value)


def certain_change(before: Point, after: Point) -> int:
    """The smallest change the bounds of both readings allow; 0 where they may be the same."""
    up = (after.reading.low or 0) - (before.reading.high or 0)
    down = (before.reading.low or 0) - (after.reading.high or 0)
    return up if up > 0 else -down if down > 0 else 0


def steps(series: TimeSeries) -> Iterator[tuple[Point, Point]]:
    """The single steps that are large enough: the reading before, and the one after."""
    if series.item.metric.event is None:
        return
    for before, after in pairwise(series.usable):
        least = threshold(series.item.metric, before.reading.value or 0)
        if least is not None and abs(certain_change(before, after)) >= least:
            yield before, after


def events(series: TimeSeries) -> list[Event]:
    """The events of one series, oldest first."""
    groups: list[list[tuple[Point, Point]]] = []
    for before, after in steps(series):
        up = certain_change(before, after) > 0
        if groups:
            last = groups[-1][-1]
            same = (certain_change(*last) > 0) == up
            if same and after.date - last[1].date <= CLOSE:
                groups[-1].append((before, after))
                continue
        groups.append([(before, after)])
    return [_event(series, group[0][0], group[0][1].date, group[-1][1]) for group in groups]


def _event(series: TimeSeries, before: Point, first: dt.date, after: Point) -> Event:
    item = series.item
    return Event(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        first=first,
        last=after.date,
        old=before.reading.value or 0,
        new=after.reading.value or 0,
        unread=days_between(before.date, first),
    )


def every_event(found: Iterable[TimeSeries]) -> list[Event]:
    """The events of many series."""
    return [event for series in found for event in events(series)]
