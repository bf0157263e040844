"""What is worth a message: the week that is over, milestones, and what was unusual; each once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.milestones import Milestone
from casa24.analysis.result import Result
from casa24.analysis.unusual import Movement
from casa24.analysis.week import WeekReport
from casa24.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable

FRESH = dt.timedelta(days=14)
"""Older things are no news: a first run on a long record must not send months of them."""


class News(Result):
    """One thing to say. ``key``: it is said once; exactly one of the others is set."""

    key: str
    date: dt.date
    week: WeekReport | None = None
    milestone: Milestone | None = None
    movement: Movement | None = None


def news(
    week: WeekReport | None, milestones: Iterable[Milestone], movements: Iterable[Movement], last: dt.date
) -> list[News]:
    """What there is to say as of the newest day, ``last``, oldest first; the week at the end."""
    found = [
        News(key=_milestone_key(one), date=one.reached, milestone=one)
        for one in milestones
        if not one.before and last - one.reached <= FRESH
    ]
    found += [
        News(key=_movement_key(one), date=one.last, movement=one) for one in movements if last - one.last <= FRESH
    ]
    found.sort(key=lambda one: one.date)
    if week is not None and week.over and week.newest is not None and last - week.sunday <= FRESH:
        found.append(News(key=f"week:{week.week}", date=week.sunday, week=week))
    return found


def _milestone_key(one: Milestone) -> str:
    return f"milestone:{key_of(one.artist or '')}:{one.source}.{one.metric}:{one.rung}"


def _movement_key(one: Movement) -> str:
    return f"unusual:{one.source}.{one.metric}:{'rise' if one.rise else 'fall'}:{one.first}"
