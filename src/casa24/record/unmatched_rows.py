"""Find rows of an old CSV that no snapshot has, so that they are kept beside the record instead of lost.

The rows of an old table may differ in length: columns were added without changing the header,
a day's rows were written several times, and there are rows of a server among the artists' rows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from casa24.core.names import key_of
from casa24.core.snapshot import as_count
from casa24.errors import StorageError
from casa24.record.csv_table import ARTIST, DATE, Table
from casa24.record.legacy import interpret
from casa24.text.escape import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot

FILE_NAME = "popularity_scores.unmatched.csv"
Row = tuple[str, ...]


class Why(StrEnum):
    """Why a row is not in the snapshots."""

    NO_DAY = "no snapshot of that day"
    NO_ARTIST = "no such artist on that day"
    ONLY_ZEROS = "nothing but zeros: a failed run"
    OTHER_NUMBERS = "another run of that day"


@dataclass(frozen=True, slots=True)
class Leftover:
    """A row that no snapshot has. ``day`` and ``artist`` are as written in it."""

    artist: str
    day: str
    why: Why
    row: Row


@dataclass(frozen=True, slots=True)
class OldTable:
    """A CSV as it is; its rows may differ in length."""

    header: Row
    rows: tuple[Row, ...] = ()

    @classmethod
    def read(cls, path: Path) -> OldTable:
        """Read the table at ``path``; without a file or rows it is empty. Raises StorageError."""
        if not path.exists():
            return cls((ARTIST, DATE))
        try:
            lines = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
            rows = [tuple(row) for row in lines if row]
        except OSError as error:
            raise StorageError(f"{path} cannot be read: {error.strerror}.", advice="Check its rights.") from None
        except UnicodeDecodeError:
            raise StorageError(
                f"{path} is not saved as UTF-8 text.", advice="Save it as UTF-8, or move it away."
            ) from None
        except csv.Error as error:
            raise StorageError(
                f"{path} is no CSV: line {lines.line_num} cannot be read ({error}).",
                advice="Mend the file or move it away.",
            ) from None
        header = rows[0] if rows else (ARTIST, DATE)
        if header[:2] != (ARTIST, DATE):
            raise StorageError(f"{path} does not begin with {ARTIST},{DATE}.", advice="Move the file away.")
        return cls(header, tuple(rows[1:]))

    def text(self) -> str:
        """Return the file's content, with cells that no spreadsheet runs as formulas."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([safe_cell(cell) for cell in row] for row in self._all())
        return out.getvalue()

    def _all(self) -> Iterator[Row]:
        yield self.header
        yield from self.rows

    def with_rows(self, rows: Iterable[Row]) -> OldTable:
        """Return the table with these rows added, each once."""
        safe = (tuple(safe_cell(cell) for cell in row) for row in rows)
        return OldTable(self.header, tuple(dict.fromkeys((*self.rows, *safe))))

    def by_day(self) -> dict[str, list[Row]]:
        """Return the rows by the text in their date column."""
        by_day: dict[str, list[Row]] = {}
        for row in self.rows:
            by_day.setdefault(row[1] if len(row) > 1 else "", []).append(row)
        return by_day

    def compare(self, rows: Iterable[Row], day: Snapshot | None, series: Sequence[Series]) -> list[Leftover]:
        """Return those of one day's rows that have a number which is not in the day's snapshot."""
        # Columns beyond an old header are in the order of the series.
        columns = (*self.header[2:], *(item.column for item in series[len(self.header) - 2 :]))
        recorded = _numbers(day, series) if day is not None else None
        leftovers = []
        for row in rows:
            artist, date, *cells = (*row, "", "")[: max(2, len(row))]
            why = _why(recorded, key_of(artist), dict(zip(columns, cells, strict=False)))
            if why or len(cells) > len(columns):
                leftovers.append(Leftover(artist, date, why or Why.OTHER_NUMBERS, row))
        return leftovers

    def leftovers(self, snapshots: Mapping[str, Snapshot], series: Sequence[Series]) -> list[Leftover]:
        """Return the rows with a number that is not in that day's snapshot (``snapshots``: by ISO date)."""
        return [
            leftover
            for day, rows in self.by_day().items()
            for leftover in self.compare(rows, snapshots.get(day), series)
        ]


Numbers = dict[str, set[int | None]]
"""By column, the numbers that a cell may have: as recorded, and as in casa24's own table."""


def _numbers(snapshot: Snapshot, series: Sequence[Series]) -> dict[str, Numbers]:
    """Return the numbers of a day, by artist."""
    # casa24's own table leaves out the false zeros of an old day.
    interpreted = interpret(snapshot, set())
    by_artist: dict[str, Numbers] = {}
    for day in (snapshot,) if interpreted is snapshot else (snapshot, interpreted):
        for (_, artist), cells in Table.build([day], series).rows.items():
            numbers = by_artist.setdefault(key_of(artist), {})
            for name, cell in cells.items():
                numbers.setdefault(name, set()).add(as_count(cell))
    return by_artist


def _why(day: Mapping[str, Numbers] | None, artist: str, cells: Mapping[str, str]) -> Why | None:
    if day is None:
        return Why.NO_DAY
    if artist not in day:
        return Why.NO_ARTIST
    if all(as_count(cell) in day[artist].get(column, {None}) for column, cell in cells.items()):
        return None
    return Why.OTHER_NUMBERS if any(as_count(cell) for cell in cells.values()) else Why.ONLY_ZEROS
