"""Describe one recorded day: every artist's numbers, lists and gaps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import Field

from casa24.analysis.diff import Change, change_of, match
from casa24.analysis.reasons import Doubtful, Missing, doubtful, missing
from casa24.analysis.result import Result
from casa24.core.snapshot import Measurement, as_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.core.metrics import Listing
    from casa24.core.snapshot import Snapshot
    from casa24.sources.registry import AnySource


class Number(Result):
    """One number of the day; ``change`` since the snapshot before, where there is one."""

    metric: str
    title: str
    point: Measurement
    change: Change | None = None


class Entry(Result):
    """One line of a list: a track with its popularity and plays, a video with its views."""

    label: str
    url: str | None = None
    numbers: dict[str, int | None] = Field(default_factory=dict)


class ListDay(Result):
    """A list of the day; ``entries`` is null where there was no reading."""

    title: str
    entries: tuple[Entry, ...] | None


class SourceDay(Result):
    """One platform's section of one artist, or of the label."""

    source: str
    title: str
    account: str | None = None
    url: str | None = None
    numbers: tuple[Number, ...] = ()
    lists: tuple[ListDay, ...] = ()


class ArtistDay(Result):
    """One artist's day."""

    name: str
    sources: tuple[SourceDay, ...]


class Day(Result):
    """A snapshot as shown. ``since``: the date the changes are counted from."""

    date: dt.date
    collected_at: dt.datetime | None
    since: dt.date | None
    artists: tuple[ArtistDay, ...]
    label: tuple[SourceDay, ...]
    missing: tuple[Missing, ...]
    doubtful: tuple[Doubtful, ...] = ()


def describe_day(
    snapshot: Snapshot,
    sources: Sequence[AnySource],
    *,
    before: Snapshot | None = None,
    only: Iterable[str] | None = None,
    aliases: Mapping[str, Iterable[str]] | None = None,
) -> Day:
    """A day to show. ``before``: the snapshot changes are counted from; ``only``: these artists."""
    wanted = None if only is None else set(only)
    # Of two records with one name the first counts, as everywhere.
    records = {record.name: record for record in reversed(snapshot.artists)}
    listed = dict.fromkeys(record.name for record in snapshot.artists)
    names = [name for name in listed if wanted is None or name in wanted]
    earlier = {new: old for _, old, new in match(before, snapshot, aliases or {})} if before else {}
    ends = (before, snapshot)
    artists = [
        ArtistDay(
            name=name,
            sources=tuple(
                _source_day(source, ends, name, earlier.get(name), (records[name].accounts or {}).get(source.name))
                for source in sources
                if not source.label_wide
            ),
        )
        for name in names
    ]
    label = [
        _source_day(source, ends, None, None, None)
        for source in sources
        if source.label_wide and source.name in snapshot.sections and wanted is None
    ]
    return Day(
        date=snapshot.date,
        collected_at=snapshot.collected_at,
        since=before.date if before else None,
        artists=tuple(artists),
        label=tuple(label),
        missing=tuple(missing(snapshot, sources, only=wanted)),
        doubtful=tuple(doubtful(snapshot, sources, only=wanted)),
    )


def _source_day(
    source: AnySource,
    ends: tuple[Snapshot | None, Snapshot],
    artist: str | None,
    earlier: str | None,
    account: str | None,
) -> SourceDay:
    """One section of ``artist``, who was called ``earlier`` in the snapshot before."""
    before, snapshot = ends
    numbers = []
    for item in source.series():
        now = snapshot.measurement(artist, item.source, item.field)
        change = None
        if before is not None and (artist is None or earlier is not None):
            change = change_of(artist, item, before.measurement(earlier, item.source, item.field), now)
        numbers.append(Number(metric=item.field, title=item.metric.title, point=now, change=change))
    lists = lists_of(snapshot, source, artist)
    url = source.link.replace("{account}", account) if source.link and account else None
    return SourceDay(
        source=source.name, title=source.title, account=account, url=url, numbers=tuple(numbers), lists=tuple(lists)
    )


def lists_of(snapshot: Snapshot, source: AnySource, artist: str | None) -> list[ListDay]:
    """An artist's lists on one platform, on one day."""
    section = snapshot.section(artist, source.name) or {}
    return [ListDay(title=note.title, entries=_entries(section.get(field), note)) for field, note in source.listings()]


def _entries(raw: object, note: Listing) -> tuple[Entry, ...] | None:
    """A stored list as entries; what is no list, or no entry, was edited by hand and is left out."""
    if not isinstance(raw, list):
        return None
    if not note.label:
        return tuple(Entry(label=str(item)) for item in raw)
    return tuple(_entry(item, note) for item in raw if isinstance(item, dict))


def _entry(item: dict[str, Any], note: Listing) -> Entry:
    return Entry(
        label=str(item.get(note.label) or ""),
        url=_link(item, note.link),
        numbers={title: as_count(item.get(field)) for field, title in note.numbers},
    )


def _link(item: dict[str, Any], template: str | None) -> str | None:
    """The template with the entry's own id; None where the id is missing or no plain id."""
    if template is None:
        return None
    field = template[template.index("{") + 1 : template.index("}")]
    value = item.get(field)
    plain = isinstance(value, str) and value.replace("-", "").replace("_", "").isalnum() and value.isascii()
    return template.replace(f"{{{field}}}", value) if plain and isinstance(value, str) else None
