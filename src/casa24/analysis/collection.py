"""Define the result of a collection."""

from __future__ import annotations

from casa24.analysis.day import Day
from casa24.analysis.result import Result
from casa24.errors import INTERRUPTED

NOTHING_MEASURED, STRICT_FAILURE = 1, 3


class Collection(Result):
    """What a collection brought. ``day``: as stored now; ``written``: the files that changed."""

    day: Day
    measured: bool
    failed: bool
    interrupted: bool
    dry_run: bool
    written: tuple[str, ...]
    warnings: tuple[str, ...]

    def exit_code(self, *, strict: bool) -> int:
        """0 measured something, 1 nothing, 3 with ``strict`` when anything failed, 130 interrupted."""
        if self.interrupted:
            return INTERRUPTED
        if not self.measured:
            return NOTHING_MEASURED
        return STRICT_FAILURE if strict and self.failed else 0
