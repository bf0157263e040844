"""Format readings and changes as words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core.snapshot import State
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from casa24.analysis.diff import Change, Total
    from casa24.analysis.history import HistoryReading
    from casa24.core.snapshot import Measurement

NO_VALUE = {
    State.FAILED: "no reading",
    State.HIDDEN: "hidden",
    State.NOT_OFFERED: "not offered",
    State.SKIPPED: "not asked",
    State.NO_ACCOUNT: "–",
    State.NOT_TRACKED: "–",
}


_LARGE = 100


def plain(value: float | None) -> str:
    """A value as a program takes it; empty where there is none."""
    return "" if value is None else str(value)


def number(value: int) -> str:
    """12345 → ``12,345``."""
    return f"{value:,}"


def a_day(pace: float) -> str:
    """A pace with its sign, as exact as a reader wants it: ``+4``, ``-0.25``, ``+1,234``."""
    return f"{pace:+,.0f}" if abs(pace) >= _LARGE else f"{pace:+.3g}" if pace else "0"


def signed(value: int) -> str:
    """A change: ``+12``, ``-3``, ``0``."""
    return f"{value:+,}" if value else "0"


def point(reading: Measurement | HistoryReading) -> str:
    """A reading: ``523``; rounded ``~1,400``; doubtful ``523 ?``; else why there is none."""
    if reading.value is None and reading.code == "pruned":
        return tr("removed")
    if reading.value is None:
        return tr(NO_VALUE.get(reading.state, "no reading"))
    shown = number(reading.value) if reading.exact else f"~{number(reading.value)}"
    return f"{shown} ?" if reading.state is State.SUSPECT else shown


def change(item: Change | Total | HistoryReading | None) -> str:
    """A change: ``+12``; ``~+100`` where an end is rounded; empty where there is none."""
    if item is None or item.change is None:
        return ""
    sure = item.change_low == item.change_high
    return signed(item.change) if sure else f"~{signed(item.change)}"


def percent(item: Change) -> str:
    """``+46.5 %``, where the base carries one."""
    return "" if item.percent is None or not item.change else f"{item.percent:+.1f} %"
