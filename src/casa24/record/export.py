"""Export the record to one file: CSV, JSON lines, SQLite or Parquet, by the file's ending.

One row for each number and day: ``date, artist, source, metric, value, low, high, state``. A gap is
a row without a value, and its state says why; if no number was expected there is no row. The artist
is empty for the label's own numbers. Days are read one after the other, so that memory does not grow.
"""

from __future__ import annotations

import csv
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from casa24.core.names import find
from casa24.core.timeseries import Members
from casa24.errors import StorageError, UnknownName, UsageError
from casa24.record import files
from casa24.text.escape import safe_cell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from casa24.core.snapshot import Measurement
    from casa24.record.history import History


Span = tuple["dt.date | None", "dt.date | None"]
"""The first and the last day; None: no limit."""
_ALWAYS: Span = (None, None)


class Row(NamedTuple):
    """One number on one day. The true number is in ``low``…``high``; all three are None in a gap."""

    date: dt.date
    artist: str
    source: str
    metric: str
    value: int | None
    low: int | None
    high: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many rows, of how many artists, from which day to which."""

    rows: int
    artists: int
    first: dt.date | None
    last: dt.date | None


def members_of(history: History) -> Members:
    """Learn the artists from the roster and the newest day, so that one pass over the other days is enough."""
    members = Members(history.artists)
    for day in history.stream(since=history.days[-1]) if history.days else ():
        for record in day.artists:
            members.of(record)
    return members


def everybody(history: History) -> Members:
    """Learn every artist that was ever recorded, with every name; reads every day."""
    members = Members(history.artists)
    for day in history.stream():
        for record in day.artists:
            members.of(record)
    return members


def rows_of(history: History, members: Members, span: Span = _ALWAYS, only: str | None = None) -> Iterator[Row]:
    """Yield the rows of a span of days, oldest first. ``only``: one artist's name, as in ``members``."""
    for day in history.stream(*span):
        seen: set[int] = set()
        for record in day.artists:
            member = members.of(record)
            if id(member) in seen or (only is not None and member.name != only):
                continue
            seen.add(id(member))
            for item in history.folder.series:
                reading = day.measurement(record.name, item.source, item.field)
                if not reading.state.silent:
                    yield _row(day.date, member.name, item.source, item.field, reading)
        for item in history.label_series if only is None else ():
            reading = day.measurement(None, item.source, item.field)
            if not reading.state.silent:
                yield _row(day.date, "", item.source, item.field, reading)


def _row(day: dt.date, artist: str, source: str, field: str, reading: Measurement) -> Row:
    return Row(day, artist, source, field, reading.value, reading.low, reading.high, reading.state.value)


def export(
    history: History, target: Path, artist: str | None = None, span: Span = _ALWAYS, *, replace: bool = False
) -> Exported:
    """Write a span of the record, or one artist's part of it, to ``target``: all of it, or nothing.

    Raises UsageError for an unknown ending or a file that exists already, UnknownName, StorageError.
    """
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise UsageError(f"{target.name} has no ending casa24 writes.", advice=f"One of {', '.join(_WRITERS)}.")
    if target.exists() and not (replace and target.is_file()):
        raise UsageError(f"{target} is there already.", advice="Name another file, or add --replace.")
    members, only = (members_of(history), None) if artist is None else _named(history, artist)
    counted = _Counted(rows_of(history, members, span, only))
    with files.replacing(target) as temporary:
        write(temporary, counted)
    return counted.summary()


def _named(history: History, artist: str) -> tuple[Members, str]:
    """Find the artist; one who left long ago is looked for in the whole record. Raises UnknownName."""
    for members in (members_of(history), everybody(history)):
        names = {member.name: tuple(member.keys) for member in members.all}
        try:
            return members, find(artist, names, names)
        except UnknownName as error:
            not_found = error
    raise not_found


class _Counted:
    """Passes rows on, and counts them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self._count = 0
        self._artists: set[str] = set()
        self._days: list[dt.date] = []

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self._count += 1
            self._artists.add(row.artist)
            self._days[:] = [self._days[0] if self._days else row.date, row.date]
            yield row

    def summary(self) -> Exported:
        first, last = self._days or (None, None)
        return Exported(self._count, len(self._artists - {""}), first, last)


def _csv(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        for row in rows:
            writer.writerow(row._replace(artist=safe_cell(row.artist)))


def _json_lines(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps({**row._asdict(), "date": row.date.isoformat()}, ensure_ascii=True) + "\n")


def _sqlite(path: Path, rows: Iterable[Row]) -> None:
    import sqlite3

    columns = "date TEXT, artist TEXT, source TEXT, metric TEXT, value INTEGER, low INTEGER, high INTEGER, state TEXT"
    try:
        with closing(sqlite3.connect(path)) as base, base:
            base.execute(f"CREATE TABLE readings ({columns})")
            base.executemany("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_for_sqlite, rows))
            base.execute("CREATE INDEX by_series ON readings (artist, source, metric, date)")
    except sqlite3.Error as error:
        raise StorageError(f"{path.name} could not be written ({error}).", advice="Check the space there.") from None


def _for_sqlite(row: Row) -> tuple[Any, ...]:
    # SQLite does not accept a lone surrogate (broken text from outside).
    artist = row.artist.encode("utf-8", "backslashreplace").decode()
    return (row.date.isoformat(), artist, *row[2:])


def _parquet(path: Path, rows: Iterable[Row]) -> None:
    duckdb = _duckdb()
    types = dict.fromkeys(("value", "low", "high"), "BIGINT") | {"date": "DATE"}
    columns = {name: types.get(name, "VARCHAR") for name in Row._fields}
    with TemporaryDirectory(prefix="casa24-export-") as folder, _base(duckdb, folder) as base:
        lines = Path(folder) / "rows.jsonl"
        _json_lines(lines, rows)
        try:
            table = base.read_json(str(lines), format="newline_delimited", columns=columns)
            table.write_parquet(str(path), compression="zstd")
        except duckdb.Error as error:
            raise StorageError(f"{path.name} could not be written ({error}).", advice="Check the space.") from None


@contextmanager
def _base(duckdb: Any, folder: str) -> Iterator[Any]:
    """Open a database in memory, with a small memory limit and without downloads."""
    settings = {
        "memory_limit": "128MB",
        "threads": 1,
        "temp_directory": folder,
        "autoinstall_known_extensions": False,
        "preserve_insertion_order": True,
    }
    with closing(duckdb.connect(config=settings)) as base:
        yield base


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise UsageError(
            "Parquet is written by DuckDB, which is not installed.", advice='pip install "casa24[analytics]"'
        ) from None
    return duckdb


_WRITERS: dict[str, Callable[[Path, Iterable[Row]], None]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".sqlite": _sqlite,
    ".db": _sqlite,
    ".parquet": _parquet,
}
