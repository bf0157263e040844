"""Render a page on a terminal, or as plain text in a pipe: within its width, 80 columns at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text

from casa24.text.escape import clean
from casa24.views.page import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleOptions, RenderableType

    from casa24.views.page import Column, Page

# Between two columns; where that does not fit, the narrower one.
_GAPS = ("   ", "  ")
_FIRST_AT_LEAST = 8
_LONGEST_WORD = 20
_HEAD, _GROUP, _LINK = "bold", "bold", "dim"


class _TerminalLine(NamedTuple):
    """One line of a table: its cells, and the style of all of them."""

    cells: tuple[str, ...]
    style: str = ""


class _Fixed:
    """A table that fits: each line as it stands. Finding widths and wrapping is most of what Rich's own costs."""

    def __init__(
        self, columns: tuple[Column, ...], lines: Iterable[_TerminalLine], widths: list[int], gap: str
    ) -> None:
        self._lines = lines
        self._columns = columns
        self._widths = widths
        self._gap = gap

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for number, line in enumerate(self._lines):
            yield Segment(self._spaced(line.cells), console.get_style(line.style))
            yield Segment.line()
            if not number:
                rule = "-" if options.ascii_only else "─"
                yield Segment(rule * _whole(self._widths, self._gap))
                yield Segment.line()

    def _spaced(self, cells: tuple[str, ...]) -> str:
        places = zip(cells, self._widths, self._columns, strict=True)
        return self._gap.join(_placed(cell, width, right=column.right) for cell, width, column in places).rstrip()


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


def _table(table: Grid, space: int) -> RenderableType:
    lines = [_TerminalLine(tuple(clean(column.title) for column in table.columns), _HEAD), *_lines(table)]
    widths = [max(map(cell_len, cells)) for cells in zip(*(line.cells for line in lines), strict=True)]
    widths[:1] = [max(_FIRST_AT_LEAST, width) for width in widths[:1]]
    gap = next((gap for gap in _GAPS if _whole(widths, gap) <= space), None)
    if gap is not None:
        return _Fixed(table.columns, lines, widths, gap)
    least = [
        width if column.right else min(width, _longest_word(table, number))
        for number, (column, width) in enumerate(zip(table.columns, widths, strict=True))
    ]
    return _folded(table, least) if _whole(least, _GAPS[0]) <= space else _stacked(table)


def _whole(widths: list[int], gap: str) -> int:
    return sum(widths) + len(gap) * (len(widths) - 1)


def _lines(table: Grid) -> Iterator[_TerminalLine]:
    for number, row in enumerate(table.rows):
        yield _TerminalLine(tuple(map(clean, row)), _GROUP if number in table.heads else "")
        if number in table.links:
            # On a line of its own, so that it stays whole and can be clicked.
            yield _TerminalLine((clean(table.links[number]), *("" for _ in row[1:])), _LINK)


def _placed(cell: str, width: int, *, right: bool) -> str:
    spaces = " " * (width - cell_len(cell))
    return spaces + cell if right else cell + spaces


def _longest_word(table: Grid, number: int) -> int:
    """How wide a column of words must be for none of them to be broken, but for those no column is wide enough for."""
    words = (word for row in table.rows for word in clean(row[number]).split())
    return max([_FIRST_AT_LEAST, *(min(cell_len(word), _LONGEST_WORD) for word in words)])


def _folded(table: Grid, least: list[int]) -> RenderableType:
    """A table too wide for one line a row: what is text in it is folded, numbers stay whole."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column, width in zip(table.columns, least, strict=True):
        shown.add_column(
            Text(clean(column.title)),
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=column.right,
            min_width=width,
        )
    for number, row in enumerate(table.rows):
        style = _GROUP if number in table.heads else ""
        cells = [Text(clean(cell), style=style) for cell in row]
        if number in table.links:
            cells[0].append(f"\n{clean(table.links[number])}", style=_LINK)
        shown.add_row(*cells)
    return shown


def _stacked(table: Grid) -> Text:
    """A table that would lose digits: row after row, each cell on a line of its own with its head before it."""
    heads = [clean(column.title) for column in table.columns[1:]]
    lines: list[Text] = []
    for number, (first, *cells) in enumerate(table.rows):
        lines.append(Text(clean(first), style=_GROUP))
        if number in table.links:
            lines.append(Text(clean(table.links[number]), style=_LINK))
        for head, cell in zip(heads, cells, strict=True):
            if cell.strip():
                lines.append(Text(f"  {head}: {clean(cell).strip()}" if head else f"  {clean(cell).strip()}"))
    return Text("\n").join(lines)
