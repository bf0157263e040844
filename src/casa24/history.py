"""The record as readers ask for it: by day, in words people use, old layout included."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from bisect import bisect_left
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from casa24.errors import BadDate, NoSnapshot, StorageError
from casa24.legacy import Accounts, interpret, known_accounts, silent_accounts
from casa24.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casa24.config import Artist
    from casa24.models import Snapshot
    from casa24.storage import DataFolder

_FAR_BACK = 1000
_AGO = re.compile(r"(\d{1,5})d")
_EXAMPLES = "Write it like 2025-10-17, today, yesterday, latest, or 7d (seven days ago)."


class History:
    """A data folder seen through the roster: which accounts exist, which names mean one artist."""

    def __init__(self, folder: DataFolder, artists: Iterable[Artist] = ()) -> None:
        self.folder = folder
        self.artists = tuple(artists)
        self.days = folder.days()
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
        known = known_accounts(raw)
        self._look_for(silent_accounts(raw) - known - self._known - self._nowhere)
        return [interpret(snapshot, known | self._known) for snapshot in raw]

    def _look_for(self, accounts: Accounts) -> None:
        """Note which of these accounts the old days or the newest one show, reading no further than it takes."""
        missing = set(accounts)
        others = chain(self._readable(self.days[-1:]), self._old_days())
        while missing and (snapshot := next(others, None)) is not None:
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
        if not self.days:
            raise NoSnapshot(
                f"Nothing is recorded in {self.folder.path} yet.",
                advice="Run `casa24 collect` to record today, or `casa24 demo` to see an invented record.",
            )
        wanted = self.days[-1] if text.strip().lower() == "latest" else parse_day(text, today=today)
        if wanted in self.days:
            return wanted
        close = self._around(wanted)
        if nearest:
            return min(close, key=lambda day: abs(day - wanted))
        names = " and ".join(day.isoformat() for day in close)
        raise NoSnapshot(
            f"There is no snapshot of {wanted}.", advice=f"Nearest: {names}. Use one of them, or add --nearest."
        )

    def _around(self, day: dt.date) -> list[dt.date]:
        place = bisect_left(self.days, day)
        return self.days[max(place - 1, 0) : place + 1]

    def before(self, day: dt.date) -> Snapshot | None:
        """The last readable snapshot before a day, or None."""
        for other in reversed(self.days):
            if other < day:
                with contextlib.suppress(StorageError):
                    return self.on(other)[0]
        return None


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
        raise BadDate(f"{text!r} is no date.", advice=_EXAMPLES) from None
