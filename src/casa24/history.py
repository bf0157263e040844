"""The record as readers ask for it: by day, in words people use, old layout included."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from casa24.errors import BadDate, NoSnapshot
from casa24.legacy import Accounts, interpret, known_accounts
from casa24.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.config import Artist
    from casa24.models import Snapshot
    from casa24.storage import DataFolder

_AGO = re.compile(r"(\d{1,5})d")
_EXAMPLES = "Write it like 2025-10-17, today, yesterday, latest, or 7d (seven days ago)."


class History:
    """A data folder seen through the roster: which accounts exist, which names mean one artist."""

    def __init__(self, folder: DataFolder, artists: Iterable[Artist] = ()) -> None:
        self.folder = folder
        self.artists = tuple(artists)
        self.days = folder.days()
        self._cache: dict[dt.date, Snapshot] = {}

    def on(self, *days: dt.date) -> list[Snapshot]:
        """The snapshots of these days, each a day with one; the old layout's false zeros are gaps.

        An old-layout zero is a failure if the account is known: from the roster, or from
        what these days or the newest one show. Reads these files and no others.
        """
        raw = [self._read(day) for day in days]
        known = known_accounts([*raw, *(self._read(day) for day in self.days[-1:])]) | self._roster_accounts()
        return [interpret(snapshot, known) for snapshot in raw]

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
        earlier = [other for other in self.days if other < day]
        return self.on(earlier[-1])[0] if earlier else None


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
