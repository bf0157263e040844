"""Find sources that have given nothing for days."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING

from casa24.analysis.reasons import missing
from casa24.analysis.result import Result
from casa24.core.flags import to_cells
from casa24.core.snapshot import State, holds_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.core.snapshot import Snapshot
    from casa24.sources.registry import AnySource

# So many recorded days back a source must have spoken for its absence to be one.
_MEMORY = 60


class Silence(Result):
    """A source without a single number. ``days``: recorded days running, the newest included.

    ``last``: the day of its last number, where the days looked at hold one; ``what`` and
    ``advice``: why it is silent on the newest day.
    """

    source: str
    title: str
    days: int
    last: dt.date | None
    what: str
    advice: str


def silences(newest_first: Iterable[Snapshot], sources: Sequence[AnySource]) -> list[Silence]:
    """The sources that are silent on the newest day, although they were asked or used to speak.

    A source that was never set up is not silent: nobody misses it.
    """
    days = list(islice(newest_first, _MEMORY))
    if not days:
        return []
    heard = [_heard(day) for day in days]
    gaps = {gap.source: gap for gap in missing(days[0], sources)}
    found = []
    for source in sources:
        run = next((number for number, names in enumerate(heard) if source.name in names), None)
        gap = gaps.get(source.name)
        asked = gap is not None and gap.state is State.FAILED
        if run == 0 or gap is None or (run is None and not asked):
            continue
        length = run if run is not None else _failing(days, source.name)
        last = days[run].date if run is not None else None
        found.append(
            Silence(
                source=source.name, title=source.title, days=length, last=last, what=gap.what, advice=gap.advice
            )
        )  # fmt: skip
    return found


def _heard(day: Snapshot) -> set[str]:
    """The sources that gave any number that day."""
    return {place.source for place, cell in to_cells(day).items() if holds_number(cell.value)}


def _failing(days: list[Snapshot], source: str) -> int:
    """For how many days running a source that never spoke was asked in vain."""
    for number, day in enumerate(days):
        if not any(flag.source == source and flag.state is State.FAILED for flag in day.flags):
            return number
    return len(days)
