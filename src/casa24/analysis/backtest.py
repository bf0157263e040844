"""The replay of every forecast, scored.

The absolute error of each series is measured in its own steps (its mean change a day), so that every
series counts the same; one that changed fewer than five times says nothing and is left out by name.
Beside it stand "no change" and the old bot's regression.

Rules, thresholds and labels were made by one author who had seen the first months of the label's
history: a score over those is a check, not a promise.
"""

from __future__ import annotations

import datetime as dt
from statistics import fmean, median
from typing import TYPE_CHECKING

from casa24.analysis.forecast import LEVELS
from casa24.analysis.replay import Tally, origins, replay
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.analysis.daily import Daily

FEWEST_CHANGES = 5
KINDS = frozenset({"audience", "window"})
"""The numbers that are scored: people."""


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


def scored(found: Iterable[Daily]) -> tuple[list[Daily], list[Daily]]:
    """The series of people worth scoring, and those left out."""
    people = [
        one for one in found if one.item.metric.kind in KINDS and not one.item.metric.coarse and one.artist is not None
    ]
    good = [one for one in people if one.changes >= FEWEST_CHANGES]
    return good, [one for one in people if one.changes < FEWEST_CHANGES]


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
