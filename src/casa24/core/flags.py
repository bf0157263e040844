"""Expand a snapshot's flags to one list per value, and fold them again into as few flags as possible.

On disk one flag may apply to every artist or every field (``*``): an app that lost
a field is one flag a day, not twenty. Code that builds or merges snapshots works on
:data:`Cells`, where each value carries its own flags.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from casa24.core.snapshot import EVERY, Flag, Section, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casa24.core.snapshot import Snapshot


class CellKey(NamedTuple):
    """Which value: artist (None: the label itself), source and field."""

    artist: str | None
    source: str
    field: str


class Note(NamedTuple):
    """A flag's content without its place. ``extra``: keys this version does not know, as JSON."""

    state: State
    code: str
    detail: str | None = None
    low: int | None = None
    high: int | None = None
    extra: str = ""

    @classmethod
    def of(cls, flag: Flag) -> Note:
        """Take the content of a flag."""
        extra = json.dumps(flag.model_extra, sort_keys=True) if flag.model_extra else ""
        return cls(flag.state, flag.code, flag.detail, flag.low, flag.high, extra)

    def at(self, artist: str | None, source: str, metric: str) -> Flag:
        """Return the flag with this content at a place."""
        extra: dict[str, Any] = json.loads(self.extra) if self.extra else {}
        return Flag(
            artist=artist, source=source, metric=metric, state=self.state, code=self.code,
            detail=self.detail or None, low=self.low, high=self.high, **extra,
        )  # fmt: skip


class Cell(NamedTuple):
    """One stored value (a number, text or list, or None) and the notes about it."""

    value: Any
    notes: tuple[Note, ...] = ()

    @property
    def state(self) -> State:
        """Return the state that decides which of two readings is better."""
        if self.value is None:
            return self.notes[0].state if self.notes else State.NOT_TRACKED
        states = {note.state for note in self.notes}
        return next((state for state in (State.SUSPECT, State.ROUNDED) if state in states), State.MEASURED)


Cells = dict[CellKey, Cell]
Sections = dict[str | None, dict[str, Section]]
"""By artist (None: the label), then by source."""


def to_cells(snapshot: Snapshot) -> Cells:
    """Return every stored value of a snapshot with the flags that apply to it."""
    cells: Cells = {}
    holders: list[tuple[str | None, Mapping[str, Any]]] = [(None, snapshot.sections)]
    holders += [(record.name, record.sections) for record in snapshot.artists]
    for artist, sections in holders:
        for source, section in sections.items():
            for field, value in section.items():
                # Of two records with the same name the first counts, as in `Snapshot.section`.
                place = CellKey(artist, source, field)
                if place not in cells:
                    cells[place] = Cell(value, _notes(snapshot, artist, source, field, value))
    return cells


def _notes(snapshot: Snapshot, artist: str | None, source: str, field: str, value: object) -> tuple[Note, ...]:
    notes = [
        Note.of(flag)
        for flag in snapshot.flags_for(artist, source, field)
        if flag.state.has_value == (value is not None)
    ]
    # A gap has one reason: the most specific. Several notes may apply to a value.
    return tuple(notes[:1] if value is None else dict.fromkeys(notes))


def sections_of(cells: Cells) -> Sections:
    """Return the values as the sections a snapshot stores."""
    sections: Sections = {}
    for place, cell in cells.items():
        sections.setdefault(place.artist, {}).setdefault(place.source, {})[place.field] = cell.value
    return sections


def loose(flags: Iterable[Flag], cells: Cells) -> list[Flag]:
    """Return the flags that apply to none of these values (their section is absent); they are kept as they are."""
    covered = {
        (artist, place.source, field)
        for place in cells
        for artist in ({place.artist, EVERY} if place.artist is not None else {None})
        for field in (place.field, EVERY)
    }
    return [flag for flag in flags if flag.place not in covered]


def to_flags(cells: Cells) -> tuple[Flag, ...]:
    """Fold the flags of these values into as few flags as possible; ``to_cells`` expands them again."""
    return tuple(flag for source in dict.fromkeys(place.source for place in cells) for flag in _fold(source, cells))


def _fold(source: str, cells: Cells) -> Iterable[Flag]:
    own = {place: cell for place, cell in cells.items() if place.source == source}
    gaps = _whole_sections(
        {place: cell.notes[0] for place, cell in own.items() if cell.value is None and cell.notes}, own
    )
    shared = _shared(gaps, own, {place.artist for place in cells if place.artist is not None})
    for metric, note in shared.items():
        yield note.at(EVERY, source, metric)
    for place, note in gaps.items():
        if place.artist is None or shared.get(place.field) != note:
            yield note.at(place.artist, source, place.field)
    for place, cell in own.items():
        if cell.value is not None:
            yield from (note.at(place.artist, source, place.field) for note in cell.notes)


def _whole_sections(gaps: dict[CellKey, Note], own: Cells) -> dict[CellKey, Note]:
    """Replace the gaps of a section that is empty for one reason by a single gap with the field ``*``."""
    fields: dict[str | None, list[CellKey]] = {}
    for place in own:
        fields.setdefault(place.artist, []).append(place)
    folded: dict[CellKey, Note] = {}
    for artist, places in fields.items():
        notes = {gaps.get(place) for place in places}
        (first, *rest) = notes
        if first is not None and not rest and len(places) > 1:
            folded[CellKey(artist, places[0].source, EVERY)] = first
        else:
            folded.update({place: gaps[place] for place in places if place in gaps})
    return folded


def _shared(gaps: Mapping[CellKey, Note], own: Cells, artists: set[str]) -> dict[str, Note]:
    """Return the reason that several artists share, by field.

    ``*`` for every field is read after a single field's ``*``, so it is only used
    where no single field has one. ``*`` for every artist is read where an artist has
    no flag of its own, so it is only used where each has one, or a value.
    """
    of_artists = {place: cell for place, cell in own.items() if place.artist is not None}
    explained = Counter(place.field for place, cell in of_artists.items() if cell.value is not None or cell.notes)
    everywhere = {field for field, count in explained.items() if count == len(artists)}
    if everywhere == {place.field for place in of_artists}:
        everywhere.add(EVERY)
    shared: dict[str, Note] = {}
    for field in sorted(everywhere & {place.field for place in gaps}, key=lambda name: name == EVERY):
        counted = Counter(note for place, note in gaps.items() if place.field == field and place.artist is not None)
        note, count = next(iter(counted.most_common(1)), (None, 0))
        if note is not None and count > 1 and not (field == EVERY and shared):
            shared[field] = note
    return shared
