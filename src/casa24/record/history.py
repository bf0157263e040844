"""Read the record by day, by a date as people write it, or as series over many days.

The old layout's false zeros are gaps, and later decisions (``amendments.csv``) are applied.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from bisect import bisect_left
from functools import cached_property
from itertools import chain, takewhile
from typing import TYPE_CHECKING, NamedTuple

from casa24.core.metrics import Metric, Series, any_number
from casa24.core.names import find, key_of
from casa24.core.timeseries import Members, SeriesBuilder, TimeSeries
from casa24.errors import BadDate, NoSnapshot, StorageError
from casa24.record.amended import amended
from casa24.record.amendments import FILE_NAME, Amendments
from casa24.record.data_folder import DataFolder
from casa24.record.legacy import Accounts, interpret, known_accounts, silent_accounts
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from casa24.core.roster import Artist
    from casa24.core.snapshot import Snapshot

_FAR_BACK = 1000
_AGO = re.compile(r"(\d{1,5})d")


class Newest(NamedTuple):
    """The newest readable day; the unreadable days after it, newest first; the last recorded day in the future."""

    day: dt.date
    unreadable: tuple[tuple[dt.date, StorageError], ...]
    to_come: dt.date | None


class History:
    """A data folder read with the roster, which says which accounts exist and which names mean one artist.

    ``label_series``: the label's own numbers (the artists' are in ``folder.series``); ``until``: ignore
    all days after that one; ``raw``: as collected, without interpretation or amendments.
    """

    def __init__(
        self,
        folder: DataFolder | Path,
        artists: Iterable[Artist] = (),
        *,
        label_series: Sequence[Series] = (),
        until: dt.date | None = None,
        raw: bool = False,
    ) -> None:
        self.folder = folder if isinstance(folder, DataFolder) else DataFolder(folder)
        self.artists = tuple(artists)
        self.label_series = tuple(label_series)
        self.raw = raw
        self.until = until
        self.days = [day for day in self.folder.days() if until is None or day <= until]
        self._cache: dict[dt.date, Snapshot] = {}
        self._known = self._roster_accounts()
        self._unseen: Accounts = set()

    def on(self, *days: dt.date) -> list[Snapshot]:
        """Return the snapshots of these days, which must exist; the old layout's false zeros are gaps.

        An old-layout zero is a failure if the account is known: from the roster, from any day
        of the old layout, or from the newest day. Other files are read only if these days have
        such zeros and the roster does not know the account.
        """
        raw = [self._read(day) for day in days]
        return raw if self.raw else [self.amend(day, stored) for day, stored in zip(self.told(*raw), raw, strict=True)]

    def told(self, *raw: Snapshot) -> list[Snapshot]:
        """Interpret days: the old layout's false zeros become gaps. Nothing is amended."""
        if all(snapshot.schema_version is not None for snapshot in raw):
            return list(raw)
        known = known_accounts(raw)
        self._look_for(silent_accounts(raw) - known - self._known - self._unseen)
        return [interpret(snapshot, known | self._known) for snapshot in raw]

    def amend(self, interpreted: Snapshot, raw: Snapshot) -> Snapshot:
        """Apply the amendments to an interpreted day; ``raw``: the day as stored."""
        lines = self.amendments.on(interpreted.date)
        return amended(interpreted, raw, lines, self.keys_of) if lines else interpreted

    @cached_property
    def amendments(self) -> Amendments:
        """The amendments of the record. Raises StorageError."""
        return Amendments.read(self.folder.path / FILE_NAME)

    def keys_of(self, name: str) -> frozenset[str]:
        """Return the keys of every name this artist has, for comparing."""
        key = key_of(name)
        return next((keys for keys in self._names if key in keys), frozenset({key}))

    @cached_property
    def _names(self) -> list[frozenset[str]]:
        return [frozenset(map(key_of, (artist.name, *artist.aliases))) for artist in self.artists]

    def stream(self, since: dt.date | None = None, until: dt.date | None = None) -> Iterator[Snapshot]:
        """Yield the readable days of a span, oldest first; each is read when needed, and not kept."""
        for day in self.between(since, until):
            with contextlib.suppress(StorageError):
                raw = self._cache.get(day) or self.folder.read(day)
                yield raw if self.raw else self.amend(self.told(raw)[0], raw)

    def between(self, since: dt.date | None = None, until: dt.date | None = None) -> list[dt.date]:
        """Return the recorded days of a span, both ends included."""
        return [day for day in self.days if (since is None or day >= since) and (until is None or day <= until)]

    def every_series(self, since: dt.date | None = None, until: dt.date | None = None) -> list[TimeSeries]:
        """Return every number of every artist, and the label's own, over a span; each day is read once."""
        return list(self.gather(since, until).series())

    def gather(
        self,
        since: dt.date | None = None,
        until: dt.date | None = None,
        *,
        wants: Callable[[Series], bool] = any_number,
        watch: Callable[[Snapshot], None] = lambda _day: None,
    ) -> SeriesBuilder:
        """Return the builder of `every_series`, which also knows the artists and the days that could be read.

        ``wants``: which numbers are needed; others may be left out. ``watch`` is called with each day.
        """
        needed, of_label = (
            [item for item in items if wants(item)] for items in (self.folder.series, self.label_series)
        )
        builder = SeriesBuilder(needed, of_label, Members(self.artists))
        for snapshot in self.stream(since, until):
            builder.add(snapshot)
            watch(snapshot)
        return builder

    def series(
        self, artist: str | None, metric: str, since: dt.date | None = None, until: dt.date | None = None
    ) -> TimeSeries:
        """Return one number over a span: ``series("PYRO", "spotify.followers")``; ``artist`` None is the label.

        Raises UnknownName if the name matches no artist, or more than one.
        """
        wanted = next((series for series in (*self.folder.series, *self.label_series) if series.key == metric), None)
        if wanted is None:
            source, _, field = metric.partition(".")
            wanted = Series(source, source, field, Metric(field, kind="count"))
        members = Members(self.artists)
        builder = SeriesBuilder([] if artist is None else [wanted], [wanted] if artist is None else [], members)
        for snapshot in self.stream(since, until):
            builder.add(snapshot)
        if artist is not None:
            aliases = {listed.name: listed.aliases for listed in self.artists}
            artist = find(artist, [member.name for member in members.all], aliases)
        matching = (series for series in builder.series() if series.artist == artist)
        return next(matching, TimeSeries(artist, wanted, ()))

    def _look_for(self, accounts: Accounts) -> None:
        """Learn which of these accounts are in the old days or the newest one; read only as far as needed."""
        missing = set(accounts)
        snapshots = chain(self._readable(self.days[-1:]), self._old_days())
        while missing and (snapshot := next(snapshots, None)) is not None:
            seen = known_accounts([snapshot], among=missing)
            self._known |= seen
            missing -= seen
        self._unseen |= missing

    def _old_days(self) -> Iterator[Snapshot]:
        """Yield the days of the old layout, which are all before those of today's layout."""
        return takewhile(lambda snapshot: snapshot.schema_version is None, self._readable(self.days))

    def _readable(self, days: Iterable[dt.date]) -> Iterator[Snapshot]:
        """Yield the snapshots of the days that can be read; a damaged one is skipped."""
        for day in days:
            try:
                snapshot = self._read(day)
            except StorageError:
                continue
            yield snapshot

    def backwards(self) -> Iterator[Snapshot]:
        """Yield the readable days, newest first, as far back as a search for a name should go."""
        return self._readable(self.days[: -_FAR_BACK - 1 : -1])

    def _read(self, day: dt.date) -> Snapshot:
        if day not in self._cache:
            self._cache[day] = self.folder.read(day)
        return self._cache[day]

    def _roster_accounts(self) -> Accounts:
        names = [(name, artist) for artist in self.artists for name in (artist.name, *artist.aliases)]
        return {(key_of(name), source) for name, artist in names for source in artist.accounts}

    def day(self, text: str, *, today: dt.date, nearest: bool = False) -> dt.date:
        """Return the recorded day that a text means. Raises BadDate, or NoSnapshot naming the nearest days.

        With ``nearest`` the closest recorded day is returned instead (the earlier of two).
        """
        self.need_days()
        wanted = self.days[-1] if text.strip().lower() == "latest" else parse_day(text, today=today)
        if wanted in self.days:
            return wanted
        close = self._around(wanted)
        if nearest:
            return min(close, key=lambda day: abs(day - wanted))
        raise NoSnapshot(
            tr("There is no snapshot of {day}.", day=wanted),
            advice=tr("Nearest: {days}. Use one of them, or add --nearest.", days=", ".join(map(str, close))),
        )

    def need_days(self) -> None:
        """Raise NoSnapshot if the record has no day."""
        if self.days:
            return
        if self.until is not None and (recorded := self.folder.days()):
            raise _before_all(self.until, recorded[0])
        raise NoSnapshot(
            tr("Nothing is recorded in {folder} yet.", folder=self.folder.path),
            advice=tr("Run `casa24 collect` to record today, or `casa24 demo` to see an invented record."),
        )

    def newest(self, now: dt.date | None = None) -> Newest:
        """Return the newest day that can be read, and what is wrong with newer ones; days after ``now`` are ignored.

        Raises NoSnapshot if there is none.
        """
        self.need_days()
        days = self.days if now is None else self.between(until=now)
        if now is not None and not days:
            raise _before_all(now, self.days[0])
        unreadable: list[tuple[dt.date, StorageError]] = []
        for day in reversed(days):
            try:
                self.on(day)
            except StorageError as error:
                unreadable.append((day, error))
            else:
                to_come = self.days[-1] if self.days[-1] != days[-1] else None
                return Newest(day, tuple(unreadable), to_come)
        raise NoSnapshot(tr("No day of the record can be read."), advice=tr("`casa24 data check` says why."))

    def _around(self, day: dt.date) -> list[dt.date]:
        place = bisect_left(self.days, day)
        return self.days[max(place - 1, 0) : place + 1]

    def before(self, day: dt.date) -> Snapshot | None:
        """Return the last readable snapshot before a day, or None."""
        for earlier in reversed(self.days):
            if earlier < day:
                with contextlib.suppress(StorageError):
                    return self.on(earlier)[0]
        return None


def _before_all(day: dt.date, first: dt.date) -> NoSnapshot:
    return NoSnapshot(tr("Nothing was recorded up to {day}.", day=day), advice=tr("The first day is {day}.", day=first))


def parse_day(text: str, *, today: dt.date) -> dt.date:
    """Parse a day as people write it; ``today`` is the current UTC date. Raises BadDate."""
    word = text.strip().lower()
    ago = _AGO.fullmatch(word)
    try:
        if word in {"today", "yesterday"}:
            return today - dt.timedelta(days=word == "yesterday")
        if ago:
            return today - dt.timedelta(days=int(ago[1]))
        return dt.date.fromisoformat(word)
    except (ValueError, OverflowError):
        advice = tr("Write it like 2025-10-17, today, yesterday, latest, or 7d (seven days ago).")
        raise BadDate(tr("{text} is no date.", text=repr(text)), advice=advice) from None
