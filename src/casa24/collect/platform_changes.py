"""Find values that are missing for every artist: then the platform has changed, and no artist is at fault."""

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
    """Return ``fresh`` with a flag on every value that the platform stopped giving to all artists.

    ``earlier``: the days before, newest first; read only as far as needed. Only a value that
    was there on one of them can be lost: a field that no artist ever had is not.
    """
    cells = to_cells(fresh)
    columns: dict[Column, Cells] = {}
    for place, cell in cells.items():
        columns.setdefault((place.source, place.field), {})[place] = cell
    gone = {column: missing for column, column_cells in columns.items() if (missing := _gone(column_cells))}
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
    """Return whether the platform answered without this value."""
    return cell.value is None and any(note.code == MISSING.code for note in cell.notes)


def _gone(column: Cells) -> set[CellKey]:
    """Return the cells missing in the answers if no artist has the value, and (of several) at least two are missing."""
    with_account = [place for place, cell in column.items() if cell.state is not State.NO_ACCOUNT]
    missing = {place for place in with_account if _is_missing(column[place])}
    everywhere = all(cell.value is None for cell in column.values()) and len(missing) >= min(2, len(with_account)) > 0
    return missing if everywhere else set()


def _lost(gone: dict[Column, set[CellKey]], earlier: Iterable[Snapshot]) -> set[Column]:
    """Return the columns of which at least two now missing cells (one if alone) had a value, or were lost, before."""
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
