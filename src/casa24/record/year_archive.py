"""Read and write packed years: ``historical/YYYY.zip``, in which each member is a day's file as it was.

It is a zip and not a tarball so that a day is read without unpacking its year, and everyone
can open it with a double click. An archive is written completely or not at all, and read
back before anything is deleted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from typing import TYPE_CHECKING

from casa24.errors import UnreadableSnapshot
from casa24.record import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from zipfile import ZipFile, ZipInfo

# A label with 1,000 artists writes 2 MB a day; a far larger file is not a snapshot.
SIZE_LIMIT = 64 * 1024 * 1024

_YEAR_FILE = re.compile(r"\d{4}\.zip")
_MEMBER = re.compile(r"(\d{4}-\d\d-\d\d)\.json")
_RESTORE = "Restore the file from git (`git checkout -- FILE`), or move it away."
# The earliest time that a zip can store: the same days make the same file, whenever they are packed.
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def _zip_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that zipfile raises for a damaged file or one that is not a zip."""
    from zipfile import BadZipFile
    from zlib import error

    return (OSError, BadZipFile, error, NotImplementedError, RuntimeError, EOFError, ValueError)


class Archives:
    """The packed years in a folder of days."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[Path, tuple[tuple[int, int], dict[dt.date, ZipInfo]]] = {}

    def years(self) -> list[Path]:
        """Return the archive files, oldest first."""
        with contextlib.suppress(OSError):
            return sorted(path for path in self.folder.iterdir() if _YEAR_FILE.fullmatch(path.name) and path.is_file())
        return []

    def days(self) -> set[dt.date]:
        """Return the days in all archives. A damaged file counts as empty; `problems` reports it."""
        days: set[dt.date] = set()
        for path in self.years():
            with contextlib.suppress(UnreadableSnapshot):
                days |= self.members(path).keys()
        return days

    def problems(self) -> list[str]:
        """Return which archives cannot be read, and why."""
        messages = []
        for path in self.years():
            try:
                self.members(path)
            except UnreadableSnapshot as error:
                messages.append(error.message)
        return messages

    def place_of(self, day: dt.date) -> Path:
        """Return the archive in which a day belongs."""
        return self.folder / f"{day.year:04}.zip"

    def members(self, path: Path) -> dict[dt.date, ZipInfo]:
        """Return the days of one archive with their zip entries. Raises UnreadableSnapshot."""
        from zipfile import ZipFile

        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if self._known.get(path, (None,))[0] != stamp:
                with ZipFile(path) as archive:
                    self._known[path] = (stamp, _days(archive))
        except _zip_errors() as error:
            raise UnreadableSnapshot(f"{path} is no archive ({type(error).__name__}).", advice=_RESTORE) from None
        return self._known[path][1]

    def read(self, day: dt.date) -> bytes | None:
        """Return a packed day's file; None if it is in no archive. Raises UnreadableSnapshot."""
        from zipfile import ZipFile

        path = self.place_of(day)
        if not path.is_file():
            return None
        member = self.members(path).get(day)
        if member is None:
            return None
        if member.file_size > SIZE_LIMIT:
            raise UnreadableSnapshot(f"{day} in {path} is too large for a snapshot.", advice=_RESTORE)
        try:
            with ZipFile(path) as archive:
                return archive.read(member)
        except _zip_errors() as error:
            raise UnreadableSnapshot(f"{day} in {path} is damaged ({type(error).__name__}).", advice=_RESTORE) from None


def pack(path: Path, days: Iterable[dt.date], content: Callable[[dt.date], bytes]) -> None:
    """Write these days' files to one archive, read it back and compare it; on a failure nothing is written.

    The same days make the same bytes. Raises StorageError.
    """
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    with files.replacing(path) as temporary:
        wanted = sorted(days)
        with ZipFile(temporary, "w", ZIP_DEFLATED, compresslevel=9) as archive:
            for day in wanted:
                member = ZipInfo(f"{day.isoformat()}.json", _EARLIEST)
                member.compress_type = ZIP_DEFLATED
                member.external_attr = 0o644 << 16
                archive.writestr(member, content(day), compresslevel=9)
        with ZipFile(temporary) as archive:
            packed = _days(archive)
            if sorted(packed) != wanted or any(archive.read(packed[day]) != content(day) for day in wanted):
                raise OSError(0, "what was packed could not be read back")


def _days(archive: ZipFile) -> dict[dt.date, ZipInfo]:
    """Return the members that are days of the year in the archive's name."""
    year = os.path.basename(str(archive.filename))[:4]  # noqa: PTH119 - a name, not a path
    days: dict[dt.date, ZipInfo] = {}
    for member in archive.infolist():
        name = _MEMBER.fullmatch(member.filename)
        if name and (year == name[1][:4] or not year.isdecimal()):
            with contextlib.suppress(ValueError):
                days[dt.date.fromisoformat(name[1])] = member
    return days
