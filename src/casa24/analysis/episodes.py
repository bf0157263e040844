"""Episodes: a number that jumped up and is expected to come down again, from the jump until it has.

Followers rise on one day for several artists and are purged weeks later; a burst of listeners leaves
a window of so many days when the days are over. An episode opens with a rise that is an event; its
baseline is the value before. Later rises keep the baseline; falls that are events pay back the oldest
rises. It closes, on a day without another rise, when what is left above the baseline is at most 5 % of
it, or twice the event's floor.
Called unusual, never more: nobody here knows who listened.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.analysis.calendar import days_between
from casa24.analysis.events import certain_change, threshold
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casa24.analysis.events import Event
    from casa24.metrics import Metric
    from casa24.timeseries import Point, TimeSeries

_REST = 0.05


class Rise(Result):
    """One jump up. ``size``: how far; ``left``: what of it no fall has paid back yet."""

    date: dt.date
    size: int
    left: int


class Episode(Result):
    """``first``: the day of the first rise; ``baseline``: the value before it; ``closed``: None while it is open.

    ``value``: the newest value, or that of the day it closed; ``unread``: see Event.
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
    unread: int = 0

    @property
    def above(self) -> int:
        """How far the value is above the baseline."""
        return self.value - self.baseline


@dataclass(slots=True)
class Running:
    """An episode in the making: the value before it, the days without a reading before it, its rises so far."""

    baseline: int
    unread: int
    rises: list[Rise]

    def pay_back(self, amount: int) -> None:
        """A fall: the oldest rises first."""
        for number, rise in enumerate(self.rises):
            paid = min(rise.left, amount)
            amount -= paid
            self.rises[number] = rise.model_copy(update={"left": rise.left - paid})


def walk(metric: Metric, points: Iterable[Point]) -> Iterator[tuple[Point, Running | None, Running | None]]:
    """Each usable point with the episode open after it, and the one it closed. Nothing later is known at a point."""
    now: Running | None = None
    before: Point | None = None
    for point in points:
        over = None
        # The same value is the same object, day after day.
        if before is not None and point.reading is not before.reading:
            now = _step(metric, now, before, point)
        if now is not None and _is_over(metric, now, point):
            now, over = None, now
        yield point, now, over
        before = point


def _is_over(metric: Metric, now: Running, point: Point) -> bool:
    # Not on the day of a rise: what begins small may go on tomorrow.
    risen = now.rises[-1].date == point.date
    return not risen and (point.reading.value or 0) - now.baseline <= rest(metric, now.baseline)


def episodes(series: TimeSeries) -> list[Episode]:
    """The episodes of one series, oldest first; of them only the last can be open."""
    found: list[Episode] = []
    now, last = None, None
    for last, now, over in walk(series.item.metric, series.usable):  # noqa: B007 - what the last step says
        if over is not None:
            found.append(_episode(series, over, last, last.date))
    if now is not None and last is not None:
        found.append(_episode(series, now, last, None))
    return found


def rest(metric: Metric, baseline: int) -> float:
    """What may be left above a baseline when an episode is over."""
    return max(_REST * baseline, 2 * metric.event[0] if metric.event else 0)


def _step(metric: Metric, now: Running | None, before: Point, after: Point) -> Running | None:
    """The open episode after one more reading."""
    earlier, value = before.reading.value or 0, after.reading.value or 0
    certain, least = certain_change(before, after), threshold(metric, earlier)
    if least is None or abs(certain) < least:
        return now
    if certain > 0:
        now = now or Running(earlier, days_between(before.date, after.date), [])
        now.rises.append(Rise(date=after.date, size=value - earlier, left=value - earlier))
    elif now is not None:
        now.pay_back(earlier - value)
    return now


def _episode(series: TimeSeries, now: Running, point: Point, closed: dt.date | None) -> Episode:
    item = series.item
    return Episode(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        first=now.rises[0].date,
        baseline=now.baseline,
        rises=tuple(now.rises),
        value=point.reading.value or 0,
        closed=closed,
        unread=now.unread,
    )


def open_episode(series: TimeSeries) -> Episode | None:
    """The episode the series is in, if any."""
    found = episodes(series)
    return found[-1] if found and found[-1].closed is None else None


def companions(events: Iterable[Event]) -> Mapping[Event, tuple[str, ...]]:
    """For each event the other artists whose same number moved the same way on one of its days."""
    listed = list(events)
    # By day: ten years of a label hold thousands of events, and each compared with each takes seconds.
    by_day: dict[tuple[str, str, bool, int], list[int]] = {}
    for number, one in enumerate(listed):
        for place in _places(one):
            by_day.setdefault(place, []).append(number)
    return {
        one: tuple(
            dict.fromkeys(
                artist
                for number in sorted({number for place in _places(one) for number in by_day[place]})
                if (artist := listed[number].artist) is not None and artist != one.artist
            )
        )
        for one in listed
    }


def _places(one: Event) -> Iterator[tuple[str, str, bool, int]]:
    """What moved, which way, on each of the event's days."""
    for day in range(one.first.toordinal(), one.last.toordinal() + 1):
        yield (one.source, one.metric, one.rise, day)
