"""Find ramps: slow climbs and slides that no single day shows, each with its beginning, pace and end.

Two weeks are held against the sixty days before them: they go beyond if they moved by three times the metric's
floor, and by four times what four of five such fortnights before them stayed within. The ramp goes on while a
week moves at half its pace; after sixty days it is the number's own pace.
"""

from __future__ import annotations

import datetime as dt
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.events import steps, threshold
from casa24.analysis.pace import DAYS, WEEK
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casa24.core.metrics import Metric
    from casa24.core.timeseries import TimeSeries

_FORTNIGHT = 14
_LEAST_BEFORE = 21
_FLOORS = 3
_ORDINARY = 0.8
_FAR = 4


class Ramp(Result):
    """A number that climbed or slid little by little, from ``old`` on the day before ``first`` to ``new`` on ``last``.

    ``per_day``: its pace, jumps left out; ``usual``: the pace before it; ``ended``: False while it goes on.
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
    per_day: float
    usual: float
    ended: bool

    @property
    def change(self) -> int:
        """How far it went, jumps included."""
        return self.new - self.old


class _Days(NamedTuple):
    """A series day by day: the value, and the change from the day before without what stood out."""

    first: dt.date
    values: list[int]
    changes: list[float]


class _Slope(NamedTuple):
    """A stretch of days: from ``start`` to ``end``, the day after the last; ``usual``: the pace before it."""

    start: int
    end: int
    usual: float


def ramps(series: TimeSeries) -> list[Ramp]:
    """The ramps of one series, oldest first; of a metric that declares no floor there are none."""
    if series.item.metric.event is None or len(series.usable) <= WEEK:
        return []
    days = _by_day(series)
    return [_ramp(series, days, slope) for slope in _slopes(series.item.metric, days)]


def every_ramp(found: Iterable[TimeSeries]) -> list[Ramp]:
    """The ramps of many series."""
    return [ramp for series in found for ramp in ramps(series)]


def _by_day(series: TimeSeries) -> _Days:
    """What came over a gap is spread over its days."""
    points = series.usable
    made = steps(series.item.metric, points)
    values, changes = [points[0].reading.value or 0], [0.0]
    for at, (days, change) in enumerate(zip(made.days, made.changes, strict=True)):
        values += [values[-1]] * (days - 1) + [values[-1] + change]
        changes += [(change - made.beyond.get(at, 0)) / days] * days
    return _Days(points[0].date, values, changes)


def _slopes(metric: Metric, days: _Days) -> Iterator[_Slope]:
    at = _LEAST_BEFORE + _FORTNIGHT
    while at <= len(days.changes):
        window = days.changes[at - _FORTNIGHT : at]
        usual = _stands_out(metric, days, at) if sum(window) else None
        if usual is None:
            at += 1
            continue
        up = sum(window) > 0
        begin = at - _FORTNIGHT + _steepest(window, usual, up=up)
        end = _end(days.changes, begin, at, usual)
        yield _Slope(begin, end, usual)
        at = end + _FORTNIGHT


def _stands_out(metric: Metric, days: _Days, at: int) -> float | None:
    """The pace before the fortnight that ends at a place, if the fortnight goes beyond it; else None."""
    moved = sum(days.changes[at - _FORTNIGHT : at])
    least = _FLOORS * threshold(metric, days.values[at - _FORTNIGHT])
    if abs(moved) < least:
        return None
    before = days.changes[max(1, at - _FORTNIGHT - DAYS) : at - _FORTNIGHT]
    usual = median(before)
    beyond = abs(moved) - max(usual if moved > 0 else -usual, 0) * _FORTNIGHT
    if beyond < least:
        return None
    ends = range(_FORTNIGHT, len(before) + 1)
    fortnights = sorted(abs(sum(before[end - _FORTNIGHT : end]) - usual * _FORTNIGHT) for end in ends)
    return usual if beyond >= _FAR * fortnights[int(_ORDINARY * (len(fortnights) - 1))] else None


def _steepest(window: Sequence[float], usual: float, *, up: bool) -> int:
    """The place in a window from which on it rose (or fell) by most beyond half its pace."""
    half = (sum(window) / len(window) + usual) / 2
    best, place, total = float("-inf"), 0, 0.0
    for at in range(len(window) - 1, -1, -1):
        total += (window[at] - half) if up else (half - window[at])
        if total > best:
            best, place = total, at
    return place


def _end(changes: Sequence[float], begin: int, at: int, usual: float) -> int:
    """The place after the last day of a ramp: of the last week at half its pace, the last day that moved so."""
    while at < len(changes) and at - begin < DAYS:
        half = (sum(changes[begin:at]) / (at - begin) + usual) / 2
        week = changes[at + 1 - WEEK : at + 1]
        if abs(sum(week) / WEEK - usual) < abs(half - usual):
            break
        at += 1
    half = (sum(changes[begin:at]) / (at - begin) + usual) / 2
    while at - begin > WEEK and abs(changes[at - 1] - usual) < abs(half - usual):
        at -= 1
    return at


def _ramp(series: TimeSeries, days: _Days, slope: _Slope) -> Ramp:
    item, length = series.item, slope.end - slope.start
    return Ramp(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        first=days.first + dt.timedelta(days=slope.start),
        last=days.first + dt.timedelta(days=slope.end - 1),
        old=days.values[slope.start - 1],
        new=days.values[slope.end - 1],
        per_day=round(sum(days.changes[slope.start : slope.end]) / length, 2),
        usual=round(slope.usual, 2),
        ended=slope.end < len(days.values),
    )
