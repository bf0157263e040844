"""Render two days side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import tr
from casa24.views.day import sentences
from casa24.views.page import Grid, Lines, Page, Row, grid
from casa24.views.text import change, number, percent, plain, point

if TYPE_CHECKING:
    from casa24.analysis.diff import Change, Diff


def diff_page(result: Diff, label: str) -> Page:
    """The changes artist by artist, then the like-for-like totals."""
    heading = f"{label}: {result.old_date} → {result.new_date}"
    blocks: list[Grid | Lines] = []
    if result.changes:
        blocks.append(_changes(result))
    else:
        blocks.append(Lines((tr("Nothing was recorded on both days."),)))
    if result.totals:
        blocks.append(_totals(result))
    roster = [tr("Joined: {names}", names=", ".join(result.joined))] if result.joined else []
    roster += [tr("Left: {names}", names=", ".join(result.left))] if result.left else []
    if roster:
        blocks.append(Lines(tuple(roster), tr("Roster")))
    return Page(heading, _tidy(result), (*blocks, *_doubtful(result)))


def _doubtful(result: Diff) -> tuple[Lines, ...]:
    """Which readings of which day are not to be used, and why; a line a reason."""
    days = ((result.old_date, result.old_doubtful), (result.new_date, result.new_doubtful))
    lines = tuple(f"{day}: {' '.join(sentences(reason))}" for day, reasons in days for reason in reasons)
    return (Lines(lines, tr("Doubtful")),) if lines else ()


def _changes(result: Diff) -> Grid:
    rows: list[Row] = []
    heads: set[int] = set()
    last: object = ()
    for item in result.changes:
        if item.artist != last:
            last = item.artist
            heads.add(len(rows))
            rows.append((item.artist or tr("The label"), "", "", "", ""))
        rows.append((f"  {item.source_title} · {tr(item.title)}", *_readings(item), change(item), percent(item)))
    titles_row = f"Number | >{result.old_date} | >{result.new_date} | >Change | >%"
    return grid(titles_row, rows, heads=frozenset(heads))


def _readings(item: Change) -> tuple[str, str]:
    return point(item.old), point(item.new)


def _totals(result: Diff) -> Grid:
    rows = [
        (
            f"{total.source_title} · {tr(total.title)}",
            str(len(total.artists)),
            between(total.old, total.old_at_least, total.old_at_most),
            between(total.new, total.new_at_least, total.new_at_most),
            change(total),
        )
        for total in result.totals
    ]
    title = tr("All artists read on both days (people may be counted twice: at least … at most)")
    return grid(f"Number | >Artists | >{result.old_date} | >{result.new_date} | >Change", rows, title=title)


def between(value: int, at_least: int, at_most: int) -> str:
    """A sum; where the same people may stand in it twice, at least … at most."""
    return number(value) if at_least == at_most else f"{number(at_least)}…{number(at_most)}"


def _tidy(result: Diff) -> Grid:
    rows: list[Row] = [
        (
            item.artist or "", item.source, item.metric, plain(item.old.value), plain(item.new.value),
            plain(item.change), plain(item.percent), item.old.state.value, item.new.state.value,
        )
        for item in result.changes
    ]  # fmt: skip
    return grid("artist | source | metric | >old | >new | >change | >percent | old_state | new_state", rows)
