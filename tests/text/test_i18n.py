"""Test that the catalogue of texts is complete and fits its keys."""

from __future__ import annotations

import ast
import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.quality.findings import Severity
from casa24.cli import data_check
from casa24.core import findings
from casa24.core.reason_codes import COMMON
from casa24.record.amendments import Action
from casa24.record.unmatched_rows import Why
from casa24.sources import registry
from casa24.text import i18n
from casa24.text.i18n import count, day, grouped, speak, tr
from casa24.views import quality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = Path(__file__).parents[2] / "src" / "casa24"
SPANISH = tomllib.loads((SOURCE / "text" / "locale" / "es.toml").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


def texts() -> Iterator[str]:
    """Every literal text handed to `tr` or `count`."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and path.name != "language.py":
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                places = {"tr": node.args[:1], "count": node.args[1:3] if len(node.args) > 2 else []}.get(name, [])
                yield from (
                    place.value for place in places if isinstance(place, ast.Constant) and isinstance(place.value, str)
                )


def heads() -> Iterator[str]:
    """The heads of every table for people, as `grid` takes them: those for programs are in lower case."""
    for path in sorted((SOURCE / "views").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "grid" and node.args:
                first = node.args[0]
                parts = (
                    first.value.split("|") if isinstance(first, ast.Constant) and isinstance(first.value, str) else []
                )
                yield from (part.strip(" >") for part in parts if part.strip(" >")[:1].isupper())


def declared() -> Iterator[str]:
    """The texts of the sources: titles of numbers and lists, reasons and advice."""
    sources = registry.load().sources
    for words in (COMMON, *(source.explanations() for source in sources)):
        for explanation in words.values():
            yield from (text for text in (explanation.what, explanation.advice) if text)
    for source in sources:
        yield from (series.metric.title for series in source.series())
        for _, listing in source.listings():
            yield from (listing.title, *(title for _, title in listing.numbers))


def looked_up() -> Iterator[str]:
    """Texts that are chosen from a list or an enumeration before they are printed."""
    for values in (Severity, findings.Level, Action, Why):
        yield from (member.value for member in values)
    yield from {*quality._TITLES.values(), *data_check._ANSWERS.values()}  # noqa: SLF001 - their texts


@pytest.mark.parametrize("collect_texts", [texts, heads, declared, looked_up])
def test_every_text_has_a_spanish_translation(collect_texts: Callable[[], Iterator[str]]) -> None:
    assert sorted(set(collect_texts()) - SPANISH.keys()) == []


def test_every_translation_has_the_same_placeholders() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w*)[^}]*}", text))

    assert {key for key, text in SPANISH.items() if places(key) != places(text)} == set()


def test_no_text_is_empty() -> None:
    assert [key for key, text in SPANISH.items() if not text.strip()] == []


def test_texts_are_in_the_chosen_language_or_else_in_english() -> None:
    assert tr("Missing") == "Missing"
    speak("es")
    assert (tr("Missing"), tr("a text nobody translated")) == ("Falta", "a text nobody translated")
    speak("tlh")
    assert (i18n.spoken(), tr("Missing")) == ("en", "Missing")


def test_braces_in_a_value_are_not_filled_in() -> None:
    assert tr("{name} here", name="{0.__class__} {x}") == "{0.__class__} {x} here"


def test_singular_and_plural_differ_and_numbers_are_grouped_as_in_panama() -> None:
    assert (count(1, "{n} day", "{n} days"), count(1234, "{n} day", "{n} days")) == ("1 day", "1,234 days")
    assert grouped(-1234567) == "-1,234,567"


def test_a_date_in_a_sentence_is_written_in_words() -> None:
    date = dt.date(2025, 9, 7)
    assert day(date) == "7 Sep 2025"
    speak("es")
    assert day(date) == "7 sept 2025"
