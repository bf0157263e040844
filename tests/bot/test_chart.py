"""The picture of a chart, read by its pixels: what is drawn, what is not, and that no name breaks it."""

from __future__ import annotations

import datetime as dt
import gc
import io
import os
import sys
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, pairwise
from subprocess import run
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from casa24.analysis.forecast import Forecast, Range, Refusal
from casa24.bot import chart
from casa24.bot.chart import Panel, draw, panel_of
from casa24.text.i18n import speak
from tests.analysis.series import PLAYS, ago, series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

GREEN, WHITE = "#00a651", "#f2f3f5"
# Where the axes of a one-panel picture lie: below its heads, and above the dates.
PLOT = slice(90, 262)
FIRST, LAST = ago(29), ago(0)


def points(values: Sequence[int | str | None]) -> tuple[tuple[dt.date, int | None, bool], ...]:
    """A value a day up to the last: ``5``, doubtful ``"5?"``, none."""
    days = [ago(len(values) - 1 - number) for number in range(len(values))]
    numbers = [int(value.rstrip("?")) if isinstance(value, str) else value for value in values]
    return tuple(
        (day, value, isinstance(each_value, str)) for day, value, each_value in zip(days, numbers, values, strict=True)
    )


def panel(*values: int | str | None, title: str = "Moon · Fans", **more: Any) -> Panel:
    return Panel(title, points(values))._replace(**more)


def picture(*panels: Panel, title: str = "Ana", colour: str = GREEN, days: int = 30) -> NDArray[np.int16]:
    """What is drawn: rows, columns, and red, green and blue (0 to 255)."""
    data = draw(title, panels or [panel(5)], colour, ago(days - 1), LAST)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16)


def coloured(found: NDArray[np.int16], colour: str = GREEN) -> NDArray[np.bool_]:
    """Where the colour is, but for the smoothing of edges."""
    distance: NDArray[np.int16] = abs(found - np.array(list(bytes.fromhex(colour[1:])), dtype=np.int16))
    near: NDArray[np.bool_] = distance.max(axis=2) < 24
    return near


def columns(found: NDArray[np.int16]) -> list[bool]:
    """Of the plot of a one-panel picture, from left to right, whether the line is there."""
    return [bool(column) for column in coloured(found)[PLOT].max(axis=0)]


def runs(found: NDArray[np.int16]) -> list[int]:
    """The widths of the line's parts, from left to right, in pixels."""
    return [len(list(group)) for drawn, group in groupby(columns(found)) if drawn]


def holes(found: NDArray[np.int16]) -> list[int]:
    """The widths of what lies between the line's parts, in pixels."""
    drawn = columns(found)
    inside = drawn[drawn.index(True) : len(drawn) - drawn[::-1].index(True)]
    return [len(list(group)) for there, group in groupby(inside) if not there]


def rows(found: NDArray[np.int16]) -> NDArray[np.intp]:
    """The rows of a one-panel picture in which the line is."""
    return np.flatnonzero(coloured(found)[PLOT].any(axis=1)) + PLOT.start


def ink(found: NDArray[np.int16], where: slice) -> int:
    """How many pixels of these rows are text."""
    return int((found[where].min(axis=2) > 150).sum())


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.parametrize(("count", "height"), [(1, 310), (2, 540), (4, 1000)])
def test_it_is_as_wide_as_a_phone_needs_and_never_more_than_a_thousand_pixels_high(count: int, height: int) -> None:
    assert picture(*[panel(5, 6)] * count).shape == (height, 800, 3)


@pytest.mark.parametrize("count", [0, 5])
def test_it_refuses_what_has_no_room(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        draw("Ana", [panel(5)] * count, GREEN, FIRST, LAST)


def test_panels_stand_below_one_another_in_their_order() -> None:
    both = picture(panel(5, 6, title="Fans"), panel(None, title="Plays"))
    assert coloured(both)[: 46 + 230].any()
    assert not coloured(both)[46 + 230 :].any()


def test_a_line_without_gaps_is_one_line() -> None:
    assert holes(picture(panel(*range(100, 190)), days=90)) == []


def test_a_day_without_a_reading_and_a_day_that_is_missing_are_gaps() -> None:
    whole = panel(*range(100, 190))
    silent = whole._replace(
        points=tuple((day, None if 40 <= at < 60 else value, False) for at, (day, value, _) in enumerate(whole.points))
    )
    missing = whole._replace(points=whole.points[:40] + whole.points[60:])
    found = picture(silent, days=90)
    # 21 of 90 days on about 700 pixels.
    assert [width for width in holes(found) if width > 140] == holes(found) != []
    assert np.array_equal(found, picture(missing, days=90))


def test_a_gap_of_one_day_is_seen_in_half_a_year() -> None:
    values = [*range(100, 180), None, *range(181, 280)]
    assert len(runs(picture(panel(*values), days=180))) == 2


@pytest.mark.parametrize("days", [30, 90, 180])
def test_a_lonely_day_is_a_dot(days: int) -> None:
    [dot] = runs(picture(panel(5, *[None] * 10), days=days))
    assert 3 <= dot <= 10


def test_doubtful_values_are_hollow() -> None:
    def middle(value: int | str) -> tuple[int, ...]:
        found = picture(panel(value, *[None] * 15))
        spots = np.argwhere(coloured(found)[PLOT])
        row, column = spots.mean(axis=0).round().astype(int)
        return tuple(found[row + PLOT.start, column].tolist())

    assert middle(5) == (0x00, 0xA6, 0x51)
    assert middle("5?") == (0x2B, 0x2D, 0x31)


def test_a_line_to_a_doubtful_value_is_thinner_than_between_certain_ones() -> None:
    def thickness(second: int | str) -> int:
        values = [5, second] * 20
        pixels = coloured(picture(panel(*values), days=50))[PLOT].sum(axis=0)
        return int(np.median(pixels[pixels > 0]))

    assert thickness(5) > thickness("5?")


def test_doubtful_zeros_do_not_flatten_what_is_certain_and_stand_at_the_edge_without_a_line() -> None:
    values = [*range(5000, 5015), *["0?"] * 5, *range(5020, 5030)]
    with_zeros, without = (
        picture(panel(*values)),
        picture(panel(*[None if isinstance(value, str) else value for value in values])),
    )
    assert rows(without).min() == rows(with_zeros).min()
    assert rows(with_zeros).max() > rows(without).max() + 10
    assert max(holes(without)) > 100
    assert np.array_equal(with_zeros[:80], without[:80])


def test_rounded_values_near_the_certain_ones_stretch_the_scale() -> None:
    rounded, certain = picture(panel(950, 980, "1010?", "1200?")), picture(panel(950, 980, 1010, 1200))
    assert np.array_equal(rounded[:80], certain[:80])
    assert abs(rows(rounded).min() - rows(certain).min()) <= 2


def test_a_newest_value_that_nobody_can_believe_is_not_the_one_that_is_told() -> None:
    told = picture(panel(5000, 5001, "0?"))[50:80]
    assert np.array_equal(told, picture(panel(5000, 5001))[50:80])


def test_small_changes_of_a_large_number_fill_the_panel() -> None:
    assert np.ptp(rows(picture(panel(*range(1_000_000, 1_000_030))))) > 100


def test_the_line_goes_up_where_the_number_does() -> None:
    found = coloured(picture(panel(*range(100, 130))))[PLOT]
    left, right = (np.argwhere(half)[:, 0].mean() for half in (found[:, :400], found[:, 400:]))
    assert left > right


def test_zeros_are_a_level_line_at_the_bottom_between_zero_and_one() -> None:
    assert chart._scale([0, 0])[2] == (0, 1)  # noqa: SLF001 - the words of an axis
    found = rows(picture(panel(*[0] * 30)))
    assert np.ptp(found) < 12
    assert 230 < found.mean() < 262


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([7], (6, 7, 8)),
        ([0, 1], (0, 1)),
        ([1], (0, 1, 2)),
        ([98, 100, 103], (98, 100, 102)),
        ([0, 2_000_000], (0, 500_000, 1_000_000, 1_500_000, 2_000_000)),
    ],
)
def test_an_axis_names_whole_numbers_and_none_below_zero(values: list[float], ticks: tuple[int, ...]) -> None:
    assert chart._scale(values)[2] == ticks  # noqa: SLF001 - the words of an axis


def test_numbers_of_every_size_have_an_axis() -> None:
    for power in range(0, 19, 3):
        low, high, ticks = chart._scale([10**power])  # noqa: SLF001 - the words of an axis
        assert low < 10**power < high
        assert ticks
        picture(panel(10**power, 10**power + 1, 10**power))


def test_an_episode_is_shaded_lightly_on_its_days_and_nowhere_else() -> None:
    plain, shaded = (picture(panel(*[5] * 30, shaded=spans)) for spans in ((), ((ago(19), ago(10)),)))
    changed = (plain != shaded).any(axis=2)
    assert changed[PLOT].any(axis=1).mean() > 0.9
    width = int(changed.any(axis=0).sum())
    assert 200 < width < 300
    assert changed[: PLOT.start - 4].sum() == 0
    assert 10 < (shaded[100] - plain[100]).max() < 40


def test_a_forecast_is_a_dashed_line_to_a_point_in_a_range_that_opens() -> None:
    ahead = LAST + dt.timedelta(days=30)
    found = picture(panel(*[100] * 30, forecast=(ahead, 100, 80, 120)))
    # The measured line, and behind it dashes.
    first, *dashes = runs(found)
    assert first > 250
    assert len(dashes) > 10
    assert max(dashes) < 20
    band = (found[..., 1] > found[..., 0] + 20) & ~coloured(found)
    near, far = (band[PLOT, column].sum() for column in (450, 700))
    assert 0 < near * 3 < far


def test_the_scale_has_room_for_the_range_of_a_forecast() -> None:
    ahead = LAST + dt.timedelta(days=30)
    found = rows(picture(panel(*[100] * 30, forecast=(ahead, 100, 50, 150))))
    assert PLOT.start + 5 < found.min() < 115
    assert 235 < found.max() < PLOT.stop - 5


def test_the_newest_value_and_what_is_foreseen_stand_in_the_head() -> None:
    def head(*values: int | None, **more: Any) -> NDArray[np.int16]:
        return picture(panel(*values, **more))[46:86, 400:]

    assert not np.array_equal(head(5, 6), head(5, 7))
    assert np.array_equal(head(5, 6), head(5, 6, None))
    told = ink(head(1234), slice(None))
    assert ink(head(1234, forecast=(LAST + dt.timedelta(days=7), 1300, 1200, 1400)), slice(None)) > 3 * told > 0


def test_an_axis_names_its_values_with_separators() -> None:
    found = picture(panel(1000))
    middle = round(rows(found).mean())
    # Digit by digit, as far as there is a column between them.
    label = found[middle - 10 : middle + 10, :85].min(axis=2) > 100
    assert [drawn for drawn, _ in groupby(label.any(axis=0).tolist())].count(True) == len("1,000")


def test_the_period_is_told_and_days_are_named_below_the_last_panel_only() -> None:
    found = picture(panel(5), panel(5))
    assert ink(found[:, 150:740], slice(262, 286)) == 0
    assert ink(found[:, 150:740], slice(494, 540)) > 200
    assert ink(found[:, 550:], slice(0, 46)) > 200
    assert not np.array_equal(found[:46, 550:], picture(panel(5), days=90)[:46, 550:])


def test_without_a_forecast_the_axis_ends_on_the_last_day() -> None:
    assert True in columns(picture(panel(*[5] * 30)))[740:]


def test_a_panel_without_a_reading_says_so() -> None:
    empty = picture(panel(None, None))
    assert ink(empty, PLOT) > 100
    assert runs(empty) == []
    speak("es")
    assert not np.array_equal(picture(panel(None, None))[PLOT], empty[PLOT])
    assert ink(picture(panel()), PLOT) > 100


def test_a_forecast_of_what_has_no_reading_here_is_not_drawn() -> None:
    assert runs(picture(panel(None, forecast=(LAST + dt.timedelta(days=9), 5, 4, 6)))) == []


def test_what_lies_outside_of_the_period_is_not_drawn() -> None:
    early = panel(*range(100, 160)).points[:45]
    assert np.array_equal(picture(Panel("Fans", early)), picture(Panel("Fans", early[30:])))


@pytest.mark.parametrize("days", [1, 2, 7, 30, 90, 400, 4000])
@pytest.mark.parametrize("ahead", [0, 7, 30, 90])
def test_few_days_are_named_and_the_last_one_always(days: int, ahead: int) -> None:
    first, last = 740_000 - days + 1, 740_000
    named = sorted(chart._dated(first, last, last + ahead))  # noqa: SLF001 - the words of an axis
    assert last in named
    assert 1 <= len(named) <= 9
    assert first <= named[0]
    assert named[-1] <= last + ahead
    apart = [later - earlier for earlier, later in pairwise(named)]
    assert min(apart, default=1) * 12 >= days + ahead - 1


NAMES = [
    "A$AP $x_1$ $",
    "Ñandú & <b>*_~`",
    "🔥🇵🇦 👩‍🎤",
    "日本",
    "\U0001d4d0\U0001d4f7\U0001d4ea",
    "\x07\n\t\x1b[31m",
    "\u202eabc",
    "\ud800",
    "",
    "ن é",
    "\\frac{1}{0}$",
    "%s {0}",
    "n" * 5000,
    "🔥" * 5000,
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_warns_or_breaks_the_picture(name: str) -> None:
    found = picture(panel(5, 6, title=name), title=name)
    assert np.array_equal(found[PLOT], picture(panel(5, 6))[PLOT])


def test_a_dollar_is_a_dollar() -> None:
    assert ink(picture(title="A$x$P"), slice(0, 40)) > ink(picture(title="AxP"), slice(0, 40)) + 40


def test_control_characters_show_as_what_they_are() -> None:
    heads = slice(0, 46)
    assert np.array_equal(picture(title="a\x07\nb")[heads], picture(title="a\\x07\\x0ab")[heads])


def test_letters_the_font_lacks_stand_as_boxes_and_emoji_are_left_out() -> None:
    heads = slice(0, 46)
    assert np.array_equal(picture(title="日 \U0001d4d0\U0001d4f7\U0001d4ea 🔥")[heads], picture(title="□ Ana")[heads])


def test_a_long_title_leaves_room_for_what_stands_on_its_right() -> None:
    short, long = (picture(panel(5, title=title), title=title) for title in ("n", "n " * 90))
    assert np.array_equal(short[:46, 545:], long[:46, 545:])
    assert np.array_equal(short[46:86, 755:], long[46:86, 755:])
    assert ink(long, slice(0, 86)) > ink(short, slice(0, 86)) + 1000
    # It ends in dots: where its last ink is, there is none but at the foot of the line.
    words = long[:46, :545].min(axis=2) > 150
    last = int(np.flatnonzero(words.any(axis=0)).max())
    assert np.ptp(np.flatnonzero(words[:, last - 12 : last + 1].any(axis=1))) < 6


@pytest.mark.parametrize("colour", ["green", "#00a65", "", "$", "#00a651\n", "none", "#00a6519"])
def test_what_is_no_colour_becomes_green(colour: str) -> None:
    assert np.array_equal(picture(panel(*[5] * 30), colour=colour), picture(panel(*[5] * 30)))


def test_a_label_s_own_colour_is_drawn_as_it_is() -> None:
    assert coloured(picture(panel(*[5] * 30), colour="#FF8800"), "#ff8800")[PLOT].sum() > 500


@pytest.mark.parametrize("colour", ["#000000", "#2b2d31", "#0000ff"])
def test_a_colour_nobody_would_see_is_made_lighter(colour: str) -> None:
    found, empty = picture(panel(*[5] * 30), colour=colour), picture(panel())
    line = found[rows(picture(panel(*[5] * 30)))]
    assert (line @ np.array([0.2126, 0.7152, 0.0722]) > 95).any(axis=0).sum() > 600
    assert found.shape == empty.shape


def test_a_panel_of_a_series_has_its_days_its_doubts_and_its_gaps() -> None:
    found = panel_of(series(1, None, "3?", (4, 3, 5), 5, gaps=[4]), "Moon · Fans", ago(3), LAST)
    assert found == Panel("Moon · Fans", ((ago(3), None, False), (ago(2), 3, True), (ago(1), 4, True)))


def test_a_panel_of_a_series_is_shaded_where_its_episodes_are_in_the_period() -> None:
    # A wave that is over on the tenth day, and one that goes on.
    values = [*[100] * 5, *[200] * 5, *[100] * 10, *[300] * 10]
    whole = series(*values)
    assert panel_of(whole, "", ago(29), LAST).shaded == ((ago(24), ago(19)), (ago(9), LAST))
    assert panel_of(whole, "", ago(21), ago(5)).shaded == ((ago(21), ago(19)), (ago(9), ago(5)))
    assert panel_of(whole, "", ago(18), ago(10)).shaded == ()


def foreseen(**more: object) -> Forecast:
    blank = Forecast(
        artist="Ana",
        source="moon",
        source_title="Moon",
        metric="plays",
        title="Plays",
        kind="total",
        asof=LAST,
        days=30,
    )
    return blank.model_copy(update=more)


def test_a_panel_of_a_series_takes_the_narrower_range_of_its_forecast() -> None:
    ranges = (Range(level=80, low=3, high=7), Range(level=95, low=1, high=9))
    found = panel_of(series(5, item=PLAYS), "", FIRST, LAST, forecast=foreseen(value=5, ranges=ranges))
    assert found.forecast == (LAST + dt.timedelta(days=30), 5, 3, 7)


def test_a_refused_forecast_is_none() -> None:
    refused = foreseen(refusal=Refusal.TOO_SHORT, ranges=(Range(level=80, low=3, high=7),))
    assert panel_of(series(5, item=PLAYS), "", FIRST, LAST, forecast=refused).forecast is None
    assert panel_of(series(5, item=PLAYS), "", FIRST, LAST).forecast is None


BUSY = [
    panel(
        *range(100, 190),
        title="n" * 300,
        shaded=((ago(50), ago(40)),),
        forecast=(LAST + dt.timedelta(days=30), 180, 150, 210),
    )
] * 4


def test_many_threads_draw_what_one_draws() -> None:
    jobs = [panel(*range(number, number + 30), title=f"A${number}") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(picture, jobs))
    assert all(np.array_equal(image, picture(job)) for image, job in zip(found, jobs, strict=True))


def test_a_full_picture_is_drawn_in_well_under_a_second() -> None:
    picture(*BUSY, days=90)
    spent = []
    for _ in range(3):
        begun = time.process_time()
        draw("Ana", BUSY, GREEN, ago(89), LAST)
        spent.append(time.process_time() - begun)
    # A third of that, on the machine this was written on.
    assert min(spent) < 1.2


def test_no_picture_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Figure]] = []
    begin = Figure.__init__

    def noted(self: Figure, *args: object, **more: object) -> None:
        made.append(weakref.ref(self))
        begin(self, *args, **more)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(Figure, "__init__", noted)
    for _ in range(30):
        picture(panel(*range(30)))
    gc.collect()
    assert len(made) == 30
    assert [reference_to for reference_to in made if reference_to() is not None] == []


def test_matplotlib_is_imported_by_the_first_picture_and_pyplot_never() -> None:
    code = """
import sys, datetime as dt
from casa24.bot.chart import Panel, draw
assert "matplotlib" not in sys.modules
import matplotlib
before = dict(matplotlib.rcParams)
day = dt.date(2026, 3, 14)
draw("Ana", [Panel("Fans", ((day, 5, False),))], "#00a651", day, day)
assert dict(matplotlib.rcParams) == before
assert "matplotlib.pyplot" not in sys.modules
"""
    # Without a choice of a backend, looking at the settings would import pyplot.
    run([sys.executable, "-W", "error", "-c", code], check=True, env={**os.environ, "MPLBACKEND": "agg"})
