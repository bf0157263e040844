"""Build time series from snapshots: one number of one artist over time, with states and bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from casa24.core.names import key_of
from casa24.core.snapshot import EVERY, Measurement, Snapshot, State, judge

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from casa24.core.metrics import Series
    from casa24.core.roster import Artist
    from casa24.core.snapshot import ArtistRecord, Section


class Point(NamedTuple):
    """A number on one day."""

    date: dt.date
    reading: Measurement

    @property
    def usable(self) -> bool:
        """Return whether an analysis may use it: there is a value, and it is not marked as suspect."""
        return self.reading.value is not None and self.reading.state is not State.SUSPECT


@dataclass(frozen=True)
class TimeSeries:
    """One number of one artist (None: the label), oldest first: a point for each day that recorded the artist."""

    artist: str | None
    item: Series
    points: tuple[Point, ...]

    @cached_property
    def usable(self) -> tuple[Point, ...]:
        """Return the points that an analysis may use."""
        doubtful = State.SUSPECT
        readings = ((point, point.reading) for point in self.points)
        usable = [point for point, reading in readings if reading.value is not None and reading.state is not doubtful]
        return self.points if len(usable) == len(self.points) else tuple(usable)

    @cached_property
    def values(self) -> list[int | None]:
        """Return the values of all points, without their states."""
        return [point.reading.value for point in self.points]

    @property
    def silent(self) -> bool:
        """Return whether a value was never expected: there was no account, or the metric was not recorded."""
        return all(point.reading.state.silent for point in self.points)


@dataclass(slots=True)
class Member:
    """One artist throughout the record. ``keys``: every name the artist had, in the form for comparing."""

    name: str
    listed: bool
    keys: set[str] = field(default_factory=set)
    first: dt.date | None = None
    last: dt.date | None = None


class Members:
    """Recognises artists over time: by account id, else by name or alias.

    The roster's artists are known beforehand and keep its names; other artists get the name of their last day.
    """

    def __init__(self, artists: Iterable[Artist] = ()) -> None:
        self.all: list[Member] = []
        self._by_account: dict[tuple[str, str], Member] = {}
        self._by_name: dict[str, Member] = {}
        self._seen: dict[tuple[str, tuple[tuple[str, str], ...]], Member] = {}
        for artist in artists:
            member = self._new(artist.name, listed=True)
            for name in (artist.name, *artist.aliases):
                self._note(member, name)
            for account in artist.accounts.items():
                self._by_account.setdefault(account, member)

    def _new(self, name: str, *, listed: bool) -> Member:
        member = Member(name, listed)
        self.all.append(member)
        return member

    def _note(self, member: Member, name: str) -> None:
        key = key_of(name)
        if self._by_name.setdefault(key, member) is member:
            member.keys.add(key)

    def of(self, record: ArtistRecord, day: dt.date | None = None) -> Member:
        """Return the member a record belongs to. ``day``: the record's day; call with the oldest day first."""
        # An artist has the same name and accounts day after day: each combination is looked up once.
        identity = (record.name, tuple((record.accounts or {}).items()))
        member = self._seen.get(identity)
        if member is None:
            member = self._seen[identity] = self._find(*identity)
        if not member.listed:
            member.name = record.name
        if day is not None:
            member.first = min(member.first or day, day)
            member.last = max(member.last or day, day)
        return member

    def _find(self, name: str, accounts: tuple[tuple[str, str], ...]) -> Member:
        known = next((self._by_account[pair] for pair in accounts if pair in self._by_account), None)
        member = known or self._by_name.get(key_of(name)) or self._new(name, listed=False)
        for pair in accounts:
            self._by_account.setdefault(pair, member)
        self._note(member, name)
        return member


class SeriesBuilder:
    """Builds series from days that are added oldest first; the caller need not keep them.

    ``days``: those that were added; ``repeated``: the days on which an artist had several records, by name.
    """

    def __init__(self, items: Sequence[Series], label_items: Sequence[Series], members: Members) -> None:
        self.members = members
        self.days: list[dt.date] = []
        self.repeated: dict[str, list[dt.date]] = {}
        self._items = tuple(items)
        self._label_items = tuple(label_items)
        self._columns: dict[int, _Columns] = {}
        self._judged = _Judged()

    def _columns_of(self, member: Member | None, items: Iterable[Series]) -> _Columns:
        columns = self._columns.get(id(member))
        if columns is None:
            columns = self._columns[id(member)] = _Columns()
            for item in items:
                columns.readings.setdefault(item.source, []).append((item.field, []))
        return columns

    def add(self, snapshot: Snapshot) -> None:
        """Add a day. Of two records of one artist the first counts, as everywhere."""
        day = snapshot.date
        self.days.append(day)
        flagged = {(flag.artist, flag.source) for flag in snapshot.flags}
        seen: set[int] = set()
        for record in snapshot.artists:
            member = self.members.of(record, day)
            if id(member) in seen:
                self.repeated.setdefault(member.name, []).append(day)
                continue
            seen.add(id(member))
            sections = record.model_extra or {}
            own = self._columns_of(member, self._items)
            own.dates.append(day)
            for source, columns in own.readings.items():
                section = sections.get(source)
                has_flags = flagged and ((record.name, source) in flagged or (EVERY, source) in flagged)
                if has_flags or not isinstance(section, dict):
                    for name, readings in columns:
                        readings.append(snapshot.measurement(record.name, source, name))
                else:
                    self._take(section, columns)
        label = self._columns_of(None, self._label_items)
        label.dates.append(day)
        for source, columns in label.readings.items():
            for name, readings in columns:
                readings.append(snapshot.measurement(None, source, name))

    def _take(self, section: Section, columns: list[tuple[str, list[Measurement]]]) -> None:
        """Add a section without flags. Most of a record is like that, so each distinct value is judged only once."""
        judged = self._judged
        for name, readings in columns:
            raw = section.get(name)
            # As dict keys True and 1.0 equal 1, but they are no counts.
            kind = type(raw)
            readings.append(judged[raw] if kind is int or kind is str or raw is None else judge(raw, []))

    def series(self) -> Iterator[TimeSeries]:
        """Yield the artists' series in the roster's order, then the label's. Silent ones are left out."""
        for member in (*self.members.all, None):
            own = self._columns.get(id(member), _Columns())
            for item in self._items if member else self._label_items:
                readings = dict(own.readings.get(item.source, ())).get(item.field, [])
                points = tuple(map(_point, zip(own.dates, readings, strict=False)))
                series = TimeSeries(member.name if member else None, item, points)
                if not series.silent:
                    yield series


@dataclass(slots=True)
class _Columns:
    """One artist's days, and by source the readings of each field on those days."""

    dates: list[dt.date] = field(default_factory=list)
    readings: dict[str, list[tuple[str, list[Measurement]]]] = field(default_factory=dict)


class _Judged(dict[int | str | None, Measurement]):
    """Caches the measurement of each plain value without flags."""

    def __missing__(self, raw: int | str | None) -> Measurement:
        reading = self[raw] = judge(raw, [])
        return reading


# Makes a Point without calling a Python function: there may be a million.
_point = partial(tuple.__new__, Point)
