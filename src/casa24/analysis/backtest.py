"""Every forecast the record could have had, replayed with only what was known then, and scored.

Saturday origins with at least 45 days of history, and a reading on the day that was forecast. The
absolute error of each series is measured in its own steps (its mean change a day), so that every
series counts the same; one that changed fewer than five times says nothing and is left out by name.
Beside it stand "no change" and the old bot's regression: ordinary least squares on the last 90
snapshots, its value ``days`` behind the last.

Rules, thresholds and labels were made by one author who had seen the first months of the label's
history: a score over those is a check, not a promise.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TYPE_CHECKING

from casa24.analysis.daily import DAY, Daily
from casa24.analysis.forecast import ENOUGH, LEVELS, Errors, bounds, point, pooled, reach
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FEWEST_CHANGES = 5
HISTORY = 45
REGRESSION = 90
KINDS = frozenset({"audience", "window"})
"""The numbers that are scored: people."""

_SATURDAY = 5


class Coverage(Result):
    """How many ranges of a level held, of how many, and their median width."""

    level: int
    ranges: int
    held: int
    width: float | None

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where there was no range."""
        return self.held / self.ranges if self.ranges else None


class Score(Result):
    """The forecasts of some series so many days ahead. Errors in steps of the series; lower is better.

    ``to_no_change``, ``to_regression``: the ratio of the error to theirs, None where theirs is 0.
    ``source`` and ``metric`` are empty in the score over everything.
    """

    days: int
    source: str
    metric: str
    source_title: str
    title: str
    series: int
    forecasts: int
    error: float
    no_change: float
    regression: float
    to_no_change: float | None
    to_regression: float | None
    coverage: tuple[Coverage, ...]


class LeftOut(Result):
    """A series that is not scored: it changed too seldom, or is too short."""

    artist: str | None
    source: str
    metric: str
    source_title: str
    title: str
    changes: int
    readings: int


class Backtest(Result):
    """All scores: for each horizon overall first, then a number each. ``first``…``last``: the origins' span."""

    first: dt.date | None
    last: dt.date | None
    scores: tuple[Score, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(slots=True)
class Tally:
    """The errors of one series at one horizon, and its ranges by level: (held, width)."""

    errors: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    regression: list[float] = field(default_factory=list)
    ranges: dict[int, list[tuple[bool, float]]] = field(default_factory=lambda: defaultdict(list))


def scored(found: Iterable[Daily]) -> tuple[list[Daily], list[Daily]]:
    """The series of people worth scoring, and those left out."""
    people = [
        one for one in found if one.item.metric.kind in KINDS and not one.item.metric.coarse and one.artist is not None
    ]
    good = [one for one in people if one.changes >= FEWEST_CHANGES]
    return good, [one for one in people if one.changes < FEWEST_CHANGES]


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


def backtest(
    found: Iterable[Daily], horizons: Sequence[int], since: dt.date | None = None, until: dt.date | None = None
) -> Backtest:
    """Replay and score."""
    good, rest = scored(found)
    saturdays = origins(good, since, until)
    scores: list[Score] = []
    short: set[int] = set(range(len(good)))
    for days in horizons:
        tallies = replay(good, saturdays, days)
        used = [number for number, tally in tallies.items() if tally.errors]
        short -= set(used)
        scores += _scores(good, tallies, used, days)
    left = [*rest, *(good[number] for number in sorted(short))]
    return Backtest(
        first=saturdays[0] if saturdays else None,
        last=saturdays[-1] if saturdays else None,
        scores=tuple(scores),
        left_out=tuple(_left_out(one) for one in left),
    )


def _left_out(one: Daily) -> LeftOut:
    return LeftOut(
        artist=one.artist,
        source=one.item.source,
        metric=one.item.field,
        source_title=one.item.source_title,
        title=one.item.metric.title,
        changes=one.changes,
        readings=one.read[-1],
    )


def _scores(series: Sequence[Daily], tallies: dict[int, Tally], used: Sequence[int], days: int) -> Iterable[Score]:
    """The score over everything, then a number each."""
    groups: dict[str, list[int]] = {}
    for number in used:
        groups.setdefault(series[number].item.key, []).append(number)
    if used:
        yield _score_of(series, tallies, used, days, overall=True)
    for numbers in groups.values():
        yield _score_of(series, tallies, numbers, days, overall=False)


def _score_of(
    series: Sequence[Daily], tallies: dict[int, Tally], numbers: Sequence[int], days: int, *, overall: bool
) -> Score:
    own = [(series[number].step, tallies[number]) for number in numbers]
    error = fmean(fmean(tally.errors) / step for step, tally in own)
    naive = fmean(fmean(tally.naive) / step for step, tally in own)
    ols = fmean(fmean(tally.regression) / step for step, tally in own)
    item = series[numbers[0]].item
    return Score(
        days=days,
        source="" if overall else item.source,
        metric="" if overall else item.field,
        source_title="" if overall else item.source_title,
        title="" if overall else item.metric.title,
        series=len(numbers),
        forecasts=sum(len(tally.errors) for _, tally in own),
        error=round(error, 4),
        no_change=round(naive, 4),
        regression=round(ols, 4),
        to_no_change=round(error / naive, 4) if naive else None,
        to_regression=round(error / ols, 4) if ols else None,
        coverage=tuple(_coverage(level, [one for _, tally in own for one in tally.ranges[level]]) for level in LEVELS),
    )


def _coverage(level: int, ranges: Sequence[tuple[bool, float]]) -> Coverage:
    return Coverage(
        level=level,
        ranges=len(ranges),
        held=sum(held for held, _ in ranges),
        width=median(width for _, width in ranges) if ranges else None,
    )
