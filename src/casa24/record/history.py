"""The record as readers ask for it: by day, in words people use, or as series over many days.

The old layout's false zeros are gaps, and what was learned later (``amendments.csv``) is applied.
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
    """The newest readable day; the days after it that cannot be read, newest first; the last one still to come."""

    day: dt.date
    unreadable: tuple[tuple[dt.date, StorageError], ...]
    to_come: dt.date | None


class History:
    """A data folder seen through the roster: which accounts exist, which names mean one artist.

    ``label_series``: the label's own numbers (the artists' are the folder's); ``until``: as if nothing
    had been recorded after that day; ``raw``: as collected, without a word of interpretation.
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
        self._nowhere: Accounts = set()

    def on(self, *days: dt.date) -> list[Snapshot]:
        """The snapshots of these days, each a day with one; the old layout's false zeros are gaps.

        An old-layout zero is a failure if the account is known: from the roster, or from
        what any day of the old layout or the newest one shows. Other files are read only
        where these days hold such zeros and the roster does not know the account.
        """
        raw = [self._read(day) for day in days]
        return raw if self.raw else [self.amend(told, day) for told, day in zip(self.told(*raw), raw, strict=True)]

    def told(self, *raw: Snapshot) -> list[Snapshot]:
        """Days as recorded, with the old layout's false zeros as gaps; nothing amended."""
        if all(snapshot.schema_version is not None for snapshot in raw):
            return list(raw)
        known = known_accounts(raw)
        self._look_for(silent_accounts(raw) - known - self._known - self._nowhere)
        return [interpret(snapshot, known | self._known) for snapshot in raw]

    def amend(self, told: Snapshot, raw: Snapshot) -> Snapshot:
        """A day with what was learned about it since."""
        lines = self.amendments.on(told.date)
        return amended(told, raw, lines, self.keys_of) if lines else told

    @cached_property
    def amendments(self) -> Amendments:
        """What was learned later about the record. Raises StorageError."""
        return Amendments.read(self.folder.path / FILE_NAME)

    def keys_of(self, name: str) -> frozenset[str]:
        """The keys of every name this artist has, for comparing."""
        key = key_of(name)
        return next((keys for keys in self._names if key in keys), frozenset({key}))

    @cached_property
    def _names(self) -> list[frozenset[str]]:
        return [frozenset(map(key_of, (artist.name, *artist.aliases))) for artist in self.artists]

    def stream(self, since: dt.date | None = None, until: dt.date | None = None) -> Iterator[Snapshot]:
        """The readable days of a span, oldest first, each read when it is asked for and not kept."""
        for day in self.between(since, until):
            with contextlib.suppress(StorageError):
                raw = self._cache.get(day) or self.folder.read(day)
                yield raw if self.raw else self.amend(self.told(raw)[0], raw)

    def between(self, since: dt.date | None = None, until: dt.date | None = None) -> list[dt.date]:
        """The recorded days of a span, both ends included."""
        return [day for day in self.days if (since is None or day >= since) and (until is None or day <= until)]

    def every_series(self, since: dt.date | None = None, until: dt.date | None = None) -> list[TimeSeries]:
        """Every number of every artist, and the label's own, over a span; as many files are read as it has days."""
        return list(self.gather(since, until).series())

    def gather(
        self,
        since: dt.date | None = None,
        until: dt.date | None = None,
        *,
        wants: Callable[[Series], bool] = any_number,
        watch: Callable[[Snapshot], None] = lambda _day: None,
    ) -> SeriesBuilder:
        """As `every_series`, with who is who and which days could be read; ``watch`` sees each of them.

        ``wants``: the numbers needed; others may be left out.
        """
        needed, of_label = (
            [item for item in items if wants(item)] for items in (self.folder.series, self.label_series)
        )
        gathering = SeriesBuilder(needed, of_label, Members(self.artists))
        for snapshot in self.stream(since, until):
            gathering.add(snapshot)
            watch(snapshot)
        return gathering

    def series(
        self, artist: str | None, metric: str, since: dt.date | None = None, until: dt.date | None = None
    ) -> TimeSeries:
        """One number over a span: ``series("PYRO", "spotify.followers")``; ``artist`` None is the label.

        Raises UnknownName where nobody, or more than one, is meant by the name.
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
        """Note which of these accounts the old days or the newest one show, reading no further than it takes."""
        missing = set(accounts)
        snapshots = chain(self._readable(self.days[-1:]), self._old_days())
        while missing and (snapshot := next(snapshots, None)) is not None:
            shown = known_accounts([snapshot], among=missing)
            self._known |= shown
            missing -= shown
        self._nowhere |= missing

    def _old_days(self) -> Iterator[Snapshot]:
        """The days of the old layout: no day of today's layout comes before one of them."""
        return takewhile(lambda snapshot: snapshot.schema_version is None, self._readable(self.days))

    def _readable(self, days: Iterable[dt.date]) -> Iterator[Snapshot]:
        """Those of the days that can be read: a damaged one must not keep anybody from the others."""
        for day in days:
            try:
                snapshot = self._read(day)
            except StorageError:
                continue
            yield snapshot

    def backwards(self) -> Iterator[Snapshot]:
        """The readable days, newest first, as far back as a question about a name needs to look."""
        return self._readable(self.days[: -_FAR_BACK - 1 : -1])

    def _read(self, day: dt.date) -> Snapshot:
        if day not in self._cache:
            self._cache[day] = self.folder.read(day)
        return self._cache[day]

    def _roster_accounts(self) -> Accounts:
        names = [(name, artist) for artist in self.artists for name in (artist.name, *artist.aliases)]
        return {(key_of(name), source) for name, artist in names for source in artist.accounts}

    def day(self, text: str, *, today: dt.date, nearest: bool = False) -> dt.date:
        """The recorded day a text means. Raises BadDate, or NoSnapshot naming the nearest days.

        With ``nearest`` the closest recorded day is taken instead (the earlier of two).
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
        """Raises NoSnapshot where the record has no day."""
        if self.days:
            return
        if self.until is not None and (recorded := self.folder.days()):
            raise _before_all(self.until, recorded[0])
        raise NoSnapshot(
            tr("Nothing is recorded in {folder} yet.", folder=self.folder.path),
            advice=tr("Run `casa24 collect` to record today, or `casa24 demo` to see an invented record."),
        )

    def newest(self, now: dt.date | None = None) -> Newest:
        """The newest day that can be read, and what is wrong with newer ones; ``now``: later days are not heeded.

        Raises NoSnapshot where there is none.
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
        """The last readable snapshot before a day, or None."""
        for earlier in reversed(self.days):
            if earlier < day:
                with contextlib.suppress(StorageError):
                    return self.on(earlier)[0]
        return None


def _before_all(day: dt.date, first: dt.date) -> NoSnapshot:
    return NoSnapshot(tr("Nothing was recorded up to {day}.", day=day), advice=tr("The first day is {day}.", day=first))


def parse_day(text: str, *, today: dt.date) -> dt.date:
    """A day as people write it; ``today`` is the current UTC date. Raises BadDate."""
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
