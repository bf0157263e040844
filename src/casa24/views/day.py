"""Render a day: the whole label with a table for each platform, or one artist in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import tr
from casa24.views.page import Column, Grid, Lines, Page, Row, grid
from casa24.views.text import change, number, plain, point

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.day import ArtistDay, Day, ListDay, Number, SourceDay
    from casa24.analysis.reasons import Reason

_FEW = 3


def label_page(day: Day, label: str) -> Page:
    """Every artist's numbers, one table a platform."""
    blocks: list[Grid | Lines] = [*_platforms(day.artists), *(_label_lines(source) for source in day.label)]
    return Page(_heading(label, day), _tidy(day), (*blocks, *_reasons(day)))


def artist_page(day: Day) -> Page:
    """One artist in full: numbers, lists with links, accounts, gaps."""
    (artist,) = day.artists
    blocks: list[Grid | Lines] = []
    rows: list[Row] = [
        (f"{source.title} · {tr(item.title)}", point(item.point), change(item.change), _bounds(item))
        for source in artist.sources
        for item in source.numbers
        if not item.point.state.silent
    ]
    since = f">{tr('since {day}', day=day.since)}" if day.since else ">Change"
    heads = f"Number | >Value | {since} | Note"
    if not any(note for *_, note in rows):
        heads, rows = heads.removesuffix("| Note"), [row[:-1] for row in rows]
    blocks.append(
        grid(heads, rows, brief=(1, 2)) if rows else Lines((tr("No number was recorded for this artist on this day."),))
    )
    for source in artist.sources:
        blocks += [_list_day(source, listing) for listing in source.lists if listing.entries]
    held = [source for source in artist.sources if source.account]
    if held:
        lines = tuple(f"{source.title}: {source.url or source.account}" for source in held)
        links = {number: source.url for number, source in enumerate(held) if source.url}
        blocks.append(Lines(lines, tr("Accounts"), links=links))
    return Page(_heading(artist.name, day), _tidy(day), (*blocks, *_reasons(day)))


def _heading(name: str, day: Day) -> str:
    when = tr("collected {moment} UTC", moment=f"{day.collected_at:%Y-%m-%d %H:%M}") if day.collected_at else ""
    since = tr("changes since {day}", day=day.since) if day.since else ""
    head = tr("{name} on {day}", name=name, day=day.date)
    return f"{head}{f' ({since})' if since else ''}{f', {when}' if when else ''}"


def _platforms(artists: Iterable[ArtistDay]) -> Iterable[Grid]:
    """A table a platform: its artists, its numbers, each with its change."""
    by_source: dict[str, list[tuple[str, SourceDay]]] = {}
    for artist in artists:
        for source in artist.sources:
            if any(not item.point.state.silent for item in source.numbers):
                by_source.setdefault(source.source, []).append((artist.name, source))
    for found in by_source.values():
        first = found[0][1]
        columns = (Column(tr("Artist")), *(Column(tr(item.title), right=True) for item in first.numbers))
        rows = tuple((name, *(_with_change(item) for item in source.numbers)) for name, source in found)
        yield Grid(columns, rows, first.title)


def _with_change(item: Number) -> str:
    delta = change(item.change)
    return f"{point(item.point)} ({delta})" if delta not in {"", "0"} else point(item.point)


def _label_lines(source: SourceDay) -> Lines:
    return Lines(tuple(f"{tr(item.title)}: {_with_change(item)}" for item in source.numbers), source.title)


def _list_day(source: SourceDay, listing: ListDay) -> Grid | Lines:
    entries = listing.entries or ()
    title = f"{source.title} · {tr(listing.title)}"
    if not any(entry.numbers or entry.url for entry in entries):
        return Lines((", ".join(entry.label for entry in entries),), title)
    heads = [name for name in entries[0].numbers if any(entry.numbers.get(name) is not None for entry in entries)]
    columns = (Column(tr("Title")), *(Column(tr(name), right=True) for name in heads))
    rows = tuple((entry.label, *(_maybe(entry.numbers.get(name)) for name in heads)) for entry in entries)
    links = {number: entry.url for number, entry in enumerate(entries) if entry.url}
    return Grid(columns, rows, title, links=links)


def _maybe(value: int | None) -> str:
    return "" if value is None else number(value)


def _bounds(item: Number) -> str:
    reading = item.point
    if reading.value is None or reading.exact or reading.low is None or reading.high is None:
        return ""
    return tr("between {low} and {high}", low=number(reading.low), high=number(reading.high))


def _reasons(day: Day) -> tuple[Lines, ...]:
    return (*reason_lines(day.missing, tr("Missing")), *reason_lines(day.doubtful, tr("Doubtful")))


def reason_lines(reasons: Iterable[Reason], title: str) -> tuple[Lines, ...]:
    """What is missing or doubtful, why, and what to do; nothing where nothing is."""
    lines = [f"  {line}" if number else line for reason in reasons for number, line in enumerate(sentences(reason))]
    return (Lines(tuple(lines), title),) if lines else ()


def sentences(reason: Reason) -> list[str]:
    """Which values, and why; then, where there is something to do, what."""
    who = named(reason.artists)
    # Somebody's own words may bring their full stop.
    why = reason.what.removesuffix(".")
    what = f"{reason.title}{f', {who}' if who else ''} ({', '.join(map(tr, reason.metrics))}): {why}."
    return [what, f"→ {reason.advice}"] if reason.advice else [what]


def named(artists: tuple[str, ...]) -> str:
    """Artists by name, or how many they are."""
    return ", ".join(artists) if len(artists) <= _FEW else tr("{n} artists", n=len(artists))


def _tidy(day: Day) -> Grid:
    """One row a number: what a program takes."""
    holders = [(artist.name, artist.sources) for artist in day.artists] + [("", day.label)]
    rows: list[Row] = [
        (
            name, day.date.isoformat(), source.source, item.metric, plain(item.point.value),
            plain(item.point.low), plain(item.point.high), item.point.state.value,
            plain(item.change.change if item.change else None),
        )
        for name, sources in holders
        for source in sources
        for item in source.numbers
    ]  # fmt: skip
    return grid("artist | date | source | metric | >value | >low | >high | state | >change", rows)
