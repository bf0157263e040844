"""Read the record for quality checks: each day as it is stored, and as it is interpreted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.errors import NewerSnapshot, StorageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from casa24.core.snapshot import Snapshot
    from casa24.record.history import History


@dataclass(frozen=True, slots=True)
class Inspected:
    """A recorded day: ``raw`` as stored, ``told`` as interpreted, not amended; or the ``trouble`` with its file."""

    date: dt.date
    raw: Snapshot | None = None
    told: Snapshot | None = None
    trouble: StorageError | None = None


def inspect(history: History) -> Iterator[Inspected]:
    """Yield every day, oldest first; each is read when it is needed, and none is kept."""
    for day in history.days:
        try:
            raw = history.folder.read(day)
        except NewerSnapshot:
            raise
        except StorageError as error:
            yield Inspected(day, trouble=error)
            continue
        yield Inspected(day, raw, history.told(raw)[0])
