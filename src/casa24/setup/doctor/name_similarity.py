"""Decide whether two names may be the same artist's."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from casa24.core.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable

# What is put behind a name and is no part of it.
_DRESS = {"topic", "official", "oficial", "music", "musica", "vevo", "records", "channel", "canal", "band", "tv", "the"}
_ENOUGH = 4
_ALIKE = 0.75


def alike(found: str, names: Iterable[str]) -> bool:
    """Whether a platform's name is like one of an artist's. What has no letters cannot be compared: it is."""
    return any(_alike(_words(found), _words(name)) for name in names)


def same(found: str, names: Iterable[str]) -> bool:
    """Whether it is one of them, but for case, accents and dress."""
    return any("".join(_words(found)) == "".join(_words(name)) for name in names)


def _words(name: str) -> list[str]:
    plain = "".join(char if char.isalnum() else " " for char in key_of(name)).split()
    return [word for word in plain if word not in _DRESS] or plain


def _alike(left: list[str], right: list[str]) -> bool:
    short, long = sorted(("".join(left), "".join(right)), key=len)
    if not short or short == long or set(left) <= set(right) or set(right) <= set(left):
        return True
    return (len(short) >= _ENOUGH and short in long) or difflib.SequenceMatcher(None, short, long).ratio() >= _ALIKE
