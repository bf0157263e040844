"""Many days as series: one number of one artist over time, each value with its state and bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from casa24.models import EVERY, Measurement, Snapshot, State, judge
from casa24.names import key_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from casa24.config import Artist
    from casa24.metrics import Series
    from casa24.models import ArtistRecord


@dataclass(frozen=True, slots=True)
class Point:
    """A number on one day."""

    date: dt.date
    reading: Measurement

    @property
    def usable(self) -> bool:
        """Whether an analysis may build on it: there is a value, and nobody doubts it."""
        return self.reading.value is not None and self.reading.state is not State.SUSPECT


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """One number of one artist (None: the label), oldest first: a point for each day that recorded the artist."""

    artist: str | None
    item: Series
    points: tuple[Point, ...]

    @property
    def usable(self) -> tuple[Point, ...]:
        """The points an analysis may build on."""
        return tuple(point for point in self.points if point.usable)

    @property
    def silent(self) -> bool:
        """Whether nobody ever expected a value here: no account, or nobody asked."""
        return all(point.reading.state.silent for point in self.points)


@dataclass(slots=True)
class Member:
    """One artist throughout the record. ``keys``: every name it had, for comparing."""

    name: str
    listed: bool
    keys: set[str] = field(default_factory=set)
    first: dt.date | None = None
    last: dt.date | None = None


class Members:
    """Who is who over time: joined by account id, then by name or alias.

    The roster's artists are known beforehand, and keep its names; anybody else is called as on their last day.
    """

    def __init__(self, artists: Iterable[Artist] = ()) -> None:
        self.all: list[Member] = []
        self._by_account: dict[tuple[str, str], Member] = {}
        self._by_name: dict[str, Member] = {}
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
        """Whose record this is; ``day``: the day it stands in, days being asked oldest first."""
        accounts = (record.accounts or {}).items()
        known = next((self._by_account[pair] for pair in accounts if pair in self._by_account), None)
        member = known or self._by_name.get(key_of(record.name)) or self._new(record.name, listed=False)
        for pair in accounts:
            self._by_account.setdefault(pair, member)
        self._note(member, record.name)
        if not member.listed:
            member.name = record.name
        if day is not None:
            member.first = min(member.first or day, day)
            member.last = max(member.last or day, day)
        return member


class Gathering:
    """Series in the making: days are added oldest first, and need not be kept."""

    def __init__(self, items: Sequence[Series], label_items: Sequence[Series], members: Members) -> None:
        self.members = members
        self._sources: dict[str, list[Series]] = {}
        for item in items:
            self._sources.setdefault(item.source, []).append(item)
        self._label_items = tuple(label_items)
        self._points: dict[tuple[int, str], list[Point]] = {}
        self._label_points: dict[str, list[Point]] = {}

    def add(self, snapshot: Snapshot) -> None:
        """One more day. Of two records of one artist the first counts, as everywhere."""
        flagged = {(flag.artist, flag.source) for flag in snapshot.flags}
        seen: set[int] = set()
        for record in snapshot.artists:
            member = id(self.members.of(record, snapshot.date))
            if member in seen:
                continue
            seen.add(member)
            for source, items in self._sources.items():
                told = (record.name, source) in flagged or (EVERY, source) in flagged
                section = (record.model_extra or {}).get(source)
                for item in items:
                    reading = (
                        snapshot.measurement(record.name, source, item.field)
                        if told or not isinstance(section, dict)
                        else plain_reading(section.get(item.field))
                    )
                    self._points.setdefault((member, item.key), []).append(Point(snapshot.date, reading))
        for item in self._label_items:
            reading = snapshot.measurement(None, item.source, item.field)
            self._label_points.setdefault(item.key, []).append(Point(snapshot.date, reading))

    def series(self) -> Iterator[TimeSeries]:
        """Every artist's, in the roster's order, then the label's; those where nothing was ever expected left out."""
        for member in self.members.all:
            for items in self._sources.values():
                own = {item.key: self._points.get((id(member), item.key)) for item in items}
                yield from self._told(member.name, items, own)
        yield from self._told(None, self._label_items, self._label_points)

    @staticmethod
    def _told(
        artist: str | None, items: Iterable[Series], points: Mapping[str, list[Point] | None]
    ) -> Iterator[TimeSeries]:
        for item in items:
            one = TimeSeries(artist, item, tuple(points.get(item.key) or ()))
            if not one.silent:
                yield one


def plain_reading(raw: object) -> Measurement:
    """A stored value nothing is said about."""
    # True is 1 to a cache, and no count.
    return _small(raw) if type(raw) is int or raw is None else _judged(raw)


@lru_cache(maxsize=65536)
def _small(raw: int | None) -> Measurement:
    return _judged(raw)


def _judged(raw: object) -> Measurement:
    return judge(raw, [])
