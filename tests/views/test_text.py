"""Words and numbers as they are printed, and what came from outside made harmless."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.analysis.diff import Change
from casa24.core.snapshot import Measurement, State
from casa24.text.escape import clean, markdown
from casa24.views.text import change, number, percent, point, signed

ESCAPES = {
    "\x1b[2J": "\\x1b[2J",
    "a\nb\r\tc": "a\\x0ab\\x0d\\x09c",
    "\x9b31m": "\\x9b31m",
    "\x07\x00\x7f": "\\x07\\x00\\x7f",
    "abc\u202etxt.exe": "abc\\u202etxt.exe",
    "\u2066x\u2069\u200e\u061c": "\\u2066x\\u2069\\u200e\\u061c",
    "\u2028\u2029\ufeff\u200b": "\\u2028\\u2029\\ufeff\\u200b",
    "half \ud83d": "half \\ud83d",
    "\U000e0041": "\\ue0041",
}


@pytest.mark.parametrize(("text", "shown"), ESCAPES.items(), ids=range(len(ESCAPES)))
def test_what_would_act_on_a_terminal_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(st.characters(codec=None)))
def test_no_control_character_ever_gets_through(text: str) -> None:
    shown = clean(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp", "Co"}
    assert {char for char in shown if unicodedata.category(char) == "Cf"} <= {"\u200d", "\u200c", "\u00ad"}
    assert clean(shown) == shown


@pytest.mark.parametrize("text", ["bo.wlie", "José Ñandú", "👩‍🚀 x", "می‌خواهم", "日本語", "[bold]x[/]", "", "\\x1b"])
def test_an_ordinary_name_is_printed_as_it_is(text: str) -> None:
    assert clean(text) == text


MARKUP = {
    "a|b": "a\\|b",
    "**b** _i_ `c` ~s~": "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~s\\~",
    "[x](http://y)": "\\[x\\](http://y)",
    "![x](y)": "!\\[x\\](y)",
    "<script>alert(1)</script>": "&lt;script>alert(1)&lt;/script>",
    "&lt;b&gt;": "&amp;lt;b&amp;gt;",
    "# head": "\\# head",
    "> quote": "\\> quote",
    "- item": "\\- item",
    "+ item": "\\+ item",
    "\\|": "\\\\\\|",
    "a\nb": "a\\\\x0ab",
    "-3": "\\-3",
    "2025-10-17 (+3)": "2025-10-17 (+3)",
}


@pytest.mark.parametrize(("text", "shown"), MARKUP.items(), ids=range(len(MARKUP)))
def test_markup_in_a_name_is_no_markup(text: str, shown: str) -> None:
    assert markdown(text) == shown


@pytest.mark.parametrize("text", ["@everyone", "by @octocat and @org/team", "a@b.c"])
def test_nobody_is_mentioned(text: str) -> None:
    """GitHub looks for mentions behind entities: `&#64;name` mentions, a zero-width space in between does not."""
    shown = markdown(text)
    assert shown.replace("&#8203;", "") == text
    assert all(shown[place + 1 :].startswith("&#8203;") for place, char in enumerate(shown) if char == "@")


def test_numbers_are_grouped_and_changes_signed() -> None:
    assert (number(0), number(999), number(1234567)) == ("0", "999", "1,234,567")
    assert (signed(12), signed(-1234), signed(0)) == ("+12", "-1,234", "0")


@pytest.mark.parametrize(
    ("reading", "shown"),
    [
        (Measurement(value=0, state=State.MEASURED, low=0, high=0), "0"),
        (Measurement(value=1400, state=State.ROUNDED, low=1350, high=1449), "~1,400"),
        (Measurement(value=523, state=State.SUSPECT, low=523, high=523), "523 ?"),
        (Measurement(value=1400, state=State.SUSPECT, low=1350, high=1449), "~1,400 ?"),
        (Measurement(value=None, state=State.FAILED), "no reading"),
        (Measurement(value=None, state=State.HIDDEN), "hidden"),
        (Measurement(value=None, state=State.NOT_OFFERED), "not offered"),
        (Measurement(value=None, state=State.SKIPPED), "not asked"),
        (Measurement(value=None, state=State.NO_ACCOUNT), "–"),
        (Measurement(value=None, state=State.NOT_TRACKED), "–"),
    ],
)
def test_a_reading_is_a_number_or_the_reason_why_there_is_none(reading: Measurement, shown: str) -> None:
    assert point(reading) == shown


def changed(value: int | None, low: int | None = None, high: int | None = None, share: float | None = None) -> Change:
    ends = Measurement(value=1, state=State.MEASURED)
    return Change(
        artist=None, source="x", source_title="X", metric="x", title="X", old=ends, new=ends, change=value,
        percent=share,
        change_low=value if low is None else low, change_high=value if high is None else high,
    )  # fmt: skip


def test_a_change_is_exact_about_or_nothing() -> None:
    assert change(changed(12)) == "+12"
    assert change(changed(-424, -473, -374)) == "~-424"
    assert change(changed(0)) == "0"
    assert change(changed(None)) == ""
    assert change(None) == ""


def test_a_percentage_is_shown_where_there_is_one_and_something_changed() -> None:
    assert percent(changed(166, share=46.5)) == "+46.5 %"
    assert percent(changed(-1, share=-0.04)) == "-0.0 %"
    assert percent(changed(0, share=0.0)) == ""
    assert percent(changed(5)) == ""
