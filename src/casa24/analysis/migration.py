"""Report what an old record brings, and what is odd in it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from casa24.analysis.calendar import days_between
from casa24.analysis.result import Result
from casa24.core.flags import to_cells
from casa24.core.reason_codes import explain
from casa24.core.snapshot import State
from casa24.record.legacy import interpret, known_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.core.snapshot import Snapshot
    from casa24.record.importer import Import
    from casa24.sources.registry import AnySource

_ONE_DAY = dt.timedelta(days=1)
_NEVER = "nothing but zeros: no account, or never an answer"


class Oddity(Result):
    """Something in the record that is not as one would expect, and on how many days."""

    what: str
    who: str
    days: int
    first: dt.date
    last: dt.date


class LeftoverRows(Result):
    """Rows of the old CSV that no snapshot has; ``first`` and ``last`` as they stand there."""

    artist: str
    why: str
    rows: int
    first: str
    last: str


class Imported(Result):
    """What an import did, or with ``dry_run`` would do, to each day.

    ``into``: the data folder; ``kept``: days that differ from ours and were left as ours are;
    ``kept_in``: the file of the leftover rows, which holds the ``repeated`` ones once; ``held_now``:
    how many rows left it, because a day holds them by now.
    """

    dry_run: bool
    into: str
    new: tuple[dt.date, ...]
    replaced: tuple[dt.date, ...]
    kept: tuple[dt.date, ...]
    same: tuple[dt.date, ...]
    table_rows: int
    leftover: tuple[LeftoverRows, ...]
    repeated: int
    kept_in: str | None
    held_now: int
    set_aside: tuple[str, ...]
    oddities: tuple[Oddity, ...]


def describe_import(
    plan: Import, sources: Sequence[AnySource], *, replace: bool, dry_run: bool, set_aside: Iterable[str] = ()
) -> Imported:
    """The answer to an import."""
    differing = tuple(file.day.date for file in plan.differing)
    return Imported(
        dry_run=dry_run,
        into=str(plan.kept_in.parent),
        new=tuple(file.day.date for file in plan.new),
        replaced=differing if replace else (),
        kept=() if replace else differing,
        same=plan.same,
        table_rows=len(plan.table.rows),
        leftover=_leftover_rows(plan),
        repeated=plan.repeated,
        kept_in=plan.kept_in.name if plan.leftover else None,
        held_now=len(plan.held_now),
        set_aside=tuple(set_aside),
        oddities=tuple(oddities(plan.days, {source.name: source.title for source in sources})),
    )


def _leftover_rows(plan: Import) -> tuple[LeftoverRows, ...]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in plan.leftover:
        groups[row.why, row.artist].append(row.day)
    return tuple(
        LeftoverRows(artist=artist, why=str(why), rows=len(days), first=min(days), last=max(days))
        for (why, artist), days in sorted(groups.items())
    )


def oddities(days: Sequence[Snapshot], titles: Mapping[str, str]) -> list[Oddity]:
    """What is odd in these days, oldest first: gaps, repeated days, false zeros, artists who come and go."""
    if not days:
        return []
    return [*_missing_days(days), *_repeated(days), *_comings_and_goings(days), *_no_readings(days, titles)]


def _missing_days(days: Sequence[Snapshot]) -> list[Oddity]:
    return [
        _odd("no snapshot", "", [before.date + _ONE_DAY, after.date - _ONE_DAY], days_between(before.date, after.date))
        for before, after in pairwise(days)
        if after.date - before.date > _ONE_DAY
    ]


def _repeated(days: Sequence[Snapshot]) -> list[Oddity]:
    """Days on which everything is as the day before, lists included: probably copied, not measured."""
    cells = [{place: cell.value for place, cell in to_cells(day).items()} for day in days]
    found = [
        after.date for (_, after), (left, right) in zip(pairwise(days), pairwise(cells), strict=True) if left == right
    ]
    return [_odd("every value as the day before: copied?", "", found)] if found else []


def _comings_and_goings(days: Sequence[Snapshot]) -> list[Oddity]:
    seen: dict[str, list[dt.date]] = defaultdict(list)
    for day in days:
        for record in day.artists:
            seen[record.name].append(day.date)
    ends = {days[0].date, days[-1].date}
    return [_odd("recorded only on some days", name, own) for name, own in seen.items() if not ends <= {*own}]


def _no_readings(days: Sequence[Snapshot], titles: Mapping[str, str]) -> list[Oddity]:
    """What the old layout wrote as numbers and is none, by reason, platform and artist."""
    known = known_accounts(days)
    groups: dict[tuple[str, str], set[dt.date]] = defaultdict(set)
    for day in (day for day in days if day.schema_version is None):
        for flag in interpret(day, known).flags:
            title = titles.get(flag.source, flag.source)
            never = flag.state is State.NO_ACCOUNT
            what = _NEVER if never else explain(flag.code, flag.state, title=title).what
            groups[what, f"{flag.artist}, {title}" if flag.artist else title].add(day.date)
    return [_odd(what, who, sorted(own)) for (what, who), own in sorted(groups.items())]


def _odd(what: str, who: str, days: Sequence[dt.date], count: int | None = None) -> Oddity:
    return Oddity(what=what, who=who, days=len(days) if count is None else count, first=days[0], last=days[-1])
