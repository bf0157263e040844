"""Take over the days of another data folder, merged or byte for byte; all are read before any is written."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from casa24.errors import NoSnapshot, StorageError, UsageError
from casa24.record import amendments, files, notified, unmatched_rows
from casa24.record.data_folder import DataFolder, DayFile, Saved, load
from casa24.record.unmatched_rows import Leftover, OldTable, Row

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from casa24.core.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did to each day, and the files that were set aside."""

    new: tuple[dt.date, ...]
    changed: tuple[dt.date, ...]
    same: tuple[dt.date, ...]
    set_aside: tuple[Path, ...]


def merge_into(own: DataFolder, place: Path) -> Merged:
    """Take over the days of ``place``; a day that both have is merged, as when a day is collected again.

    Raises what `days_in` raises, and StorageError if our record cannot be written.
    """
    found = days_in(place, own)
    before = set(own.days())
    saved = own.save(*(day_file.day for day_file in found))
    if place.is_dir():
        _merge_lines(own, _data_folder(place))
    wrote = {day.date for day in saved.days if own.file_of(day.date) in saved.written}
    dates = [day_file.day.date for day_file in found]
    return Merged(
        new=tuple(day for day in dates if day in wrote - before),
        changed=tuple(day for day in dates if day in wrote & before),
        same=tuple(day for day in dates if day not in wrote),
        set_aside=saved.set_aside,
    )


def _merge_lines(own: DataFolder, source: DataFolder) -> None:
    """Add the lines that our ``amendments.csv`` and ``notified.csv`` lack; lines are only ever added to these files."""
    for name in (amendments.FILE_NAME, notified.FILE_NAME):
        theirs, ours = source.path / name, own.path / name
        if not theirs.is_file():
            continue
        with files.hold(own.path):
            lines = theirs.read_bytes().splitlines(keepends=True)
            before = ours.read_bytes() if ours.is_file() else b""
            fresh = [line for line in lines if line not in before.splitlines(keepends=True)]
            files.write_atomically(ours, before + b"".join(fresh))


@dataclass(frozen=True, slots=True)
class Import:
    """What an old data folder brings: its days (``new``, ``differing`` or ``same``), and leftover rows of its CSV.

    ``differing``: days that our record has with other content; ``kept_in``: the file for leftover rows;
    ``held_now``: rows already in that file, whose numbers the days have by now.
    """

    days: tuple[Snapshot, ...]
    new: tuple[DayFile, ...]
    differing: tuple[DayFile, ...]
    same: tuple[dt.date, ...]
    table: OldTable
    leftover: tuple[Leftover, ...]
    kept_in: Path
    held_now: frozenset[Row] = frozenset()

    @property
    def repeated(self) -> int:
        """Return how many of the leftover rows are repeated: they are kept once."""
        return len(self.leftover) - len({leftover.row for leftover in self.leftover})


def plan_import(own: DataFolder, place: Path, *, replace: bool = False) -> Import:
    """Plan an import without writing. Raises what `days_in` raises, and StorageError for a CSV that is not valid."""
    found = days_in(place, own)
    own_days = set(own.days())
    table = OldTable.read(_data_folder(place).table_file if place.is_dir() else place / "none")
    same = {day_file.day.date for day_file in found if day_file.day.date in own_days and _is_same(own, day_file)}
    changed = [day_file for day_file in found if day_file.day.date not in same]
    differing = tuple(day_file for day_file in changed if day_file.day.date in own_days)
    taken = {day_file.day.date: day_file.day for day_file in found if replace or day_file.day.date not in own_days}
    snapshots = {day.date.isoformat(): day for day in (*_readable(own, own_days - taken.keys()), *taken.values())}
    leftover = tuple(table.leftovers(snapshots, own.series))
    kept_in = own.path / unmatched_rows.FILE_NAME
    kept_before = OldTable.read(kept_in)
    return Import(
        days=tuple(day_file.day for day_file in found),
        new=tuple(day_file for day_file in changed if day_file.day.date not in own_days),
        differing=differing,
        same=tuple(sorted(same)),
        table=table,
        leftover=leftover,
        kept_in=kept_in,
        held_now=frozenset(kept_before.rows)
        - {leftover.row for leftover in kept_before.leftovers(snapshots, own.series)},
    )


def carry_out(own: DataFolder, plan: Import, *, replace: bool = False) -> Saved:
    """Carry out a plan: write days byte for byte, differing ones only with ``replace``. Raises StorageError."""
    saved = own.adopt(*plan.new, *(plan.differing if replace else ()))
    if plan.leftover or plan.held_now:
        with files.hold(own.path):
            before = OldTable.read(plan.kept_in) if plan.kept_in.exists() else OldTable(plan.table.header)
            remaining = OldTable(before.header, tuple(row for row in before.rows if row not in plan.held_now))
            table = remaining.with_rows(leftover.row for leftover in plan.leftover)
            if table.rows:
                files.write_atomically(plan.kept_in, table.text())
            else:
                plan.kept_in.unlink(missing_ok=True)
    return saved


def _is_same(own: DataFolder, day_file: DayFile) -> bool:
    with contextlib.suppress(OSError):
        return own.content(day_file.day.date) == day_file.content
    return False


def _readable(own: DataFolder, days: set[dt.date]) -> Iterator[Snapshot]:
    for day in days:
        with contextlib.suppress(StorageError):
            yield own.read(day)


def days_in(place: Path, own: DataFolder) -> list[DayFile]:
    """Read the days of a data folder, of a folder of day files, or of one such file, oldest first.

    Raises UsageError for our own record, NoSnapshot if there is no day, and StorageError
    naming every file that cannot be read.
    """
    if place.resolve() in {own.path.resolve(), own.history.resolve()}:
        raise UsageError(f"{place} is the label's own record.", advice="casa24 reads it as it is. Name another folder.")
    found: dict[dt.date, DayFile] = {}
    troubles: list[str] = []
    for read in _readers(place):
        try:
            day_file = read()
        except StorageError as error:
            troubles.append(error.message)
            continue
        found.setdefault(day_file.day.date, day_file)
    if troubles:
        raise StorageError("\n".join(troubles), advice="Mend these files or move them away; nothing was taken over.")
    if not found:
        raise NoSnapshot(f"{place} holds no snapshot.", advice=_EXPECTED)
    return [found[day] for day in sorted(found)]


def _readers(place: Path) -> Iterator[Callable[[], DayFile]]:
    """Yield a reader for each day; ``latest.json`` comes last: it repeats a day, or is one more."""
    if not place.exists():
        raise NoSnapshot(f"There is no {place}.", advice=_EXPECTED)
    if not place.is_dir():
        yield partial(_file, place)
        return
    folder = _data_folder(place)
    for day in folder.days():
        yield partial(_day, folder, day)
    if folder.latest_file.exists():
        yield partial(_file, folder.latest_file)


def _file(path: Path) -> DayFile:
    return DayFile(load(path), path.read_bytes())


def _day(folder: DataFolder, day: dt.date) -> DayFile:
    return DayFile(folder.read(day), folder.content(day))


def _data_folder(place: Path) -> DataFolder:
    """Return the data folder that ``place`` is or contains, else one whose day files are directly in ``place``."""
    folders = [DataFolder(inner) for inner in (place, place / "data") if inner.is_dir()]
    complete = (folder for folder in folders if folder.history.is_dir() or folder.latest_file.is_file())
    return next(complete, DataFolder(place, history=place))


_EXPECTED = "Name a data folder (historical/YYYY-MM-DD.json), a folder of such files, or one of them."
