"""What an examination finds: of a source, a key, a folder. What is well is said too."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How it stands with something: ``broken`` costs readings today, ``warning`` will, or may."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


class Finding(NamedTuple):
    """One line of an examination: what is so, what to do about it, and where to read on or to do it."""

    level: Level
    what: str
    advice: str = ""
    link: str = ""


def ok(what: str) -> Finding:
    """Something that is well."""
    return Finding(Level.OK, what)


def warning(what: str, advice: str, link: str = "") -> Finding:
    """Something that will cost readings, or may."""
    return Finding(Level.WARNING, what, advice, link)


def broken(what: str, advice: str, link: str = "") -> Finding:
    """Something that costs readings today."""
    return Finding(Level.BROKEN, what, advice, link)
