"""Find missing days, and artists who join and leave."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from casa24.analysis.calendar import days_between
from casa24.analysis.quality.findings import Kind, RecordFinding, Severity
from casa24.text.i18n import count, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casa24.core.timeseries import Members

_ONE = dt.timedelta(days=1)


def missing_days(days: Sequence[dt.date]) -> Iterator[RecordFinding]:
    """The holes between recorded days, oldest first."""
    for before, after in pairwise(days):
        holes = days_between(before, after)
        if holes:
            first, last = before + _ONE, after - _ONE
            yield RecordFinding(
                level=Severity.NOTE,
                kind=Kind.MISSING,
                what=count(holes, "no snapshot", "{n} days without a snapshot"),
                first=first,
                last=last,
                days=holes,
                advice=tr("They cannot be asked for again; an old copy can be taken over with `casa24 data import`."),
            )


def future_days(days: Sequence[dt.date], today: dt.date) -> Iterator[RecordFinding]:
    """Days that are still to come: a clock was wrong, or somebody wrote them."""
    ahead = [day for day in days if day > today]
    if ahead:
        yield RecordFinding(
            level=Severity.NOTE,
            kind=Kind.FUTURE,
            what=tr("dated later than today"),
            first=ahead[0],
            last=ahead[-1],
            days=len(ahead),
            advice=tr("Set the machine's clock; move the files away if nobody collected them."),
        )


def roster_changes(members: Members, days: Sequence[dt.date]) -> Iterator[RecordFinding]:
    """Who is not there from the first day to the last: totals over all artists jump there with nothing lost."""
    for member in members.all:
        if member.first is None or member.last is None:
            continue
        if member.first > days[0]:
            yield _change(Kind.JOINED, tr("recorded since {day}", day=member.first), member.name, member.first)
        if member.last < days[-1]:
            yield _change(Kind.LEFT, tr("recorded until {day}", day=member.last), member.name, member.last)


def _change(kind: Kind, what: str, artist: str, day: dt.date) -> RecordFinding:
    advice = tr("Compare only artists recorded on both days; casa24 does.")
    return RecordFinding(
        level=Severity.NOTE, kind=kind, what=what, artist=artist, first=day, last=day, days=1, advice=advice
    )


def repeats(repeated: Mapping[str, Sequence[dt.date]]) -> Iterator[RecordFinding]:
    """Artists who stand in a day more than once, by name."""
    for name, days in repeated.items():
        yield RecordFinding(
            level=Severity.NOTE,
            kind=Kind.REPEATED,
            what=tr("stands more than once in a day; the first entry counts"),
            artist=name,
            first=days[0],
            last=days[-1],
            days=len(days),
            advice=tr("Give two artists two names, or one account to one of them."),
        )
