"""Define what every view is made of: pages, tables and lines."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = tuple[str, ...]


class Column(NamedTuple):
    """A column's head; ``right``: numbers, aligned right."""

    title: str
    right: bool = False


class Grid(NamedTuple):
    """A table. ``heads``: rows (by index) that begin a group; ``links``: where a row's first cell leads.

    ``brief``: the columns (by index) that say enough without their heads, where there is little room.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    heads: frozenset[int] = frozenset()
    links: Mapping[int, str] = MappingProxyType({})
    brief: tuple[int, ...] = ()


class Lines(NamedTuple):
    """Sentences. ``title``: what they are about; ``fixed``: a drawing, each character in its place.

    ``links``: where lines (by index) of the form “what: address” lead, for whom an address need not be read.
    """

    lines: tuple[str, ...]
    title: str = ""
    fixed: bool = False
    links: Mapping[int, str] = MappingProxyType({})


class Page(NamedTuple):
    """One answer: what a person reads (``blocks``) and the plain table a program takes (``main``)."""

    title: str
    main: Grid
    blocks: tuple[Grid | Lines, ...] = ()


def grid(
    titles: str,
    rows: Iterable[Row],
    *,
    title: str = "",
    heads: frozenset[int] = frozenset(),
    brief: tuple[int, ...] = (),
) -> Grid:
    """A grid from heads in one text, split at ``|``; one that begins with ``>`` is aligned right.

    The heads are said in the language spoken; those of plain tables, in lower case, are names for programs.
    """
    columns = tuple(Column(tr(part.strip(" >")), part.strip().startswith(">")) for part in titles.split("|"))
    return Grid(columns, tuple(rows), title, heads, brief=brief)


def grouped(titles: str, rows: Iterable[tuple[str, Row]], *, brief: tuple[int, ...] = ()) -> Grid:
    """A grid of rows each with the name of its group: a group's name stands once, over its rows, which are indented."""
    shown: list[Row] = []
    heads: set[int] = set()
    group = ""
    for name, (first, *cells) in rows:
        if name != group:
            group = name
            heads.add(len(shown))
            shown.append((name, *("" for _ in cells)))
        shown.append((f"  {first}", *cells))
    return grid(titles, shown, heads=frozenset(heads), brief=brief)


def without_empty(table: Grid, column: int) -> Grid:
    """The table; without that column where no cell of it says anything."""
    if any(row[column] for row in table.rows):
        return table
    rows = tuple((*row[:column], *row[column + 1 :]) for row in table.rows)
    return table._replace(columns=(*table.columns[:column], *table.columns[column + 1 :]), rows=rows)
