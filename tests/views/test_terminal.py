"""Tables in a terminal: wide where there is room, closer where there is less, folded where there is too little."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from casa24.views.page import Grid, Page, grid
from casa24.views.terminal import to_terminal

ROWS = [("Ana Luz", "1,200", "+12"), ("日本 Beats", "7", "-1,000")]
TABLE = grid("Artist | >Followers | >Change", ROWS)


def shown(table: Grid, width: int, *, colour: bool = False) -> list[str]:
    out = io.StringIO()
    to_terminal(Page("Title", table, (table,)), Console(file=out, width=width, force_terminal=colour, markup=False))
    return out.getvalue().split("\n")[2:-1]


def test_where_there_is_room_three_spaces_part_the_columns() -> None:
    assert shown(TABLE, 80) == [
        "Artist       Followers   Change",
        "───────────────────────────────",
        "Ana Luz          1,200      +12",
        "日本 Beats           7   -1,000",
    ]


def test_two_spaces_part_them_where_that_makes_it_fit() -> None:
    assert shown(TABLE, 30) == [
        "Artist      Followers  Change",
        "─────────────────────────────",
        "Ana Luz         1,200     +12",
        "日本 Beats          7  -1,000",
    ]


@pytest.mark.parametrize("width", [26, 30])
def test_where_that_is_too_wide_words_go_to_the_next_line_and_numbers_stay_whole(width: int) -> None:
    lines = shown(grid("Artist | >Fans", [("Ana Luz and her wonderful band", "1,200")]), width)
    assert max(map(cell_len, lines)) <= width
    assert "1,200" in lines[2]
    assert " ".join(line.replace("1,200", "").strip() for line in lines[2:]) == "Ana Luz and her wonderful band"


def test_what_would_lose_digits_is_told_line_by_line() -> None:
    table = grid("Artist | >Followers | Note | >", [("Ana Luz", "29,338 (+167)", "", "▁▂"), ("Ben", "7", "new", "")])
    assert shown(table._replace(links={1: "https://x.example/ben"}), 26) == [
        "Ana Luz",
        "  Followers: 29,338 (+167)",
        "  ▁▂",
        "Ben",
        "https://x.example/ben",
        "  Followers: 7",
        "  Note: new",
    ]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=9), st.integers(24, 130))
def test_no_width_costs_a_number_a_digit(values: list[int], width: int) -> None:
    cells = [f"{value:,}" for value in values]
    heads = " | ".join(["Number", *(f">Artist {number}" for number in range(len(values)))])
    told = re.findall("[0-9,]{2,}|[0-9]", " ".join(shown(grid(heads, [("Followers", *cells)]), width)[1:]))
    assert [cell for cell in cells if cell not in told] == []


def test_a_row_that_leads_somewhere_has_its_address_whole_on_a_line_below() -> None:
    table = TABLE._replace(links={0: "https://x.example/ana"})
    assert shown(table, 80)[2:4] == ["Ana Luz                     1,200      +12", "https://x.example/ana"]


def test_heads_and_groups_are_bold_and_addresses_dim() -> None:
    table = TABLE._replace(heads=frozenset({1}), links={0: "https://x.example/ana"})
    lines = shown(table, 80, colour=True)
    assert [line[:4] for line in lines] == ["\x1b[1m", "────", "Ana ", "\x1b[2m", "\x1b[1m"]


def test_no_line_ends_in_spaces() -> None:
    assert [line for line in shown(grid("A | B", [("x", ""), ("", "")]), 80) if line != line.rstrip()] == []
