"""Words and numbers as they are printed; what came from outside made harmless first."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from casa24.models import State

if TYPE_CHECKING:
    from casa24.analysis.diff import Change, Point

NO_VALUE = {
    State.FAILED: "no reading",
    State.HIDDEN: "hidden",
    State.NOT_OFFERED: "not offered",
    State.SKIPPED: "not asked",
    State.NO_ACCOUNT: "–",
    State.NOT_TRACKED: "–",
}

# Characters that move the cursor, colour the screen or turn the direction of a line.
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Joiners inside emoji and scripts that need them are harmless.
_ALLOWED = {"\u200d", "\u200c", "\u00ad"}
_MARKDOWN = re.compile(r"([\\`*_\[\]|~]|^[#+>-])")


def clean(text: str) -> str:
    """A text that prints as it is: control characters show as escapes and do nothing."""
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _HARMFUL or char in _ALLOWED:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - the last of Latin-1


def markdown(text: str) -> str:
    """A text in a Markdown table: no markup, no HTML, no mention, no line break."""
    escaped = _MARKDOWN.sub(r"\\\1", clean(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;")


def number(value: int) -> str:
    """12345 → ``12,345``."""
    return f"{value:,}"


def signed(value: int) -> str:
    """A change: ``+12``, ``-3``, ``0``."""
    return f"{value:+,}" if value else "0"


def point(reading: Point) -> str:
    """A reading: ``523``; rounded ``~1,400``; doubtful ``523 ?``; else why there is none."""
    if reading.value is None:
        return NO_VALUE.get(reading.state, "no reading")
    shown = number(reading.value) if reading.exact else f"~{number(reading.value)}"
    return f"{shown} ?" if reading.state is State.SUSPECT else shown


def change(item: Change | None) -> str:
    """A change: ``+12``; ``~+100`` where an end is rounded; empty where there is none."""
    if item is None or item.change is None:
        return ""
    sure = item.change_low == item.change_high
    return signed(item.change) if sure or not item.change else f"~{signed(item.change)}"


def percent(item: Change) -> str:
    """``+46.5 %``, where the base carries one."""
    return "" if item.percent is None or not item.change else f"{item.percent:+.1f} %"
