"""In which language casa24 speaks: one catalogue of texts, English being its keys; numbers and dates to match.

Whoever puts words before people calls :func:`tr` with a literal text; a test holds every such text
against ``locale/es.toml``. A text nobody translated is shown in English, never hidden.
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
    """Speak this language from now on, in this context; one nobody knows is English."""
    _spoken.set(language if language in LANGUAGES else "en")


def spoken() -> str:
    """The language spoken now: ``en`` or ``es``."""
    return _spoken.get()


def tr(text: str, /, **values: object) -> str:
    """The text in the language spoken, ``{name}`` filled in. Without values it is taken as it is."""
    found = _catalogue(spoken()).get(text, text)
    return found.format(**values) if values else found


def count(number: int, singular: str, plural: str, /, **values: object) -> str:
    """``one`` for 1, else ``many``; ``{n}`` is the number, written as people write it."""
    return tr(singular if number == 1 else plural, n=grouped(number), **values)


def grouped(value: int) -> str:
    """12345 → ``12,345``: in Panama as in English (CLDR es-PA)."""
    return f"{value:,}"


def day(date: dt.date) -> str:
    """A date in a sentence: ``17 Oct 2025``, ``17 oct 2025``. In tables dates are ISO."""
    return f"{date.day} {_MONTHS[spoken()][date.month - 1]} {date.year}"


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    if language == "en":
        return {}
    table = tomllib.loads(files("casa24.text").joinpath("locale", f"{language}.toml").read_text("utf-8"))
    return {key: value for key, value in table.items() if isinstance(value, str)}
