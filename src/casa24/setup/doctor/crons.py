"""Compute a schedule's runs as GitHub starts them: five fields, in UTC."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIELDS = 5
# The library takes `L` and `#` as well, GitHub does not; no name but JUL has an L.
_NOT_AT_GITHUB = re.compile(r"#|(?<!JU)L", re.IGNORECASE)
# Every weekday and every day of every month is in a leap year; further schedules than these are not looked at.
_YEAR = [dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days) for days in range(366)]
_MOST = 50


def runs(cron: str, since: dt.datetime = _YEAR[0]) -> Iterator[dt.datetime]:
    """The runs since a time, without end; none at all where GitHub takes the text for no time."""
    from cronsim import CronSim, CronSimError

    if len(cron.split()) == _FIELDS and not _NOT_AT_GITHUB.search(cron):
        with suppress(CronSimError, ValueError):  # a number of thousands of digits
            return CronSim(cron, since - dt.timedelta(seconds=1))
    return iter(())


def clock(cron: str) -> str:
    """The time of a day's only run, else nothing."""
    first, second = islice(runs(cron), 2)
    return "" if first.date() == second.date() else f"{first:%H:%M} UTC"


def every_day(crons: Sequence[str]) -> bool:
    """Whether there is a run on every day of the year, be it by turns."""
    return all(any(_next_day(cron, day) == day.date() for cron in crons[:_MOST]) for day in _YEAR)


def _next_day(cron: str, since: dt.datetime) -> dt.date | None:
    return next((run.date() for run in runs(cron, since)), None)
