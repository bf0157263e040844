"""What was taken over from another data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from casa24.migration import Merged


def merge_lines(merged: Merged) -> list[str]:
    """A line for each thing that happened to days, and one for each file set aside."""
    counted = (
        ("taken over", merged.new),
        ("merged with what was recorded", merged.changed),
        ("held nothing new", merged.same),
    )
    aside = [f"A file casa24 could not use was set aside as {path}." for path in merged.set_aside]
    return [f"{span(days)}: {what}." for what, days in counted if days] + aside


def span(days: Sequence[dt.date]) -> str:
    """``2025-10-01``; ``2025-10-01 and 2025-10-03``; ``5 days, 2025-10-01 … 2025-10-05``; the days must be in order."""
    if len(days) > 2:  # noqa: PLR2004 - two are still read at a glance
        return f"{len(days)} days, {days[0]} … {days[-1]}"
    return " and ".join(day.isoformat() for day in days)
