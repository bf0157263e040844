"""Group a day's missing and doubtful values by their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.result import Result
from casa24.core.flags import Cell, Note, to_cells
from casa24.core.reason_codes import explain
from casa24.core.snapshot import State, as_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from casa24.core.snapshot import Snapshot
    from casa24.sources.registry import AnySource


class Reason(Result):
    """The values one thing is said of, and what to do about it. No artists: the label's own."""

    source: str
    title: str
    artists: tuple[str, ...]
    metrics: tuple[str, ...]
    state: State
    code: str
    what: str
    advice: str

    @property
    def places(self) -> set[tuple[str, str | None, str]]:
        """Each of the values: (source, artist or None for the label, metric)."""
        return {(self.source, artist, metric) for artist in self.artists or (None,) for metric in self.metrics}


# One model under two names: a class of its own for each costs every command 3 ms.
Missing = Reason
"""Values that are missing for one reason."""

Doubtful = Reason
"""Values that are there, and that no analysis uses, for one reason."""


class Said(NamedTuple):
    """What is said of one value; ``title``: its number's or list's."""

    source: str
    artist: str | None
    title: str
    state: State
    code: str
    detail: str


def missing(snapshot: Snapshot, sources: Sequence[AnySource], *, only: Iterable[str] | None = None) -> list[Missing]:
    """Everything the day should hold and does not, grouped by reason, in the sources' order."""
    return grouped(_said(snapshot, sources, only, _gap), sources)


def doubtful(snapshot: Snapshot, sources: Sequence[AnySource], *, only: Iterable[str] | None = None) -> list[Doubtful]:
    """Everything the day holds that is not to be used, grouped by reason, in the sources' order."""
    if all(flag.state is not State.SUSPECT for flag in snapshot.flags):
        return []
    return grouped(_said(snapshot, sources, only, _doubt), sources)


def _said(
    snapshot: Snapshot,
    sources: Sequence[AnySource],
    only: Iterable[str] | None,
    of: Callable[[Cell, bool], Note | None],
) -> Iterable[Said]:
    """What ``of`` finds to be said of each declared value of these artists."""
    titles = {
        (source.name, field): title
        for source in sources
        for field, title in [
            *((item.field, item.metric.title) for item in source.series()),
            *((field, note.title) for field, note in source.listings()),
        ]
    }
    counts = {(source.name, item.field) for source in sources for item in source.series()}
    wanted = None if only is None else set(only)
    for place, cell in to_cells(snapshot).items():
        title = titles.get((place.source, place.field))
        note = of(cell, (place.source, place.field) in counts)
        if title and note and (wanted is None or place.artist in wanted):
            yield Said(place.source, place.artist, title, note.state, note.code, note.detail or "")


def _gap(cell: Cell, counted: bool) -> Note | None:
    """Why a value is missing, where somebody misses it: not where nobody expected or asked for it."""
    if _unreadable(cell, counted):
        return Note(State.FAILED, "unreadable")
    silent = cell.value is not None or not cell.notes or cell.state.silent or cell.notes[0].code == "not_asked"
    return None if silent else cell.notes[0]


def _doubt(cell: Cell, counted: bool) -> Note | None:
    """Why a value that is there is not to be used."""
    if cell.value is None or _unreadable(cell, counted):
        return None
    return next((note for note in cell.notes if note.state is State.SUSPECT), None)


def _unreadable(cell: Cell, counted: bool) -> bool:
    return counted and cell.value is not None and as_count(cell.value) is None


def grouped(said: Iterable[Said], sources: Sequence[AnySource]) -> list[Reason]:
    """A group for each reason, in the sources' order, in the words of the source."""
    groups: dict[tuple[str, State, str, str], list[Said]] = {}
    for reason in said:
        groups.setdefault((reason.source, reason.state, reason.code, reason.detail), []).append(reason)
    kinds = {source.name: source for source in sources}
    order = list(kinds)
    found = [_group(kinds[own[0].source], own) for own in groups.values() if own[0].source in kinds]
    return sorted(found, key=lambda item: order.index(item.source))


def _group(source: AnySource, own: Sequence[Said]) -> Reason:
    first = own[0]
    why = explain(first.code, first.state, title=source.title, own=source.explanations(), detail=first.detail)
    return Reason(
        source=source.name,
        title=source.title,
        artists=tuple(dict.fromkeys(place.artist for place in own if place.artist is not None)),
        metrics=tuple(dict.fromkeys(place.title for place in own)),
        state=first.state,
        code=first.code,
        what=why.what,
        advice=why.advice,
    )
