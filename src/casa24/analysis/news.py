"""What is worth a message: the week that is over, milestones, and what was unusual; each once.

A movement is told when it is over, with its whole size and everybody in it: on its first day nobody knows either.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import TYPE_CHECKING

from casa24.analysis.milestones import Milestone
from casa24.analysis.result import Result
from casa24.analysis.unusual import Movement
from casa24.analysis.week import WeekReport, apart
from casa24.core.names import key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from casa24.analysis.unusual import OpenWave

FRESH = dt.timedelta(days=14)
"""Older things are no news: a first run on a long record must not send months of them."""
QUIET = 3
"""So many recorded days without a further step, and a movement is over."""


class News(Result):
    """One thing to say. ``key``: it is said once; exactly one of the others is set."""

    key: str
    date: dt.date
    week: WeekReport | None = None
    milestone: Milestone | None = None
    movement: Movement | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Its own key, and those of the unusual things a week tells itself."""
        if self.week is None:
            return (self.key,)
        return (self.key, *map(_movement_key, self.week.movements), *map(_wave_key, self.week.open))


def news(
    week: WeekReport | None, milestones: Iterable[Milestone], movements: Iterable[Movement], days: Sequence[dt.date]
) -> list[News]:
    """What there is to say at the end of ``days``, those recorded, oldest first; the week at the end."""
    last = days[-1]
    found = [
        News(key=_milestone_key(one), date=one.reached, milestone=one)
        for one in milestones
        if not one.before and last - one.reached <= FRESH
    ]
    running: set[str] = set()
    for one in movements:
        over = over_on(one, days)
        if over is None:
            running.add(_movement_key(one))
        elif last - over <= FRESH:
            found.append(News(key=_movement_key(one), date=over, movement=one))
    found.sort(key=lambda one: one.date)
    if week is not None and week.over and week.newest is not None and last - week.sunday <= FRESH:
        found.append(News(key=f"week:{week.week}", date=week.sunday, week=_without(week, running)))
    return found


def over_on(one: Movement, days: Sequence[dt.date]) -> dt.date | None:
    """The recorded day, of these, on which a movement turned out to be over; None while it is running."""
    place = bisect_right(days, one.last) + QUIET - 1
    return days[place] if place < len(days) else None


def is_told(key: str, keys: Collection[str]) -> bool:
    """Whether one of these keys says the same: of a movement, one on any of its days.

    A late reading, or one that turns out to be none, may shift where a movement begins and ends.
    """
    if key in keys:
        return True
    if not key.startswith("unusual:"):
        return False
    kind, _, days = key.rpartition(":")
    first, last = _ends(days)
    ends = (_ends(other.rpartition(":")[2]) for other in keys if other.rpartition(":")[0] == kind)
    return any(begin <= last and first <= end for begin, end in ends)


def _ends(days: str) -> tuple[str, str]:
    """``2025-10-13..2025-10-15``, or one day."""
    first, _, last = days.partition("..")
    return first, last or first


def unsaid(found: Iterable[News], keys: Collection[str]) -> list[News]:
    """What was not told under these keys; the week without what was, or is told before it."""
    small = [one for one in found if one.week is None and not is_told(one.key, keys)]
    told = {*keys, *(one.key for one in small)}
    weeks = [
        one.model_copy(update={"week": _once(_without(one.week, told))})
        for one in found
        if one.week is not None and one.key not in keys
    ]
    return [*small, *weeks]


def _without(week: WeekReport, keys: Collection[str]) -> WeekReport:
    """A week without the milestones and unusual things of these keys."""
    return week.model_copy(
        update={
            "milestones": tuple(one for one in week.milestones if _milestone_key(one) not in keys),
            "movements": tuple(one for one in week.movements if not is_told(_movement_key(one), keys)),
            "open": tuple(one for one in week.open if not is_told(_wave_key(one), keys)),
        }
    )


def _once(week: WeekReport) -> WeekReport:
    """A week that says of each number one thing: an open wave, else what moved, else how it changed."""
    moved = apart(week)
    said = {(event.artist, event.source, event.metric) for one in moved for event in one.events}
    fresh = (wave.episode for wave in week.open if wave.episode.rises[-1].date >= week.monday)
    said |= {(one.artist, one.source, one.metric) for one in fresh}
    changes = tuple(row for row in week.changes if (row.artist, row.source, row.metric) not in said)
    return week.model_copy(update={"movements": moved, "changes": changes})


def _milestone_key(one: Milestone) -> str:
    return f"milestone:{key_of(one.artist or '')}:{one.source}.{one.metric}:{one.rung}"


def _movement_key(one: Movement) -> str:
    return f"unusual:{one.source}.{one.metric}:{'rise' if one.rise else 'fall'}:{one.first}..{one.last}"


def _wave_key(wave: OpenWave) -> str:
    """The key of its last rise."""
    one = wave.episode
    return f"unusual:{one.source}.{one.metric}:rise:{one.rises[-1].date}"
