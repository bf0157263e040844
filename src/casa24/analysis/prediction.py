"""The forecasts of a day, each with how past ones of the same series did so far ahead."""

from __future__ import annotations

import datetime as dt
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.daily import by_number
from casa24.analysis.forecast import LEVELS, Forecast, Past, forecasts
from casa24.analysis.replay import origins, replay
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casa24.analysis.daily import Daily
    from casa24.analysis.replay import Tally
    from casa24.metrics import Series
    from casa24.timeseries import TimeSeries

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

    def asks_for(self, one: TimeSeries) -> bool:
        """Whether this artist's number is asked for. The label's own are not forecast."""
        return one.artist is not None and self.artist in {None, one.artist} and self.wants(one.item)


def predict(found: Sequence[TimeSeries], asked: Question) -> Prediction:
    """Forecast what is asked for. Everybody's series are needed: a short one leans on the others' errors."""
    chosen = [one for one in found if asked.asks_for(one)]
    keys = {one.item.key for one in chosen}
    known = by_number(one for one in found if one.artist is not None and one.item.key in keys)
    past = _pasts(known, asked.days)
    return Prediction(
        asof=asked.asof,
        days=asked.days,
        age=asked.age,
        forecasts=tuple(
            one.model_copy(update={"past": past.get((one.artist, f"{one.source}.{one.metric}"))})
            for one in forecasts(chosen, known, asked.asof, asked.days)
        ),
    )


def _pasts(known: Mapping[str, Mapping[str | None, Daily]], days: int) -> dict[tuple[str | None, str], Past]:
    """How forecasts of these numbers did, by artist and number."""
    told: dict[tuple[str | None, str], Past] = {}
    for key, group in known.items():
        series = list(group.values())
        tallies = replay(series, origins(series, None, None), days, rival=None)
        for number, one in enumerate(series):
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
