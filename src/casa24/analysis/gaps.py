"""Find what is missing now and was not before, and what is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.reasons import Missing, missing
from casa24.core.flags import to_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from casa24.core.snapshot import Snapshot
    from casa24.sources.registry import AnySource

Value = tuple[str, str | None, str]
"""(source, artist or None for the label, title of the number or list)."""


class Gaps(NamedTuple):
    """``now``: everything that is missing; of it ``began`` what was not before; ``ended``: missing before, read now."""

    now: tuple[Missing, ...] = ()
    began: tuple[Missing, ...] = ()
    ended: tuple[Missing, ...] = ()

    @classmethod
    def between(cls, before: Snapshot | None, day: Snapshot, sources: Sequence[AnySource]) -> Gaps:
        """The gaps of a day beside those of an earlier one; all are new where there is none."""
        now = missing(day, sources)
        earlier = missing(before, sources) if before else []
        known = {place for note in earlier for place in note.places}
        read = _read(day, sources)
        return cls(
            tuple(now),
            tuple(_only(now, lambda place: place not in known)),
            tuple(_only(earlier, lambda place: place in read)),
        )


def _read(day: Snapshot, sources: Sequence[AnySource]) -> set[Value]:
    titles = {(source.name, item.field): item.metric.title for source in sources for item in source.series()}
    titles |= {(source.name, field): note.title for source in sources for field, note in source.listings()}
    return {
        (place.source, place.artist, titles[place.source, place.field])
        for place, cell in to_cells(day).items()
        if cell.value is not None and (place.source, place.field) in titles
    }


def _only(reasons: Iterable[Missing], wanted: Callable[[Value], bool]) -> Iterator[Missing]:
    """These reasons, of the artists and numbers with a value that is wanted."""
    for reason in reasons:
        places = {place for place in reason.places if wanted(place)}
        if places:
            artists = tuple(name for name in reason.artists if any(artist == name for _, artist, _ in places))
            metrics = tuple(title for title in reason.metrics if any(metric == title for _, _, metric in places))
            yield reason.model_copy(update={"artists": artists, "metrics": metrics})
