"""A day with what was learned about it since: doubtful values are flagged, kept ones are as they were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core.flags import Cell, Note, loose, sections_of, to_cells, to_flags
from casa24.core.reason_codes import AMENDED
from casa24.core.snapshot import ArtistRecord, Snapshot, State, as_count
from casa24.record.amendments import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa24.record.amendments import Amendment, Amendments


def amended(told: Snapshot, raw: Snapshot, lines: Amendments, keys_of: Callable[[str], frozenset[str]]) -> Snapshot:
    """``told`` with these lines applied; ``raw``: the day as it stands in its file.

    ``keys_of``: a recorded name → the keys of every name this artist has.
    """
    if not _speak(told, lines, keys_of):
        return told
    cells = to_cells(told)
    recorded = to_cells(raw)
    changed = dict(cells)
    for place, cell in cells.items():
        names = frozenset() if place.artist is None else keys_of(place.artist)
        line = lines.decide(names, place.source, place.field)
        if line is not None:
            changed[place] = _decided(line, cell, recorded.get(place, cell))
    if changed == cells:
        return told
    sections = sections_of(changed)
    records = [
        ArtistRecord(**{**record.model_dump(), **sections.get(record.name, {})}) if number == first else record
        for number, (record, first) in enumerate(_with_first(told))
    ]
    content = {
        **told.model_dump(by_alias=True),
        **sections.get(None, {}),
        "artists": records,
        "flags": [*to_flags(changed), *loose(told.flags, cells)],
    }
    return Snapshot.model_validate(content)


def _speak(told: Snapshot, lines: Amendments, keys_of: Callable[[str], frozenset[str]]) -> bool:
    """Whether a line may change anything: for months most speak of nothing but gaps, and looking is cheap."""
    holders = [(frozenset[str](), told.sections), *((keys_of(record.name), record.sections) for record in told.artists)]
    return any(
        line is not None and (line.action is Action.KEEP or not _is_name(value))
        for names, sections in holders
        for source, section in sections.items()
        for field, value in section.items()
        for line in (lines.decide(names, source, field),)
    )


def _with_first(told: Snapshot) -> list[tuple[ArtistRecord, int]]:
    """Each record with the place of the first one of its name, which is the one that counts."""
    firsts: dict[str, int] = {}
    for number, record in enumerate(told.artists):
        firsts.setdefault(record.name, number)
    return [(record, firsts[record.name]) for record in told.artists]


def _decided(line: Amendment, cell: Cell, recorded: Cell) -> Cell:
    if line.action is Action.KEEP:
        # What the old collector's zero was taken for, and any doubt, is overruled: only roundness stays.
        value = cell.value if cell.value is not None else recorded.value
        notes = tuple(note for note in cell.notes if note.state is State.ROUNDED)
        return cell if value is None else Cell(value, notes)
    if _is_name(cell.value):
        return cell
    doubt = Note(State.SUSPECT, AMENDED, line.reason or None)
    return cell._replace(notes=(*(note for note in cell.notes if note.state is not State.SUSPECT), doubt))


def _is_name(value: object) -> bool:
    """Whether there is no reading to doubt: nothing at all, or the name of an account."""
    return value is None or (isinstance(value, str) and as_count(value) is None)
