"""Pack the days of closed years into one file for each year, and unpack them again.

Nothing is deleted before its replacement was written, read back and compared. A crash leaves
both, and the next run goes on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.errors import StorageError, UsageError
from casa24.record import files
from casa24.record.year_archive import Archives, pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from casa24.record.data_folder import DataFolder


@dataclass(frozen=True, slots=True)
class Packed:
    """What archiving did: the days packed now, the files they are in, and the days that could not be read."""

    days: tuple[dt.date, ...] = ()
    files: tuple[Path, ...] = ()
    damaged: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did: the days unpacked, and those that have a different, newer file, which was kept."""

    days: tuple[dt.date, ...] = ()
    kept: tuple[dt.date, ...] = ()


def closed_years(folder: DataFolder, today: dt.date, older_than: dt.timedelta | None = None) -> list[dt.date]:
    """Return the days to pack: those of past years, or older than ``older_than``; never the newest day."""
    first_kept = today - older_than if older_than is not None else dt.date(today.year, 1, 1)
    newest = folder.days()[-1:]
    return [day for day in folder.loose_days() if day < first_kept and day not in newest]


def archive(folder: DataFolder, days: Sequence[dt.date], place: Path | None = None, *, dry_run: bool = False) -> Packed:
    """Pack these days into a file for each year, in ``place`` or in the days' own folder.

    Raises StorageError, and UsageError for a place inside the record itself.
    """
    target = Archives(place or folder.history)
    if place is not None and place.resolve().is_relative_to(folder.path.resolve()):
        raise UsageError(f"{place} lies in the record itself.", advice="Name a folder outside the data folder.")
    readable = [day for day in days if _is_readable(folder, day)]
    damaged = tuple(day for day in days if day not in set(readable))
    if dry_run:
        return Packed(tuple(readable), tuple(dict.fromkeys(target.place_of(day) for day in readable)), damaged)
    written: list[Path] = []
    with files.hold(folder.path):
        for year in sorted({day.year for day in readable}):
            days_of_year = [day for day in readable if day.year == year]
            path = target.place_of(days_of_year[0])
            _pack_year(folder, target, path, days_of_year)
            written.append(path)
            for day in days_of_year:
                _remove(folder.file_of(day))
    return Packed(tuple(readable), tuple(written), damaged)


def _is_readable(folder: DataFolder, day: dt.date) -> bool:
    """Return whether the day can be read: a damaged file is not packed, so that its owner can see it."""
    with contextlib.suppress(StorageError):
        folder.read(day)
        return True
    return False


def _pack_year(folder: DataFolder, target: Archives, path: Path, days: Sequence[dt.date]) -> None:
    """Write one file with these days and those it had before; if both have a day, the loose file is newer."""
    before = target.members(path) if path.exists() else {}
    loose = set(days)

    def content(day: dt.date) -> bytes:
        if day in loose:
            return folder.file_of(day).read_bytes()
        packed = target.read(day)
        if packed is None:
            raise StorageError(f"{day} is gone from {path}.", advice="Run it again.")
        return packed

    pack(path, {*before, *loose}, content)


def restore(folder: DataFolder, years: Iterable[int] = ()) -> Restored:
    """Unpack years (or all), byte for byte. A day with a different file of its own is newer, and stays.

    Raises StorageError, and UsageError for a year that is not packed.
    """
    wanted = set(years)
    archives = folder.archives
    missing = wanted - {int(path.stem) for path in archives.years()}
    if missing:
        raise UsageError(
            f"There is no archive of {', '.join(map(str, sorted(missing)))}.", advice=f"See {folder.history}."
        )
    days: list[dt.date] = []
    kept: list[dt.date] = []
    with files.hold(folder.path):
        for path in archives.years():
            if wanted and int(path.stem) not in wanted:
                continue
            for day in sorted(archives.members(path)):
                packed, place = archives.read(day), folder.file_of(day)
                if packed is None:
                    continue
                if os.path.lexists(place) and place.read_bytes() != packed:
                    kept.append(day)
                    continue
                files.write_atomically(place, packed)
                days.append(day)
            _remove(path)
    return Restored(tuple(days), tuple(kept))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{path} could not be removed ({error.strerror}).",
            advice="Nothing is lost: check its rights, run it again.",
        ) from error
