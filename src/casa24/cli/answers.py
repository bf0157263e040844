"""What the reading commands answer with: the record asked, nothing printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24 import names
from casa24.cli.place import today

if TYPE_CHECKING:
    from casa24.analysis.day import Day
    from casa24.analysis.diff import Diff
    from casa24.cli.place import Place
    from casa24.models import Snapshot
    from casa24.views.sources import SourceList


def shown_day(place: Place, date: str, *, artist: str | None, nearest: bool) -> Day:
    """A recorded day, of one artist or all, with the changes since the snapshot before."""
    from casa24.analysis.day import look

    day = place.history.day(date, today=today(), nearest=nearest)
    (snapshot,) = place.history.on(day)
    only = None if artist is None else [_artist(place, artist, snapshot)]
    before = place.history.before(day)
    return look(snapshot, place.registry.sources, before=before, only=only, aliases=place.aliases)


def compared(place: Place, old: str, new: str, *, artist: str | None, nearest: bool) -> Diff:
    """Two recorded days against each other."""
    from casa24.analysis.diff import diff

    days = [place.history.day(text, today=today(), nearest=nearest) for text in (old, new)]
    first, second = place.history.on(*days)
    label_series = [series for source in place.registry.label_sources for series in source.series()]
    result = diff(first, second, place.registry.artist_series, label_series, aliases=place.aliases)
    return result if artist is None else result.only(_artist(place, artist, second, first))


def _artist(place: Place, query: str, *snapshots: Snapshot) -> str:
    return names.find(query, place.names(*snapshots), place.aliases)


def installed_sources(place: Place, *, ask_worker: bool) -> SourceList:
    """The installed sources and the credentials they have here."""
    from casa24.cli.keys import find_keys
    from casa24.views.sources import list_sources

    wallet, worker = find_keys(place, ask_worker=ask_worker)
    return list_sources(place.registry, wallet, worker=worker, asked=ask_worker)
