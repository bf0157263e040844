"""Milestones: 100, 250, 500, 1,000, 2,500, … reached once, and only when that is certain; and the next one.

Certain: the lower bound of a rounded value reaches it, nobody doubts the value, and the day lies in no
episode, as episodes are known today. A fall back takes nothing away.
"""

from __future__ import annotations

import datetime as dt
import math
from itertools import count, pairwise
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.events import steps
from casa24.analysis.result import Result
from casa24.analysis.waves import spans, still_there, wave_on
from casa24.timeseries import TimeSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casa24.timeseries import Point

KINDS = {"audience", "window", "total"}
PACE_DAYS = dt.timedelta(days=60)
_LEAST_DAYS = 14
_IN_SIGHT = 730


class Milestone(Result):
    """``rung``: reached on ``reached``; ``before``: it may have been so before the record begins."""

    artist: str | None
    source: str
    source_title: str
    metric: str
    title: str
    rung: int
    reached: dt.date
    before: bool


class Ahead(Result):
    """The next milestone of a number.

    ``own``: the newest usable ``value`` (of ``date``) without what an open episode holds; ``distance``
    is counted from it, and 0 where the value may be there already but is not certain. ``pace``: per
    day over the last 60 days without jumps, None with less than 14 days to judge by. ``when``: the
    day it is reached at this pace, None where that is more than two years away or never.
    """

    artist: str | None
    source: str
    source_title: str
    metric: str
    title: str
    value: int
    rounded: bool
    date: dt.date
    own: int
    rung: int
    distance: int
    pace: float | None
    when: dt.date | None


class Milestones(Result):
    """As known on ``last``. ``reached``: newest first; ``ahead``: one for each number followed now."""

    last: dt.date
    reached: tuple[Milestone, ...]
    ahead: tuple[Ahead, ...]

    def only(self, artist: str | None) -> Milestones:
        """The same, of one artist, or of the label itself."""
        return Milestones(
            last=self.last,
            reached=tuple(one for one in self.reached if one.artist == artist),
            ahead=tuple(one for one in self.ahead if one.artist == artist),
        )


def milestones(found: Sequence[TimeSeries], last: dt.date) -> Milestones:
    """The milestones of every number that counts people or grows. ``found``: the whole record up to ``last``."""
    counted = [series for series in found if series.item.metric.kind in KINDS and series.usable]
    fired = {id(series): list(_reached(series)) for series in counted}
    reached = [one for series in counted for one in fired[id(series)]]
    newest = sorted(reached, key=lambda one: (one.reached, one.rung), reverse=True)
    ahead = (_ahead(series, fired[id(series)], last) for series in counted if series.points[-1].date == last)
    return Milestones(last=last, reached=tuple(newest), ahead=tuple(ahead))


def rungs() -> Iterator[int]:
    """100, 250, 500, 1,000, 2,500, … without end."""
    for power in count(1):
        for step in (10, 25, 50):
            yield step * 10**power


def _reached(series: TimeSeries) -> Iterator[Milestone]:
    waves, item = spans(series), series.item
    ladder = rungs()
    rung = next(ladder)
    begin = series.usable[0].reading
    for point in series.usable:
        if (point.reading.low or 0) < rung or any(first <= point.date < end for first, end in waves):
            continue
        while (point.reading.low or 0) >= rung:
            yield Milestone(
                artist=series.artist,
                source=item.source,
                source_title=item.source_title,
                metric=item.field,
                title=item.metric.title,
                rung=rung,
                reached=point.date,
                before=(begin.high or 0) >= rung,
            )
            rung = next(ladder)


def _ahead(series: TimeSeries, reached: Sequence[Milestone], last: dt.date) -> Ahead:
    item, newest = series.item, series.usable[-1]
    value = newest.reading.value or 0
    own = value - still_there(wave_on(series, last))
    highest = reached[-1].rung if reached else 0
    rung = next(step for step in rungs() if step > highest)
    distance, pace = max(rung - own, 0), organic_pace(series, last)
    return Ahead(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        value=value,
        rounded=not newest.reading.exact,
        date=newest.date,
        own=own,
        rung=rung,
        distance=distance,
        pace=None if pace is None else round(pace, 3),
        when=_when(distance, pace, newest, last),
    )


def _when(distance: int, pace: float | None, newest: Point, last: dt.date) -> dt.date | None:
    if pace is None or pace <= 0 or not distance or distance > pace * _IN_SIGHT:
        return None
    day = shifted(newest.date, dt.timedelta(days=math.ceil(distance / pace)))
    return max(day, shifted(last, dt.timedelta(days=1)))


def organic_pace(series: TimeSeries, last: dt.date) -> float | None:
    """The mean daily gain of the last 60 days, every jump left out; None with less than 14 days to judge by."""
    recent = [point for point in series.usable if last - point.date <= PACE_DAYS]
    days = (recent[-1].date - recent[0].date).days if recent else 0
    if days < _LEAST_DAYS:
        return None
    jumps = {after.date for _, after in steps(TimeSeries(series.artist, series.item, tuple(recent)))}
    return _gain(pair for pair in pairwise(recent) if pair[1].date not in jumps) / days


def _gain(pairs: Iterable[tuple[Point, Point]]) -> int:
    return sum((after.reading.value or 0) - (before.reading.value or 0) for before, after in pairs)
