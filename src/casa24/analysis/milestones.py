"""Find the milestones (100, 250, 500, 1,000, 2,500, …) a number has reached for certain, and its next one.

Certain: the lower bound of a rounded value reaches it, nobody doubts the value, and the day lies in no
episode, as episodes are known today. A fall back takes nothing away.
"""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING

from casa24.analysis.arrival import Arrivals
from casa24.analysis.co_movement import spans, still_there, wave_on
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casa24.core.timeseries import TimeSeries

KINDS = {"audience", "window", "total"}


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

    ``own``: the newest usable ``value`` (of ``date``), without what an open episode holds; ``distance``
    is counted from it, and None where the value may be there already but is not certain. ``pace``: per
    day, as of late (see `pace`), None with less than 14 days to judge by. ``earliest``…``latest``: the days between
    which it should be reached, None where that is not certain: see `arrival`.
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
    distance: int | None
    pace: float | None
    earliest: dt.date | None
    latest: dt.date | None


class Milestones(Result):
    """As known on ``last``. ``reached``: newest first; ``ahead``: one for each number followed now."""

    last: dt.date
    reached: tuple[Milestone, ...]
    ahead: tuple[Ahead, ...]

    def only(self, artist: str | None) -> Milestones:
        """The same, of one artist, or of the label itself."""
        return Milestones(
            last=self.last,
            reached=tuple(milestone for milestone in self.reached if milestone.artist == artist),
            ahead=tuple(ahead for ahead in self.ahead if ahead.artist == artist),
        )


def milestones(found: Sequence[TimeSeries], last: dt.date) -> Milestones:
    """The milestones of every number that counts people or grows. ``found``: the whole record up to ``last``."""
    counted = [series for series in found if series.item.metric.kind in KINDS and series.usable]
    fired = {id(series): list(_reached(series)) for series in counted}
    reached = [milestone for series in counted for milestone in fired[id(series)]]
    newest = sorted(reached, key=lambda milestone: (milestone.reached, milestone.rung), reverse=True)
    followed = [series for series in counted if series.points[-1].date == last]
    arrivals = Arrivals(counted, last)
    ahead = tuple(_ahead(series, fired[id(series)], last, arrivals) for series in followed)
    return Milestones(last=last, reached=tuple(newest), ahead=ahead)


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


def _ahead(series: TimeSeries, reached: Sequence[Milestone], last: dt.date, arrivals: Arrivals) -> Ahead:
    item, newest = series.item, series.usable[-1]
    value = newest.reading.value or 0
    wave = wave_on(series, last)
    own = value - still_there(wave)
    highest = reached[-1].rung if reached else 0
    rung = next(step for step in rungs() if step > highest)
    distance = rung - own if own < rung else None
    span = None if distance is None or wave is not None else arrivals.span(series, distance)
    pace = arrivals.pace(series)
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
        earliest=span[0] if span else None,
        latest=span[1] if span else None,
    )
