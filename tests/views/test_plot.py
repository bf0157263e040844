"""A series as plain characters: what is drawn, what is left empty, and that nothing is ever too wide."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.views.plot import HEIGHT, Mark, Plot, Spot, Style, ascii_style, plot, rich_style
from tests.making import DAY

WIDE = rich_style(80)


def on(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def spots(*values: int | str | None) -> list[Spot]:
    """A value a day: ``5``, rounded ``"~5"``, doubtful ``"5?"``, none."""
    found = []
    for number, value in enumerate(values):
        if value is not None:
            text = str(value)
            mark = Mark.ROUNDED if "~" in text else Mark.SUSPECT if "?" in text else Mark.MEASURED
            found.append(Spot(on(number), int(text.strip("~?")), mark))
    return found


def drawn(*values: int | str | None, width: int = 80) -> Plot:
    return plot(spots(*values), DAY, on(len(values) - 1), rich_style(width))


def picture(found: Plot) -> str:
    return "\n" + "\n".join(found.lines) + "\n"


def test_a_gap_is_a_gap_and_every_kind_of_value_has_its_own_mark() -> None:
    found = drawn(10, 12, None, None, "~14", "16?", 17)
    assert (
        picture(found)
        == """
17 ┤      •
   │     ?
   │
   │    ~
   │
   │ •
   │
10 ┤•
   └───────
    2026-03-14 … 2026-03-20
"""
    )
    assert (found.marks, found.days_a_column, found.beyond) == ((Mark.MEASURED, Mark.ROUNDED, Mark.SUSPECT), 1, False)


def test_small_numbers_get_a_row_each_and_no_more() -> None:
    assert (
        picture(drawn(7, 7, 8, 7, None, 8))
        == """
8 ┤  •  •
7 ┤•• •
  └──────
   2026-03-14 … 2026-03-19
"""
    )


def test_a_constant_series_is_a_line() -> None:
    assert (
        picture(drawn(523, 523, None, 523))
        == """
523 ┤•• •
    └────
     2026-03-14 … 2026-03-17
"""
    )


def test_one_reading_alone_is_a_point_on_its_day() -> None:
    assert (
        picture(drawn(1_234_567))
        == """
1,234,567 ┤•
          └─
           2026-03-14
"""
    )


def test_zero_is_a_value_like_any_other() -> None:
    assert drawn(0, 1).lines[:2] == ("1 ┤ •", "0 ┤•")


def test_a_doubtful_value_does_not_stretch_the_scale_but_stands_at_its_edge() -> None:
    """Else a false zero would flatten the year."""
    found = drawn(500, "0?", 502, "9999?")
    assert (
        picture(found)
        == """
502 ┤  •?
    │
500 ┤•?
    └────
     2026-03-14 … 2026-03-17
"""
    )
    assert found.beyond


def test_beside_a_constant_series_doubtful_values_stand_above_and_below() -> None:
    assert drawn(5, "0?", "9?", 5, "5?").lines[:3] == ("  │  ?", "5 ┤•  •?", "  │ ?")


def test_where_all_is_doubtful_that_is_what_is_drawn() -> None:
    found = drawn("3?", "4?")
    assert (found.lines[:2], found.marks, found.beyond) == (("4 ┤ ?", "3 ┤?"), (Mark.SUSPECT,), False)


def test_where_nothing_was_read_or_there_is_no_room_nothing_is_drawn() -> None:
    assert plot([], DAY, on(5), WIDE) == Plot()
    assert drawn(1, 2, width=20) == Plot()


def test_days_that_do_not_fit_share_a_column_which_shows_its_last_usable_value() -> None:
    found = drawn(*[1, 3, 2] * 30, width=33)
    assert found.days_a_column == 3
    assert found.lines[1] == f"  │{'•' * 30}"


def test_a_column_without_a_usable_value_shows_its_doubt() -> None:
    values: list[int | str | None] = [2, 3, "9?", "4?", None, "4?", None, None, None] * 10
    found = drawn(*values, width=33)
    assert found.days_a_column == 3
    assert found.lines[0].startswith("3 ┤•? •?")


def test_the_highest_and_the_lowest_value_are_drawn_even_where_they_are_not_the_last_of_their_column() -> None:
    found = drawn(*[5] * 40, 9, *[5] * 40, 1, *[5] * 40, width=33)
    assert found.days_a_column == 5
    assert found.lines[0] == f"9 ┤{' ' * 8}•"
    assert found.lines[7] == f"1 ┤{' ' * 16}•"


def test_where_a_measured_and_a_rounded_value_meet_the_measured_one_is_drawn() -> None:
    found = drawn(*[0] * 40, "~1000", 990, width=33)
    assert (found.days_a_column, found.lines[0]) == (2, f"1,000 ┤{' ' * 20}•")


def test_the_dates_stand_below_the_ends_where_they_fit() -> None:
    assert drawn(*[5] * 30).lines[-1] == f"   2026-03-14{' ' * 10}2026-04-12"
    assert drawn(*[5] * 22).lines[-1] == "   2026-03-14  2026-04-04"
    assert drawn(*[5] * 21).lines[-1] == "   2026-03-14 … 2026-04-03"


def test_an_output_that_knows_only_ascii_gets_only_ascii() -> None:
    """It would show any other character as ?, which here means doubt."""
    found = plot(spots(1, "~2", "3?"), DAY, on(2), ascii_style(80))
    assert all(line.isascii() for line in found.lines)
    assert found.lines[:2] == ("2 | ~?", "1 |*")


def test_what_lies_outside_the_days_asked_for_is_left_out() -> None:
    assert plot(spots(1, 2, 3), on(1), on(1), WIDE).lines[0] == "2 ┤•"


SERIES = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 10**15) | st.integers(0, 12), st.sampled_from(Mark)),
    max_size=60,
    unique_by=lambda spot: spot[0],
)


@given(SERIES, st.integers(0, 120), st.integers(1, 12), st.booleans())
def test_any_series_is_drawn_within_its_width_and_height(
    values: list[tuple[int, int, Mark]], width: int, height: int, plain: bool
) -> None:
    found = [Spot(on(number), value, mark) for number, value, mark in values]
    last = max((spot.date for spot in found), default=DAY)
    shown = plot(found, DAY, last, (ascii_style if plain else rich_style)(width), height)
    assert all(len(line) <= width for line in shown.lines)
    assert len(shown.lines) <= max(height, 3) + 2
    assert {mark for mark in Mark if any(_char(mark, plain) in line for line in shown.lines[:-2])} == set(shown.marks)


@given(SERIES)
def test_every_usable_extreme_is_marked_in_its_row(values: list[tuple[int, int, Mark]]) -> None:
    found = [Spot(on(number), value, mark) for number, value, mark in values]
    usable = [spot.value for spot in found if spot.usable]
    if not usable:
        return
    shown = plot(found, DAY, max(spot.date for spot in found), WIDE)
    for value in (min(usable), max(usable)):
        (row,) = [line for line in shown.lines if line.lstrip().startswith(f"{value:,} ┤")]
        assert {"•", "~"} & set(row.partition("┤")[2])


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=70))
def test_a_higher_value_is_never_drawn_below_a_lower_one(values: list[int]) -> None:
    lines = drawn(*values).lines[:-2]
    rows = [next(n for n, line in enumerate(lines) if line.partition("┤")[2][at:at + 1] == "•"
                 or line.partition("│")[2][at:at + 1] == "•") for at in range(len(values))]  # fmt: skip
    for (higher, above), (lower, below) in pairwise(sorted(zip(values, rows, strict=True))):
        assert above >= below or higher == lower
    assert len(lines) <= HEIGHT


def _char(mark: Mark, plain: bool) -> str:
    return (ascii_style if plain else rich_style)(80).marks[mark]


@pytest.mark.parametrize("style", [ascii_style(80), rich_style(80)])
def test_no_two_marks_look_alike(style: Style) -> None:
    assert len({*style.marks.values()}) == len(Mark)
