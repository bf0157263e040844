"""What a run finds gone for everybody: then it is not an artist's trouble, the platform has changed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from casa24.core.flags import Cell, CellKey, Cells, Note, loose, to_cells, to_flags
from casa24.core.reason_codes import MISSING
from casa24.core.snapshot import Snapshot, State

if TYPE_CHECKING:
    from collections.abc import Iterable

Column = tuple[str, str]
"""Source and field."""

CHANGED = Note(State.FAILED, "platform_changed")

# An outage of weeks must not make casa24 forget that a platform once gave this value.
_LOOK_BACK = 30


def mark_changes(fresh: Snapshot, earlier: Iterable[Snapshot]) -> Snapshot:
    """``fresh``, with every value that nobody has any more said to be lost by the platform.

    ``earlier``: the days before, newest first; read only as far as needed. Only what one
    of them had can be lost: a field no artist ever had is not.
    """
    cells = to_cells(fresh)
    columns: dict[Column, Cells] = {}
    for place, cell in cells.items():
        columns.setdefault((place.source, place.field), {})[place] = cell
    gone = {column: missing for column, own in columns.items() if (missing := _gone(own))}
    lost = _lost(gone, islice(earlier, _LOOK_BACK)) if gone else set()
    if not lost:
        return fresh
    marked = {
        place: cell._replace(notes=(CHANGED,)) if _column(place) in lost and _is_missing(cell) else cell
        for place, cell in cells.items()
    }
    flags = (*to_flags(marked), *loose(fresh.flags, cells))
    return Snapshot.model_validate({**fresh.model_dump(by_alias=True), "flags": flags})


def _column(place: CellKey) -> Column:
    return (place.source, place.field)


def _is_missing(cell: Cell) -> bool:
    """Whether the platform answered, and this value was not in its answer."""
    return cell.value is None and any(note.code == MISSING.code for note in cell.notes)


def _gone(column: Cells) -> set[CellKey]:
    """The answers that lack a value nobody has; empty where somebody has it, or one of several says nothing."""
    asked = [place for place, cell in column.items() if cell.state is not State.NO_ACCOUNT]
    missing = {place for place in asked if _is_missing(column[place])}
    everywhere = all(cell.value is None for cell in column.values()) and len(missing) >= min(2, len(asked)) > 0
    return missing if everywhere else set()


def _lost(gone: dict[Column, set[CellKey]], earlier: Iterable[Snapshot]) -> set[Column]:
    """The columns of which as many of those now missing had a value on some earlier day, or were known to be lost."""
    had: dict[Column, set[CellKey]] = {column: set() for column in gone}
    lost: set[Column] = set()
    for snapshot in earlier:
        for place, cell in to_cells(snapshot).items():
            if place in gone.get(_column(place), ()) and (cell.value is not None or CHANGED in cell.notes):
                had[_column(place)].add(place)
        lost = {column for column, places in had.items() if len(places) >= min(2, len(gone[column]))}
        if len(lost) == len(gone):
            break
    return lost
