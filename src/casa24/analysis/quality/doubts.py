"""Mark a collected 0 as doubtful where the earlier days contradict it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from casa24.analysis.quality.zeros import MEMORY, unbelievable
from casa24.core.flags import Note, loose, to_cells, to_flags
from casa24.core.reason_codes import CONTROL_SILENT, SUDDEN_ZERO
from casa24.core.snapshot import Snapshot, State, as_count
from casa24.record.amendments import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from casa24.core.flags import CellKey, Cells
    from casa24.core.metrics import Series
    from casa24.record.amendments import Amendment

# So many days hold enough values of anybody who had any.
_LOOK_BACK = 60


def doubt_zeros(
    fresh: Snapshot,
    earlier: Iterable[Snapshot],
    items: Iterable[Series],
    *,
    silent: Collection[str] = (),
    decided: Callable[[CellKey], Amendment | None] = lambda _place: None,
) -> Snapshot:
    """``fresh`` with every 0 marked ``suspect`` that rule A does not believe, or whose source broke.

    ``earlier``: the days before, newest first, read only as far as needed; ``silent``: sources whose
    control account gave nothing; ``decided``: what amendments.csv says of a value today.
    """
    followed = {(item.source, item.field) for item in items}
    cells = to_cells(fresh)
    zeros = {
        place
        for place, cell in cells.items()
        if (place.source, place.field) in followed and as_count(cell.value) == 0 and cell.state is State.MEASURED
        if (line := decided(place)) is None or line.action is not Action.KEEP
    }
    if not zeros:
        return fresh
    broken = {place for place in zeros if place.source in silent}
    doubted = dict.fromkeys(_sudden(zeros - broken, earlier), SUDDEN_ZERO) | dict.fromkeys(broken, CONTROL_SILENT)
    return _marked(fresh, cells, doubted) if doubted else fresh


def _sudden(zeros: Collection[CellKey], earlier: Iterable[Snapshot]) -> set[CellKey]:
    """Those of these places that held enough before."""
    remembered: dict[CellKey, list[int]] = {place: [] for place in zeros}
    for snapshot in islice(earlier, _LOOK_BACK):
        wanted = [place for place, values in remembered.items() if len(values) < MEMORY]
        if not wanted:
            break
        for place in wanted:
            reading = snapshot.measurement(*place)
            if reading.value and reading.state is not State.SUSPECT:
                remembered[place].append(reading.value)
    return {place for place, values in remembered.items() if unbelievable(values)}


def _marked(fresh: Snapshot, cells: Cells, doubted: dict[CellKey, str]) -> Snapshot:
    marked = {
        place: cell._replace(notes=(*cell.notes, Note(State.SUSPECT, doubted[place]))) if place in doubted else cell
        for place, cell in cells.items()
    }
    flags = (*to_flags(marked), *loose(fresh.flags, cells))
    return Snapshot.model_validate({**fresh.model_dump(by_alias=True), "flags": flags})
