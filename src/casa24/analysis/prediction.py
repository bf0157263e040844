"""Make the forecasts of a day, each with how past ones of the same series did."""

from __future__ import annotations

import datetime as dt
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.forecast import Forecast, Past, forecasts, foresights
from casa24.analysis.ranges import LEVELS
from casa24.analysis.result import Result
from casa24.analysis.walk_forward import Span, replay

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casa24.analysis.forecast import Foresight
    from casa24.analysis.walk_forward import Tally
    from casa24.core.metrics import Series
    from casa24.core.timeseries import TimeSeries

# One day of eight is enough to tell how forecasts did, and takes every weekday in turn.
_EVERY = 8
_PEOPLE = frozenset({"audience", "window"})


class Prediction(Result):
    """What the record foresees ``days`` after ``asof``. ``age``: how many days old the newest recorded day is."""

    asof: dt.date
    days: int
    age: int
    forecasts: tuple[Forecast, ...]


class Question(NamedTuple):
    """What is asked: so many days after which day. ``age``: how many days old the newest recorded day is.

    ``artist``: of one artist every number; ``wanted``: the metrics by key; else the people everybody reaches.
    """

    asof: dt.date
    days: int
    age: int = 0
    artist: str | None = None
    wanted: frozenset[str] | None = None

    def wants(self, item: Series) -> bool:
        """Whether this number is asked for, whoever's it is."""
        if self.wanted is not None:
            return item.key in self.wanted
        return self.artist is not None or item.metric.kind in _PEOPLE

    def asks_for(self, series: TimeSeries) -> bool:
        """Whether this artist's number is asked for. The label's own are not forecast."""
        return series.artist is not None and self.artist in {None, series.artist} and self.wants(series.item)


def predict(found: Sequence[TimeSeries], asked: Question) -> Prediction:
    """Forecast what is asked for. Everybody's series are needed: a short one leans on the others' errors."""
    chosen = [series for series in found if asked.asks_for(series)]
    keys = {series.item.key for series in chosen}
    everybody = (series for series in found if series.artist is not None and series.item.key in keys)
    known = foresights(everybody, asked.asof)
    past = _pasts(known, asked.days)
    return Prediction(
        asof=asked.asof,
        days=asked.days,
        age=asked.age,
        forecasts=tuple(
            forecast.model_copy(update={"past": past.get((forecast.artist, f"{forecast.source}.{forecast.metric}"))})
            for forecast in forecasts(chosen, known, asked.asof, asked.days)
        ),
    )


def _pasts(known: Mapping[str, Foresight], days: int) -> dict[tuple[str | None, str], Past]:
    """How forecasts of these numbers did, by artist and number."""
    told: dict[tuple[str | None, str], Past] = {}
    for key, group in known.items():
        series = group.series
        span = Span.of(series)
        tallies = replay(series, group.ranges(days), days, span.days(_EVERY) if span else ())
        for own, tally in zip(series, tallies, strict=True):
            if tally.errors:
                told[own.artist, key] = _past(tally, own.step)
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
