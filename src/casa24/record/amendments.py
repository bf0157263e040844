"""Read and write ``amendments.csv``: later decisions about recorded values. The days stay as collected.

::

    first_date,last_date,artist,metric,action,reason
    2025-06-22,2025-06-22,*,*,suspect,a copy of 2025-06-21
    2025-09-09,,bo.wlie,instagram.*,suspect,the account could not be read

``artist``: a name, ``*`` for all artists and the label, empty for the label alone. ``metric``:
``source.field``, ``source.*`` or ``*``. An empty ``last_date``: no end. If several lines apply to
a value, the last one decides.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from casa24.core.names import key_of
from casa24.core.snapshot import EVERY
from casa24.errors import StorageError
from casa24.record import files
from casa24.text.escape import safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

T = TypeVar("T")

FILE_NAME = "amendments.csv"
HEADER = ("first_date", "last_date", "artist", "metric", "action", "reason")
_MEND = "Mend the line, or delete it. The other lines are used."
_LARGEST = 16 * 1024 * 1024


class Action(StrEnum):
    """What an amendment decides: a value is not to be used by any analysis, or was checked and is true."""

    SUSPECT = "suspect"
    KEEP = "keep"


class Amendment(NamedTuple):
    """One line. ``last`` None: no end; ``artist`` empty: the label itself."""

    first: dt.date
    last: dt.date | None
    artist: str
    metric: str
    action: Action
    reason: str = ""

    def covers(self, day: dt.date) -> bool:
        """Return whether it applies to this day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def speaks_of(self, names: frozenset[str], source: str, field: str) -> bool:
        """Return whether it applies to a number. ``names``: the keys of all the artist's names, empty for the label."""
        artist_matches = self.artist == EVERY or (key_of(self.artist) in names if self.artist else not names)
        return artist_matches and self.metric in {EVERY, f"{source}.{EVERY}", f"{source}.{field}"}

    def row(self) -> tuple[str, ...]:
        """Return the line's cells."""
        last = self.last.isoformat() if self.last else ""
        return (self.first.isoformat(), last, self.artist, self.metric, self.action.value, self.reason)


class Amendments(NamedTuple):
    """All amendments of a record. ``problems``: the lines that are not valid, each with its number."""

    lines: tuple[Amendment, ...] = ()
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Amendments:
        """Read a file; without a file there are none. Raises StorageError if the whole file cannot be read."""
        try:
            if path.exists() and (not path.is_file() or path.stat().st_size > _LARGEST):
                raise StorageError(f"{path} is no table of amendments.", advice="Move it away.")
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(f"{path} cannot be read ({error}).", advice="Check its rights; it is UTF-8.") from None
        return cls.parse(text, path.name)

    @classmethod
    def parse(cls, text: str, name: str = FILE_NAME) -> Amendments:
        """Parse a text. A line that is not valid is listed in ``problems``; the others are used."""
        lines: list[Amendment] = []
        problems: list[str] = []
        reader = csv.reader(io.StringIO(text, newline=""))
        try:
            for row in reader:
                if not row or tuple(row) == HEADER:
                    continue
                try:
                    lines.append(_line(row))
                except ValueError as error:
                    problems.append(f"{name}, line {reader.line_num}: {error}")
        except csv.Error as error:
            problems.append(f"{name}, line {reader.line_num}: {error}")
        return cls(tuple(lines), tuple(problems))

    def on(self, day: dt.date) -> Amendments:
        """Return those that apply to this day."""
        return Amendments(tuple(line for line in self.lines if line.covers(day)))

    def decide(self, names: frozenset[str], source: str, field: str) -> Amendment | None:
        """Return the line that decides about a number, whatever the day."""
        return next((line for line in reversed(self.lines) if line.speaks_of(names, source, field)), None)

    def judge(self, day: dt.date, names: frozenset[str], source: str, field: str) -> Amendment | None:
        """Return the line that decides about a number of this day."""
        of_day = (line for line in reversed(self.lines) if line.covers(day))
        return next((line for line in of_day if line.speaks_of(names, source, field)), None)

    def __bool__(self) -> bool:
        return bool(self.lines)


def add_lines(path: Path, lines: Iterable[Amendment]) -> bool:
    """Append lines to the file, all or none; the lines in it stay as they are. Raises StorageError.

    Returns False if there was nothing to add. Call it only while holding the folder.
    """
    fresh = list(lines)
    if not fresh:
        return False
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not path.exists():
        writer.writerow(HEADER)
    writer.writerows([safe_cell(cell) for cell in line.row()] for line in fresh)
    before = path.read_bytes() if path.exists() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    return files.write_atomically(path, before + out.getvalue().encode("utf-8", "backslashreplace"))


def _line(row: list[str]) -> Amendment:
    """Parse one row. Raises ValueError with what is wrong."""
    if len(row) != len(HEADER):
        raise ValueError(f"it has {len(row)} cells instead of {len(HEADER)}")
    first, last, artist, metric, action, reason = (cell.strip() for cell in row)
    begins = _cell(dt.date.fromisoformat, first, "a date like 2025-10-17")
    ends = _cell(dt.date.fromisoformat, last, "a date like 2025-10-17, or nothing") if last else None
    if ends is not None and ends < begins:
        raise ValueError(f"it ends on {ends}, before it begins on {begins}")
    if metric != EVERY and ("." not in metric or not all(metric.split(".", 1))):
        raise ValueError(f"{metric!r} is no metric: write source.field, source.* or *")
    # Without the quote that safe_cell put before it, so that no spreadsheet runs it.
    name = artist[1:] if artist.startswith("'") and safe_cell(artist[1:]) == artist else artist
    return Amendment(begins, ends, name, metric, _cell(Action, action, "suspect or keep"), reason)


def _cell(parse: Callable[[str], T], text: str, expected: str) -> T:
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"{text!r} is not {expected}") from None
