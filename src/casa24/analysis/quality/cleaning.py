"""Prepare series for an analysis: values that are certainly wrong are marked doubtful."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casa24.analysis.quality.zeros import sudden_zeros
from casa24.core.reason_codes import SUDDEN_ZERO
from casa24.core.snapshot import State
from casa24.core.timeseries import Point, TimeSeries
from casa24.record.amendments import Action

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable

    from casa24.record.amendments import Amendments

COPIED = "copied"


def cleaned(
    found: Iterable[TimeSeries],
    copied: Collection[dt.date],
    amendments: Amendments,
    keys_of: Callable[[str], frozenset[str]],
) -> list[TimeSeries]:
    """These series with the readings of copied days, and zeros rule A does not believe, marked ``suspect``.

    What its owner looked at and kept stays a reading.
    """
    return [
        _cleaned(series, copied, amendments, frozenset() if series.artist is None else keys_of(series.artist))
        for series in found
    ]


def _cleaned(
    series: TimeSeries, copied: Collection[dt.date], amendments: Amendments, keys: frozenset[str]
) -> TimeSeries:
    why = dict.fromkeys(copied, COPIED) | dict.fromkeys(sudden_zeros(series), SUDDEN_ZERO)
    if not why:
        return series

    def kept(day: dt.date) -> bool:
        line = amendments.judge(day, keys, series.item.source, series.item.field)
        return line is not None and line.action is Action.KEEP

    points = tuple(
        Point(point.date, replace(point.reading, state=State.SUSPECT, code=why[point.date]))
        if point.usable and point.date in why and not kept(point.date)
        else point
        for point in series.points
    )
    return TimeSeries(series.artist, series.item, points)
