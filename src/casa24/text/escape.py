"""Escape texts from outside (names, titles, pages) for a terminal, for Markdown and for CSV."""

from __future__ import annotations

import re
import unicodedata

# Characters that move the cursor, colour the screen or turn the direction of a line.
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Joiners inside emoji and scripts that need them are harmless.
_ALLOWED = {"\u200d", "\u200c", "\u00ad"}
_INLINE = re.compile(r"([\\`*_\[\]|~])")
_MARKDOWN = re.compile(rf"{_INLINE.pattern[:-1]}|^[#+>-])")
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\n")


def clean(text: str) -> str:
    """Return the text with control characters written as escapes, so that they have no effect."""
    return text if text.isprintable() else "".join(_visible(char) for char in text)


def harmful(char: str) -> bool:
    """Return whether a character has an effect instead of being visible."""
    return unicodedata.category(char) in _HARMFUL and char not in _ALLOWED


def _visible(char: str) -> str:
    if not harmful(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - the last of Latin-1


def markdown(text: str) -> str:
    """Escape a text for a Markdown table: no markup, no HTML, no mention, no line break."""
    escaped = _MARKDOWN.sub(r"\\\1", clean(text))
    # GitHub looks for mentions after it has read entities: only something in between stops it (cmark-gfm #181).
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@&#8203;")


def message(text: str) -> str:
    """Escape a text for a chat or a mail written in Markdown: no markup, no link, no mention."""
    return _harmless(_MARKDOWN.sub(r"\\\1", clean(text)))


def inline(text: str) -> str:
    """Escape a text as `message` does, where it does not begin a line."""
    return _harmless(_INLINE.sub(r"\\\1", clean(text)))


def _harmless(escaped: str) -> str:
    # An invisible space breaks them: a chat does not read HTML entities.
    return escaped.replace("@", "@\u200b").replace("<", "<\u200b").replace("://", ":\u200b//")


def safe_cell(text: str) -> str:
    """Return a text as a CSV cell that no spreadsheet runs as a formula."""
    # csv leaves a lone carriage return unquoted (before Python 3.13), and then cannot read its own row.
    text = text.replace("\r", "\n")
    return f"'{text}" if text.startswith(_FORMULA) else text
