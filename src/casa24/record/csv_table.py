"""Read and write ``popularity_scores.csv``: the label's table, one row for each artist and date.

Values are as recorded; unknown is empty. The first ten columns are those of the label's
old table; plugins' columns follow. Saving a day again replaces its rows; all other rows
stay as they are. The table can be rebuilt from the snapshots byte for byte (except for the
columns of a plugin that was removed: its numbers stay in the snapshots).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, NamedTuple

from casa24.core.snapshot import as_count
from casa24.text.escape import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot

FILE_NAME = "popularity_scores.csv"
ARTIST, DATE = "artist_name", "date"


class ForeignTable(ValueError):
    """A table that casa24 did not write: rows of different lengths, repeated rows, or other first columns."""


class Table(NamedTuple):
    """The columns after artist and date, and the rows by (date, artist) in the file's order."""

    columns: tuple[str, ...]
    rows: dict[tuple[str, str], dict[str, str]]

    @property
    def days(self) -> set[str]:
        """Return the dates (ISO) that have rows."""
        return {day for day, _ in self.rows}

    @classmethod
    def parse(cls, text: str) -> Table:
        """Parse a table that casa24 wrote. Raises ForeignTable for any other."""
        try:
            header, *lines = csv.reader(io.StringIO(text))
        except (csv.Error, ValueError):
            raise ForeignTable("it is no CSV") from None
        if header[:2] != [ARTIST, DATE] or len(set(header)) != len(header):
            raise ForeignTable("its header is not ours")
        rows: dict[tuple[str, str], dict[str, str]] = {}
        for number, line in enumerate(lines, 2):
            if len(line) != len(header) or not _is_date(line[1]):
                raise ForeignTable(f"row {number} does not fit the header")
            key = (line[1], line[0])
            if key in rows:
                raise ForeignTable(f"row {number} repeats an artist and date")
            rows[key] = dict(zip(header[2:], line[2:], strict=True))
        return cls(tuple(header[2:]), rows)

    @classmethod
    def build(cls, snapshots: Iterable[Snapshot], series: Sequence[Series]) -> Table:
        """Make the table of these snapshots."""
        table = cls(tuple(item.column for item in series), {})
        for snapshot in snapshots:
            table.rows.update(_rows(snapshot, series))
        return table

    def with_days(self, snapshots: Iterable[Snapshot], series: Sequence[Series]) -> Table:
        """Replace these days' rows; columns of removed plugins stay, and are empty in the new rows."""
        snapshots = tuple(snapshots)
        days = {snapshot.date.isoformat() for snapshot in snapshots}
        fresh = Table.build(snapshots, series)
        other_rows = {key: row for key, row in self.rows.items() if key[0] not in days}
        return Table(fresh.columns, {**other_rows, **fresh.rows}).keeping(self)

    def keeping(self, before: Table) -> Table:
        """Add the columns that only ``before`` has: those of removed plugins, with their numbers."""
        gone = tuple(name for name in before.columns if name not in self.columns)
        rows = {
            key: {**row, **{name: before.rows.get(key, {}).get(name, "") for name in gone}}
            for key, row in self.rows.items()
        }
        return Table((*self.columns, *gone), rows)

    def text(self) -> str:
        """Return the file's content: rows by date, artists in their snapshot's order, line feeds only."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([ARTIST, DATE, *self.columns])
        # Sorted by date only; the sort is stable, so a day's rows keep the snapshot's order.
        for (day, artist), row in sorted(self.rows.items(), key=lambda item: item[0][0]):
            writer.writerow([artist, day, *(row.get(name, "") for name in self.columns)])
        return out.getvalue()


def _rows(snapshot: Snapshot, series: Sequence[Series]) -> dict[tuple[str, str], dict[str, str]]:
    rows = {}
    for record in snapshot.artists:
        sections = record.sections
        values = {item.column: as_count(sections.get(item.source, {}).get(item.field)) for item in series}
        cells = {name: "" if value is None else str(value) for name, value in values.items()}
        rows[snapshot.date.isoformat(), safe_cell(record.name)] = cells
    return rows


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
