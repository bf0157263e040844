"""Shift and count days without leaving the calendar."""

from __future__ import annotations

import datetime as dt


def shifted(day: dt.date, by: dt.timedelta) -> dt.date:
    """The day so much later (earlier: negative), or the calendar's last or first."""
    number = day.toordinal() + by.days
    return dt.date.fromordinal(min(max(number, dt.date.min.toordinal()), dt.date.max.toordinal()))


def days_between(earlier: dt.date, later: dt.date) -> int:
    """How many days lie between a day and a later one."""
    return (later - earlier).days - 1
