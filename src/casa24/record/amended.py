"""Apply amendments to a day: flag the doubtful values, and restore kept ones as they were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core.flags import Cell, Note, loose, sections_of, to_cells, to_flags
from casa24.core.reason_codes import AMENDED
from casa24.core.snapshot import ArtistRecord, Snapshot, State, as_count
from casa24.record.amendments import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa24.record.amendments import Amendment, Amendments


def amended(snapshot: Snapshot, raw: Snapshot, lines: Amendments, keys_of: Callable[[str], frozenset[str]]) -> Snapshot:
    """Return ``snapshot`` with these amendments applied; ``raw``: the day as it is in its file.

    ``keys_of``: maps a recorded name to the keys of every name this artist has.
    """
    if not _any_applies(snapshot, lines, keys_of):
        return snapshot
    cells = to_cells(snapshot)
    recorded = to_cells(raw)
    changed = dict(cells)
    for place, cell in cells.items():
        names = frozenset() if place.artist is None else keys_of(place.artist)
        line = lines.decide(names, place.source, place.field)
        if line is not None:
            changed[place] = _decided(line, cell, recorded.get(place, cell))
    if changed == cells:
        return snapshot
    sections = sections_of(changed)
    records = [
        ArtistRecord(**{**record.model_dump(), **sections.get(record.name, {})}) if number == first else record
        for number, (record, first) in enumerate(_with_first(snapshot))
    ]
    content = {
        **snapshot.model_dump(by_alias=True),
        **sections.get(None, {}),
        "artists": records,
        "flags": [*to_flags(changed), *loose(snapshot.flags, cells)],
    }
    return Snapshot.model_validate(content)


def _any_applies(snapshot: Snapshot, lines: Amendments, keys_of: Callable[[str], frozenset[str]]) -> bool:
    """Return whether an amendment may change a value: most apply to gaps only, and this check is fast."""
    holders = [
        (frozenset[str](), snapshot.sections),
        *((keys_of(record.name), record.sections) for record in snapshot.artists),
    ]
    return any(
        line is not None and (line.action is Action.KEEP or not _is_name(value))
        for names, sections in holders
        for source, section in sections.items()
        for field, value in section.items()
        for line in (lines.decide(names, source, field),)
    )


def _with_first(snapshot: Snapshot) -> list[tuple[ArtistRecord, int]]:
    """Pair each record with the index of the first one of that name, which is the one that counts."""
    firsts: dict[str, int] = {}
    for number, record in enumerate(snapshot.artists):
        firsts.setdefault(record.name, number)
    return [(record, firsts[record.name]) for record in snapshot.artists]


def _decided(line: Amendment, cell: Cell, recorded: Cell) -> Cell:
    if line.action is Action.KEEP:
        # The line overrules how the old collector's zero was interpreted, and any doubt: only rounding stays.
        value = cell.value if cell.value is not None else recorded.value
        notes = tuple(note for note in cell.notes if note.state is State.ROUNDED)
        return cell if value is None else Cell(value, notes)
    if _is_name(cell.value):
        return cell
    doubt = Note(State.SUSPECT, AMENDED, line.reason or None)
    return cell._replace(notes=(*(note for note in cell.notes if note.state is not State.SUSPECT), doubt))


def _is_name(value: object) -> bool:
    """Return whether a value is not a reading: it is missing, or the name of an account."""
    return value is None or (isinstance(value, str) and as_count(value) is None)
