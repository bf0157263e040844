"""Measure how fast a number moves of late, and whether a single step stands out from that.

Everything is counted per day: what came over a gap of several days is spread over them. A rounded number
that stands still has not stopped: when it moves, the whole move is spread over the days since its last one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from casa24.core.metrics import Kind

DAYS = 60
"""The days that make up the recent past."""
WEEK = 7

_ORDINARY = 0.8
_FAR = 4
_EXTREMES = 0.1


def excess(days: Sequence[int], changes: Sequence[int], at: int, certain: int, floor: float) -> float:
    """How far a step goes beyond the recent pace in its own direction; 0 where it does not stand out.

    ``days``, ``changes``: of each step of the series, how many days after the reading before, and how far from it;
    ``certain``: what of the step at ``at`` is certain. It stands out if it is beyond by ``floor`` a day, and by
    four times what four of five recent steps stay within. A number that stood still for some days may catch up.
    """
    length = days[at]
    recent = _recent(days, changes, at)
    pace = median(change / span for span, change in recent for _ in range(min(span, DAYS)))
    still, before = length, at - 1
    while before >= 0 and not changes[before] and still < DAYS:
        still += days[before]
        before -= 1
    beyond = abs(certain) - max(pace if certain > 0 else -pace, 0) * still
    if beyond < floor * length:
        return 0
    # Chance grows with the root of the days.
    deviations = sorted(abs(change - pace * span) / math.sqrt(span) for span, change in recent)
    ordinary = deviations[min(int(_ORDINARY * len(deviations)), len(deviations) - 1)]
    return beyond if beyond >= _FAR * ordinary * math.sqrt(length) else 0


def _recent(days: Sequence[int], changes: Sequence[int], at: int) -> list[tuple[int, int]]:
    """The steps of the 60 days before one; in a series' first week, those of that whole week."""
    begin, covered = at, 0
    while begin > 0 and covered < DAYS:
        begin -= 1
        covered += days[begin]
    if covered >= WEEK:
        return list(zip(days[begin:at], changes[begin:at], strict=True))
    end, covered = 0, 0
    while end < len(days) and covered < WEEK:
        covered += days[end]
        end += 1
    return list(zip(days[:end], changes[:end], strict=True))


def paces(kind: Kind, steps: Iterable[tuple[int, float, bool]]) -> list[float]:
    """After each of these steps, by how much the number may be expected to change in a day.

    ``steps``: (days since the reading before, change, whether the reading is rounded). By the kind of the metric:
    ``audience`` and ``count``: the median week of the last 60 days, which is 0 for a number that moves in waves or
    now and then; ``total``: the mean of these days, its tenth of extremes on either side drawn in; ``window``: the
    median day of the last week; ``score``: none.
    """
    pace_of = _OF_KIND.get(kind) or _MedianWeek().of
    changes: list[float] = []
    found: list[float] = []
    still = 0
    for span, change, rounded in steps:
        days = span
        if rounded:
            if change and still:
                del changes[-still:]
                days += still
            still = 0 if change else still + span
        else:
            still = 0
        if days == 1:
            changes.append(change)
        else:
            # More than the recent past is never looked at.
            days = min(days, 2 * DAYS)
            changes += [change / days] * days
        found.append(pace_of(changes, days))
    return found


class _MedianWeek:
    """The median of all changes over 7 days within the last 60, per day; 0 before there is a week."""

    def __init__(self) -> None:
        self._weeks: deque[float] = deque()
        self._sorted: list[float] = []

    def of(self, changes: Sequence[float], new: int) -> float:
        """``changes``: one a day; ``new``: so many of them were not there before, or were others."""
        weeks, ordered = self._weeks, self._sorted
        if new > 1:
            recent = changes[-DAYS:]
            self._weeks = deque(sum(recent[end - WEEK : end]) for end in range(WEEK, len(recent) + 1))
            self._sorted = ordered = sorted(self._weeks)
        elif len(changes) >= WEEK:
            week = sum(changes[-WEEK:])
            weeks.append(week)
            insort(ordered, week)
            if len(weeks) > DAYS - WEEK + 1:
                del ordered[bisect_left(ordered, weeks.popleft())]
        return _middle(ordered) / WEEK if ordered else 0.0


def _middle(ordered: Sequence[float]) -> float:
    """The median of what is sorted already."""
    count = len(ordered)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2


def mean_gain(changes: Sequence[float]) -> float:
    """The mean of these daily changes, a tenth of extremes on either side drawn in to the next."""
    ordered = sorted(changes)
    count = len(ordered)
    cut = int(_EXTREMES * count)
    drawn_in = cut * (ordered[cut] + ordered[-1 - cut]) if cut else 0.0
    return (sum(ordered[cut : count - cut]) + drawn_in) / count if count else 0.0


_OF_KIND: dict[Kind, Callable[[Sequence[float], int], float]] = {
    "total": lambda changes, _: mean_gain(changes[-DAYS:]),
    "window": lambda changes, _: _middle(sorted(changes[-WEEK:])),
    "score": lambda _changes, _: 0.0,
}
