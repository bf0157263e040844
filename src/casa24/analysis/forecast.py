"""Forecasts: a value, two ranges, what they assume, and how past ones of the same series did.

The value is the last one: "no change expected" is a full answer, right on four days of five. Only
an open episode (what came with a wave leaves with it) and a counter's steady gain say more. The
ranges are quantiles of what the same series did from past days on which no episode was open. Libraries
with seasons and trends did worse on such series, and a linear regression more than twice as badly.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.daily import DAY, Daily
from casa24.analysis.result import Result
from casa24.metrics import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.timeseries import TimeSeries

SHORTEST, LONGEST = 7, 90
VERIFIED = 30
"""Days ahead up to which ranges were measured."""
FRESH = dt.timedelta(days=7)
"""How old the last reading may be."""
ENOUGH = 15
"""Errors a range needs."""
LEVELS = (80, 95)

_PEOPLE_STAY = 14
_GAIN_DAYS = 60
_WINSOR = 0.1


class Assumption(StrEnum):
    """What a value rests on."""

    NO_CHANGE = "no_change"
    EPISODE = "episode_ends"
    DEPARTURES = "window_leaves"
    GAIN = "mean_gain"


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

    ``verified``: whether ranges so far ahead were measured at all. With ``refusal`` there is no value.
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
    departures: tuple[Departure, ...] = ()
    gain: float | None = None
    pooled: bool = False
    verified: bool = True
    past: Past | None = None
    refusal: Refusal | None = None


class Errors:
    """How far forecasts of one series so many days ahead were off, as that became known day after day.

    ``absolute``: sorted; ``relative``: each as a part of the value forecast from.
    """

    def __init__(self, series: Daily, days: int) -> None:
        self.absolute: list[float] = []
        self.relative: list[float] = []
        self._days = days
        self._all = _misses(series, days)
        self._learned = 0

    def learn(self, place: int) -> Errors:
        """Take in what was known on the day at this place: errors of forecasts made so many days before it."""
        upto = max(self._learned, place - self._days + 1)
        new = [error for error in self._all[self._learned : upto] if error is not None]
        self._learned = upto
        self.absolute += [absolute for absolute, _ in new]
        self.absolute.sort()
        self.relative += [relative for _, relative in new]
        return self


class Point(NamedTuple):
    """A forecast without its range."""

    value: float
    floor: float
    assumes: Assumption = Assumption.NO_CHANGE
    departures: tuple[tuple[dt.date, int], ...] = ()
    gain: float | None = None


def point(series: Daily, place: int, days: int) -> Point:
    """The value ``days`` after the day at ``place``, knowing nothing later. ``floor``: where its range begins."""
    last, state = series.values[place], series.open[place]
    kind = series.item.metric.kind
    if kind == "total":
        gain = mean_gain(series.values, place)
        value = last + days * gain
        return Point(value, value, Assumption.GAIN, gain=gain)
    if state is None or kind not in {"audience", "window"}:
        return Point(last, last)
    floor = min(last, state.baseline)
    if kind == "audience":
        if days <= _PEOPLE_STAY:
            return Point(last, floor)
        return Point(state.baseline, floor, Assumption.EPISODE)
    # What left since the last reading is still in it.
    seen, target = series.first + series.read_on(place) * DAY, series.first + (place + days) * DAY
    span = dt.timedelta(days=series.item.metric.days or 0)
    left = tuple((rise + span, size) for rise, size in state.rises if seen < rise + span <= target)
    assumes = Assumption.DEPARTURES if left else Assumption.NO_CHANGE
    return Point(max(0, last - sum(size for _, size in left)), floor, assumes, left)


def mean_gain(values: Sequence[int], place: int) -> float:
    """The mean daily gain of the last 60 days up to a place, its tenth of extremes on either side drawn in."""
    recent = values[max(0, place - _GAIN_DAYS) : place + 1]
    gains = sorted(other - one for one, other in pairwise(recent))
    if not gains:
        return 0.0
    cut = int(_WINSOR * len(gains))
    low, high = gains[cut], gains[len(gains) - 1 - cut]
    return sum(min(max(gain, low), high) for gain in gains) / len(gains)


def _misses(series: Daily, days: int) -> list[tuple[float, float] | None]:
    """For each day how far the value so much later was from it (a counter's: from its gain), absolute and relative.

    None where an episode was open: what came with it and left with it tells nothing of other days.
    """
    now, later = series.values, series.values[days:]
    expected: Sequence[float] = now
    if series.item.metric.kind == "total":
        expected = [now[place] + days * mean_gain(now, place) for place in range(len(later))]
    return [
        None if state is not None else (abs(came - foreseen), abs(came - foreseen) / max(value, 1))
        for value, foreseen, came, state in zip(now, expected, later, series.open, strict=False)
    ]


def errors_of(series: Daily, days: int) -> Errors:
    """All errors known at the end of a series."""
    return Errors(series, days).learn(len(series.values) - 1)


def quantile(sorted_errors: Sequence[float], level: int) -> float:
    """The ceil((n + 1) × level)-th smallest, or the largest where there are fewer."""
    rank = ceil((len(sorted_errors) + 1) * level / 100)
    return sorted_errors[min(rank, len(sorted_errors)) - 1]


def reach(errors: Sequence[float], pool: Sequence[float], last: int) -> tuple[dict[int, float], bool] | None:
    """How far each range reaches, and whether that rests on the pool; None where even that is too small.

    ``errors``: absolute ones, sorted; ``pool``: relative errors of every artist's series of this number, sorted.
    """
    own = len(errors) >= ENOUGH
    if not own and len(pool) < ENOUGH:
        return None
    found = errors if own else pool
    scale = 1 if own else last
    return {level: max(1.0, quantile(found, level) * scale) for level in LEVELS}, not own


def bounds(aim: Point, last: int, width: float, *, total: bool) -> tuple[int, int]:
    """A range around a value: from below the lower of value and baseline to above the last value."""
    top = aim.value if total else last
    return max(0, round(aim.floor - width)), max(0, round(top + width))


def pooled(known: Iterable[Errors]) -> list[float]:
    """The relative errors of these series, sorted."""
    return sorted(error for errors in known for error in errors.relative)


def forecasts(
    wanted: Iterable[TimeSeries], known: Mapping[str, Mapping[str | None, Daily]], asof: dt.date, days: int
) -> list[Forecast]:
    """A forecast of each wanted series, ``days`` after ``asof``; nothing later than that day is in any of them.

    ``known``: every artist's series of these numbers, by the number's key and the artist: a short one
    leans on the others' errors.
    """
    return [_forecast(_blank(one, asof, days), one.artist, known.get(one.item.key, {})) for one in wanted]


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


def _forecast(blank: Forecast, artist: str | None, group: Mapping[str | None, Daily]) -> Forecast:
    """One forecast. ``group``: every artist's series of the same number, this one included."""
    series = group.get(artist)
    if series is None:
        return blank.model_copy(update={"refusal": Refusal.NO_READING})
    last = series.values[-1]
    known = blank.model_copy(update={"last": last, "last_date": series.last})
    if blank.asof - series.last > FRESH:
        return known.model_copy(update={"refusal": Refusal.STALE})
    # The days since the last reading lie ahead of it, too.
    ahead = blank.days + (blank.asof - series.last).days
    errors = errors_of(series, ahead).absolute
    pool = pooled(errors_of(one, ahead) for one in group.values()) if len(errors) < ENOUGH else []
    reached = reach(errors, pool, last)
    if reached is None:
        return known.model_copy(update={"refusal": Refusal.TOO_SHORT})
    widths, from_pool = reached
    aim, state = point(series, len(series.values) - 1, ahead), series.open[-1]
    total = blank.kind == "total"
    told = {
        "value": max(0, round(aim.value)),
        "ranges": tuple(_range(level, *bounds(aim, last, width, total=total)) for level, width in widths.items()),
        "assumes": aim.assumes,
        "baseline": state.baseline if state else None,
        "departures": tuple(Departure(date=day, amount=size) for day, size in aim.departures),
        "gain": None if aim.gain is None else round(aim.gain, 2),
        "pooled": from_pool,
    }
    return known.model_copy(update=told)


def _range(level: int, low: int, high: int) -> Range:
    return Range(level=level, low=low, high=high)
