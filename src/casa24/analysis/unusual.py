"""Collect what is unusual: open waves, jumps with who else moved on the same days, and ramps.

Nothing here says why: a wave may be a playlist, a video, or a platform's own housekeeping.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.co_movement import Company, stayed_between, wave_on
from casa24.analysis.episodes import Episode
from casa24.analysis.events import LONGEST, Event
from casa24.analysis.ramps import Ramp, every_ramp
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casa24.core.timeseries import TimeSeries


class Leaving(Result):
    """So many of a rise, and the day by which a window of so many days has lost them."""

    by: dt.date
    size: int


class OpenWave(Result):
    """An episode that is open, who rose with it, and for a window when what is left of it should be gone."""

    episode: Episode
    others: tuple[str, ...]
    leaving: tuple[Leaving, ...]


class Movement(Result):
    """Jumps of one number in one direction on the same days, of one artist or several."""

    source: str
    source_title: str
    metric: str
    title: str
    rise: bool
    first: dt.date
    last: dt.date
    events: tuple[Event, ...]

    @property
    def together(self) -> bool:
        """Whether it hit more than one artist."""
        return len(self.events) > 1


class Unusual(Result):
    """``open``: as known on ``last``; the others reach into the days from ``since`` to ``last``, newest first.

    ``stayed``: rises that have stayed for 60 days, on a day between the two: from then on they are growth.
    """

    since: dt.date
    last: dt.date
    open: tuple[OpenWave, ...]
    stayed: tuple[Episode, ...] = ()
    movements: tuple[Movement, ...]
    ramps: tuple[Ramp, ...] = ()


def unusual(found: Sequence[TimeSeries], since: dt.date, last: dt.date) -> Unusual:
    """What was unusual between two days. ``found``: every series, from 180 days before ``since`` on."""
    company = Company(found)
    moved = [movement for movement in movements(company.events) if movement.last >= since and movement.first <= last]
    stayed = [episode for series in found for episode in stayed_between(series, since, last)]
    slopes = [ramp for ramp in every_ramp(found) if ramp.last >= since and ramp.first <= last]
    return Unusual(
        since=since,
        last=last,
        open=tuple(open_waves(found, last, company)),
        stayed=tuple(sorted(stayed, key=lambda episode: episode.closed or last, reverse=True)),
        movements=tuple(sorted(moved, key=lambda movement: movement.last, reverse=True)),
        ramps=tuple(sorted(slopes, key=lambda ramp: ramp.last, reverse=True)),
    )


def open_waves(found: Iterable[TimeSeries], day: dt.date, company: Company) -> Iterator[OpenWave]:
    """The episodes open on a day, as it was known then."""
    for series in found:
        episode = wave_on(series, day)
        if episode is not None:
            yield OpenWave(
                episode=episode,
                others=company.of(episode),
                leaving=tuple(_leaving(episode, series.item.metric.days)),
            )


def _leaving(episode: Episode, days: int | None) -> Iterator[Leaving]:
    """When each rise should have left the window; nothing for a number that is no window."""
    for rise in episode.rises if days else ():
        if rise.left and days:
            yield Leaving(by=shifted(rise.date, dt.timedelta(days=days)), size=rise.left)


def movements(events: Iterable[Event]) -> Iterator[Movement]:
    """Events of one number and direction whose days meet, taken together; oldest first within a number.

    They meet for at most 10 days: without an end everything would be one movement.
    """

    def kind(event: Event) -> tuple[str, str, bool]:
        return (event.source, event.metric, event.rise)

    ordered = sorted(events, key=lambda event: (kind(event), event.first))
    for _, same in groupby(ordered, kind):
        group: list[Event] = []
        for event in same:
            if group and (
                event.first > max(before.last for before in group) or (event.first - group[0].first).days >= LONGEST
            ):
                yield _movement(group)
                group = []
            group.append(event)
        yield _movement(group)


def _movement(events: Sequence[Event]) -> Movement:
    """Who moved furthest comes first."""
    first = events[0]
    return Movement(
        source=first.source,
        source_title=first.source_title,
        metric=first.metric,
        title=first.title,
        rise=first.rise,
        first=first.first,
        last=max(event.last for event in events),
        events=tuple(sorted(events, key=lambda event: -abs(event.change))),
    )
