"""Translate texts for the user, and write numbers and dates in the same language.

The English texts are the keys of the catalogue. Code that prints a text calls :func:`tr` with a literal;
a test checks that ``locale/es.toml`` has every such text. A text without translation is shown in English.
"""

from __future__ import annotations

import tomllib
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

LANGUAGES = ("en", "es")

_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"),
}
_spoken: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Set the language of this context; an unknown one means English."""
    _spoken.set(language if language in LANGUAGES else "en")


def spoken() -> str:
    """Return the current language: ``en`` or ``es``."""
    return _spoken.get()


def tr(text: str, /, **values: object) -> str:
    """Translate a text and fill in ``{name}``. Without values, braces stay as they are."""
    translated = _catalogue(spoken()).get(text, text)
    return translated.format(**values) if values else translated


def count(number: int, singular: str, plural: str, /, **values: object) -> str:
    """Translate ``singular`` for 1, else ``plural``; ``{n}`` becomes the number, with thousands separators."""
    return tr(singular if number == 1 else plural, n=grouped(number), **values)


def grouped(value: int) -> str:
    """Write a number with thousands separators: 12345 → ``12,345``, in Panama as in English (CLDR es-PA)."""
    return f"{value:,}"


def day(date: dt.date) -> str:
    """Write a date for a sentence: ``17 Oct 2025``, ``17 oct 2025``. In tables dates are ISO."""
    return f"{date.day} {_MONTHS[spoken()][date.month - 1]} {date.year}"


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    if language == "en":
        return {}
    table = tomllib.loads(files("casa24.text").joinpath("locale", f"{language}.toml").read_text("utf-8"))
    return {key: value for key, value in table.items() if isinstance(value, str)}
