"""Remove one platform's values from old days, because its terms ask for it; a flag in each day says so.

This is the only operation that changes recorded days, and only the record's owner starts it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.core.snapshot import EVERY, Flag, Snapshot, State
from casa24.errors import StorageError
from casa24.record import files, unmatched_rows
from casa24.record.csv_table import DATE
from casa24.record.data_folder import dump
from casa24.record.year_archive import pack

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from casa24.core.snapshot import Section
    from casa24.record.data_folder import DataFolder
    from casa24.sources.registry import AnySource

PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning did, or would do. ``damaged``: unreadable days; ``unseen``: set-aside files it does not open."""

    days: tuple[dt.date, ...] = ()
    written: tuple[Path, ...] = ()
    damaged: tuple[dt.date, ...] = ()
    unseen: tuple[Path, ...] = ()


def without(day: Snapshot, source: AnySource) -> Snapshot:
    """Return the day without this source's values, with a flag that says so; the same object if it has none."""
    name = source.name
    if not any(
        _holds_any(sections.get(name)) for sections in (day.sections, *(record.sections for record in day.artists))
    ):
        return day
    content = day.model_dump(by_alias=True)
    for holder in (content, *content["artists"]):
        if isinstance(holder.get(name), dict):
            holder[name] = dict.fromkeys(holder[name])
    flagged_artist = None if source.label_wide else EVERY
    flag = Flag(artist=flagged_artist, source=name, metric=EVERY, state=State.SKIPPED, code=PRUNED)
    content["flags"] = [*(old for old in day.flags if old.source != name or old.state is State.NO_ACCOUNT), flag]
    return Snapshot.model_validate(content)


def _holds_any(section: Section | None) -> bool:
    return any(value is not None for value in (section or {}).values())


def prune(folder: DataFolder, source: AnySource, before: dt.date, *, dry_run: bool = False) -> Pruned:
    """Remove a source's values from every day before ``before``, loose or packed, and from the CSV.

    Raises StorageError. A second call changes nothing.
    """
    changed: dict[dt.date, Snapshot] = {}
    damaged: list[dt.date] = []
    for day in folder.days():
        if day < before:
            try:
                raw = folder.read(day)
            except StorageError:
                damaged.append(day)
                continue
            pruned = without(raw, source)
            if pruned is not raw:
                changed[day] = pruned
    columns = [] if source.label_wide else [series.column for series in source.series()]
    tables = [folder.table_file, folder.path / unmatched_rows.FILE_NAME]
    emptied = {path: text for path in tables if (text := _table_without(path, columns, before, folder)) is not None}
    unseen = tuple(sorted(path for path in folder.path.glob("*.old-*") if path.is_file()))
    if dry_run or not (changed or emptied):
        return Pruned(tuple(changed), tuple(emptied), tuple(damaged), unseen)
    with files.hold(folder.path):
        written = _write(folder, changed)
        written += [path for path, text in emptied.items() if files.write_atomically(path, text)]
        latest = max(folder.days(), default=None)
        if latest in changed:
            files.write_atomically(folder.latest_file, folder.content(latest))
            written.append(folder.latest_file)
    return Pruned(tuple(changed), tuple(written), tuple(damaged), unseen)


def _write(folder: DataFolder, changed: dict[dt.date, Snapshot]) -> list[Path]:
    """Write the changed days where they are: each to its file, or with the whole archive of its year."""
    loose = set(folder.loose_days())
    wanted = {folder.file_of(day): dump(content) for day, content in changed.items() if day in loose}
    written = [path for path, text in wanted.items() if files.write_atomically(path, text)]
    for path in folder.archives.years():
        members = folder.archives.members(path)
        if members.keys() & changed.keys() - loose:
            pack(path, members, lambda day: _content(folder, day, changed))
            written.append(path)
    return written


def _content(folder: DataFolder, day: dt.date, changed: dict[dt.date, Snapshot]) -> bytes:
    if day in changed:
        return dump(changed[day]).encode("utf-8", "backslashreplace")
    packed = folder.archives.read(day)
    return packed if packed is not None else folder.content(day)


def _table_without(path: Path, columns: Sequence[str], before: dt.date, folder: DataFolder) -> str | None:
    """Return a CSV's text with these columns empty in the rows before a day; None if that changes nothing.

    An old table may have more columns than its header: they are in the order of the folder's series.
    """
    if not path.is_file():
        return None
    try:
        header, *rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    except (OSError, ValueError, csv.Error) as error:
        raise StorageError(f"{path} is no CSV ({error}).", advice="Run `casa24 data rebuild-csv` first.") from None
    if DATE not in header:
        return None
    names = (*header, *(item.column for item in folder.series[len(header) - 2 :]))
    places = [number for number, name in enumerate(names) if name in columns]
    date, before_rows = header.index(DATE), [list(row) for row in rows]
    for row in rows:
        if len(row) > date and row[date] < before.isoformat():
            for place in places:
                if place < len(row):
                    row[place] = ""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue() if rows != before_rows else None
