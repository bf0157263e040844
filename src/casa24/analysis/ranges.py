"""Compute how far a forecast reaches, from what past forecasts of the same number were off by.

Errors are those of past days on which no wave was open: what came with one and left with it tells nothing of
other days. A series that has known too few stretches of that length leans on every artist's errors, in units
of how far each strays from its own pace in a day. Errors of days that follow each other are nearly the same:
four of them are counted for a stretch.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import accumulate, pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from casa24.analysis.daily import Daily

ENOUGH = 15
"""Errors a range needs."""
LEVELS = (80, 95)

_OWN_STRETCHES = 10
_A_STRETCH = 4
_FARTHER = 2
_LEAST = (1.0, 2.0)


class Reach(NamedTuple):
    """How far a range goes down (``low``, negative) and up from where it begins."""

    low: float
    high: float


class Errors:
    """What forecasts of one series so many days ahead were off by, as that became known day after day.

    ``own``: sorted, positive where more came than was forecast. What comes is known from the next reading on;
    on days without one it is taken to lie between those beside them.
    """

    def __init__(self, series: Daily, days: int, forecast: Sequence[float]) -> None:
        self.own: list[float] = []
        self._known, self._all = _misses(series, days, forecast)
        self._learned = 0
        self._strayed = strayed = _strayed(series)
        self._scaled = [
            error * known / strayed[known] if strayed[known] else None
            for error, known in zip(self._all, self._known, strict=True)
        ]

    def unit(self, place: int) -> float:
        """How far the value strayed from its own pace in a day, on average up to a place.

        In these units series are compared: so one that grows steadily lends and borrows small errors.
        """
        return self._strayed[min(place, len(self._strayed) - 1)] / max(1, place)

    def learn(self, place: int) -> list[float]:
        """Take in what was known on the day at this place; what is new, in units of the series."""
        begin, end = self._learned, bisect_right(self._known, place, self._learned)
        if begin == end:
            return []
        self._learned = end
        new = self._all[begin:end]
        for error in new:
            insort(self.own, error)
        return [error for error in self._scaled[begin:end] if error is not None]


def _misses(series: Daily, days: int, forecast: Sequence[float]) -> tuple[list[int], list[float]]:
    """The places at which errors became known, in their order, and the errors."""
    came, read = _between(series), series.readings
    known: list[int] = []
    errors: list[float] = []
    later = 0
    for place in read:
        while later < len(read) and read[later] < place + days:
            later += 1
        if later == len(read):
            break
        if series.open[place] is None:
            known.append(read[later])
            errors.append(came[place + days] - forecast[place])
    return known, errors


def _strayed(series: Daily) -> Sequence[float]:
    """How far the value has strayed from the pace known each day before, in all, up to each day."""
    days = zip(pairwise(_between(series)), series.pace, strict=False)
    return [0.0, *accumulate(abs(after - before - pace) for (before, after), pace in days)]


def _between(series: Daily) -> Sequence[float]:
    """A value for each day; on days without a reading one between those beside them."""
    if series.read[-1] == len(series.values):
        return series.values
    values: list[float] = list(series.values)
    for before, after in pairwise(series.readings):
        rise = (values[after] - values[before]) / (after - before)
        for inside in range(before + 1, after):
            values[inside] = values[before] + rise * (inside - before)
    return values


class Ranges:
    """The errors of every artist's series of one number, so many days ahead, known up to a day that moves on."""

    def __init__(self, series: Sequence[Daily], days: int, forecast: Callable[[Daily, int], Sequence[float]]) -> None:
        self._series = series
        self._days = days
        self._begin = min((own.first for own in series), default=None)
        self._errors = [Errors(own, days, forecast(own, days)) for own in series]
        self._pool: list[float] = []
        self._stretches = 0.0
        self._pooled: list[tuple[float, float]] | None = None

    def learn(self, day: dt.date) -> None:
        """Take in what was known on a day, in all of the series."""
        for errors, series in zip(self._errors, self._series, strict=True):
            self._pool += errors.learn((day - series.first).days)
        if self._begin is not None:
            self._stretches = ((day - self._begin).days - self._days) / self._days
        self._pooled = None

    def errors_of(self, number: int) -> Sequence[float]:
        """The errors of one of the series that were learned, sorted; positive where more came."""
        return self._errors[number].own

    def reach(self, number: int, place: int) -> tuple[Mapping[int, Reach], bool] | None:
        """How far a range of each level reaches from the day at a place of one of the series, the day last learned.

        And whether that rests on every artist's errors; None where even those are too few.
        """
        errors, stretches = self._errors[number], (place - self._days) / self._days
        enough = len(errors.own) >= ENOUGH
        if enough and stretches >= _OWN_STRETCHES:
            return at_least(edges(errors.own, stretches)), False
        if len(self._pool) > len(errors.own) and (pooled := self._pooled_edges()):
            return at_least(pooled, errors.unit(place)), True
        return (at_least(edges(errors.own, stretches)), False) if enough else None

    def _pooled_edges(self) -> list[tuple[float, float]] | None:
        """Those of every artist's errors, found when first asked for on a day."""
        if self._pooled is None and len(self._pool) >= ENOUGH:
            self._pool.sort()
            self._pooled = edges(self._pool, self._stretches)
        return self._pooled


def edges(errors: Sequence[float], stretches: float) -> list[tuple[float, float]]:
    """Between which of these sorted errors each level's share of future ones should lie.

    A quantile of n independent errors is that of n + 1 places; of overlapping ones there are four to a stretch.
    The far errors of a short record being unknown, the wider range reaches at least twice as far.
    """
    count, widened = len(errors), 1 + 1 / max(1.0, _A_STRETCH * stretches)
    ranks = [min(ceil((1 + level / 100) / 2 * widened * (count + 1)), count) for level in LEVELS]
    (low, high), (lower, higher) = ((errors[count - rank], errors[rank - 1]) for rank in ranks)
    return [(low, high), (min(lower, _FARTHER * low), max(higher, _FARTHER * high))]


def at_least(found: Sequence[tuple[float, float]], unit: float = 1) -> dict[int, Reach]:
    """These by level, in units of one series: one whole either way, and for the wider range two, is the least."""
    return {
        level: Reach(min(low * unit, -least), max(high * unit, least))
        for level, (low, high), least in zip(LEVELS, found, _LEAST, strict=True)
    }
