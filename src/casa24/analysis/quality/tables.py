"""Compare the CSV with the snapshots it was made from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from casa24.analysis.quality.findings import Kind, RecordFinding, Severity
from casa24.record.unmatched_rows import Why
from casa24.text.i18n import count, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot
    from casa24.record.unmatched_rows import OldTable


class Rows:
    """The CSV's rows, compared as the days pass by."""

    def __init__(self, table: OldTable, series: Sequence[Series]) -> None:
        self._series = series
        self._table = table
        self._by_day = table.by_day()
        self._seen: set[str] = set()
        self._without: list[dt.date] = []
        self._odd: dict[Why, tuple[set[str], list[str]]] = {}

    def add(self, day: Snapshot) -> None:
        """One more day, as recorded."""
        text = day.date.isoformat()
        self._seen.add(text)
        rows = self._by_day.get(text, [])
        if not rows and day.artists:
            self._without.append(day.date)
        for difference in self._table.compare(rows, day, self._series) if rows else ():
            self._note(difference.why, difference.artist, difference.day)

    def _note(self, why: Why, artist: str, day: str) -> None:
        artists, days = self._odd.setdefault(why, (set(), []))
        artists.add(artist)
        days.append(day)

    def findings(self) -> Iterator[RecordFinding]:
        """The rows no snapshot has, the days no row has, and the rows that repeat an artist and date."""
        for day, rows in self._by_day.items():
            if day not in self._seen:
                for row in rows:
                    self._note(Why.NO_DAY, row[0], day)
        for why, (artists, days) in self._odd.items():
            whose = next(iter(artists)) if len(artists) == 1 else tr("{n} artists", n=len(artists))
            told = count(
                len(days),
                "1 row of the CSV is in no snapshot ({whose})",
                "{n} rows of the CSV are in no snapshot ({whose})",
                whose=whose,
            )
            yield _finding(f"{told}: {tr(why.value)}", days)
        if self._without:
            yield _finding(tr("the CSV has no row of these days"), [day.isoformat() for day in self._without])
        yield from self._repeated()

    def _repeated(self) -> Iterator[RecordFinding]:
        counted = Counter((row[0], row[1]) for rows in self._by_day.values() for row in rows if len(row) > 1)
        repeated = [day for (_, day), count in counted.items() for _ in range(count - 1)]
        if repeated:
            yield _finding(
                count(
                    len(repeated),
                    "1 row of the CSV repeats an artist and date",
                    "{n} rows of the CSV repeat an artist and date",
                ),
                repeated,
            )


def _finding(what: str, days: Sequence[str]) -> RecordFinding:
    dates = sorted({date for day in days if (date := _date(day))})
    return RecordFinding(
        level=Severity.NOTE,
        kind=Kind.TABLE,
        what=what,
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
        days=len(dates),
        values=len(days),
        advice=tr("`casa24 data rebuild-csv` writes it anew from the days; what only it held is set aside."),
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
