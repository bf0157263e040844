"""Compare artists side by side on one day, each number with its growth."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.co_movement import Company
from casa24.analysis.growth import Grown, grown
from casa24.analysis.result import Result
from casa24.core.snapshot import Measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casa24.core.metrics import Series
    from casa24.core.timeseries import TimeSeries


class Side(Result):
    """One artist's number: the ``reading`` of the day, None where none was expected, and its growth."""

    artist: str
    reading: Measurement | None
    growth: Grown | None


class Compared(Result):
    """One metric, a side for each artist."""

    source: str
    source_title: str
    metric: str
    title: str
    sides: tuple[Side, ...]


class Comparison(Result):
    """``artists`` on ``date``, the newest recorded day; growth over the ``days`` before it."""

    date: dt.date
    days: int
    artists: tuple[str, ...]
    metrics: tuple[Compared, ...]


def compare(found: Sequence[TimeSeries], artists: Sequence[str], date: dt.date, days: int) -> Comparison:
    """These artists side by side. ``found``: every series, from 180 days before the period on."""
    company = Company(found)
    own = {(series.artist, series.item): series for series in found if series.artist in artists}
    items = dict.fromkeys(item for _, item in own)

    def side(artist: str, item: Series) -> Side:
        series = own.get((artist, item))
        newest = series.points[-1] if series else None
        reading = newest.reading if newest and newest.date == date else None
        growth = grown(series, shifted(date, -dt.timedelta(days=days)), date, company) if series else None
        return Side(artist=artist, reading=reading, growth=growth)

    metrics = [
        Compared(
            source=item.source,
            source_title=item.source_title,
            metric=item.field,
            title=item.metric.title,
            sides=tuple(side(artist, item) for artist in artists),
        )
        for item in items
    ]
    return Comparison(date=date, days=days, artists=tuple(artists), metrics=tuple(metrics))
