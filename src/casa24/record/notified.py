"""``notified.csv``: what was sent to whom, so that nothing is said twice.

::

    key,address,sent_at,what
    week:2025-W42,3f1a09c2,2025-10-20T02:40:00Z,"Casa 24 Records: week 2025-W42"

``address`` is eight digits of a digest: an address is a secret, and is never written. A line is
written once a message has arrived: a crash in between may say that one thing twice, never lose it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.errors import StorageError
from casa24.record import files
from casa24.text.escape import safe_cell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

FILE_NAME = "notified.csv"
HEADER = ("key", "address", "sent_at", "what")


def label_of(address: str) -> str:
    """An address as the file names it."""
    return hashlib.sha256(address.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Notices:
    """What was sent: (key, label of the address)."""

    path: Path
    sent: frozenset[tuple[str, str]]

    @classmethod
    def read(cls, path: Path) -> Notices:
        """The file's; nothing where there is none. Raises StorageError for one that is no such table."""
        if not path.exists():
            return cls(path, frozenset())
        try:
            rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        except (OSError, ValueError, csv.Error) as error:
            raise StorageError(
                f"{path} cannot be read ({type(error).__name__}).",
                advice="Restore it from git (`git checkout -- FILE`); without it, things may be said again.",
            ) from None
        return cls(path, frozenset((_plain(row[0]), row[1]) for row in rows if len(row) == len(HEADER)))

    def keys(self, address: str) -> frozenset[str]:
        """What was sent there."""
        label = label_of(address)
        return frozenset(key for key, where in self.sent if where == label)


def note(path: Path, address: str, sent: Iterable[tuple[str, str]], now: dt.datetime) -> None:
    """Append what arrived at an address: (key, what it was about). Raises StorageError."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not path.exists():
        writer.writerow(HEADER)
    for key, what in sent:
        cells = (key, label_of(address), f"{now:%Y-%m-%dT%H:%M:%SZ}", what)
        writer.writerow([safe_cell(cell) for cell in cells])
    before = path.read_bytes() if path.exists() else b""
    files.write_atomically(path, before + out.getvalue().encode("utf-8", "backslashreplace"))


def _plain(cell: str) -> str:
    """A cell without what kept a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell
