"""Draw a chart for a phone as PNG: one artist's numbers over a period, below each other.

A gap is a gap, and a doubtful value looks like one. The ground is Discord's dark one: readable in either theme.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from io import BytesIO
from math import inf, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.episodes import episodes
from casa24.core.snapshot import State
from casa24.text.escape import clean
from casa24.text.i18n import grouped, tr

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from casa24.analysis.forecast import Forecast
    from casa24.core.timeseries import TimeSeries

MOST, WIDTH = 4, 800
"""Panels a picture has room for; its pixels."""
_DPI, _HEAD, _PANEL, _FOOT = 100, 46, 230, 34
_SIDE, _RIGHT, _ABOVE, _BELOW, _DIGIT, _GUTTER = 18, 28, 42, 14, 11, 12
_LARGE, _MEDIUM, _SMALL = 23 * 72 / _DPI, 19 * 72 / _DPI, 17 * 72 / _DPI
_GROUND, _TEXT, _DIM, _GRID = "#2b2d31", "#f2f3f5", "#b5bac1", "#43464d"
_COLOUR, _DEFAULT, _DARKEST = re.compile(r"#[0-9a-fA-F]{6}"), "#00a651", 100
_STEPS, _MOST_DATES, _YEAR = (1, 2, 3, 5, 7, 10, 14, 28, 56, 91, 182, 365, 730), 7, 365
_FEW_DAYS = 45
_LEVEL, _LONGEST, _DOUBTFUL = 80, 200, {State.ROUNDED, State.SUSPECT}
# Emoji and what joins them: a text can do without. A letter leaves a box.
_ORNAMENTS = {"So", "Sk", "Mn", "Me", "Cf"}


class Panel(NamedTuple):
    """One number. ``title``: already worded, and data: it comes from outside.

    ``points``: a day, its value (None: no reading), and whether that is doubtful or rounded; ``shaded``: the
    first and last day of each episode; ``forecast``: a day, the value, and low and high of its 80 % range.
    """

    title: str
    points: tuple[tuple[dt.date, int | None, bool], ...]
    shaded: tuple[tuple[dt.date, dt.date], ...] = ()
    forecast: tuple[dt.date, int, int, int] | None = None


def panel_of(
    series: TimeSeries, title: str, first: dt.date, last: dt.date, *, forecast: Forecast | None = None
) -> Panel:
    """One series from ``first`` to ``last``. Days before tell which episodes were open; a refused forecast is none."""
    asked = [point for point in series.points if first <= point.date <= last]
    points = tuple((point.date, point.reading.value, point.reading.state in _DOUBTFUL) for point in asked)
    spans = ((max(episode.first, first), min(episode.closed or last, last)) for episode in episodes(series))
    then = None
    for span in forecast.ranges if forecast else ():
        if forecast and forecast.value is not None and span.level == _LEVEL:
            then = (forecast.asof + dt.timedelta(days=forecast.days), forecast.value, span.low, span.high)
    return Panel(title, points, tuple((begin, end) for (begin, end) in spans if begin <= end), then)


def draw(title: str, panels: Sequence[Panel], colour: str, first: dt.date, last: dt.date) -> bytes:
    """One to four panels as a PNG, 800 px wide and 310 to 1000 px high. Any thread may draw.

    ``colour``: ``#rrggbb``, made lighter where nobody would see it; what is no colour becomes green. The axis
    ends on ``last``, or on the day of a forecast. Raises ValueError for no panel, and for more than four.
    """
    if not 1 <= len(panels) <= MOST:
        raise ValueError(f"{len(panels)} panels: a picture has room for 1 to {MOST}.")
    # This takes half a second, and most answers need no picture.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = _HEAD + _PANEL * len(panels) + _FOOT
    canvas = FigureCanvasAgg(Figure((WIDTH / _DPI, height / _DPI), _DPI, facecolor=_GROUND))
    lines = [_ChartLine.of(panel, first, last) for panel in panels]
    left = _SIDE + _GUTTER + _DIGIT * max(len(grouped(tick)) for line in lines for tick in line.ticks)
    end = max([last, *(panel.forecast[0] for panel in panels if panel.forecast)])
    sheet = _Sheet(canvas.figure, _seen(colour), left, end.toordinal())
    period = sheet.write(f"{first} … {last}", (WIDTH - _SIDE, _HEAD * 0.6), _SMALL)
    sheet.write(title, (_SIDE, _HEAD * 0.6), _LARGE, bold=True, room=WIDTH - 3 * _SIDE - period)
    for number, (panel, line) in enumerate(zip(panels, lines, strict=True)):
        sheet.panel(panel, line, _HEAD + number * _PANEL, dated=number == len(panels) - 1)
    canvas.print_png(stream := BytesIO())  # type: ignore[no-untyped-call] # matplotlib says nothing about it
    return stream.getvalue()


def _seen(colour: str) -> str:
    """The colour, made lighter until it stands out from the ground; the default for what is no colour."""
    red, green, blue = bytes.fromhex((colour if _COLOUR.fullmatch(colour) else _DEFAULT)[1:])
    while 0.2126 * red + 0.7152 * green + 0.0722 * blue < _DARKEST:
        red, green, blue = (min(255, part + 8) for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


class _ChartLine(NamedTuple):
    """A value a day, nan where there is none: those nobody doubts, and the others; the scale they are shown on."""

    days: range
    firm: list[float]
    doubtful: list[float]
    low: float
    high: float
    ticks: tuple[int, ...]

    @classmethod
    def of(cls, panel: Panel, first: dt.date, last: dt.date) -> _ChartLine:
        days = range(first.toordinal(), last.toordinal() + 1)
        firm, doubtful = [nan] * len(days), [nan] * len(days)
        for day, value, doubted in panel.points:
            if value is not None and first <= day <= last:
                (doubtful if doubted else firm)[(day - first).days] = float(value)
        certain, others = ([value for value in values if not isnan(value)] for values in (firm, doubtful))
        # A doubtful value of less than half of what is certain, or more than twice, does not stretch the scale.
        near = [value for value in others if not certain or min(certain) / 2 <= value <= max(certain) * 2]
        return cls(days, firm, doubtful, *_scale([*certain, *near, *(panel.forecast or ())[1:]] or [0]))

    @property
    def inside(self) -> list[float]:
        """The values on the scale, whether anybody doubts them or not: where the line leads."""
        both = (doubtful if isnan(firm) else firm for firm, doubtful in zip(self.firm, self.doubtful, strict=True))
        return [value if self.low <= value <= self.high else nan for value in both]

    @property
    def newest(self) -> tuple[int, float] | None:
        """The last day with a value, and that."""
        spots = zip(self.days[::-1], self.inside[::-1], strict=True)
        return next((spot for spot in spots if not isnan(spot[1])), None)

    @property
    def dots(self) -> list[float]:
        """The values that have a dot: all where days are few, else those between two gaps, where no line leads."""
        near, few = [nan, *self.inside, nan], len(self.days) <= _FEW_DAYS
        return [
            value if few or (isnan(near[at]) and isnan(near[at + 2])) else nan for at, value in enumerate(self.firm)
        ]


def _scale(values: Sequence[float]) -> tuple[float, float, tuple[int, ...]]:
    """From where to where an axis goes, and the whole numbers it names; air is less than a step, so none is below 0."""
    from matplotlib.ticker import MaxNLocator

    least, most = min(values), max(values)
    if least == most:
        least, most = max(least - 1, 0), most + 1
    air = max((most - least) * 0.12, most * 1e-9)
    low, high = least - air, most + air
    ticks = map(round, MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=True).tick_values(low, high))
    return low, high, tuple(tick for tick in ticks if low <= tick <= high)


class _Sheet(NamedTuple):
    """A picture in the making, in pixels from its upper left corner; days are ordinals."""

    figure: Figure
    colour: str
    left: int
    end: int

    def write(self, text: str, at: tuple[float, float], points: float, *, room: float = 0, bold: bool = False) -> float:
        """One line, its middle at that height: from there on and cut to its room, or up to there. How wide it is."""
        from matplotlib import get_data_path
        from matplotlib.font_manager import FontProperties, get_font

        # The font that comes with matplotlib: the same picture everywhere.
        file = f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf"
        shown = _shown(text, get_font(file).get_charmap())
        x, y = at[0] / WIDTH, 1 - at[1] / self.figure.bbox.height
        written = self.figure.text(x, y, shown, color=_DIM if points == _SMALL else _TEXT, parse_math=False)
        written.set(font=FontProperties(fname=file, size=points), ha="left" if room else "right", va="center_baseline")
        while room and shown and (wide := written.get_window_extent().width) > room:
            shown = shown[: min(len(shown) - 1, int(len(shown) * room / wide))].rstrip()
            written.set_text(f"{shown}…")
        return written.get_window_extent().width

    def panel(self, panel: Panel, line: _ChartLine, top: int, *, dated: bool) -> None:
        """One panel: its heads, and below them the axes."""
        told = self.write(_told(line, panel), (WIDTH - _SIDE, top + _ABOVE * 0.4), _MEDIUM, bold=True)
        self.write(panel.title, (_SIDE, top + _ABOVE * 0.4), _MEDIUM, room=WIDTH - 3 * _SIDE - told)
        high, wide = self.figure.bbox.height, WIDTH - self.left - _RIGHT
        box = (self.left / WIDTH, 1 - (top + _PANEL - _BELOW) / high, wide / WIDTH, (_PANEL - _ABOVE - _BELOW) / high)
        axes = self.figure.add_axes(box)
        self._frame(axes, line, dated=dated)
        for begin, end in panel.shaded:
            axes.axvspan(begin.toordinal() - 0.5, end.toordinal() + 0.5, color=_TEXT, alpha=0.11, linewidth=0)
        self._readings(axes, line)
        if line.newest is None:
            axes.set_yticks([])
            axes.text(0.5, 0.5, tr("No reading."), color=_DIM, size=_MEDIUM, ha="center", transform=axes.transAxes)
        elif panel.forecast:
            self._forecast(axes, line.newest, panel.forecast)

    def _frame(self, axes: Axes, line: _ChartLine, *, dated: bool) -> None:
        span, days = self.end - line.days[0], _dated(line.days[0], line.days[-1], self.end)
        air, form = 0.5 + span / 100, "%Y-%m" if span > _YEAR else "%m-%d"
        axes.set(xlim=(line.days[0] - air, self.end + air), ylim=(line.low, line.high), frame_on=False)
        axes.set_yticks(line.ticks, [grouped(tick) for tick in line.ticks])
        axes.set_xticks(days, [f"{dt.date.fromordinal(day):{form}}" if dated else "" for day in days])
        axes.tick_params(length=0, pad=8, labelsize=_SMALL, labelcolor=_DIM)
        axes.grid(color=_GRID, linewidth=0.8)

    def _readings(self, axes: Axes, line: _ChartLine) -> None:
        dot, ring = (5.0, 6.0) if len(line.days) <= _FEW_DAYS else (4.0, 4.0)
        # Thin where it leads to a doubtful value.
        axes.plot(line.days, line.inside, color=self.colour, linewidth=1, solid_capstyle="butt")
        axes.plot(line.days, line.firm, color=self.colour, linewidth=2.5, solid_capstyle="butt")
        axes.plot(line.days, line.dots, "o", color=self.colour, markersize=dot)
        # Beyond the scale a ring is an arrow at its edge.
        for marker, low, high in (("o", line.low, line.high), ("v", -inf, line.low), ("^", line.high, inf)):
            found = [min(max(value, line.low), line.high) if low <= value <= high else nan for value in line.doubtful]
            axes.plot(line.days, found, marker, color=self.colour, mfc=_GROUND, ms=ring, clip_on=False, zorder=3)

    def _forecast(self, axes: Axes, newest: tuple[int, float], forecast: tuple[dt.date, int, int, int]) -> None:
        """From the newest value to the foreseen one, in a range that opens."""
        (begin, now), end = newest, forecast[0].toordinal()
        value, low, high = map(float, forecast[1:])
        axes.fill_between((begin, end), (now, low), (now, high), color=self.colour, alpha=0.22, linewidth=0)
        axes.plot((begin, end), (now, value), color=self.colour, linewidth=2, linestyle=(0, (3, 2)))
        axes.plot((end, end, end), (low, value, high), "-o", color=self.colour, linewidth=2, ms=6, markevery=[1])


def _told(line: _ChartLine, panel: Panel) -> str:
    """The newest value, and what is foreseen of it: ``1,260 → 1,300 (1,250…1,350)``."""
    values = (line.newest[1], *(panel.forecast or ())[1:]) if line.newest else ()
    words = [grouped(round(value)) for value in values]
    return "{} → {} ({}…{})".format(*words) if len(words) > 1 else "".join(words)


def _dated(first: int, last: int, end: int) -> list[int]:
    """The days that are named: the last one, others in even steps around it, and the end where there is room."""
    step = next((step for step in _STEPS if step * _MOST_DATES >= end - first), end - first)
    after = range(last + step, end - 2 * step // 3, step)
    return [*range(last, first - 1, -step), *after, *([end] if end - last >= step else [])]


def _shown(text: str, glyphs: Collection[int]) -> str:
    """The text in characters the font has: others plainly (full width as half), else as a box; ornaments go."""
    shown = ""
    for char in unicodedata.normalize("NFC", clean(text[:_LONGEST])):
        plain = char if ord(char) in glyphs else unicodedata.normalize("NFKC", char)
        known = all(ord(part) in glyphs for part in plain)
        shown += plain if known else "" if unicodedata.category(char) in _ORNAMENTS else "□"
    return " ".join(shown.split())
