"""Read and write a label's data folder.

::

    data/historical/YYYY-MM-DD.json   one snapshot a day, the record itself
    data/historical/YYYY.zip          a closed year's days, packed (`casa24 data archive`)
    data/popularity_scores.csv        the same numbers as a table
    data/latest.json                  the newest snapshot again

The files are written in that order, each atomically: after a crash all files can be read, and
the next run completes them. Saving the same snapshot again changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import stat
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from casa24.core.snapshot import SCHEMA, Snapshot, as_count
from casa24.errors import NewerSnapshot, NoSnapshot, StorageError, UnreadableSnapshot
from casa24.record import csv_table, files
from casa24.record.legacy import interpret, known_accounts
from casa24.record.merge import combine, measured_anything
from casa24.record.year_archive import SIZE_LIMIT, Archives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from casa24.core.metrics import Series

_DAY_FILE = re.compile(r"\d{4}-\d\d-\d\d\.json")


class Saved(NamedTuple):
    """What a save did.

    ``days``: the days as they are stored now; ``written``: the files that changed;
    ``set_aside``: the new names of files that casa24 could not use.
    """

    days: tuple[Snapshot, ...] = ()
    written: tuple[Path, ...] = ()
    set_aside: tuple[Path, ...] = ()


class DayFile(NamedTuple):
    """A day, and the content of its file."""

    day: Snapshot
    content: str | bytes


class Rebuilt(NamedTuple):
    """What a rebuild did: whether the CSV changed, and the new name of the old file if that had other rows."""

    changed: bool
    set_aside: tuple[Path, ...] = ()


class DataFolder:
    """A label's record on disk.

    ``series``: the numbers in the CSV's columns; ``history``: the folder of the days, if not the usual one.
    """

    def __init__(self, path: Path, series: Sequence[Series] = (), *, history: Path | None = None) -> None:
        self.path = path
        self.series = tuple(series)
        self.history = history or path / "historical"
        self.latest_file = path / "latest.json"
        self.table_file = path / csv_table.FILE_NAME

    @cached_property
    def archives(self) -> Archives:
        """The packed years."""
        return Archives(self.history)

    def days(self) -> list[dt.date]:
        """Return the days with a snapshot, packed or not, oldest first."""
        return sorted({*self.loose_days(), *self.archives.days()})

    def loose_days(self) -> list[dt.date]:
        """Return the days with a file of their own, oldest first. Raises StorageError."""
        if self.history.is_symlink() and not self.history.resolve().is_relative_to(self.path.resolve()):
            raise StorageError(
                f"{self.history} is a link out of the data folder.",
                advice="Put the days themselves there, or link the whole data folder (--data-dir).",
            )
        try:
            names = [item.name for item in self.history.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(
                f"{self.history} cannot be listed ({error.strerror}).", advice="Check the folder's rights."
            ) from error
        return sorted(day for name in names if _DAY_FILE.fullmatch(name) and (day := _date(name[:10])))

    def file_of(self, day: dt.date) -> Path:
        """Return the path of a day's file."""
        return self.history / f"{day.isoformat()}.json"

    def read(self, day: dt.date) -> Snapshot:
        """Read a day as it was stored. Raises NoSnapshot, UnreadableSnapshot or NewerSnapshot."""
        path = self.file_of(day)
        try:
            snapshot = load(path, within=self.path)
        except NoSnapshot:
            packed = self.archives.read(day)
            if packed is None:
                raise
            snapshot = parse(packed, self.archives.place_of(day))
        if snapshot.date != day:
            raise UnreadableSnapshot(f"{path} holds another day: {snapshot.date}.", advice=_RESTORE)
        return snapshot

    def content(self, day: dt.date) -> bytes:
        """Return a day's file byte for byte, packed or not. Call it only for a day that could be read."""
        path = self.file_of(day)
        packed = None if os.path.lexists(path) else self.archives.read(day)
        return path.read_bytes() if packed is None else packed

    def check(self, day: dt.date) -> None:
        """Raise StorageError if a day could not be saved, so that this is known before the platforms are asked."""
        self._check_rights(day)
        with contextlib.suppress(NoSnapshot, UnreadableSnapshot):
            self.read(day)

    def _check_rights(self, day: dt.date) -> None:
        """Raise StorageError without the rights for a day: an unreadable file must not be taken for a damaged one."""
        for folder in (self.path, self.history):
            # The folder, or the one it will be made in. Not exists(): it raises without the right to look.
            place = next(place for place in (folder, *folder.parents) if os.access(place, os.F_OK))
            if not place.is_dir() or not os.access(place, os.R_OK | os.W_OK | os.X_OK):
                raise StorageError(
                    f"{place} is no folder one may write to.", advice="Check its rights, or give another --data-dir."
                )
        for file in (self.file_of(day), self.table_file, self.latest_file):
            if os.access(file, os.F_OK) and not os.access(file, os.R_OK):
                raise StorageError(f"{file} may not be read.", advice="Check its rights.")

    def save(self, *fresh: Snapshot) -> Saved:
        """Store days, each merged with what is already stored. A day without any number is not stored.

        Raises StorageError for every error of the file system.
        """
        days = [day for day in fresh if measured_anything(day)]
        if not days:
            return Saved()
        with self._writing(day.date for day in days):
            aside: list[Path] = []
            return self._write([self._merged(day, aside) for day in days], aside)

    def adopt(self, *day_files: DayFile) -> Saved:
        """Store day files byte for byte, in place of those already stored. Raises StorageError."""
        if not day_files:
            return Saved()
        with self._writing(day_file.day.date for day_file in day_files):
            return self._write(day_files, [])

    @contextlib.contextmanager
    def _writing(self, days: Iterable[dt.date]) -> Iterator[None]:
        try:
            with files.hold(self.path):
                for day in days:
                    self._check_rights(day)
                self._sweep()
                yield
        except OSError as error:
            raise StorageError(
                f"{error.filename or self.path} could not be used ({error.strerror or type(error).__name__}).",
                advice="Check the folder's rights, then run again.",
            ) from error

    def _write(self, day_files: Sequence[DayFile], aside: list[Path]) -> Saved:
        # A folder with that name cannot be replaced by a file.
        aside += [files.set_aside(self.latest_file)] if self.latest_file.is_dir() else []
        contents = [(self.file_of(day_file.day.date), day_file.content) for day_file in day_files]
        written = [path for path, content in contents if files.write_atomically(path, content)]
        days = tuple(day_file.day for day_file in day_files)
        if files.write_atomically(self.table_file, self._table_with(days, aside).text()):
            written.append(self.table_file)
        if files.write_atomically(self.latest_file, self._newest()):
            written.append(self.latest_file)
        return Saved(days, tuple(written), tuple(aside))

    def _newest(self) -> bytes:
        """Return the file of the newest day that can be read."""
        newest = next(self._undamaged(reversed(self.days())))
        return self.content(newest.date)

    def rebuild_table(self) -> Rebuilt:
        """Write the CSV again from the snapshots. Raises UnreadableSnapshot if a day cannot be read.

        Columns of removed plugins stay. A file with rows that the snapshots do not have, or one
        that casa24 did not write, is set aside first.
        """
        if not self.days():
            raise NoSnapshot(f"{self.history} holds no day to make the CSV from.", advice="Check --data-dir.")
        with files.hold(self.path):
            self._sweep()
            aside: list[Path] = []
            table = csv_table.Table.build((interpret(self.read(day), set()) for day in self.days()), self.series)
            before = self._parsed_table(aside)
            if before is not None:
                table = table.keeping(before)
                if before.rows.keys() - table.rows.keys():
                    aside.append(files.set_aside(self.table_file))
            changed = files.write_atomically(self.table_file, table.text())
        return Rebuilt(changed, tuple(aside))

    def _sweep(self) -> None:
        files.sweep(self.path)
        files.sweep(self.history)

    def _merged(self, fresh: Snapshot, aside: list[Path]) -> DayFile:
        """Merge a day with what is already stored; a damaged file is set aside, so the new readings are not lost."""
        path = self.file_of(fresh.date)
        try:
            earlier = self.read(fresh.date)
        except NoSnapshot:
            return DayFile(fresh, dump(fresh))
        except UnreadableSnapshot:
            aside.append(files.set_aside(path))
            return DayFile(fresh, dump(fresh))
        # On the day a label moves to casa24, the old collector's zeros of that morning are not readings.
        known = known_accounts([earlier, fresh])
        interpreted = interpret(earlier, known)
        merged = combine(interpreted, interpret(fresh, known))
        if merged is interpreted:
            return DayFile(earlier, self.content(fresh.date))
        # After interpretation the day is no longer in the old layout.
        day = merged.model_copy(update={"schema_version": merged.schema_version or SCHEMA})
        return DayFile(day, dump(day))

    def _table_with(self, fresh: Sequence[Snapshot], aside: list[Path]) -> csv_table.Table:
        """Return the CSV with these days' rows; a file casa24 did not write is set aside, and the CSV is rebuilt."""
        table = self._parsed_table(aside)
        if table is None:
            return csv_table.Table.build(self._readable(self.days()), self.series)
        # After a crash a day may be missing, or the day before this one may be outdated.
        saved, listed = {day.date for day in fresh}, table.days
        earlier = [day for day in self.days() if day not in saved]
        stale = [day for day in earlier if day.isoformat() not in listed] + earlier[-1:]
        days = (interpret(day, set()) for day in fresh)
        return table.with_days((*self._readable(dict.fromkeys(stale)), *days), self.series)

    def _parsed_table(self, aside: list[Path]) -> csv_table.Table | None:
        """Read the CSV; None without one. A file casa24 did not write is set aside, and gives None too."""
        try:
            return csv_table.Table.parse(_text(self.table_file))
        except FileNotFoundError:
            return None
        except (csv_table.ForeignTable, UnicodeDecodeError, OSError):
            aside.append(files.set_aside(self.table_file))
            return None

    def _readable(self, days: Iterable[dt.date]) -> Iterator[Snapshot]:
        """Yield these days, interpreted; a damaged one is left out."""
        return (interpret(snapshot, set()) for snapshot in self._undamaged(days))

    def _undamaged(self, days: Iterable[dt.date]) -> Iterator[Snapshot]:
        for day in days:
            with contextlib.suppress(StorageError):
                yield self.read(day)


def load(path: Path, *, within: Path | None = None) -> Snapshot:
    """Read a snapshot file. Raises NoSnapshot without a file, UnreadableSnapshot or NewerSnapshot.

    ``within``: a link out of this folder is not followed.
    """
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            if within is not None and not path.resolve().is_relative_to(within.resolve()):
                raise UnreadableSnapshot(f"{path} is a link out of the data folder.", advice=_RESTORE)
            status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A folder, or a pipe, from which reading would never end.
            raise UnreadableSnapshot(f"{path} is no file.", advice=_RESTORE)
        if status.st_size > SIZE_LIMIT:
            raise UnreadableSnapshot(f"{path} is too large for a snapshot.", advice=_RESTORE)
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NoSnapshot(
            f"There is no snapshot {path}.", advice="Run `casa24 collect`, or try `casa24 demo`."
        ) from None
    except OSError as error:
        raise UnreadableSnapshot(f"{path} cannot be read ({error.strerror}).", advice=_RESTORE) from error
    return parse(content, path)


def parse(text: bytes, path: Path) -> Snapshot:
    """Parse a file's content; ``path`` is for the messages. Raises UnreadableSnapshot or NewerSnapshot."""
    try:
        content = _decoded(text)
        # Checked first, because this version cannot know a newer layout.
        if isinstance(content, dict) and (as_count(content.get("schema")) or 0) > SCHEMA:
            raise NewerSnapshot(f"{path} was written by a newer casa24.", advice="Update casa24, then try again.")
        return Snapshot.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise UnreadableSnapshot(f"{path} is no snapshot: {where}: {first['msg']}.", advice=_RESTORE) from None
    except (ValueError, RecursionError):
        raise UnreadableSnapshot(f"{path} is damaged: it is no complete JSON.", advice=_RESTORE) from None


def _decoded(text: bytes) -> Any:
    """Decode JSON. Raises ValueError or RecursionError."""
    try:
        # It takes half the time of the standard library, but refuses some valid JSON (a lone surrogate).
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return json.loads(text, parse_constant=_refuse)


_RESTORE = "Restore the file from git (`git checkout -- FILE`), or move it away."


def dump(snapshot: Snapshot) -> str:
    """Return a snapshot as the text of its file: stable order of keys, two spaces, a final newline."""
    content = snapshot.model_dump(mode="json", by_alias=True, exclude={"artists", "flags", "sources"})
    head = {key: content.pop(key) for key in ("date", "schema", "generator") if content.get(key) is not None}
    content = {key: value for key, value in content.items() if key not in {"schema", "generator"}}
    ordered: dict[str, Any] = head
    if snapshot.sources:
        runs = {name: run.model_dump(mode="json", exclude_none=True) for name, run in snapshot.sources.items()}
        ordered["sources"] = runs
    ordered.update(content)
    ordered["artists"] = [_record(record.model_dump(mode="json")) for record in snapshot.artists]
    if snapshot.flags or snapshot.schema_version is not None:
        ordered["flags"] = [_flag(flag.model_dump(mode="json")) for flag in snapshot.flags]
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


def _record(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "accounts" or value is not None}


def _flag(flag: dict[str, Any]) -> dict[str, Any]:
    optional = {"detail", "low", "high"}
    return {key: value for key, value in flag.items() if key not in optional or value is not None}


def _text(path: Path) -> str:
    """Read a file's text. Raises OSError if it is not a file: reading a pipe might never end."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is no file")
    return path.read_text("utf-8")


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _refuse(text: str) -> None:
    raise ValueError(text)
