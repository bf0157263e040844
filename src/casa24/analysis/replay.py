"""Every forecast the record could have had, made again with only what was known then.

Saturday origins with at least 45 days of history, and a reading on the day that was forecast. A rival
may forecast beside: the old bot's regression, ordinary least squares on the last 90 snapshots, its value
``days`` behind the last.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from casa24.analysis.daily import DAY, Daily
from casa24.analysis.forecast import ENOUGH, Errors, bounds, point, pooled, reach

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HISTORY = 45
REGRESSION = 90

_SATURDAY = 5


@dataclass(slots=True)
class Tally:
    """The errors of one series at one horizon, and its ranges by level: (held, width)."""

    errors: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    regression: list[float] = field(default_factory=list)
    ranges: dict[int, list[tuple[bool, float]]] = field(default_factory=lambda: defaultdict(list))


def origins(series: Sequence[Daily], since: dt.date | None, until: dt.date | None) -> list[dt.date]:
    """The Saturdays on which forecasts are made."""
    if not series:
        return []
    first = max(since or dt.date.min, min(one.first for one in series))
    last = min(until or dt.date.max, max(one.last for one in series))
    day = first + ((_SATURDAY - first.weekday()) % 7) * DAY
    return [day + number * 7 * DAY for number in range(max(0, (last - day).days // 7 + 1))]


def regression(series: Daily, place: int, days: int) -> float:
    """What the old bot would have said: least squares on the last 90 snapshots, its value ``days`` behind them."""
    readings = _readings(series, place)
    count = len(readings)
    middle, mean = (count - 1) / 2, fmean(readings)
    spread = sum((x - middle) ** 2 for x in range(count))
    slope = sum((x - middle) * (y - mean) for x, y in enumerate(readings)) / spread if spread else 0.0
    return mean + slope * (count - 1 + days - middle)


def _readings(series: Daily, place: int) -> list[int]:
    """The last 90 readings up to a place, days filled in left out."""
    found: list[int] = []
    for at in range(place, -1, -1):
        if at == 0 or series.read[at] != series.read[at - 1]:
            found.append(series.values[at])
            if len(found) == REGRESSION:
                break
    return found[::-1]


def replay(
    series: Sequence[Daily],
    saturdays: Sequence[dt.date],
    days: int,
    rival: Callable[[Daily, int, int], float] | None = regression,
) -> dict[int, Tally]:
    """The tallies of these series (by their place), one horizon. ``rival``: who else forecasts, if anybody."""
    tallies = {number: Tally() for number in range(len(series))}
    errors = [Errors(one, days) for one in series]
    for day in saturdays:
        for number, one in enumerate(series):
            errors[number].learn(one.place(day))
        for number, one in enumerate(series):
            place = one.place(day)
            if place >= HISTORY and place + days < len(one.values) and one.read_on(place + days) == place + days:
                own = errors[number].absolute
                group = (errors[at] for at, other in enumerate(series) if other.item.key == one.item.key)
                reached = reach(own, pooled(group) if len(own) < ENOUGH else [], one.values[place])
                _score(tallies[number], one, place, days, reached[0] if reached else {})
                if rival is not None:
                    error = abs(one.values[place + days] - rival(one, place, days))
                    tallies[number].regression.append(error)
    return tallies


def _score(tally: Tally, one: Daily, place: int, days: int, widths: Mapping[int, float]) -> None:
    """One forecast against what came; ``widths``: how far its ranges reach, empty where there are none."""
    aim, actual, last = point(one, place, days), one.values[place + days], one.values[place]
    tally.errors.append(abs(actual - max(0, round(aim.value))))
    tally.naive.append(abs(actual - last))
    for level, width in widths.items():
        low, high = bounds(aim, last, width, total=one.item.metric.kind == "total")
        tally.ranges[level].append((low <= actual <= high, high - low))
