"""Series made by hand: a value a day, oldest first, the last one on the day of `tests.making`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.core.metrics import Metric, Series
from casa24.core.snapshot import Measurement, State
from casa24.core.timeseries import Point, TimeSeries
from tests.making import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

FANS = Series("moon", "Moon", "fans", Metric("Fans", kind="audience", event=(5, 0.01)))
CROWD = Series("moon", "Moon", "crowd", Metric("Crowd", kind="window", days=28, event=(30, 0.05)))
PLAYS = Series("moon", "Moon", "plays", Metric("Plays", kind="total"))
STARS = Series("moon", "Moon", "stars", Metric("Stars", kind="score"))

STOOD = 14

Value = int | None | tuple[int, int, int] | str


def ago(days: int) -> dt.date:
    """So many days before the last."""
    return DAY - dt.timedelta(days=days)


def reading(value: Value) -> Measurement:
    """A number; None: no answer; (value, low, high): rounded; ``"7?"``: suspect."""
    if value is None:
        return Measurement(None, State.FAILED, code="timeout")
    if isinstance(value, tuple):
        return Measurement(value[0], State.ROUNDED, low=value[1], high=value[2])
    if isinstance(value, str):
        number = int(value.rstrip("?"))
        return Measurement(number, State.SUSPECT, low=number, high=number)
    return Measurement(value, State.MEASURED, low=value, high=value)


def series(*values: Value, item: Series = FANS, artist: str | None = "Ana", gaps: Sequence[int] = ()) -> TimeSeries:
    """A value a day; ``gaps``: the days (by their place) of which there is no file."""
    days = [(ago(len(values) - 1 - number), value) for number, value in enumerate(values) if number not in gaps]
    return TimeSeries(artist, item, tuple(Point(day, reading(value)) for day, value in days))


def stood(*values: Value, item: Series = FANS, artist: str | None = "Ana", gaps: Sequence[int] = ()) -> TimeSeries:
    """The same, after a fortnight in which it stood still at the first number of these."""
    still = next((value for value in values if isinstance(value, int | tuple)), 0)
    later = [STOOD + gap for gap in gaps]
    return series(*[still] * STOOD, *values, item=item, artist=artist, gaps=later)
