"""Make every forecast the record could have had again, with only what was known then.

Origins are all days with a reading and at least 45 days of history, where there is a reading on the day
that was forecast, too. Rivals forecast beside.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.daily import DAY
from casa24.analysis.forecast import aim, bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from casa24.analysis.daily import Daily
    from casa24.analysis.forecast import Aim
    from casa24.analysis.ranges import Ranges, Reach

    Rival = Callable[[Daily, int], Sequence[float]]

HISTORY = 45
"""Days of history an origin has at least."""


class Span(NamedTuple):
    """The days on which forecasts are made."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, series: Sequence[Daily], since: dt.date | None = None, until: dt.date | None = None) -> Span | None:
        """The days of these series between two others; None where there are none."""
        if not series:
            return None
        first = max(since or dt.date.min, min(own.first for own in series) + HISTORY * DAY)
        last = min(until or dt.date.max, max(own.last for own in series))
        return cls(first, last) if first <= last else None

    def days(self, every: int = 1) -> Iterator[dt.date]:
        """Each of them, or only one of so many."""
        return (self.first + number * DAY for number in range(0, (self.last - self.first).days + 1, every))


@dataclass(slots=True)
class Tally:
    """The errors of one series at one horizon, and its ranges by level: (held, width).

    ``rivals``: the errors of others' forecasts, in the order they were asked.
    """

    errors: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    rivals: tuple[list[float], ...] = ()
    ranges: dict[int, list[tuple[bool, float]]] = field(default_factory=lambda: defaultdict(list))


def replay(
    series: Sequence[Daily], ranges: Ranges, days: int, origins: Iterable[dt.date], rivals: Sequence[Rival] = ()
) -> list[Tally]:
    """The tallies of these series of one number, in their order, one horizon.

    ``ranges``: theirs, untaught; ``origins``: the days on which forecasts are made, oldest first; ``rivals``: from
    each day's place what they say so many days ahead.
    """
    tallies = [Tally(rivals=tuple([] for _ in rivals)) for _ in series]
    theirs = [[rival(own, days) for rival in rivals] for own in series]
    for day in origins:
        ranges.learn(day)
        for number, own in enumerate(series):
            place = own.place(day)
            if HISTORY <= place < len(own.values) - days and own.is_read(place) and own.is_read(place + days):
                reached = ranges.reach(number, place)
                tally, actual = tallies[number], own.values[place + days]
                _score(tally, aim(own, place, days), own.values[place], actual, reached[0] if reached else {})
                for errors, said in zip(tally.rivals, theirs[number], strict=True):
                    errors.append(abs(actual - said[place]))
    return tallies


def _score(tally: Tally, target: Aim, last: int, actual: int, reaches: Mapping[int, Reach]) -> None:
    """One forecast against what came; ``reaches``: how far its ranges do, empty where there are none."""
    tally.errors.append(abs(actual - round(target.value)))
    tally.naive.append(abs(actual - last))
    for level, reach in reaches.items():
        low, high = bounds(target, reach)
        tally.ranges[level].append((low <= actual <= high, high - low))
