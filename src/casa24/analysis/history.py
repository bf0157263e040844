"""Describe one artist's numbers over many days, each reading with its state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.analysis.result import Result
from casa24.core.metrics import Kind
from casa24.core.reason_codes import Explanation, explain
from casa24.core.snapshot import State
from casa24.core.timeseries import TimeSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Measurement
    from casa24.core.timeseries import Point
    from casa24.sources.registry import AnySource

_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at: the days that have a file, those of them that could be read; ``raw``: as collected."""

    recorded: Sequence[dt.date]
    read: Sequence[dt.date]
    raw: bool = False


class HistoryReading(Result):
    """A number on one day; ``what``: why there is none, or what is to be known about it, in words.

    ``change``: since the usable reading before, None where this one is not usable; it lies within
    ``change_low``…``change_high``.
    """

    date: dt.date
    value: int | None
    low: int | None
    high: int | None
    state: State
    code: str
    detail: str
    what: str
    change: int | None = None
    change_low: int | None = None
    change_high: int | None = None

    @property
    def exact(self) -> bool:
        """Whether the platform gave the number itself, not a rounded one."""
        return self.value is not None and self.low == self.high

    @property
    def usable(self) -> bool:
        """Whether there is a value, and nobody doubts it."""
        return self.value is not None and self.state is not State.SUSPECT


class Course(Result):
    """One metric, oldest first: a reading for each day that recorded the artist, with a value or without."""

    source: str
    source_title: str
    metric: str
    title: str
    kind: Kind
    readings: tuple[HistoryReading, ...]

    @property
    def days_without(self) -> tuple[dt.date, ...]:
        """The days on which somebody missed this number."""
        return tuple(reading.date for reading in self.readings if reading.value is None and not reading.state.silent)


class ArtistHistory(Result):
    """The courses of an artist's (None: the label's) metrics.

    ``first``/``last``: the days between which they were followed, None where nothing was. Of the
    days between: ``without_snapshot`` have no file, ``unreadable`` one that cannot be read,
    ``without_artist`` one in which the artist does not stand. ``raw``: as collected, nothing amended.
    ``others``: where no metric was named, the keys of those that have readings and are not shown.
    """

    artist: str | None
    first: dt.date | None
    last: dt.date | None
    raw: bool
    courses: tuple[Course, ...]
    without_snapshot: tuple[dt.date, ...] = ()
    unreadable: tuple[dt.date, ...] = ()
    without_artist: tuple[dt.date, ...] = ()
    others: tuple[str, ...] = ()


def describe_history(
    artist: str | None,
    series: Sequence[TimeSeries],
    sources: Sequence[AnySource],
    *,
    looked: Look,
    wanted: Sequence[Series] = (),
) -> ArtistHistory:
    """An artist's ``series`` to show: those of the metrics ``wanted``, else the people reached."""
    own = {number.item.key: number for number in series if number.artist == artist}
    shown = [own.get(item.key, TimeSeries(artist, item, ())) for item in wanted] or _people(own.values())
    told = [point.date for series in shown for point in series.points if not point.reading.state.silent]
    first, last = min(told, default=None), max(told, default=None)
    words = {source.name: (source.title, source.explanations()) for source in sources}
    span = [] if first is None or last is None else _calendar(first, last)
    stands = {point.date for series in own.values() for point in series.points}
    files, opened = set(looked.recorded), set(looked.read)
    return ArtistHistory(
        artist=artist,
        first=first,
        last=last,
        raw=looked.raw,
        courses=tuple(
            _course(series, *words.get(series.item.source, (series.item.source_title, {}))) for series in shown
        ),
        without_snapshot=tuple(day for day in span if day not in files),
        unreadable=tuple(day for day in span if day in files - opened),
        without_artist=tuple(day for day in span if day in opened - stands),
        others=() if wanted else tuple(key for key, series in own.items() if series not in shown and _read(series)),
    )


def _people(series: Iterable[TimeSeries]) -> list[TimeSeries]:
    """Those that count people and have readings; where none does, all that have readings."""
    found = [number for number in series if _read(number)]
    return [series for series in found if series.item.metric.unique_people] or found


def _read(series: TimeSeries) -> bool:
    return any(point.reading.value is not None for point in series.points)


def _calendar(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + number * _ONE_DAY for number in range((last - first).days + 1)]


def _course(series: TimeSeries, title: str, own: Mapping[str, Explanation]) -> Course:
    readings: list[HistoryReading] = []
    before: Measurement | None = None
    for point in series.points:
        readings.append(_reading(point, before, title, own))
        before = point.reading if point.usable else before
    return Course(
        source=series.item.source,
        source_title=title,
        metric=series.item.field,
        title=series.item.metric.title,
        kind=series.item.metric.kind,
        readings=tuple(readings),
    )


def _reading(point: Point, before: Measurement | None, title: str, own: Mapping[str, Explanation]) -> HistoryReading:
    now = point.reading
    plain = now.state is State.MEASURED
    what = "" if plain else explain(now.code, now.state, title=title, own=own, detail=now.detail).what
    changes: dict[str, int] = {}
    if point.usable and now.value is not None and before is not None and before.value is not None:
        changes = {
            "change": now.value - before.value,
            "change_low": (now.low or 0) - (before.high or 0),
            "change_high": (now.high or 0) - (before.low or 0),
        }
    return HistoryReading(
        date=point.date, value=now.value, low=now.low, high=now.high, state=now.state,
        code=now.code, detail=now.detail, what=what, **changes,
    )  # fmt: skip
