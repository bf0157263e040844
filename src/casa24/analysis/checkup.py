"""Define the result of a doctor's checkup."""

from __future__ import annotations

from casa24.analysis.result import Result
from casa24.core.findings import Level
from casa24.errors import INTERRUPTED

_ORDER = (Level.OK, Level.WARNING, Level.BROKEN)


class Line(Result):
    """One finding. ``area``: what was looked at; ``advice`` and ``link`` are empty where nothing is to be done."""

    area: str
    level: Level
    what: str
    advice: str
    link: str


class Checkup(Result):
    """The examination. ``worst``: the worst level of all; ``interrupted``: ended by Ctrl-C before all was looked at."""

    lines: tuple[Line, ...]
    worst: Level
    interrupted: bool

    @classmethod
    def of(cls, lines: tuple[Line, ...], *, interrupted: bool) -> Checkup:
        """The examination with these lines."""
        worst = max((line.level for line in lines), key=_ORDER.index, default=Level.OK)
        return cls(lines=lines, worst=worst, interrupted=interrupted)

    def count(self, level: Level) -> int:
        """How many lines are of this level."""
        return sum(line.level is level for line in self.lines)

    @property
    def exit_code(self) -> int:
        """0, 1 where anything is broken, 130 interrupted."""
        if self.interrupted:
            return INTERRUPTED
        return 1 if self.worst is Level.BROKEN else 0
