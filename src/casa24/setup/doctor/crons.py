"""A schedule's times as GitHub reads them: five fields, in UTC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# The first and the last of each field: minute, hour, day of the month, month, weekday (0 and 7 are Sunday).
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_PART = re.compile(r"(?:\*|(?P<first>\d{1,2})(?:-(?P<last>\d{1,2}))?)(?:/(?P<step>\d{1,2}))?")


class Times(NamedTuple):
    """When something runs: every value each field names."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @property
    def clock(self) -> str:
        """The time of a day's only run, else nothing."""
        if len(self.minutes) > 1 or len(self.hours) > 1:
            return ""
        return f"{min(self.hours):02}:{min(self.minutes):02} UTC"


def times(cron: str) -> Times | None:
    """What a cron text says; None where it says no time at all."""
    fields = cron.lower().split()
    if len(fields) != len(_LIMITS):
        return None
    fields[3] = _numbered(fields[3], _MONTHS, 1)
    fields[4] = _numbered(fields[4], _DAYS, 0)
    values = [_values(field, *limits) for field, limits in zip(fields, _LIMITS, strict=True)]
    minutes, hours, days, months, weekdays = values
    return Times(minutes, hours, days, months, frozenset(day % 7 for day in weekdays)) if all(values) else None


def every_day(schedule: Iterable[Times]) -> bool:
    """Whether there is a run on every day of the year, be it by turns."""
    whole = [cron for cron in schedule if len(cron.days) == 31 and len(cron.months) == 12]  # noqa: PLR2004 - a year
    return len({day for cron in whole for day in cron.weekdays}) == len(_DAYS)


def _numbered(field: str, names: tuple[str, ...], first: int) -> str:
    return re.sub("[a-z]+", lambda found: str(names.index(found[0]) + first) if found[0] in names else "?", field)


def _values(field: str, least: int, most: int) -> frozenset[int]:
    """The values of one field; none where any part of it is wrong."""
    found: set[int] = set()
    for part in field.split(","):
        said = _PART.fullmatch(part)
        if said is None:
            return frozenset()
        first = int(said["first"] or least)
        # `5/15` goes on to the end, as `5-59/15` does.
        last = int(said["last"]) if said["last"] else first if said["first"] and not said["step"] else most
        step = int(said["step"] or 1)
        if not least <= first <= last <= most or not step:
            return frozenset()
        found.update(range(first, last + 1, step))
    return frozenset(found)
