"""The forecasts of a day, each with how past ones of the same series did so far ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from casa24.analysis.backtest import origins, replay
from casa24.analysis.daily import daily
from casa24.analysis.forecast import LEVELS, Forecast, Past, forecasts
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from casa24.analysis.backtest import Tally
    from casa24.timeseries import TimeSeries

_PEOPLE = frozenset({"audience", "window"})


class Prediction(Result):
    """What the record foresees ``days`` after ``asof``. ``age``: how many days old the newest recorded day is."""

    asof: dt.date
    days: int
    age: int
    forecasts: tuple[Forecast, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: so many days after which day. ``age``: how many days old the newest recorded day is.

    ``artist``: of one artist every number; ``wanted``: the metrics by key; else the people everybody reaches.
    """

    asof: dt.date
    days: int
    age: int = 0
    artist: str | None = None
    wanted: frozenset[str] | None = None

    def asks_for(self, one: Forecast) -> bool:
        """Whether this number is asked for."""
        if self.artist is not None and one.artist != self.artist:
            return False
        if self.wanted is not None:
            return f"{one.source}.{one.metric}" in self.wanted
        return self.artist is not None or one.kind in _PEOPLE


def predict(found: Sequence[TimeSeries], asked: Question) -> Prediction:
    """Forecast these series. Everybody's are needed: a short one leans on the others' errors."""
    told = forecasts([one for one in found if one.artist is not None], asked.asof, asked.days)
    chosen = [one for one in told if asked.asks_for(one)]
    past = _pasts(found, {f"{one.source}.{one.metric}" for one in chosen}, asked.days)
    return Prediction(
        asof=asked.asof,
        days=asked.days,
        age=asked.age,
        forecasts=tuple(
            one.model_copy(update={"past": past.get((one.artist, f"{one.source}.{one.metric}"))}) for one in chosen
        ),
    )


def _pasts(found: Sequence[TimeSeries], keys: Collection[str], days: int) -> dict[tuple[str | None, str], Past]:
    """How forecasts of these numbers did, by artist and number."""
    told: dict[tuple[str | None, str], Past] = {}
    for key in keys:
        group = [one for series in found if series.item.key == key and (one := daily(series)) is not None]
        tallies = replay(group, origins(group, None, None), days)
        for number, one in enumerate(group):
            if tallies[number].errors:
                told[one.artist, key] = _past(tallies[number], one.step)
    return told


def _past(tally: Tally, step: float) -> Past:
    ranges = tally.ranges[LEVELS[0]]
    return Past(
        forecasts=len(tally.errors),
        error=round(fmean(tally.errors), 1),
        no_change=round(fmean(tally.naive), 1),
        step=round(step, 2),
        ranges=len(ranges),
        held=sum(held for held, _ in ranges),
    )
