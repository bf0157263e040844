"""Turn a series into one value a day: doubtful values left out, gaps filled with the reading before."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from casa24.analysis.episodes import walk
from casa24.analysis.events import steps
from casa24.analysis.pace import paces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.analysis.episodes import Running
    from casa24.core.metrics import Series
    from casa24.core.timeseries import TimeSeries

T = TypeVar("T")

DAY = dt.timedelta(days=1)
_LONGEST_GAP = 366


class OpenRises(NamedTuple):
    """What is known of an episode on one day. ``rises``: (day of the rise, what is left of it).

    ``leave``: which share of the earlier rises of this series left again; 0 where there were none.
    """

    baseline: int
    rises: tuple[tuple[dt.date, int], ...]
    leave: float


class Daily(NamedTuple):
    """A value for every day from the first usable reading to the last, and the episode open then, if any.

    ``pace``: by how much it could be expected to change in a day, as it was known on that day; ``read``: how
    many readings there were up to that day, it included.
    """

    artist: str | None
    item: Series
    first: dt.date
    values: tuple[int, ...]
    open: tuple[OpenRises | None, ...]
    pace: tuple[float, ...]
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

    def is_read(self, place: int) -> bool:
        """Whether there is a reading on the day at this place."""
        return place == 0 or self.read[place] != self.read[place - 1]

    @property
    def readings(self) -> list[int]:
        """The places with a reading."""
        return [0, *(place for place, (before, now) in enumerate(pairwise(self.read), 1) if now != before)]

    @property
    def changes(self) -> int:
        """How often the value changed."""
        return sum(before != after for before, after in pairwise(self.values))

    @property
    def step(self) -> float:
        """The mean absolute change from one day to the next: what errors are measured in. 0 where nothing changed."""
        steps = len(self.values) - 1
        moved = sum(abs(after - before) for before, after in pairwise(self.values))
        return moved / steps if steps else 0.0


def daily(series: TimeSeries) -> Daily | None:
    """The series day by day; None where it has no usable reading. After a year without one it begins anew."""
    metric, points = series.item.metric, series.usable
    if not points:
        return None
    made = steps(metric, points)
    anew = next((at + 1 for at in range(len(made.days) - 1, -1, -1) if made.days[at] > _LONGEST_GAP), 0)
    states: list[OpenRises | None] = [None] * len(points)
    left: list[bool] = []
    for known in walk(metric, points, made.beyond):
        left += [rise.has_left or not ended.stayed for ended in known.ended for rise in ended.running.rises]
        states[known.place] = _state(known.running, fmean(left) if left else 0.0)
    # What stood out is no pace: a wave is not expected once more.
    ordinary = [change - made.beyond.get(at, 0) for at, change in enumerate(made.changes)]
    rounded = [metric.coarse or not point.reading.exact for point in points]
    pace = [0.0, *paces(metric.kind, zip(made.days[anew:], ordinary[anew:], rounded[anew + 1 :], strict=True))]
    repeats = [*made.days[anew:], 1]
    return Daily(
        series.artist,
        series.item,
        points[anew].date,
        _filled((point.reading.value or 0 for point in points[anew:]), repeats),
        _filled(states[anew:], repeats),
        _filled(pace, repeats),
        _filled(range(1, len(repeats) + 1), repeats),
    )


def _filled(column: Iterable[T], repeats: Sequence[int]) -> tuple[T, ...]:
    """One entry a day: each of a column's until the next reading."""
    if len(repeats) == sum(repeats):
        return tuple(column)
    return tuple(entry for entry, times in zip(column, repeats, strict=True) for _ in range(times))


def _state(running: Running | None, leave: float) -> OpenRises | None:
    if running is None:
        return None
    return OpenRises(running.baseline, tuple((rise.date, rise.left) for rise in running.rises if rise.left), leave)


def every_daily(found: Iterable[TimeSeries]) -> list[Daily]:
    """Those of many series that have a usable reading."""
    return [days for series in found if (days := daily(series)) is not None]


def by_number(found: Iterable[TimeSeries]) -> dict[str, dict[str | None, Daily]]:
    """Those of many series that have a usable reading: by the number's key, then by the artist."""
    groups: dict[str, dict[str | None, Daily]] = {}
    for series in every_daily(found):
        groups.setdefault(series.item.key, {})[series.artist] = series
    return groups
