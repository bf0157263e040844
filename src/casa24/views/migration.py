"""Render what was imported from another data folder."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from casa24.views.page import Grid, Lines, Page, Row, grid

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from casa24.analysis.migration import Imported
    from casa24.record.importer import Merged


def merge_lines(merged: Merged) -> list[str]:
    """A line for each thing that happened to days, and one for each file set aside."""
    counted = (
        ("taken over", merged.new),
        ("merged with what was recorded", merged.changed),
        ("held nothing new", merged.same),
    )
    aside = [f"A file casa24 could not use was set aside as {path}." for path in merged.set_aside]
    return [f"{span(days)}: {what}." for what, days in counted if days] + aside


def span(days: Sequence[dt.date]) -> str:
    """``2025-10-01``; ``2025-10-01 and 2025-10-03``; ``5 days, 2025-10-01 … 2025-10-05``; the days must be in order."""
    if len(days) > 2:  # noqa: PLR2004 - two are still read at a glance
        return f"{len(days)} days, {days[0]} … {days[-1]}"
    return " and ".join(day.isoformat() for day in days)


def import_page(result: Imported) -> Page:
    """What happened to each day, what is odd in them, and which rows of the CSV no snapshot has."""
    happened = (
        ("taken over", result.new),
        ("replaced", result.replaced),
        ("kept as ours (add --replace to take the other)", result.kept),
        ("already the same", result.same),
    )
    lines = [f"The record: {result.into}"]
    lines += [f"{span(days)}: {what}." for what, days in happened if days]
    lines += [f"A file casa24 could not use was set aside as {path}." for path in result.set_aside]
    blocks: list[Grid | Lines] = [Lines(tuple(lines))]
    if result.oddities:
        odd = [
            (oddity.what, oddity.who, str(oddity.days), str(oddity.first), str(oddity.last))
            for oddity in result.oddities
        ]
        blocks.append(_grouped("What | >Days | First | Last", odd, title="What is odd in these days"))
    if result.leftover:
        rows = [(row.why, row.artist, str(row.rows), row.first, row.last) for row in result.leftover]
        count = sum(row.rows for row in result.leftover)
        title = f"{count} of {result.table_rows} rows of the CSV are in no snapshot"
        blocks.append(_grouped("Why | >Rows | First | Last", rows, title=title))
        once = f" Repeats among them, which are kept once: {result.repeated}." if result.repeated else ""
        blocks.append(Lines((f"These rows are kept in {Path(result.into).name}/{result.kept_in}.{once}",)))
    if result.held_now:
        blocks.append(
            Lines((f"Rows kept aside before, and left out there now that a day holds them: {result.held_now}.",))
        )
    main = grid("date | what", sorted((str(day), what) for what, days in happened for day in days))
    return Page("A dry run: nothing was written" if result.dry_run else "Imported", main, tuple(blocks))


def _grouped(titles: str, rows: Iterable[Row], *, title: str) -> Grid:
    """A grid in which rows of the same first cell stand under it, each named by its second."""
    shown: list[Row] = []
    heads: list[int] = []
    for what, group in groupby(rows, key=itemgetter(0)):
        members = list(group)
        if [member[1] for member in members] == [""]:
            shown.append((what, *members[0][2:]))
            continue
        heads.append(len(shown))
        shown.append((what, "", "", ""))
        shown += [(f"  {who}", *numbers) for _, who, *numbers in members]
    return grid(titles, shown, title=title, heads=frozenset(heads))
