"""A series day by day: what is doubtful left out, what is missing filled with the reading before."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.episodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.episodes import Running
    from casa24.metrics import Series
    from casa24.timeseries import TimeSeries

DAY = dt.timedelta(days=1)
_LONGEST_GAP = 366


class State(NamedTuple):
    """What is known of an episode on one day. ``rises``: (day of the rise, what is left of it)."""

    baseline: int
    rises: tuple[tuple[dt.date, int], ...]


class Daily(NamedTuple):
    """A value for every day from the first usable reading to the last, and the episode open then, if any.

    ``read``: how many readings there were up to that day, it included.
    """

    artist: str | None
    item: Series
    first: dt.date
    values: tuple[int, ...]
    open: tuple[State | None, ...]
    read: tuple[int, ...]

    @property
    def last(self) -> dt.date:
        """The day of the last reading."""
        return self.first + (len(self.values) - 1) * DAY

    def place(self, day: dt.date) -> int:
        """A day's place in the tuples; it may lie outside."""
        return (day - self.first).days

    def read_on(self, place: int) -> int:
        """The place of the last reading up to this one."""
        return bisect_left(self.read, self.read[place])

    @property
    def changes(self) -> int:
        """How often the value changed."""
        return sum(one != other for one, other in pairwise(self.values))

    @property
    def step(self) -> float:
        """The mean absolute change from one day to the next: what errors are measured in. 0 where nothing changed."""
        steps = len(self.values) - 1
        moved = sum(abs(other - one) for one, other in pairwise(self.values))
        return moved / steps if steps else 0.0


def daily(series: TimeSeries) -> Daily | None:
    """The series day by day; None where it has no usable reading. After a year without one it begins anew."""
    values: list[int] = []
    states: list[State | None] = []
    read: list[int] = []
    first: dt.date | None = None
    for count, (point, now, _) in enumerate(walk(series.item.metric, series.usable), 1):
        first = first or point.date
        gap = (point.date - first).days - len(values)
        if gap > _LONGEST_GAP:
            # Nobody knows what was in between: the series begins anew.
            values, states, read, first, gap = [], [], [], point.date, 0
        if gap:
            values += values[-1:] * gap
            states += states[-1:] * gap
            read += read[-1:] * gap
        values.append(point.reading.value or 0)
        states.append(_state(now))
        read.append(count)
    if first is None:
        return None
    return Daily(series.artist, series.item, first, tuple(values), tuple(states), tuple(read))


def _state(now: Running | None) -> State | None:
    if now is None:
        return None
    return State(now.baseline, tuple((rise.date, rise.left) for rise in now.rises if rise.left))


def every_daily(found: Iterable[TimeSeries]) -> list[Daily]:
    """Those of many series that have a usable reading."""
    return [one for series in found if (one := daily(series)) is not None]


def by_number(found: Iterable[TimeSeries]) -> dict[str, dict[str | None, Daily]]:
    """Those of many series that have a usable reading: by the number's key, then by the artist."""
    groups: dict[str, dict[str | None, Daily]] = {}
    for one in every_daily(found):
        groups.setdefault(one.item.key, {})[one.artist] = one
    return groups
