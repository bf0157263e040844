"""What is unusual: numbers that jumped and are expected back, and jumps, with who else moved on the same days.

Nothing here says why: a wave may be a playlist, a video, or a platform's own housekeeping.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.episodes import Episode
from casa24.analysis.events import Event
from casa24.analysis.result import Result
from casa24.analysis.waves import Company, wave_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casa24.timeseries import TimeSeries


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
    """``open``: as known on ``last``; ``movements``: from ``since`` to ``last``, newest first."""

    since: dt.date
    last: dt.date
    open: tuple[OpenWave, ...]
    movements: tuple[Movement, ...]


def unusual(found: Sequence[TimeSeries], since: dt.date, last: dt.date) -> Unusual:
    """What was unusual between two days. ``found``: every series, from 180 days before ``since`` on."""
    company = Company(found)
    moved = [one for one in movements(company.events) if one.last >= since and one.first <= last]
    return Unusual(
        since=since,
        last=last,
        open=tuple(open_waves(found, last, company)),
        movements=tuple(sorted(moved, key=lambda one: one.last, reverse=True)),
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
    """Events of one number and direction whose days meet, taken together; oldest first within a number."""

    def kind(event: Event) -> tuple[str, str, bool]:
        return (event.source, event.metric, event.rise)

    ordered = sorted(events, key=lambda event: (kind(event), event.first))
    for _, same in groupby(ordered, kind):
        group: list[Event] = []
        for event in same:
            if group and event.first > max(one.last for one in group):
                yield _movement(group)
                group = []
            group.append(event)
        yield _movement(group)


def _movement(events: Sequence[Event]) -> Movement:
    one = events[0]
    return Movement(
        source=one.source,
        source_title=one.source_title,
        metric=one.metric,
        title=one.title,
        rise=one.rise,
        first=one.first,
        last=max(event.last for event in events),
        events=tuple(events),
    )
