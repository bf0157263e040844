"""Draw a series with plain characters; a gap stays a gap, and a doubtful value looks different."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from casa24.views.text import number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

HEIGHT = 8
# Two dates, an arrow and the edge must stand below it.
_LEAST_ROOM = 25
_FLAT = 3


class Mark(IntEnum):
    """What a point of the plot stands for; where two meet, the higher is drawn."""

    SUSPECT = 0
    ROUNDED = 1
    MEASURED = 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A value on one day."""

    date: dt.date
    value: int
    mark: Mark

    @property
    def usable(self) -> bool:
        """Whether nobody doubts it."""
        return self.mark is not Mark.SUSPECT


@dataclass(frozen=True, slots=True)
class Style:
    """The characters of a plot, and how wide it may be."""

    width: int
    marks: Mapping[Mark, str]
    tick: str
    side: str
    corner: str
    floor: str
    to: str


def rich_style(width: int) -> Style:
    """For a terminal that shows every character."""
    return Style(width, {Mark.MEASURED: "•", Mark.ROUNDED: "~", Mark.SUSPECT: "?"}, "┤", "│", "└", "─", "…")


def ascii_style(width: int) -> Style:
    """For one that does not: what it cannot show it would replace by ``?``, which here means doubt."""
    return Style(width, {Mark.MEASURED: "*", Mark.ROUNDED: "~", Mark.SUSPECT: "?"}, "|", "|", "+", "-", "-")


@dataclass(frozen=True, slots=True)
class Plot:
    """The lines, top first. ``marks``: those that occur; ``days_a_column``: how many days share one.

    No lines: there is nothing to draw, or no room to draw it in. ``beyond``: a doubtful value lies
    outside the scale, and is drawn at its edge.
    """

    lines: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    days_a_column: int = 1
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class _Scale:
    """Which row a value belongs to: 0 the highest. Doubtful values do not stretch it."""

    low: int
    high: int
    rows: int

    @classmethod
    def of(cls, spots: Sequence[Spot], height: int) -> _Scale:
        values = [spot.value for spot in spots if spot.usable] or [spot.value for spot in spots]
        low, high = min(values), max(values)
        outside = any(not low <= spot.value <= high for spot in spots)
        # One value alone has the middle row, and doubtful ones stand above or below it.
        rows = (_FLAT if outside else 1) if low == high else min(height, high - low + 1)
        return cls(low, high, rows)

    def row(self, value: int) -> int:
        if self.low == self.high:
            return self.rows // 2 - (value > self.high) + (value < self.low)
        span = self.high - self.low
        inside = min(max(value, self.low), self.high)
        return (2 * (self.high - inside) * (self.rows - 1) + span) // (2 * span)

    @property
    def labels(self) -> dict[int, str]:
        return {self.row(self.high): number(self.high), self.row(self.low): number(self.low)}


def plot(spots: Sequence[Spot], first: dt.date, last: dt.date, style: Style, height: int = HEIGHT) -> Plot:
    """A column a day from ``first`` to ``last``, or a column for several days where there is no room for all.

    Of a column's days the last usable value is drawn, doubtful ones only where there is none; the
    highest and the lowest usable value always are.
    """
    inside = sorted((spot for spot in spots if first <= spot.date <= last), key=lambda spot: spot.date)
    if not inside:
        return Plot()
    scale = _Scale.of(inside, height)
    gutter = max(len(label) for label in scale.labels.values()) + 1
    room = style.width - gutter - 1
    if room < _LEAST_ROOM:
        return Plot()
    days = (last - first).days + 1
    share = -(-days // room)
    drawn = _drawn(inside, first, share)
    cells: dict[tuple[int, int], Mark] = {}
    for column, spot in drawn:
        place = (scale.row(spot.value), column)
        cells[place] = max(spot.mark, cells.get(place, spot.mark))
    return Plot(
        lines=(*_body(scale, cells, gutter, style), *_foot(first, last, gutter, -(-days // share), style)),
        marks=tuple(sorted({*cells.values()}, reverse=True)),
        days_a_column=share,
        beyond=any(not scale.low <= spot.value <= scale.high for _, spot in drawn),
    )


def _drawn(spots: Sequence[Spot], first: dt.date, share: int) -> list[tuple[int, Spot]]:
    """The values that are drawn, each with its column."""
    columns: dict[int, Spot] = {}
    for spot in spots:
        column = (spot.date - first).days // share
        if spot.usable or column not in columns or not columns[column].usable:
            columns[column] = spot
    drawn = list(columns.items())
    usable = [spot for spot in spots if spot.usable]
    shown = {spot.value for _, spot in drawn if spot.usable}
    extremes = [pick(usable, key=lambda spot: spot.value) for pick in (min, max) if usable]
    return drawn + [((spot.date - first).days // share, spot) for spot in extremes if spot.value not in shown]


def _body(scale: _Scale, cells: Mapping[tuple[int, int], Mark], gutter: int, style: Style) -> list[str]:
    lines = []
    for row in range(scale.rows):
        columns = {column: style.marks[mark] for (at, column), mark in cells.items() if at == row}
        text = "".join(columns.get(column, " ") for column in range(max(columns, default=-1) + 1))
        label = scale.labels.get(row, "")
        edge = style.tick if label else style.side
        lines.append(f"{label:>{gutter - 1}} {edge}{text}")
    return lines


def _foot(first: dt.date, last: dt.date, gutter: int, columns: int, style: Style) -> list[str]:
    begin, end = first.isoformat(), last.isoformat()
    between = max(columns - len(begin) - len(end), 0)
    # The dates stand below the ends where they fit, else side by side.
    dates = begin if first == last else begin + (" " * between if between > 1 else f" {style.to} ") + end
    return [f"{' ' * gutter}{style.corner}{style.floor * columns}", f"{' ' * (gutter + 1)}{dates}"]
