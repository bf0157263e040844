"""Estimate between which days a number reaches a value, only where its trend is certain.

From the range of forecasts 30 days ahead: the earliest day is the first on which its upper edge is there, the
latest that on which its lower edge is. Nearer than 30 days a range shrinks with the root of the days, farther
it grows with the days. The last fortnight has to bear the trend out: the latest day is counted with the slower
of both paces. There is no day where the lower edge is not there within two years, and none for a window of
days: nothing is certain of one.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.forecast import FRESH, VERIFIED, foresights
from casa24.analysis.ranges import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.daily import Daily
    from casa24.core.timeseries import TimeSeries

LEAST_DAYS = 14
"""So many days a pace needs, and bear it out."""

_IN_SIGHT = 730


class Arrivals:
    """Every series of a record, as known on its last day, and when each gets anywhere."""

    def __init__(self, found: Iterable[TimeSeries], last: dt.date) -> None:
        self._last = last
        self._known = foresights(found, last)

    def _daily(self, series: TimeSeries) -> Daily | None:
        group = self._known.get(series.item.key)
        days = None if group is None else group.of(series.artist)
        return None if days is None or len(days.values) <= LEAST_DAYS else days

    def pace(self, series: TimeSeries) -> float | None:
        """Its change a day as of late; None with less than 14 days to judge by."""
        days = self._daily(series)
        return None if days is None else days.pace[-1]

    def span(self, series: TimeSeries, distance: int) -> tuple[dt.date, dt.date] | None:
        """The days between which a series gets so far up; None where that is not certain."""
        days = self._daily(series)
        if days is None or series.item.metric.kind == "window" or self._last - days.last > FRESH:
            return None
        pace = days.pace[-1]
        slower = min(pace, (days.values[-1] - days.values[-1 - LEAST_DAYS]) / LEAST_DAYS)
        reached = self._known[series.item.key].reach(series.artist, VERIFIED) if slower > 0 else None
        if reached is None:
            return None
        reach = reached[0][LEVELS[0]]
        latest = _first_day(distance, slower, reach.low)
        earliest = _first_day(distance, pace, reach.high)
        if latest is None or earliest is None:
            return None
        tomorrow = shifted(self._last, dt.timedelta(days=1))
        first, last = (shifted(days.last, dt.timedelta(days=number)) for number in (earliest, latest))
        return max(first, tomorrow), max(last, tomorrow)


def _first_day(distance: int, pace: float, edge: float) -> int | None:
    """After how many days a pace with an edge of a range gets so far; None where not within two years."""
    for days in range(1, _IN_SIGHT + 1):
        share = days / VERIFIED
        if pace * days + edge * (math.sqrt(share) if share < 1 else share) >= distance:
            return days
    return None
