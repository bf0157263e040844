"""Another data folder's days become ours: every file is read before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.errors import NoSnapshot, StorageError, UsageError
from casa24.storage import DataFolder, DayFile, load

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did to each day, and the files set aside on the way."""

    new: tuple[dt.date, ...]
    changed: tuple[dt.date, ...]
    same: tuple[dt.date, ...]
    set_aside: tuple[Path, ...]


def merge_into(own: DataFolder, place: Path) -> Merged:
    """Take over the days of ``place``; two records of one day become one, by the rule for the same day again.

    Raises as `days_in`, and StorageError where ours cannot be written.
    """
    fresh = days_in(place, own)
    before = set(own.days())
    saved = own.save(*(one.day for one in fresh))
    wrote = {day.date for day in saved.days if own.file_of(day.date) in saved.written}
    dates = [one.day.date for one in fresh]
    return Merged(
        new=tuple(day for day in dates if day in wrote - before),
        changed=tuple(day for day in dates if day in wrote & before),
        same=tuple(day for day in dates if day not in wrote),
        set_aside=saved.set_aside,
    )


def days_in(place: Path, own: DataFolder) -> list[DayFile]:
    """The days of a data folder, of a loose folder of day files, or of one such file, oldest first.

    Raises UsageError for our own record, NoSnapshot where there is no day, and StorageError
    naming every file that cannot be read.
    """
    if place.resolve() in {own.path.resolve(), own.history.resolve()}:
        raise UsageError(f"{place} is the label's own record.", advice="casa24 reads it as it is. Name another folder.")
    found: dict[dt.date, DayFile] = {}
    troubles: list[str] = []
    for path, named in _files(place):
        try:
            one = DayFile(load(path), path.read_bytes())
        except StorageError as error:
            troubles.append(error.message)
            continue
        if named and named != one.day.date:
            troubles.append(f"{path} holds another day: {one.day.date}.")
        found.setdefault(one.day.date, one)
    if troubles:
        raise StorageError("\n".join(troubles), advice="Mend these files or move them away; nothing was taken over.")
    if not found:
        raise NoSnapshot(f"{place} holds no snapshot.", advice=_EXPECTED)
    return [found[day] for day in sorted(found)]


def _files(place: Path) -> list[tuple[Path, dt.date | None]]:
    """The files to read, and the day each must hold; ``latest.json`` last: it repeats a day, or holds one more."""
    if not place.exists():
        raise NoSnapshot(f"There is no {place}.", advice=_EXPECTED)
    if not place.is_dir():
        return [(place, None)]
    folders = [DataFolder(inner) for inner in (place, place / "data") if inner.is_dir()]
    folder = next((one for one in folders if one.history.is_dir() or one.latest_file.is_file()), None)
    if folder is None:
        loose = DataFolder(place, history=place)
        return [(loose.file_of(day), day) for day in loose.days()]
    latest: list[tuple[Path, dt.date | None]] = [(folder.latest_file, None)] if folder.latest_file.exists() else []
    return [(folder.file_of(day), day) for day in folder.days()] + latest


_EXPECTED = "Name a data folder (historical/YYYY-MM-DD.json), a folder of such files, or one of them."
