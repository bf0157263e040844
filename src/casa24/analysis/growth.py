"""Compute growth over a period by dates, and tell apart what moved with a wave."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.co_movement import Company, known_on, stayed_between, still_there, wave_on
from casa24.analysis.diff import Change, Total, change_of, total_of
from casa24.analysis.episodes import episodes
from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from casa24.core.metrics import Series
    from casa24.core.timeseries import Point, TimeSeries

BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 10
_TOP = 3


class Wave(Result):
    """What of a change belongs to an episode: ``size`` of it, since ``since``, together with ``others``.

    Negative: what left again. ``open``: whether it is still going on at the end of the period.
    """

    since: dt.date
    size: int
    open: bool
    others: tuple[str, ...]


class Stayed(Result):
    """What of a rise since ``since`` had stayed for 60 days on ``closed``: from then on it is growth."""

    since: dt.date
    size: int
    closed: dt.date


class Grown(Change):
    """A change between the first and the last usable reading of a period, and their days.

    ``per_day``: of the change, None unless there are two days. ``waves``: what of it belongs to episodes, the
    oldest first; ``stayed``: episodes that ended in the period because they stayed, and are no part of these.
    ``sparkline``: the period in block characters, a space where there is no reading.
    """

    first: dt.date
    last: dt.date
    per_day: float | None
    waves: tuple[Wave, ...]
    stayed: tuple[Stayed, ...] = ()
    sparkline: str

    @property
    def own(self) -> int:
        """The change without what belongs to an episode."""
        return (self.change or 0) - self.in_waves

    @property
    def in_waves(self) -> int:
        """What of the change belongs to episodes."""
        return sum(wave.size for wave in self.waves)


class Sum(Total):
    """One number over the artists read at both ends; ``wave``: what of its change belongs to episodes."""

    first: dt.date
    last: dt.date
    wave: int


class Unread(Result):
    """A number of a recorded artist without one usable reading in the period; ``since``: its last before."""

    artist: str | None
    source_title: str
    title: str
    since: dt.date | None


class Growth(Result):
    """``first``…``last``: the first and the last recorded day of a period of ``days`` days.

    ``top``: the artists that grew most by ``top_metric`` (the first that is a window), waves left out.
    ``artist``: whose growth this is, None: everybody's. ``joined``/``left``: recorded only later, or only earlier.
    """

    first: dt.date
    last: dt.date
    days: int
    artist: str | None
    rows: tuple[Grown, ...]
    unread: tuple[Unread, ...]
    top_metric: str | None
    top: tuple[Grown, ...]
    totals: tuple[Sum, ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]

    def only(self, artist: str | None) -> Growth:
        """The same, of one artist, or of the label itself."""
        rows = tuple(row for row in self.rows if row.artist == artist)
        unread = tuple(number for number in self.unread if number.artist == artist)
        joined, left = (tuple(name for name in names if name == artist) for names in (self.joined, self.left))
        shown = {"rows": rows, "unread": unread, "top": (), "top_metric": None, "totals": ()}
        return self.model_copy(update={**shown, "joined": joined, "left": left, "artist": artist})


def growth(found: Sequence[TimeSeries], last: dt.date, days: int, *, wanted: Collection[str] = ()) -> Growth:
    """The growth of the ``days`` days before ``last``, a recorded day.

    ``found``: every series, from 180 days before the period on, for the episodes. ``wanted``: the keys of
    the metrics to look at; empty: all of them.
    """
    start = shifted(last, -dt.timedelta(days=days))
    company = Company(found)
    shown = [series for series in found if not wanted or series.item.key in wanted]
    rows = [row for series in shown if (row := grown(series, start, last, company))]
    recorded = [point.date for series in found for point in series.points if start <= point.date <= last]
    first = min(recorded, default=last)
    stays = _stays(found)
    metric = _window(shown)
    return Growth(
        first=first,
        last=last,
        days=days,
        artist=None,
        rows=tuple(rows),
        unread=tuple(number for series in shown for number in _unread(series, start, last)),
        top_metric=metric.key if metric else None,
        top=tuple(_top(rows, metric)),
        totals=tuple(_sums(rows, dict.fromkeys(series.item for series in shown), days)),
        joined=tuple(name for name, (came, _) in stays.items() if first < came <= last),
        left=tuple(name for name, (_, went) in stays.items() if first <= went < last),
    )


def grown(series: TimeSeries, start: dt.date, last: dt.date, company: Company) -> Grown | None:
    """One series between two days; None without a usable reading."""
    inside = [point for point in series.usable if start <= point.date <= last]
    if not inside:
        return None
    old, new = inside[0], inside[-1]
    days = (new.date - old.date).days
    change = change_of(series.artist, series.item, old.reading, new.reading)
    if not days:
        # One reading is no change, not even one of 0.
        change = change.model_copy(update={"change": None, "change_low": None, "change_high": None, "percent": None})
    return Grown(
        **dict(change),
        first=old.date,
        last=new.date,
        per_day=round((change.change or 0) / days, 2) if days else None,
        waves=tuple(_waves(series, old.date, new.date, company)) if days else (),
        stayed=tuple(_stayed(series, old.date, new.date)) if days else (),
        sparkline=sparkline(inside, start, last),
    )


def _stayed(series: TimeSeries, first: dt.date, last: dt.date) -> Iterator[Stayed]:
    for episode in stayed_between(series, shifted(first, dt.timedelta(days=1)), last):
        if episode.closed is not None:
            yield Stayed(since=episode.first, size=episode.left, closed=episode.closed)


def _waves(series: TimeSeries, first: dt.date, last: dt.date, company: Company) -> Iterator[Wave]:
    """What of the change between two days belongs to the episodes open on either of them."""
    before, after = wave_on(series, first), wave_on(series, last)
    earlier = {rise.date: rise.left for rise in before.rises} if before else {}
    if earlier:
        # What stayed did not leave.
        kept = (rise for episode in episodes(known_on(series, last)) if episode.stayed for rise in episode.rises)
        for rise in kept:
            earlier.pop(rise.date, None)
    gone, there = -sum(earlier.values()), still_there(after)
    if before and after and not any(rise.date in earlier for rise in after.rises):
        # One left, another came: each is told by itself.
        changes = [(before, gone), (after, there)]
    else:
        changes = [(episode, there + gone) for episode in (after or before,) if episode is not None]
    for episode, size in changes:
        if size:
            yield Wave(since=episode.first, size=size, open=episode is after, others=company.of(episode))


def sparkline(points: Iterable[Point], first: dt.date, last: dt.date, width: int = _WIDTH) -> str:
    """The points of a span of days as block characters, the last point of each stretch; a gap is a space."""
    days = (last - first).days + 1
    width = min(width, days)
    stretches: list[int | None] = [None] * width
    for point in points:
        stretches[(point.date - first).days * width // days] = point.reading.value
    values = [value for value in stretches if value is not None]
    low, most = min(values, default=0), len(BLOCKS) - 1
    reach = max(values, default=0) - low
    return "".join(" " if value is None else BLOCKS[(value - low) * most // (reach or 1)] for value in stretches)


def _unread(series: TimeSeries, start: dt.date, last: dt.date) -> Iterable[Unread]:
    """Where somebody missed the number all the time."""
    inside = [point for point in series.points if start <= point.date <= last]
    if any(point.usable for point in inside) or all(point.reading.state.silent for point in inside):
        return
    since = max((point.date for point in series.usable if point.date < start), default=None)
    item = series.item
    yield Unread(artist=series.artist, source_title=item.source_title, title=item.metric.title, since=since)


def _stays(found: Iterable[TimeSeries]) -> dict[str, tuple[dt.date, dt.date]]:
    """By artist, the first and the last recorded day."""
    stays: dict[str, tuple[dt.date, dt.date]] = {}
    for series in found:
        if series.artist is not None and series.points:
            days = (series.points[0].date, series.points[-1].date)
            known = stays.get(series.artist, days)
            stays[series.artist] = (min(days[0], known[0]), max(days[1], known[1]))
    return stays


def _window(found: Iterable[TimeSeries]) -> Series | None:
    """The metric top growers are found by: the first that is a window, else the first that is asked for."""
    items = list(dict.fromkeys(series.item for series in found if series.artist is not None))
    return next((item for item in items if item.metric.kind == "window"), items[0] if items else None)


def _top(rows: Iterable[Grown], item: Series | None) -> list[Grown]:
    if item is None:
        return []
    rising = [row for row in rows if row.artist and (row.source, row.metric) == (item.source, item.field)]
    return sorted((row for row in rising if row.own > 0), key=lambda row: -row.own)[:_TOP]


def _sums(rows: Iterable[Grown], items: Iterable[Series], days: int) -> Iterable[Sum]:
    """Totals over the artists read at both ends, give or take a tenth of the period."""
    near = dt.timedelta(days=max(1, days // 10))
    listed = [row for row in rows if row.artist is not None and row.change is not None]
    for item in items:
        own = [row for row in listed if (row.source, row.metric) == (item.source, item.field)]
        if not own:
            continue
        first, last = min(row.first for row in own), max(row.last for row in own)
        both = [row for row in own if row.first - first <= near and last - row.last <= near]
        total = total_of(item, both)
        if total is not None:
            wave = sum(row.in_waves for row in both)
            yield Sum(**dict(total), first=first, last=last, wave=wave)
