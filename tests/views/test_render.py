"""Pages in the four formats: nothing from outside acts, and the label's own record fits."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from casa24.analysis.day import describe_day
from casa24.analysis.diff import diff
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.sources import registry
from casa24.views.day import artist_page, label_page
from casa24.views.diff import diff_page
from casa24.views.formats import Format
from casa24.views.page import Grid, Lines, Page, grid
from casa24.views.render import as_csv, as_json, as_markdown, as_text
from casa24.views.terminal import to_terminal
from tests.making import DAY, SERIES, SOURCES, artist, flag, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from casa24.core.snapshot import Snapshot

TITLES = {source.name: source.title for source in SOURCES}
LABEL = tuple(series for source in registry.load().label_sources for series in source.series())
NEXT = DAY + dt.timedelta(days=1)

EVIL = {
    "markup of rich": "[bold red]x[/bold red][/x]",
    "a link of rich": "[link=http://evil]x[/link] :smile:",
    "terminal escapes": "x\x1b[2J\x1b]0;title\x07\x9b31m",
    "line breaks": "x\n| y |\r\n- z\u2028w",
    "direction": "x\u202etxt.exe\u2066",
    "a formula": '=HYPERLINK("http://evil","x")',
    "a command": "+cmd|' /C calc'!A0",
    "a minus": "-2+3",
    "a mention": "@everyone <@1234>",
    "a tab": "\t=1+1",
    "markdown": "**x** | [y](http://evil) ![z](http://evil/z.png) `c` # h",
    "html": "<script>alert(1)</script><img src=x onerror=y>&amp;",
    "half an emoji": "x\ud83d",
    "tags": "x\U000e0041\U000f0000",
}


def terminal(page: Page, width: int = 80) -> str:
    out = io.StringIO()
    to_terminal(page, Console(file=out, width=width, markup=False, emoji=False, highlight=False))
    return out.getvalue()


def answers(name: str) -> list[tuple[Page, BaseModel]]:
    """Every answer made of a record in which one text from outside stands wherever one can."""
    sections: dict[str, Any] = {
        "spotify": {
            "followers": 60,
            "popularity_score": None,
            "genres": [name],
            "top_tracks": [{"name": name, "popularity": 5, "track_id": "abc"}, {"name": name, "track_id": name}],
        },
        "youtube": {"subscribers": None, "top_videos": [{"title": name, "views": 5, "video_id": "x"}]},
    }
    records = [
        {**artist(who, **sections), "accounts": {"spotify": name, "youtube": "y"}} for who in (name, f"{name} 2")
    ]
    flags = [flag("*", "spotify", "popularity_score", code="x", detail=name), flag("*", "youtube", code=name)]
    days = [snapshot(*records, day=day, flags=flags, discord={"member_count": 5}) for day in (DAY, NEXT)]
    days[0] = snapshot(*records[:1], artist(f"{name} 3"), day=DAY, flags=flags)
    full, single = (
        describe_day(days[1], SOURCES, before=days[0]),
        describe_day(days[1], SOURCES, before=days[0], only=[name]),
    )
    changes = diff(days[0], days[1], SERIES, LABEL)
    return [
        (label_page(full, name), full),
        (artist_page(single), single),
        (diff_page(changes, name), changes),
        (Page(name, Grid((), ()), (Lines((name,), name), grid("A | >B", [(name, name)], title=name))), full),
    ]


def harmless(text: str) -> bool:
    """Nothing in it moves a cursor, colours the screen or turns a line."""
    return not {unicodedata.category(char) for char in text.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize("name", EVIL.values(), ids=EVIL)
def test_in_the_terminal_a_name_is_only_a_name(name: str) -> None:
    for page, _ in answers(name):
        shown = terminal(page, width=400)
        assert harmless(shown)
    # What is printable comes out as it is: no markup is read, no emoji code replaced.
    if name.isprintable():
        assert all(name in terminal(page, width=400) for page, _ in answers(name))


@pytest.mark.parametrize("name", EVIL.values(), ids=EVIL)
def test_in_json_a_name_comes_back_as_it_was(name: str) -> None:
    for page, result in answers(name):
        shown = as_text(page, result, Format.JSON)
        assert harmless(shown)
        assert json.loads(shown) == result.model_dump(mode="json")
        shown.encode("utf-8")


@pytest.mark.parametrize("name", EVIL.values(), ids=EVIL)
def test_in_csv_no_cell_is_a_formula_and_no_row_breaks(name: str) -> None:
    for page, result in answers(name)[:3]:
        shown = as_text(page, result, Format.CSV)
        assert harmless(shown)
        rows = list(csv.reader(io.StringIO(shown, newline="")))
        assert len(rows) == len(page.main.rows) + 1
        assert {len(row) for row in rows} == {len(page.main.columns)}
        cells = {cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}}
        assert all(re.fullmatch(r"[+-]\d+(\.\d+)?", cell) for cell in cells)


@pytest.mark.parametrize("name", EVIL.values(), ids=EVIL)
def test_in_markdown_a_name_is_no_markup_no_html_and_nobody(name: str) -> None:
    for page, result in answers(name):
        shown = as_text(page, result, Format.MD)
        assert harmless(shown)
        assert "<" not in shown
        assert not re.search(r"@(?!&#8203;)", shown)
        bare = re.sub(r"\\.", "", shown)
        assert not re.search(r"[`~_]|!\[", re.sub(r"\]\(https:[^)]*\)", "", bare))
        assert set(re.findall(r"\]\(([^)]*)\)", bare)) <= {
            "https://open.spotify.com/track/abc", "https://www.youtube.com/watch?v=x",
        }  # fmt: skip
        headings = [line for line in shown.splitlines() if line.startswith("#")]
        assert len(headings) == 1 + sum(bool(block.title) for block in page.blocks)
        tables = [line for line in shown.splitlines() if line.startswith("|")]
        for above, below in pairwise(tables):
            if set(below) <= set("|-: "):
                assert len(re.findall(r"(?<!\\)\|", above)) == below.count("|")
        assert all(line.startswith(("|", "#", "- ")) or not line for line in shown.splitlines())


@pytest.mark.parametrize("value", ["+5", "-3", "+46.5", "-0.1", "12"])
def test_a_signed_number_stays_a_number_in_csv(value: str) -> None:
    assert as_csv(grid("x", [(value,)])) == f"x\n{value}"


@pytest.mark.parametrize("text", ["+5+5", "-1.2.3", "+", "-", "+a", "=5", "-1e5(", "@5", "+²"])
def test_what_only_looks_like_a_number_does_not(text: str) -> None:
    assert as_csv(grid("x", [(text,)])) == f"x\n'{text}"


def test_json_of_an_ordinary_name_is_readable() -> None:
    days = [snapshot(artist("José 日本 👩‍🚀", spotify={"followers": 1}), day=day) for day in (DAY, NEXT)]
    assert "José 日本 👩‍🚀" in as_json(diff(days[0], days[1], SERIES))


def test_a_group_is_bold_a_title_a_heading_and_a_line_an_item() -> None:
    page = Page(
        "T", grid("x", []), (grid("A | >B", [("g", ""), ("x", "1")], title="S", heads=frozenset({0})), Lines(("l",)))
    )
    assert as_markdown(page).split("\n\n") == [
        "## T",
        "### S",
        "| A | B |\n| --- | ---: |\n| **g** |  |\n| x | 1 |",
        "- l",
    ]


def test_no_reading_and_zero_look_different_in_every_format() -> None:
    day = describe_day(
        snapshot(
            artist(spotify={"popularity_score": None, "followers": None, "monthly_listeners": "0"}),
            flags=[flag("*", "spotify")],
        ),
        SOURCES,
    )
    page = label_page(day, "L")
    assert re.search(r"Ana +no reading +no reading +0\n", terminal(page))
    assert "Ana,2026-03-14,spotify,followers,,,,failed," in as_csv(page.main)
    assert "Ana,2026-03-14,spotify,monthly_listeners,0,0,0,measured," in as_csv(page.main)
    assert "| no reading | 0 |" in as_markdown(page)


def whole(page: Page, shown: str) -> None:
    """It fits 80 columns, and no number was cut or broken to make it fit."""
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    assert "…" not in shown.replace("at least … at most", "") or any(
        "…" in cell for block in page.blocks if isinstance(block, Grid) for row in block.rows for cell in row
    )
    lines = shown.splitlines()
    for block in page.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                cells = [cell for cell, column in zip(row, block.columns, strict=True) if column.right and cell]
                assert any(all(cell in line for cell in cells) for line in lines), row


@pytest.fixture
def record(shared: Path) -> list[Snapshot]:
    history = History(DataFolder(shared / "legacy-history", SERIES))
    return history.on(*history.days)


def test_every_day_of_the_labels_record_fits_80_columns(record: list[Snapshot]) -> None:
    for before, day in pairwise(record):
        page = label_page(describe_day(day, SOURCES, before=before), "Casa 24 Records")
        whole(page, terminal(page))


def test_every_artist_of_the_labels_record_fits_80_columns(record: list[Snapshot]) -> None:
    for before, day in [*pairwise(record)][::15]:
        for record_of in day.artists:
            page = artist_page(describe_day(day, SOURCES, before=before, only=[record_of.name]))
            whole(page, terminal(page))


def test_every_comparison_of_the_labels_record_fits_80_columns(record: list[Snapshot]) -> None:
    for old in record[::30]:
        for new in record[::20]:
            page = diff_page(diff(old, new, SERIES, LABEL), "Casa 24 Records")
            whole(page, terminal(page))
