"""Forecast a number: a value, two ranges, what they assume, and how past forecasts did.

Three things are expected, all of them read off the series itself: that a steady change goes on (the median
week of the last 60 days, which is no change for a number that stands still or moves in waves), that a window
of days keeps half of last week's pace for ten days, and that an open wave leaves as earlier ones did. Nothing
else is: seasons, trends and a linear regression did worse. The ranges are quantiles of what past forecasts of
this kind were off by, see `ranges`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.calendar import shifted
from casa24.analysis.daily import DAY, Daily, by_number
from casa24.analysis.episodes import STAYS
from casa24.analysis.ranges import Ranges, Reach
from casa24.analysis.result import Result
from casa24.core.metrics import Kind
from casa24.core.timeseries import TimeSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHORTEST, LONGEST = 7, 90
VERIFIED = 30
"""Days ahead up to which ranges were measured."""
FRESH = dt.timedelta(days=7)
"""How old the last reading may be."""

_TAUGHT_BY = dt.timedelta(days=3 * 365)
_LEAST_CHANCE = 0.25
_FADES = 10


class Assumption(StrEnum):
    """What a value rests on."""

    NO_CHANGE = "no_change"
    STEADY = "steady_change"
    MOMENTUM = "last_week"
    EPISODE = "episode_ends"
    DEPARTURES = "window_leaves"
    GAIN = "mean_gain"


_GOES_ON: Mapping[Kind, Assumption] = {"total": Assumption.GAIN, "window": Assumption.MOMENTUM}


class Refusal(StrEnum):
    """Why there is no forecast."""

    NO_READING = "no_reading"
    STALE = "stale"
    TOO_SHORT = "too_short"


class Departure(Result):
    """What leaves a window of days, and when."""

    date: dt.date
    amount: int


class Range(Result):
    """``level`` per cent of such ranges should hold."""

    level: int
    low: int
    high: int


class Past(Result):
    """How forecasts of this series did so many days ahead.

    ``error``: their mean absolute error; ``no_change``: that of taking the last value instead; ``step``: the
    series' mean change a day, in which errors are compared; ``held``: how many of the 80 % ranges held.
    """

    forecasts: int
    error: float
    no_change: float
    step: float
    ranges: int
    held: int


class Forecast(Result):
    """One number so many days after ``asof``. ``pooled``: the ranges rest on the other artists' errors, too.

    ``gain``: by how much it changes in a day, where that goes on; ``leaving``: what of the open wave since
    ``baseline`` should have left by then. ``verified``: whether ranges so far ahead were measured at all. With
    ``refusal`` there is no value.
    """

    artist: str | None
    source: str
    source_title: str
    metric: str
    title: str
    kind: Kind
    asof: dt.date
    days: int
    last: int | None = None
    last_date: dt.date | None = None
    value: int | None = None
    ranges: tuple[Range, ...] = ()
    assumes: Assumption = Assumption.NO_CHANGE
    baseline: int | None = None
    leaving: int = 0
    departures: tuple[Departure, ...] = ()
    gain: float | None = None
    pooled: bool = False
    verified: bool = True
    past: Past | None = None
    refusal: Refusal | None = None


class Aim(NamedTuple):
    """A forecast without its range.

    ``value``: what is expected; ``top``: what would come if no wave left, ``bottom``: if all of it did.
    """

    value: float
    top: float
    bottom: float
    departures: tuple[tuple[dt.date, int], ...] = ()


def carried_on(series: Daily, days: int) -> list[float]:
    """From each day's place the value ``days`` later if it goes on as of late, and no wave leaves."""
    times = _times(series, days)
    return [max(0.0, value + times * pace) for value, pace in zip(series.values, series.pace, strict=True)]


def _times(series: Daily, days: int) -> float:
    """How many days' pace so many days bring. What a window gained last week fades: half of it, for ten days."""
    return min(days, _FADES) / 2 if series.item.metric.kind == "window" else days


def aim(series: Daily, place: int, days: int) -> Aim:
    """The value ``days`` after the day at ``place``, knowing nothing later."""
    top, state = max(0.0, series.values[place] + _times(series, days) * series.pace[place]), series.open[place]
    if state is None or not series.item.metric.unique_people:
        return Aim(top, top, top)
    bottom = max(0.0, top - sum(size for _, size in state.rises))
    day = series.first + place * DAY
    if series.item.metric.days is None:
        leaving = sum(size * _chance((day - rise).days, days, state.leave) for rise, size in state.rises)
        return Aim(max(0.0, top - leaving), top, bottom)
    # What left since the last reading is still in it.
    seen, target = series.first + series.read_on(place) * DAY, day + days * DAY
    span = dt.timedelta(days=series.item.metric.days)
    left = tuple((rise + span, size) for rise, size in state.rises if seen < rise + span <= target)
    return Aim(max(0.0, top - sum(size for _, size in left)), top, bottom, left)


def _chance(age: int, days: int, leave: float) -> float:
    """How likely a rise that is still there after ``age`` days has left ``days`` later.

    If it leaves, as this share of the earlier ones did, then on any day until it would have stayed. A small chance
    is left out: such a forecast would mostly be wrong.
    """
    until = STAYS.days - age
    chance = leave * min(1.0, days / until) if until > 0 else 0.0
    return chance if chance >= _LEAST_CHANCE else 0.0


def bounds(target: Aim, reach: Reach) -> tuple[int, int]:
    """A range around a value: from below what would be left without the wave to above what would come with it."""
    return max(0, round(target.bottom + reach.low)), max(0, round(target.top + reach.high))


class Foresight:
    """Every artist's series of one number, and how far forecasts of them reach, by the days ahead."""

    def __init__(self, group: Mapping[str | None, Daily]) -> None:
        self._places = {artist: number for number, artist in enumerate(group)}
        self._series = list(group.values())
        self._ranges: dict[int, Ranges] = {}

    @property
    def series(self) -> Sequence[Daily]:
        """All of them."""
        return self._series

    def of(self, artist: str | None) -> Daily | None:
        """An artist's series."""
        place = self._places.get(artist)
        return None if place is None else self._series[place]

    def ranges(self, days: int) -> Ranges:
        """How far forecasts so many days ahead reach; the same at every call, as far as it was taught."""
        if days not in self._ranges:
            self._ranges[days] = Ranges(self._series, days, carried_on)
        return self._ranges[days]

    def reach(self, artist: str | None, days: int) -> tuple[Mapping[int, Reach], bool] | None:
        """How far a forecast at the end of an artist's series reaches, see ``Ranges.reach``."""
        ranges, place = self.ranges(days), self._places[artist]
        ranges.learn(max(series.last for series in self._series))
        return ranges.reach(place, len(self._series[place].values) - 1)


def foresights(found: Iterable[TimeSeries], last: dt.date) -> dict[str, Foresight]:
    """Every artist's series of each number, by the number's key. ``last``: the record's last day.

    Three years are enough to learn from: a range is not to rest on how small an artist once was.
    """
    since = shifted(last, -_TAUGHT_BY)
    recent = (
        TimeSeries(series.artist, series.item, tuple(point for point in series.points if point.date >= since))
        for series in found
    )
    return {key: Foresight(group) for key, group in by_number(recent).items()}


def forecasts(wanted: Iterable[TimeSeries], known: Mapping[str, Foresight], asof: dt.date, days: int) -> list[Forecast]:
    """A forecast of each wanted series, ``days`` after ``asof``; nothing later than that day is in any of them.

    ``known``: every artist's series of these numbers, by the number's key: a short one leans on the others' errors.
    """
    nobody = Foresight({})
    return [
        _forecast(_blank(series, asof, days), series.artist, known.get(series.item.key, nobody)) for series in wanted
    ]


def _blank(series: TimeSeries, asof: dt.date, days: int) -> Forecast:
    item = series.item
    return Forecast(
        artist=series.artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        kind=item.metric.kind,
        asof=asof,
        days=days,
        verified=days <= VERIFIED,
    )


def _forecast(blank: Forecast, artist: str | None, group: Foresight) -> Forecast:
    """One forecast. ``group``: every artist's series of the same number, this one included."""
    series = group.of(artist)
    if series is None:
        return blank.model_copy(update={"refusal": Refusal.NO_READING})
    last = series.values[-1]
    known = blank.model_copy(update={"last": last, "last_date": series.last})
    if blank.asof - series.last > FRESH:
        return known.model_copy(update={"refusal": Refusal.STALE})
    # The days since the last reading lie ahead of it, too.
    ahead = blank.days + (blank.asof - series.last).days
    reached = group.reach(artist, ahead)
    if reached is None:
        return known.model_copy(update={"refusal": Refusal.TOO_SHORT})
    reaches, pooled = reached
    target, state, pace = aim(series, len(series.values) - 1, ahead), series.open[-1], series.pace[-1]
    leaving = round(target.top - target.value)
    goes_on = round(target.top) != last
    told = {
        "value": round(target.value),
        "ranges": tuple(_range(level, *bounds(target, reach)) for level, reach in reaches.items()),
        "assumes": _assumes(target, blank.kind, leaving=leaving, goes_on=goes_on),
        "baseline": state.baseline if state else None,
        "leaving": leaving,
        "departures": tuple(Departure(date=day, amount=size) for day, size in target.departures),
        "gain": round(pace, 2) if goes_on or blank.kind == "total" else None,
        "pooled": pooled,
    }
    return known.model_copy(update=told)


def _assumes(target: Aim, kind: Kind, *, leaving: int, goes_on: bool) -> Assumption:
    if target.departures:
        return Assumption.DEPARTURES
    if leaving:
        return Assumption.EPISODE
    if goes_on or kind == "total":
        return _GOES_ON.get(kind, Assumption.STEADY)
    return Assumption.NO_CHANGE


def _range(level: int, low: int, high: int) -> Range:
    return Range(level=level, low=low, high=high)
