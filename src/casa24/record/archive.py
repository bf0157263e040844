"""What becomes of old days: packed year by year, or without one platform's numbers where its terms ask for that.

Nothing is deleted before what takes its place was written, read back and compared. A crash leaves
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
    """What restoring did: the days unpacked, and those that lie there otherwise and were left."""

    days: tuple[dt.date, ...] = ()
    kept: tuple[dt.date, ...] = ()


def closed_years(folder: DataFolder, today: dt.date, older_than: dt.timedelta | None = None) -> list[dt.date]:
    """The days to pack: those of closed years, or older than so much; never the newest of all."""
    first_kept = today - older_than if older_than is not None else dt.date(today.year, 1, 1)
    newest = folder.days()[-1:]
    return [day for day in folder.loose_days() if day < first_kept and day not in newest]


def archive(folder: DataFolder, days: Sequence[dt.date], place: Path | None = None, *, dry_run: bool = False) -> Packed:
    """Pack these days into their years' files, in ``place`` or where the days lie.

    Raises StorageError, and UsageError for a place in the record itself.
    """
    target = Archives(place or folder.history)
    if place is not None and place.resolve().is_relative_to(folder.path.resolve()):
        raise UsageError(f"{place} lies in the record itself.", advice="Name a folder outside the data folder.")
    good = [day for day in days if _reads(folder, day)]
    damaged = tuple(day for day in days if day not in set(good))
    if dry_run:
        return Packed(tuple(good), tuple(dict.fromkeys(target.place_of(day) for day in good)), damaged)
    done: list[Path] = []
    with files.hold(folder.path):
        for year in sorted({day.year for day in good}):
            own = [day for day in good if day.year == year]
            path = target.place_of(own[0])
            _pack_year(folder, target, path, own)
            done.append(path)
            for day in own:
                _remove(folder.file_of(day))
    return Packed(tuple(good), tuple(done), damaged)


def _reads(folder: DataFolder, day: dt.date) -> bool:
    """Whether this is a day: a damaged file is for its owner to see, not to be packed away."""
    with contextlib.suppress(StorageError):
        folder.read(day)
        return True
    return False


def _pack_year(folder: DataFolder, target: Archives, path: Path, own: Sequence[dt.date]) -> None:
    """Write one file with these days and what it held before; of a day both have, the loose one is newer."""
    before = target.members(path) if path.exists() else {}
    loose = set(own)

    def content(day: dt.date) -> bytes:
        if day in loose:
            return folder.file_of(day).read_bytes()
        packed = target.read(day)
        if packed is None:
            raise StorageError(f"{day} is gone from {path}.", advice="Run it again.")
        return packed

    pack(path, {*before, *loose}, content)


def restore(folder: DataFolder, years: Iterable[int] = ()) -> Restored:
    """Unpack years (or all), byte for byte. A day that lies there otherwise is newer, and stays.

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
