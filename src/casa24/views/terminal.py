"""A page on a terminal, or as plain text in a pipe: at most as wide as it is, 80 at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from casa24.escape import clean
from casa24.views.page import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, ConsoleOptions

    from casa24.views.page import Page

# What the box puts between two columns.
_BETWEEN = 3
_FIRST_AT_LEAST = 8


class _Cell:
    """A cell that need not be wrapped: its lines as they stand. Wrapping is most of what a table costs."""

    __slots__ = ("_text", "_width")

    def __init__(self, text: Text, width: int, *, right: bool) -> None:
        self._text = text
        self._width = width if right else 0

    def __rich_console__(self, console: Console, _options: ConsoleOptions) -> Iterable[Segment]:
        yield Segment(" " * (self._width - self._text.cell_len))
        yield from self._text.render(console)


def to_terminal(page: Page, console: Console) -> None:
    """Print the page."""
    console.print(Text(clean(page.title), style="bold"))
    for block in page.blocks:
        console.print()
        if block.title:
            console.print(Text(clean(block.title), style="bold green"))
        if isinstance(block, Grid):
            console.print(_table(block, console.width))
        else:
            for line in block.lines:
                console.print(Text(clean(line)))


def _table(table: Grid, space: int) -> Table:
    rows = [_cells(table, number) for number in range(len(table.rows))]
    widths = [
        max(_FIRST_AT_LEAST * (not number), *(_width(cells[number]) for cells in rows), cell_len(clean(column.title)))
        for number, column in enumerate(table.columns)
    ]
    fits = sum(widths) + _BETWEEN * (len(widths) - 1) <= space
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, column in enumerate(table.columns):
        shown.add_column(
            Text(clean(column.title)),
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=column.right,
            width=widths[number] if fits else None,
            min_width=None if number else _FIRST_AT_LEAST,
        )
    for cells in rows:
        shown.add_row(*(_fixed(table, cells, widths) if fits else cells))
    return shown


def _cells(table: Grid, number: int) -> list[Text]:
    style = "bold" if number in table.heads else ""
    cells = [Text(clean(cell), style=style) for cell in table.rows[number]]
    if number in table.links:
        # On a line of its own, so that it stays whole and can be clicked.
        cells[0].append(f"\n{clean(table.links[number])}", style="dim")
    return cells


def _fixed(table: Grid, cells: Sequence[Text], widths: Sequence[int]) -> Iterable[_Cell]:
    for cell, width, column in zip(cells, widths, table.columns, strict=True):
        yield _Cell(cell, width, right=column.right)


def _width(cell: Text) -> int:
    return max(cell_len(line) for line in cell.plain.split("\n"))
