"""What a run finds gone for everybody: then it is not an artist's trouble, the platform has changed."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from casa24.flags import Cell, Cells, Note, fold, loose, spread
from casa24.gaps import MISSING
from casa24.models import Snapshot, State

if TYPE_CHECKING:
    from collections.abc import Iterable

CHANGED = Note(State.FAILED, "platform_changed")

# An outage of weeks must not make casa24 forget that a platform once gave this value.
_LOOK_BACK = 30


def mark_changes(fresh: Snapshot, earlier: Iterable[Snapshot]) -> Snapshot:
    """``fresh``, with every value that nobody has any more said to be lost by the platform.

    ``earlier``: the days before, newest first; read only as far as needed. Only what one
    of them had can be lost: a field no artist ever had is not.
    """
    cells = spread(fresh)
    gone = {(place.source, place.field) for place in cells if _is_gone(cells, place.source, place.field)}
    lost = gone and _had(gone, islice(earlier, _LOOK_BACK))
    if not lost:
        return fresh
    marked = {
        place: replace(cell, notes=(CHANGED,)) if (place.source, place.field) in lost and _is_missing(cell) else cell
        for place, cell in cells.items()
    }
    flags = (*fold(marked), *loose(fresh.flags, cells))
    return Snapshot.model_validate({**fresh.model_dump(by_alias=True), "flags": flags})


def _is_missing(cell: Cell) -> bool:
    """Whether the platform answered, and this value was not in its answer."""
    return cell.value is None and any(note.code == MISSING.code for note in cell.notes)


def _is_gone(cells: Cells, source: str, field: str) -> bool:
    """Whether several answers lack this value and none has it; one is enough where there is only one to ask."""
    column = [cell for place, cell in cells.items() if (place.source, place.field) == (source, field)]
    asked = [cell for cell in column if cell.state is not State.NO_ACCOUNT]
    missing = [cell for cell in asked if _is_missing(cell)]
    return all(cell.value is None for cell in column) and len(missing) >= min(2, len(asked)) > 0


def _had(gone: set[tuple[str, str]], earlier: Iterable[Snapshot]) -> set[tuple[str, str]]:
    """Those of them some earlier day had a value for, or knew to be lost."""
    found: set[tuple[str, str]] = set()
    for snapshot in earlier:
        for place, cell in spread(snapshot).items():
            if cell.value is not None or CHANGED in cell.notes:
                found.add((place.source, place.field))
        if gone <= found:
            break
    return gone & found
