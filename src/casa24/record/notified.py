"""Read and write ``notified.csv``: which messages were sent to which address, so that none is sent twice.

::

    key,address,sent_at,what
    week:2025-W42,3f1a09c2,2025-10-20T02:40:00Z,"Casa 24 Records: week 2025-W42"

``address`` is the first eight digits of a digest: an address is a secret, and is never written. A line
is written after a message has arrived: after a crash in between it may be sent twice, but never lost.
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
    """Return how the file names an address."""
    return hashlib.sha256(address.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Notices:
    """The messages sent: (key, label of the address)."""

    path: Path
    sent: frozenset[tuple[str, str]]

    @classmethod
    def read(cls, path: Path) -> Notices:
        """Read a file; without a file nothing was sent. Raises StorageError if it cannot be read."""
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
        """Return the keys of the messages sent to this address."""
        label = label_of(address)
        return frozenset(key for key, sent_to in self.sent if sent_to == label)


def note(path: Path, address: str, sent: Iterable[tuple[str, str]], now: dt.datetime) -> None:
    """Append the messages that arrived at an address: (key, subject). Raises StorageError."""
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
    """Return a cell without the quote that kept a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell
