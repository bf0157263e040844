"""Find which rises are still there, and which artists rose together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.episodes import STAYS, companions, episodes, open_episode, rest
from casa24.analysis.events import every_event
from casa24.core.timeseries import TimeSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casa24.analysis.episodes import Episode
    from casa24.analysis.events import Event

LOOK_BACK = dt.timedelta(days=180)
"""How far before a question the record is read: as far as a rise can matter, and 60 days before it for its pace."""

Others = tuple[str, ...]


def known_on(series: TimeSeries, day: dt.date) -> TimeSeries:
    """The series as it was known on a day."""
    return TimeSeries(series.artist, series.item, tuple(point for point in series.points if point.date <= day))


def wave_on(series: TimeSeries, day: dt.date) -> Episode | None:
    """The episode the series is in on a day, as it was known then; None where its last rise has stayed for 60 days."""
    episode = open_episode(known_on(series, day)) if series.item.metric.event else None
    return None if episode is None or day - episode.rises[-1].date >= STAYS else episode


def still_there(episode: Episode | None) -> int:
    """What no fall has paid back yet of the rises of an open episode."""
    return 0 if episode is None or episode.closed else episode.left


def spans(series: TimeSeries) -> list[tuple[dt.date, dt.date]]:
    """The days inside episodes, as they are known at the end: (first, the first day after)."""
    return [
        (episode.first, episode.closed or shifted(episode.rises[-1].date, STAYS))
        for episode in (episodes(series) if series.item.metric.event else ())
    ]


def stayed_between(series: TimeSeries, first: dt.date, last: dt.date) -> list[Episode]:
    """The episodes that ended on one of these days because what was left of them had stayed."""
    return [
        episode
        for episode in (episodes(series) if series.item.metric.event else ())
        if episode.stayed and episode.closed is not None and first <= episode.closed <= last
        if episode.left > rest(series.item.metric, episode.baseline)
    ]


class Company:
    """Who moved with whom, over many series."""

    def __init__(self, found: Iterable[TimeSeries]) -> None:
        self.events = every_event(found)
        self.of_event: Mapping[Event, Others] = companions(self.events)

    def of(self, episode: Episode) -> Others:
        """The other artists whose same number rose on the day of a rise of this episode."""
        place = (episode.artist, episode.source, episode.metric)
        rises = {rise.date for rise in episode.rises}
        return tuple(
            dict.fromkeys(
                name
                for event, others in self.of_event.items()
                if event.rise and (event.artist, event.source, event.metric) == place and rises & set(event.days)
                for name in others
            )
        )
