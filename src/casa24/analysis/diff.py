"""Compare two days, artist by artist and number by number."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.reasons import Doubtful, Said, grouped
from casa24.analysis.result import Result
from casa24.core.metrics import Kind
from casa24.core.names import key_of
from casa24.core.snapshot import Measurement, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot
    from casa24.sources.registry import AnySource

PERCENT_BASE = 50
"""Below this a percentage is noise: 7 → 8 followers is +1, no trend."""


class Change(Result):
    """One number of one artist (None: the label) on both days.

    ``change``: new minus old, None unless both are readings; it lies within
    ``change_low``…``change_high``. ``percent``: of the old value, only where that is
    at least 50 and neither end is rounded or suspect.
    """

    artist: str | None
    source: str
    source_title: str
    metric: str
    title: str
    old: Measurement
    new: Measurement
    change: int | None = None
    change_low: int | None = None
    change_high: int | None = None
    percent: float | None = None

    @property
    def doubtful(self) -> bool:
        """Whether either end is suspect: then it counts in no total and carries no percentage."""
        return State.SUSPECT in {self.old.state, self.new.state}


class Total(Result):
    """One number over the artists read on both days (like for like).

    ``unique_people``: the same person may follow several artists, so the sums are upper
    bounds and the largest single value is the lower one. ``change`` lies within
    ``change_low``…``change_high``.
    """

    source: str
    source_title: str
    metric: str
    title: str
    kind: Kind
    unique_people: bool
    artists: tuple[str, ...]
    old: int
    new: int
    old_at_least: int
    old_at_most: int
    new_at_least: int
    new_at_most: int
    change: int
    change_low: int
    change_high: int


class Diff(Result):
    """Everything that changed from one day to another.

    ``joined``/``left``: artists recorded only on the later or the earlier day.
    ``old_doubtful``/``new_doubtful``: why readings of either day are not to be used.
    """

    old_date: dt.date
    new_date: dt.date
    changes: tuple[Change, ...]
    totals: tuple[Total, ...]
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    old_doubtful: tuple[Doubtful, ...] = ()
    new_doubtful: tuple[Doubtful, ...] = ()

    def only(self, artist: str) -> Diff:
        """The same, of one artist: no totals, nobody else."""
        return Diff(
            old_date=self.old_date,
            new_date=self.new_date,
            changes=tuple(change for change in self.changes if change.artist == artist),
            totals=(),
            joined=tuple(name for name in self.joined if name == artist),
            left=tuple(name for name in self.left if name == artist),
        )


def diff(
    old: Snapshot,
    new: Snapshot,
    series: Sequence[Series],
    label_series: Sequence[Series] = (),
    *,
    aliases: Mapping[str, Iterable[str]] | None = None,
) -> Diff:
    """Compare two snapshots. ``series``: the artists' numbers, ``label_series``: the label's own."""
    pairs = match(old, new, aliases or {})
    changes = [
        change_of(name, item, _measure(old, before, item), _measure(new, after, item))
        for name, before, after in pairs
        if before and after
        for item in series
    ]
    label = [change_of(None, item, _measure(old, None, item), _measure(new, None, item)) for item in label_series]
    shown = tuple(change for change in (*changes, *label) if _worth_a_line(change))
    return Diff(
        old_date=old.date,
        new_date=new.date,
        changes=shown,
        totals=tuple(_totals(shown, series)),
        joined=tuple(name for name, before, _ in pairs if before is None),
        left=tuple(name for name, _, after in pairs if after is None),
    )


def with_doubts(result: Diff, sources: Sequence[AnySource]) -> Diff:
    """The same, with what is said of its doubtful readings, in the words of the sources."""
    old = _doubts(((item, item.old) for item in result.changes), sources)
    new = _doubts(((item, item.new) for item in result.changes), sources)
    return result.model_copy(update={"old_doubtful": old, "new_doubtful": new})


def _doubts(ends: Iterable[tuple[Change, Measurement]], sources: Sequence[AnySource]) -> tuple[Doubtful, ...]:
    said = (
        Said(item.source, item.artist, item.title, end.state, end.code, end.detail)
        for item, end in ends
        if end.state is State.SUSPECT
    )
    return tuple(grouped(said, sources))


def match(
    old: Snapshot, new: Snapshot, aliases: Mapping[str, Iterable[str]]
) -> list[tuple[str, str | None, str | None]]:
    """(name, its name on the old day, on the new day): joined by account, then name, then alias."""
    earlier = dict.fromkeys(record.name for record in old.artists)
    by_account = {pair: record.name for record in old.artists for pair in (record.accounts or {}).items()}
    by_name = {key_of(record.name): record.name for record in old.artists}
    pairs: list[tuple[str, str | None, str | None]] = []
    for record in new.artists:
        names = [key_of(name) for name in (record.name, *aliases.get(record.name, ()))]
        candidates = [by_account.get(pair) for pair in (record.accounts or {}).items()]
        candidates += [by_name.get(name) for name in names]
        before = next((name for name in candidates if name in earlier), None)
        if before is not None:
            del earlier[before]
        pairs.append((record.name, before, record.name))
    return pairs + [(name, name, None) for name in earlier]


def _measure(snapshot: Snapshot, artist: str | None, item: Series) -> Measurement:
    return snapshot.measurement(artist, item.source, item.field)


def change_of(artist: str | None, item: Series, old: Measurement, new: Measurement) -> Change:
    """The change of one number, with its bounds where either end is rounded."""
    base = Change(
        artist=artist,
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        old=old,
        new=new,
    )
    if old.value is None or new.value is None:
        return base
    percent = None
    if old.exact and new.exact and not base.doubtful and old.value >= PERCENT_BASE:
        percent = round(100 * (new.value - old.value) / old.value, 1)
    bounds = {
        "change": new.value - old.value,
        "change_low": (new.low or 0) - (old.high or 0),
        "change_high": (new.high or 0) - (old.low or 0),
        "percent": percent,
    }
    return base.model_copy(update=bounds)


def _worth_a_line(change: Change) -> bool:
    """Not where neither day has anything to say: no account, or nobody asked then."""
    return not (change.old.state.silent and change.new.state.silent)


def _totals(changes: Sequence[Change], series: Sequence[Series]) -> Iterable[Total]:
    for item in series:
        own = [change for change in changes if (change.source, change.metric) == (item.source, item.field)]
        total = total_of(item, own)
        if total is not None:
            yield total


def total_of(item: Series, changes: Iterable[Change]) -> Total | None:
    """The sum of one number over artists; None for a score, and where fewer than two of the changes count."""
    both = [change for change in changes if change.change is not None and not change.doubtful]
    if item.metric.kind == "score" or len(both) < 2:  # noqa: PLR2004 - one artist's number is no sum
        return None
    old, new = [change.old.value or 0 for change in both], [change.new.value or 0 for change in both]
    least = [change.old.low or 0 for change in both], [change.new.low or 0 for change in both]
    return Total(
        source=item.source,
        source_title=item.source_title,
        metric=item.field,
        title=item.metric.title,
        kind=item.metric.kind,
        unique_people=item.metric.unique_people,
        artists=tuple(change.artist or "" for change in both),
        old=sum(old),
        new=sum(new),
        old_at_least=max(least[0]) if item.metric.unique_people else sum(least[0]),
        new_at_least=max(least[1]) if item.metric.unique_people else sum(least[1]),
        old_at_most=sum(change.old.high or 0 for change in both),
        new_at_most=sum(change.new.high or 0 for change in both),
        change=sum(new) - sum(old),
        change_low=sum(change.change_low or 0 for change in both),
        change_high=sum(change.change_high or 0 for change in both),
    )
