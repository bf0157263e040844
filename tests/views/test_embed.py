"""Pages as Discord takes them: within its limits, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.views.embed import ALL, FIELDS, NAME, TEXT, TITLE, VALUE, embed_of, footer_words, size
from casa24.views.page import Grid, Lines, Page, grid

_ANY = st.text(max_size=400)
_LINES = st.builds(Lines, st.lists(_ANY, min_size=1, max_size=60).map(tuple), _ANY, st.booleans())


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """A table of any texts."""
    width = draw(st.integers(1, 6))
    row = st.lists(_ANY, min_size=width, max_size=width).map(tuple)
    table = grid("|".join("abcdef"[:width]), draw(st.lists(row, min_size=1, max_size=40)), title=draw(_ANY))
    return table._replace(heads=draw(st.frozensets(st.integers(0, 9))), brief=tuple(range(1, width)))


@given(_ANY, st.lists(st.one_of(_LINES, grids()), max_size=40), _ANY)
def test_no_page_is_too_large_for_discord(title: str, blocks: list[Grid | Lines], footer: str) -> None:
    told = embed_of(Page(title or "-", grid("a", []), tuple(blocks)), footer)
    assert size(told.title) <= TITLE
    assert size(told.text) <= TEXT
    assert len(told.fields) <= FIELDS
    assert all(0 < size(field.name) <= NAME and 0 < size(field.value) <= VALUE for field in told.fields)
    parts = (told.title, told.text, told.footer, *(part for field in told.fields for part in field))
    assert sum(map(size, parts)) <= ALL
    "".join(parts).encode("utf-8", "surrogatepass")


def test_what_is_left_out_is_counted() -> None:
    rows = [(f"Artist {number}", "1" * 60) for number in range(40)]
    told = embed_of(Page("Us", grid("a", []), (Lines(("first",)), grid("Artist | Plays", rows, title="Long"))), "today")
    lines = told.fields[0].value.split("\n")
    assert lines[0] == f"**Artist 0** Plays {'1' * 60}"
    assert lines[-1] == f"… and {40 - (len(lines) - 1)} more"


@pytest.mark.parametrize(("length", "shown"), [(992, 3), (993, 2)])
def test_a_line_is_shown_only_where_room_is_left_to_count_the_others(length: int, shown: int) -> None:
    """Of 1,024 in all 32 are kept for "… and 1 more" in any language."""
    lines = ["a" * 450, "b" * 250]
    # A dash and a blank before each, a break between them.
    lines += ["c" * (length - sum(len(line) + 3 for line in lines) - 2), "d" * 100]
    told = embed_of(Page("Us", grid("a", []), (Lines(("-",)), Lines(tuple(lines), "Part"))), "today")
    *_, rest = found = told.fields[0].value.split("\n")
    assert (len(found) - 1, rest) == (shown, f"… and {4 - shown} more")


@pytest.mark.parametrize("last", range(90, 160))
def test_room_is_kept_for_the_footer_to_count_the_parts_left_out(last: int) -> None:
    """The last field that fits grows until nothing is left but what the footer needs."""
    whole = Lines(("a" * 448,) * 9)
    parts = (Lines(("b" * 440, "c" * 440), "Part"), Lines(("d" * 440, "e" * 440, "f" * last), "Part"))
    told = embed_of(Page("Us", grid("a", []), (whole, *parts, *[Lines(("g" * 400,), "Part")] * 2)), "today")
    texts = (told.title, told.text, told.footer, *(part for field in told.fields for part in field))
    assert told.footer == "today · 2 parts left out"
    assert sum(map(size, texts)) <= ALL


def test_parts_there_is_no_room_for_are_counted_in_the_footer() -> None:
    blocks = tuple(Lines(("x" * 400, "y" * 400), f"Part {number}") for number in range(30))
    told = embed_of(Page("Us", grid("a", []), blocks), "today")
    left = 30 - len(told.fields)
    assert told.footer == f"today · {left} parts left out"


def test_a_group_stands_in_bold_and_its_rows_do_not() -> None:
    table = grid("Number | >Now", [("Spotify", ""), ("  Fans", "7")], heads=frozenset({0}), brief=(1,))
    assert embed_of(Page("Us", table, (table,)), "").text == "**Spotify**\nFans 7"


def test_a_row_says_what_its_cells_are_unless_it_is_brief() -> None:
    table = grid("Artist | >Fans | >Plays", [("Ana", "7", "")], title="Today")
    assert embed_of(Page("Us", table, (table,)), "").fields[0].value == "**Ana** Fans 7"
    brief = table._replace(brief=(1, 2))
    assert embed_of(Page("Us", brief, (brief,)), "").fields[0].value == "**Ana** 7"


def test_a_drawing_keeps_its_place() -> None:
    told = embed_of(Page("Us", grid("a", []), (Lines(("1 ┤ ```", "2 ┤"), "", fixed=True),)), "")
    assert told.text == "```text\n1 ┤ '''\n2 ┤\n```"


def test_the_footer_says_how_old_the_data_is() -> None:
    assert footer_words("1 Jan 2026", 0) == "Data of 1 Jan 2026 · today"
    assert footer_words("1 Jan 2026", 1, ["x"]) == "Data of 1 Jan 2026 · 1 day old · x"
    assert footer_words("1 Jan 2026", 9) == "Data of 1 Jan 2026 · 9 days old: the nightly run may have failed"
