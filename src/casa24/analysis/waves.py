"""What is unusual in many series at once: which rises are still there, who moved together.

The record is read so far back and no further: what has stayed for half a year after its last rise is
taken for the artist's own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.episodes import companions, episodes, open_episode
from casa24.analysis.events import every_event
from casa24.timeseries import TimeSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casa24.analysis.episodes import Episode
    from casa24.analysis.events import Event

LOOK_BACK = dt.timedelta(days=180)
"""How far before a question episodes are looked for, and how long one is believed in."""

Others = tuple[str, ...]


def known_on(series: TimeSeries, day: dt.date) -> TimeSeries:
    """The series as it was known on a day."""
    return TimeSeries(series.artist, series.item, tuple(point for point in series.points if point.date <= day))


def wave_on(series: TimeSeries, day: dt.date) -> Episode | None:
    """The episode the series is in on a day, as it was known then; None where its last rise is too long ago."""
    episode = open_episode(known_on(series, day)) if series.item.metric.event else None
    return None if episode is None or shifted(episode.rises[-1].date, LOOK_BACK) < day else episode


def still_there(episode: Episode | None) -> int:
    """What no fall has paid back yet of the rises of an open episode."""
    return 0 if episode is None or episode.closed else sum(rise.left for rise in episode.rises)


def spans(series: TimeSeries) -> list[tuple[dt.date, dt.date]]:
    """The days inside episodes, as they are known at the end: (first, the first day after)."""
    return [
        (one.first, one.closed or shifted(one.rises[-1].date, LOOK_BACK))
        for one in (episodes(series) if series.item.metric.event else ())
    ]


class Company:
    """Who moved with whom, over many series."""

    def __init__(self, found: Iterable[TimeSeries]) -> None:
        self.events = every_event(found)
        self.of_event: Mapping[Event, Others] = companions(self.events)

    def of(self, episode: Episode) -> Others:
        """The other artists whose same number rose with a rise of this episode."""
        place = (episode.artist, episode.source, episode.metric)
        return tuple(
            dict.fromkeys(
                name
                for event, others in self.of_event.items()
                if (event.artist, event.source, event.metric) == place and event.rise
                if event.last >= episode.first and (episode.closed is None or event.first <= episode.closed)
                for name in others
            )
        )
