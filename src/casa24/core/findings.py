"""Define a finding: one result of checking a source, a key or a folder, good or bad."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How serious a finding is: ``broken`` costs readings today; ``warning`` will, or may."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


class Finding(NamedTuple):
    """One result of a check: what is the case, what to do about it, and a link where to do it or read more."""

    level: Level
    what: str
    advice: str = ""
    link: str = ""


def ok(what: str) -> Finding:
    """Make a finding about something that is in order."""
    return Finding(Level.OK, what)


def warning(what: str, advice: str, link: str = "") -> Finding:
    """Make a finding about something that will cost readings, or may."""
    return Finding(Level.WARNING, what, advice, link)


def broken(what: str, advice: str, link: str = "") -> Finding:
    """Make a finding about something that costs readings today."""
    return Finding(Level.BROKEN, what, advice, link)
