"""Render a label's week on one screen, or in one mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.week import apart
from casa24.text.i18n import count, day, grouped, tr
from casa24.views.day import reason_lines
from casa24.views.milestones import milestone_words
from casa24.views.page import Column, Grid, Lines, Page, Row, grid
from casa24.views.text import change, plain, point
from casa24.views.unusual import movement_words, open_words
from casa24.views.words import listed, metric, who

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from casa24.analysis.growth import Grown
    from casa24.analysis.week import NewEntry, WeekReport


def week_page(result: WeekReport, label: str) -> Page:
    """What changed, what is unusual, reached, new, missing, and expected next."""
    heading = tr(
        "{label}: week {week}, {first} … {last}",
        label=label, week=result.week, first=day(result.monday), last=day(result.sunday),
    )  # fmt: skip
    blocks: list[Grid | Lines] = [Lines(tuple(_recorded(result)))]
    blocks += _changes(result)
    unusual = [*map(open_words, result.open), *map(movement_words, apart(result))]
    departures = [
        tr(
            "{artist}, {metric}: {size} by {day}",
            artist=who(departure.artist),
            metric=metric(departure),
            size=grouped(departure.size),
            day=day(departure.date),
        )
        for departure in result.departures
    ]
    parts = (
        (tr("Unusual"), unusual),
        (tr("Milestones"), [milestone_words(milestone) for milestone in reversed(result.milestones)]),
        (tr("Expected to leave next week"), departures),
    )
    blocks += [Lines(tuple(lines), title) for title, lines in parts if lines]
    blocks += _new(result.new)
    return Page(heading, _tidy(result), (*blocks, *reason_lines(result.missing, tr("Missing"))))


def _recorded(result: WeekReport) -> Iterable[str]:
    if result.newest is None:
        yield tr("Nothing was recorded in this week.")
        if result.begins and result.ends:
            yield tr("The record spans {first} … {last}.", first=day(result.begins), last=day(result.ends))
        return
    recorded = count(result.recorded, "Recorded on {n} of 7 days.", "Recorded on {n} of 7 days.")
    yield f"{recorded.removesuffix('.')}; {copied_words(result.copied)}" if result.copied else recorded
    if not result.over:
        yield tr("The week is not over: the record ends on {day}.", day=day(result.newest))
    if result.since is None:
        yield tr("Nothing was recorded in the week before: changes are counted from the first reading of this one.")
    if not result.changes:
        yield tr("No number changed.")


def copied_words(days: Sequence[dt.date]) -> str:
    """``20 and 21 Oct repeat the day before: `casa24 data check`.``, of days of one week."""
    shown = [day(date).removesuffix(f" {date.year}") for date in days]
    if days[0].month == days[-1].month:
        shown[:-1] = [str(date.day) for date in days[:-1]]
    return count(
        len(days),
        "{days} repeats the day before: `casa24 data check`.",
        "{days} repeat the day before: `casa24 data check`.",
        days=listed(shown),
    )


def _changes(result: WeekReport) -> Iterable[Grid]:
    """A table a platform: who changed, and each of its numbers that did."""
    by_source: dict[str, list[Grown]] = {}
    for row in result.changes:
        by_source.setdefault(row.source_title, []).append(row)
    for source, changes in by_source.items():
        titles = list(dict.fromkeys(row.title for row in changes))
        cells = {(row.artist, row.title): row for row in changes}
        columns = (Column(tr("Artist")), *(Column(tr(title), right=True) for title in titles))
        rows = tuple(
            (who(artist), *(_cell(cells.get((artist, title))) for title in titles))
            for artist in dict.fromkeys(row.artist for row in changes)
        )
        yield Grid(columns, rows, source)


def _cell(row: Grown | None) -> str:
    return "" if row is None else f"{point(row.new)} ({change(row)})"


def _new(entries: Iterable[NewEntry]) -> Iterable[Grid]:
    """A table a list."""
    by_list: dict[str, list[NewEntry]] = {}
    for record in entries:
        by_list.setdefault(f"{record.source_title} · {tr(record.list)}", []).append(record)
    for name, found in by_list.items():
        title = tr("New in the top five: {list}", list=name)
        table = grid("Title | Artist", [(entry.label, entry.artist) for entry in found], title=title, brief=(1,))
        yield table._replace(links={number: entry.url for number, entry in enumerate(found) if entry.url})


def _tidy(result: WeekReport) -> Grid:
    rows: list[Row] = [
        (
            row.artist or "", result.week, row.source, row.metric, row.first.isoformat(), row.last.isoformat(),
            plain(row.old.value), plain(row.new.value), plain(row.change),
        )
        for row in result.changes
    ]  # fmt: skip
    return grid("artist | week | source | metric | first | last | >old | >new | >change", rows)
