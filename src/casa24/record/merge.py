"""Merge two snapshots of one day: the better reading wins, value by value.

Exact beats rounded, then come suspect, hidden or not offered, failed, and skipped; at
equal rank the later one wins. Lists are replaced as a whole; artists are never dropped.
"Later" is decided by ``collected_at`` in the snapshots, so the result is the same on
every machine; only if both were collected in the same second, the second argument
counts as the later one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from casa24.core.flags import Cell, Cells, Sections, loose, sections_of, to_cells, to_flags
from casa24.core.snapshot import ArtistRecord, Section, Snapshot, State, holds_number

if TYPE_CHECKING:
    from casa24.core.snapshot import SourceRun

_RANK = {
    State.MEASURED: 6,
    State.ROUNDED: 5,
    State.SUSPECT: 4,
    State.HIDDEN: 3,
    State.NOT_OFFERED: 3,
    State.FAILED: 2,
    State.NO_ACCOUNT: 2,
    State.SKIPPED: 1,
    State.NOT_TRACKED: 0,
}
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def merge(first: Snapshot, second: Snapshot) -> Snapshot:
    """Merge two snapshots of one day. Raises ValueError for two different days."""
    if first.date != second.date:
        raise ValueError(f"cannot merge {first.date} with {second.date}")
    old, new = sorted((first, second), key=lambda snapshot: snapshot.collected_at or _NEVER)
    cells, used = _choose(old, new)
    sections = sections_of(cells)
    content: dict[str, Any] = {
        **old.model_dump(by_alias=True),
        **new.model_dump(by_alias=True),
        **sections.get(None, {}),
        "schema": max((old.schema_version, new.schema_version), key=lambda version: version or 0),
        "sources": _runs(old, new, used),
        "artists": _artists(old, new, sections),
        "flags": list(dict.fromkeys([*to_flags(cells), *loose((*new.flags, *old.flags), cells)])),
    }
    return Snapshot.model_validate(content)


def combine(earlier: Snapshot, fresh: Snapshot) -> Snapshot:
    """Return what to store when ``fresh`` was collected on a day already recorded.

    If only timestamps differ, it is ``earlier`` itself.
    """
    merged = merge(earlier, fresh)
    return earlier if _content(merged) == _content(earlier) else merged


def measured_anything(snapshot: Snapshot) -> bool:
    """Return whether any source gave a number: a snapshot with names only is not stored."""
    return any(holds_number(cell.value) for cell in to_cells(snapshot).values())


def _content(snapshot: Snapshot) -> dict[str, Any]:
    """Return the content that makes days equal: without times and generator, however the flags are folded."""
    content = snapshot.model_dump(exclude={"generator", "flags"})
    for run in content["sources"].values():
        del run["collected_at"]
    cells = to_cells(snapshot)
    notes = {place: set(cell.notes) for place, cell in cells.items()}
    return {**content, "notes": notes, "loose": set(loose(snapshot.flags, cells))}


def _choose(old: Snapshot, new: Snapshot) -> tuple[Cells, set[tuple[str, int]]]:
    """Return the better cell of each place, and the snapshots that each source's values came from."""
    sides = (to_cells(old), to_cells(new))
    cells: Cells = {}
    used: set[tuple[str, int]] = set()
    for place in {**sides[1], **sides[0]}:
        later = 0 if _when(old, place.source) > _when(new, place.source) else 1
        both = [(_rank(side.get(place)), number == later, number) for number, side in enumerate(sides)]
        best = max(both)[2]
        cells[place] = sides[best][place]
        if cells[place].value is not None:
            used.add((place.source, best))
    return cells, used


def _when(snapshot: Snapshot, source: str) -> dt.datetime:
    run = snapshot.sources.get(source)
    return run.collected_at if run else _NEVER


def _rank(cell: Cell | None) -> int:
    return -1 if cell is None else _RANK[cell.state]


def _runs(old: Snapshot, new: Snapshot, used: set[tuple[str, int]]) -> dict[str, SourceRun]:
    """Return when and how each source was read: the later of the runs whose values were used."""
    runs = {}
    for source in {**new.sources, **old.sources}:
        sides = [number for number, side in enumerate((old, new)) if source in side.sources]
        used_sides = [number for number in sides if (source, number) in used] or sides
        candidates = [(old, new)[number].sources[source] for number in used_sides]
        runs[source] = max(candidates, key=lambda run: run.collected_at)
    return runs


def _artists(old: Snapshot, new: Snapshot, sections: Sections) -> list[ArtistRecord]:
    records: dict[str, list[ArtistRecord]] = {}
    for record in (*new.artists, *old.artists):
        records.setdefault(record.name, []).append(record)
    return [_artist(list(reversed(same_name)), sections.get(name, {})) for name, same_name in records.items()]


def _artist(records: list[ArtistRecord], sections: dict[str, Section]) -> ArtistRecord:
    """Merge one artist's records, oldest first; for everything besides sections and accounts the newer one wins."""
    content: dict[str, Any] = {}
    accounts: dict[str, str] | None = None
    for record in records:
        content.update(record.model_dump())
        if record.accounts is not None:
            accounts = {**(accounts or {}), **record.accounts}
    return ArtistRecord(**{**content, **sections, "accounts": accounts})
