"""Render the label at a glance: totals for each platform, its own numbers, and who leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import count, tr
from casa24.views.diff import between
from casa24.views.growth import unread_lines
from casa24.views.page import Grid, Lines, Page, Row, grouped
from casa24.views.ranking import leaderboard_page
from casa24.views.text import change, point
from casa24.views.words import metric

if TYPE_CHECKING:
    from casa24.analysis.growth import Growth
    from casa24.analysis.leaderboard import Leaderboard

_TOP = 3


def stats_page(result: Growth, board: Leaderboard, label: str) -> Page:
    """The totals of a period over the artists read at both of its ends, the label's own numbers, the first three."""
    days = count(result.days, "{n} day", "{n} days")
    heading = tr("{label} on {day}, and the change in {days}", label=label, day=result.last, days=days)
    table = _numbers(result)
    blocks: list[Grid | Lines] = (
        [table] if table.rows else [Lines((tr("Nothing usable was recorded in this period."),))]
    )
    blocks += [
        block._replace(title=tr("Most by {metric}", metric=metric(board)), rows=block.rows[:_TOP])
        for block in leaderboard_page(board, label).blocks[:1]
        if isinstance(block, Grid)
    ]
    if table.rows:
        note = tr("Over the artists read at both ends. People may be counted twice: at least … at most.")
        blocks.append(Lines((note,), tr("How to read this")))
    blocks += unread_lines(result)
    return Page(heading, table, tuple(blocks))


def _numbers(result: Growth) -> Grid:
    """A group a platform: its totals, or the label's own numbers."""
    rows: list[tuple[str, Row]] = [
        (
            total.source_title,
            (tr(total.title), between(total.new, total.new_at_least, total.new_at_most), change(total)),
        )
        for total in result.totals
    ]
    rows += [(row.source_title, (tr(row.title), point(row.new), change(row))) for row in result.rows if not row.artist]
    return grouped("Number | >Now | >Change", rows, brief=(1, 2))
