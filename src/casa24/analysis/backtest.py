"""Replay every past forecast and score it.

The absolute error of each series is measured in its own steps (its mean change a day), so that every
series counts the same; one that changed fewer than five times says nothing and is left out by name.
Beside it stand "no change", a ruler (the mean daily gain of the last 60 days goes on) and the old bot's
regression (least squares on the last 90 snapshots, its value ``days`` behind the last).

Rules, thresholds and labels were made by one author who had seen the first months of one label's history and
a part of another's: a score over those is a check, not a promise.
"""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from statistics import fmean, median
from typing import TYPE_CHECKING

from casa24.analysis.forecast import carried_on
from casa24.analysis.pace import DAYS
from casa24.analysis.ranges import LEVELS, Ranges
from casa24.analysis.result import Result
from casa24.analysis.walk_forward import Span, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from casa24.analysis.daily import Daily
    from casa24.analysis.walk_forward import Tally

FEWEST_CHANGES = 5
REGRESSION = 90


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

    ``to_no_change``, ``to_ruler``, ``to_regression``: the ratio of the error to theirs, None where theirs is 0.
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
    ruler: float
    regression: float
    to_no_change: float | None
    to_ruler: float | None
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


def ruler(series: Daily, days: int) -> list[float]:
    """From each day's place the last value, and for each day ahead the mean daily gain of the last 60."""
    values = series.values
    straight = [float(values[0])]
    for place, value in enumerate(values[1:], 1):
        before = max(0, place - DAYS)
        straight.append(value + days * (value - values[before]) / (place - before))
    return straight


def regression(series: Daily, days: int) -> list[float]:
    """What the old bot would have said: least squares on the last 90 snapshots, its value ``days`` behind them."""
    # Sums of y and of x·y up to each snapshot give those over any 90 of them.
    readings = [series.values[place] for place in series.readings]
    sums = [0, *accumulate(readings)]
    moments = [0, *accumulate(x * y for x, y in enumerate(readings))]
    lines = []
    for end in range(1, len(readings) + 1):
        begin = max(0, end - REGRESSION)
        count, total = end - begin, sums[end] - sums[begin]
        middle, spread = (count - 1) / 2, (end - begin) * ((end - begin) ** 2 - 1) / 12
        slope = (moments[end] - moments[begin] - (begin + middle) * total) / spread if spread else 0.0
        lines.append(total / count + slope * (count - 1 + days - middle))
    return [lines[number - 1] for number in series.read]


def scored(found: Iterable[Daily]) -> tuple[list[Daily], list[Daily]]:
    """The artists' series worth scoring, and those left out. A rating has no unit to be wrong in."""
    numbers = [series for series in found if series.item.metric.kind != "score" and series.artist is not None]
    good = [series for series in numbers if series.changes >= FEWEST_CHANGES]
    return good, [series for series in numbers if series.changes < FEWEST_CHANGES]


def backtest(
    found: Iterable[Daily], horizons: Sequence[int], since: dt.date | None = None, until: dt.date | None = None
) -> Backtest:
    """Replay and score."""
    good, rest = scored(found)
    span = Span.of(good, since, until)
    scores: list[Score] = []
    used: set[int] = set()
    for days in horizons:
        tallied = list(_tallied(good, span, days))
        used |= {id(series) for series, _ in tallied}
        scores += _scores(tallied, days)
    rest += [series for series in good if id(series) not in used]
    return Backtest(
        first=span.first if span else None,
        last=span.last if span else None,
        scores=tuple(scores),
        left_out=tuple(_left_out(series) for series in rest),
    )


def _by_number(found: Iterable[Daily]) -> dict[str, list[Daily]]:
    groups: dict[str, list[Daily]] = {}
    for series in found:
        groups.setdefault(series.item.key, []).append(series)
    return groups


def _tallied(found: Iterable[Daily], span: Span | None, days: int) -> Iterator[tuple[Daily, Tally]]:
    """Each series with a forecast so many days ahead, number by number, and how its forecasts did."""
    for group in _by_number(found).values():
        tallies = replay(group, Ranges(group, days, carried_on), days, span.days() if span else (), (ruler, regression))
        yield from ((series, tally) for series, tally in zip(group, tallies, strict=True) if tally.errors)


def _left_out(series: Daily) -> LeftOut:
    return LeftOut(
        artist=series.artist,
        source=series.item.source,
        metric=series.item.field,
        source_title=series.item.source_title,
        title=series.item.metric.title,
        changes=series.changes,
        readings=series.read[-1],
    )


def _scores(tallied: Sequence[tuple[Daily, Tally]], days: int) -> Iterator[Score]:
    """The score over everything, then a number each."""
    groups: dict[str, list[tuple[Daily, Tally]]] = {}
    for series, tally in tallied:
        groups.setdefault(series.item.key, []).append((series, tally))
    if tallied:
        yield _score_of(tallied, days, overall=True)
    for group in groups.values():
        yield _score_of(group, days, overall=False)


def _score_of(tallied: Sequence[tuple[Daily, Tally]], days: int, *, overall: bool) -> Score:
    """Every series counts the same, however many forecasts it has."""

    def mean(errors_of: Callable[[Tally], Sequence[float]]) -> float:
        return fmean(fmean(errors_of(tally)) / series.step for series, tally in tallied)

    error, naive = mean(lambda tally: tally.errors), mean(lambda tally: tally.naive)
    straight, ols = mean(lambda tally: tally.rivals[0]), mean(lambda tally: tally.rivals[1])
    item = tallied[0][0].item
    return Score(
        days=days,
        source="" if overall else item.source,
        metric="" if overall else item.field,
        source_title="" if overall else item.source_title,
        title="" if overall else item.metric.title,
        series=len(tallied),
        forecasts=sum(len(tally.errors) for _, tally in tallied),
        error=round(error, 4),
        no_change=round(naive, 4),
        ruler=round(straight, 4),
        regression=round(ols, 4),
        to_no_change=_ratio(error, naive),
        to_ruler=_ratio(error, straight),
        to_regression=_ratio(error, ols),
        coverage=tuple(
            _coverage(level, [held for _, tally in tallied for held in tally.ranges[level]]) for level in LEVELS
        ),
    )


def _ratio(error: float, to: float) -> float | None:
    return round(error / to, 4) if to else None


def _coverage(level: int, ranges: Sequence[tuple[bool, float]]) -> Coverage:
    return Coverage(
        level=level,
        ranges=len(ranges),
        held=sum(held for held, _ in ranges),
        width=median(width for _, width in ranges) if ranges else None,
    )
