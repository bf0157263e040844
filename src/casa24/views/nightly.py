"""Summarise a night in one line, for a commit message and for an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core.snapshot import State
from casa24.views.day import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.outages import Silence
    from casa24.analysis.reasons import Missing


def missing_line(missing: Iterable[Missing]) -> str:
    """What was asked for and not given: ``Instagram of bo.wlie; Discord``. Empty where all came."""
    artists: dict[str, dict[str, None]] = {}
    for gap in missing:
        if gap.state is State.FAILED:
            artists.setdefault(gap.title, {}).update(dict.fromkeys(gap.artists))
    return "; ".join(f"{title} of {named(tuple(who))}" if who else title for title, who in artists.items())


def failing_line(silent: Iterable[Silence]) -> str:
    """Which sources have said nothing for days, why, and what to do. Empty where all speak."""
    return " ".join(
        f"{source.title} has given nothing for {source.days} days: {source.what}. {source.advice}".rstrip()
        for source in silent
    )
