"""``popularity_scores.csv``: the label's table, one row an artist and date.

As recorded, unknown = empty. Its first ten columns are the label's; a plugin's
follow. The same day again replaces its rows; every other row stays as it is, and
the whole can be rebuilt from the snapshots byte for byte (but for the columns of a
plugin that is gone: its numbers stay in the snapshots).
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
    """A table casa24 did not write: ragged rows, repeated rows, or other columns in front."""


class Table(NamedTuple):
    """The columns after artist and date, and the rows by (date, artist) in file order."""

    columns: tuple[str, ...]
    rows: dict[tuple[str, str], dict[str, str]]

    @property
    def days(self) -> set[str]:
        """The dates (ISO) that have rows."""
        return {day for day, _ in self.rows}

    @classmethod
    def parse(cls, text: str) -> Table:
        """A table casa24 wrote. Raises ForeignTable for any other."""
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
        """The table of these snapshots."""
        table = cls(tuple(item.column for item in series), {})
        for snapshot in snapshots:
            table.rows.update(_rows(snapshot, series))
        return table

    def with_days(self, snapshots: Iterable[Snapshot], series: Sequence[Series]) -> Table:
        """The table with these days' rows replaced; columns of plugins that are gone stay, empty from now on."""
        snapshots = tuple(snapshots)
        days = {snapshot.date.isoformat() for snapshot in snapshots}
        fresh = Table.build(snapshots, series)
        kept = {key: row for key, row in self.rows.items() if key[0] not in days}
        return Table(fresh.columns, {**kept, **fresh.rows}).keeping(self)

    def keeping(self, before: Table) -> Table:
        """This table with the columns it lacks from another: a plugin that is gone leaves its numbers."""
        gone = tuple(name for name in before.columns if name not in self.columns)
        rows = {
            key: {**row, **{name: before.rows.get(key, {}).get(name, "") for name in gone}}
            for key, row in self.rows.items()
        }
        return Table((*self.columns, *gone), rows)

    def text(self) -> str:
        """The file's content: rows by date, artists in their snapshot's order, line feeds only."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([ARTIST, DATE, *self.columns])
        # Sorting by date alone is stable: within a day the order is the snapshot's.
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
