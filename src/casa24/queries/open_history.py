"""Read a whole record for an analysis, without copied days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casa24.analysis.quality.cleaning import cleaned
from casa24.analysis.quality.copies import Copies
from casa24.core.metrics import any_number
from casa24.core.snapshot import EVERY
from casa24.record.amendments import Action

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from casa24.core.metrics import Series
    from casa24.core.timeseries import Members, TimeSeries
    from casa24.record.history import History


class Read(NamedTuple):
    """A record read once: its series as an analysis takes them, and who is who in it.

    ``copied``: the days that only repeat the one before.
    """

    history: History
    members: Members
    series: list[TimeSeries]
    copied: frozenset[dt.date]

    @property
    def days(self) -> list[dt.date]:
        """The recorded days, without the copied ones."""
        return [day for day in self.history.days if day not in self.copied]


def read(history: History, since: dt.date | None = None, *, wants: Callable[[Series], bool] = any_number) -> Read:
    """The record, or what of it is not older. A copied day its owner looked at and kept is a day like any other.

    ``wants``: the numbers needed; others may be left out.
    """
    copies = Copies()
    gathering = history.gather(since, wants=wants, watch=copies.add)
    names = {member.name: frozenset(member.keys) for member in gathering.members.all}
    found = cleaned(gathering.series(), copies.days, history.amendments, lambda name: names.get(name, frozenset()))
    return Read(history, gathering.members, found, frozenset(day for day in copies.days if not _kept(history, day)))


def _kept(history: History, day: dt.date) -> bool:
    whole = [line for line in history.amendments.on(day).lines if (line.artist, line.metric) == (EVERY, EVERY)]
    return bool(whole) and whole[-1].action is Action.KEEP
