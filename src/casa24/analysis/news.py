"""Choose what is worth a message: the past week, milestones and unusual movements, each once.

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
        News(key=_milestone_key(milestone), date=milestone.reached, milestone=milestone)
        for milestone in milestones
        if not milestone.before and last - milestone.reached <= FRESH
    ]
    running: set[str] = set()
    for movement in movements:
        over = over_on(movement, days)
        if over is None:
            running.add(_movement_key(movement))
        elif last - over <= FRESH:
            found.append(News(key=_movement_key(movement), date=over, movement=movement))
    found.sort(key=lambda item: item.date)
    if week is not None and week.over and week.newest is not None and last - week.sunday <= FRESH:
        found.append(News(key=f"week:{week.week}", date=week.sunday, week=_without(week, running)))
    return found


def over_on(movement: Movement, days: Sequence[dt.date]) -> dt.date | None:
    """The recorded day, of these, on which a movement turned out to be over; None while it is running."""
    place = bisect_right(days, movement.last) + QUIET - 1
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
    ends = (_ends(known.rpartition(":")[2]) for known in keys if known.rpartition(":")[0] == kind)
    return any(begin <= last and first <= end for begin, end in ends)


def _ends(days: str) -> tuple[str, str]:
    """``2025-10-13..2025-10-15``, or one day."""
    first, _, last = days.partition("..")
    return first, last or first


def unsaid(found: Iterable[News], keys: Collection[str]) -> list[News]:
    """What was not told under these keys; the week without what was, or is told before it."""
    small = [item for item in found if item.week is None and not is_told(item.key, keys)]
    told = {*keys, *(item.key for item in small)}
    weeks = [
        item.model_copy(update={"week": _once(_without(item.week, told))})
        for item in found
        if item.week is not None and item.key not in keys
    ]
    return [*small, *weeks]


def _without(week: WeekReport, keys: Collection[str]) -> WeekReport:
    """A week without the milestones and unusual things of these keys."""
    return week.model_copy(
        update={
            "milestones": tuple(milestone for milestone in week.milestones if _milestone_key(milestone) not in keys),
            "movements": tuple(movement for movement in week.movements if not is_told(_movement_key(movement), keys)),
            "open": tuple(wave for wave in week.open if not is_told(_wave_key(wave), keys)),
        }
    )


def _once(week: WeekReport) -> WeekReport:
    """A week that says of each number one thing: an open wave, else what moved, else how it changed."""
    moved = apart(week)
    said = {(event.artist, event.source, event.metric) for movement in moved for event in movement.events}
    fresh = (wave.episode for wave in week.open if wave.episode.rises[-1].date >= week.monday)
    said |= {(episode.artist, episode.source, episode.metric) for episode in fresh}
    changes = tuple(row for row in week.changes if (row.artist, row.source, row.metric) not in said)
    return week.model_copy(update={"movements": moved, "changes": changes})


def _milestone_key(milestone: Milestone) -> str:
    return f"milestone:{key_of(milestone.artist or '')}:{milestone.source}.{milestone.metric}:{milestone.rung}"


def _movement_key(movement: Movement) -> str:
    way = "rise" if movement.rise else "fall"
    return f"unusual:{movement.source}.{movement.metric}:{way}:{movement.first}..{movement.last}"


def _wave_key(wave: OpenWave) -> str:
    """The key of its last rise."""
    episode = wave.episode
    return f"unusual:{episode.source}.{episode.metric}:rise:{episode.rises[-1].date}"
