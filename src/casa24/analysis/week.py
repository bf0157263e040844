"""Summarise a label's week, Monday to Sunday (UTC): changes, unusual movements, milestones, new entries, gaps."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.co_movement import Company
from casa24.analysis.day import Entry, lists_of
from casa24.analysis.diff import match
from casa24.analysis.gaps import Gaps
from casa24.analysis.growth import Grown, grown
from casa24.analysis.milestones import Milestone, milestones
from casa24.analysis.reasons import Missing
from casa24.analysis.result import Result
from casa24.analysis.unusual import Movement, OpenWave, movements, open_waves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from casa24.analysis.events import Event
    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import TimeSeries
    from casa24.sources.registry import AnySource

DAYS = dt.timedelta(days=7)
_ONE_DAY = dt.timedelta(days=1)
_TOP = 5
# The first and the last years have weeks the calendar does not hold, or none beside them.
_WEEK = re.compile(r"((?!0001|9999)[0-9]{4})-?W([0-9]{2})")

Lists = dict[tuple[str, str, str], list[Entry]]
"""By (artist, source title, list title)."""


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week, by its Monday."""

    monday: dt.date

    @classmethod
    def parse(cls, text: str) -> Week:
        """``2025-W42``. Raises ValueError where that is no week."""
        written = _WEEK.fullmatch(text.strip().upper())
        if written is None:
            raise ValueError(text)
        return cls(dt.date.fromisocalendar(int(written[1]), int(written[2]), 1))

    @classmethod
    def of(cls, day: dt.date) -> Week:
        """The week of a day."""
        return cls(shifted(day, -dt.timedelta(days=day.weekday())))

    @classmethod
    def last_complete(cls, day: dt.date) -> Week:
        """The last week that was over at the end of a day."""
        this = cls.of(day)
        return this if this.sunday == day else cls(shifted(this.monday, -DAYS))

    @property
    def sunday(self) -> dt.date:
        """Its last day."""
        return shifted(self.monday, DAYS - _ONE_DAY)

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year:04}-W{week:02}"


class NewEntry(Result):
    """An entry of an artist's list that was not in it before the week."""

    artist: str
    source_title: str
    list: str
    label: str
    url: str | None


class ExpectedDeparture(Result):
    """So many of a burst that are expected to leave a window on a day."""

    artist: str | None
    source_title: str
    title: str
    date: dt.date
    size: int


class WeekReport(Result):
    """The week ``week``, ``monday``…``sunday``; ``over``: whether the record reaches beyond its last day.

    ``since``: the day before it that changes are counted from, where one was recorded in the 7 days before.
    ``newest``: its last recorded day, None where nothing was recorded; ``recorded``: how many days were,
    without the ``copied`` ones. ``open``: the waves open at its end, as known then. ``missing``: on ``newest``;
    of it ``began`` what was not missing before the week, and ``ended`` what was and is read again.
    ``departures``: expected in the week after. ``begins``, ``ends``: the whole record's days.
    """

    week: str
    monday: dt.date
    sunday: dt.date
    over: bool
    since: dt.date | None
    newest: dt.date | None
    recorded: int
    copied: tuple[dt.date, ...] = ()
    changes: tuple[Grown, ...]
    open: tuple[OpenWave, ...]
    movements: tuple[Movement, ...]
    milestones: tuple[Milestone, ...]
    new: tuple[NewEntry, ...]
    missing: tuple[Missing, ...]
    began: tuple[Missing, ...] = ()
    ended: tuple[Missing, ...] = ()
    departures: tuple[ExpectedDeparture, ...]
    begins: dt.date | None = None
    ends: dt.date | None = None


def describe_week(  # noqa: PLR0913 - what a week is made of
    week: Week,
    found: Sequence[TimeSeries],
    snapshots: Sequence[Snapshot],
    sources: Sequence[AnySource],
    *,
    aliases: Mapping[str, Iterable[str]],
    copied: Collection[dt.date] = (),
) -> WeekReport:
    """A week. ``found``: every series of the whole record.

    ``snapshots``: those of the week and of the seven days before it, oldest first;
    ``copied``: the days that only repeat the one before.
    """
    days = [*(series.points[-1].date for series in found if series.points), *(snapshot.date for snapshot in snapshots)]
    last = max(days, default=week.monday)
    before = [snapshot for snapshot in snapshots if snapshot.date < week.monday]
    inside = [snapshot for snapshot in snapshots if week.monday <= snapshot.date <= week.sunday]
    copies = tuple(snapshot.date for snapshot in inside if snapshot.date in copied)
    gaps = Gaps.between(before[-1] if before else None, inside[-1], sources) if inside else Gaps()
    company = Company(found)
    waves = tuple(open_waves(found, week.sunday, company)) if inside else ()
    return WeekReport(
        week=str(week),
        monday=week.monday,
        sunday=week.sunday,
        over=last >= week.sunday,
        since=before[-1].date if before else None,
        newest=inside[-1].date if inside else None,
        recorded=len(inside) - len(copies),
        copied=copies,
        changes=tuple(_changes(found, week, company)),
        open=waves,
        movements=tuple(
            movement
            for movement in movements(company.events)
            if movement.last >= week.monday and movement.first <= week.sunday
        ),
        milestones=tuple(
            milestone
            for milestone in milestones(found, last).reached
            if week.monday <= milestone.reached <= week.sunday and not milestone.before
        ),
        new=tuple(_new(before, inside, sources, aliases)),
        missing=gaps.now,
        began=gaps.began,
        ended=gaps.ended,
        departures=tuple(_departures(waves, week)),
        begins=min((*(series.points[0].date for series in found if series.points), *days), default=None),
        ends=max(days, default=None),
    )


def apart(week: WeekReport) -> tuple[Movement, ...]:
    """What moved in a week beside the open waves, which tell their own rises."""
    rises = {
        (wave.episode.artist, wave.episode.source, wave.episode.metric, rise.date)
        for wave in week.open
        for rise in wave.episode.rises
    }

    def told(event: Event) -> bool:
        place = (event.artist, event.source, event.metric)
        return any((*place, day) in rises for day in (event.first, event.last))

    left = ((movement, tuple(event for event in movement.events if not told(event))) for movement in week.movements)
    return tuple(movement.model_copy(update={"events": events}) for movement, events in left if events)


def _changes(found: Iterable[TimeSeries], week: Week, company: Company) -> Iterator[Grown]:
    """From the last usable reading of the seven days before to the last of the week, where that is a change."""
    for series in found:
        earlier = [point.date for point in series.usable if dt.timedelta() < week.monday - point.date <= DAYS]
        row = grown(series, earlier[-1] if earlier else week.monday, week.sunday, company)
        if row is not None and row.change:
            yield row


def _new(
    before: Sequence[Snapshot],
    inside: Sequence[Snapshot],
    sources: Sequence[AnySource],
    aliases: Mapping[str, Iterable[str]],
) -> Iterator[NewEntry]:
    """What stands among the first five of a list and did not the week before; nothing where that list is not known."""
    if not before or not inside:
        return
    earlier = {new: old for _, old, new in match(before[-1], inside[-1], aliases) if old and new}
    known = _lists(before, sources)
    for (artist, source, title), entries in _lists(inside, sources).items():
        old = known.get((earlier.get(artist, artist), source, title))
        seen = None if old is None else {entry.url or entry.label for entry in old}
        for entry in entries:
            if seen is not None and (entry.url or entry.label) not in seen:
                yield NewEntry(artist=artist, source_title=source, list=title, label=entry.label, url=entry.url)


def _lists(snapshots: Sequence[Snapshot], sources: Sequence[AnySource]) -> Lists:
    """The first five of each artist's newest lists; plain texts (genres) are no news."""
    lists: Lists = {}
    for snapshot in reversed(snapshots):
        names = dict.fromkeys(record.name for record in snapshot.artists)
        for artist, source in product(names, (source for source in sources if not source.label_wide)):
            for listing in lists_of(snapshot, source, artist):
                entries = list(listing.entries or ())
                if listing.entries is not None and (not entries or any(item.url or item.numbers for item in entries)):
                    lists.setdefault((artist, source.title, listing.title), entries[:_TOP])
    return lists


def _departures(waves: Iterable[OpenWave], week: Week) -> Iterator[ExpectedDeparture]:
    """What should leave a window in the seven days after the week."""
    for wave in waves:
        for leaving in wave.leaving:
            if dt.timedelta() < leaving.by - week.sunday <= DAYS:
                episode = wave.episode
                yield ExpectedDeparture(
                    artist=episode.artist,
                    source_title=episode.source_title,
                    title=episode.title,
                    date=leaving.by,
                    size=leaving.size,
                )
