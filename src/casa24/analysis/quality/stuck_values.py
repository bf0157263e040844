"""Find counters that fall, and values that stand still for unusually long."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from casa24.analysis.quality.findings import Kind, RecordFinding, Severity, named
from casa24.text.i18n import count, grouped, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casa24.core.timeseries import Point, TimeSeries

_LONG = 14
# How often a series repeats itself cannot be known from fewer steps.
_ENOUGH = 30
# With dozens of series over years, a rarer thing than 1 in 1,000 happens somewhere every month.
_RARE = 1e-5


def falls(series: TimeSeries, points: Sequence[Point]) -> Iterator[RecordFinding]:
    """A counter counts up; what it lost was withdrawn, or another account's. ``points``: the usable ones."""
    if series.item.metric.kind != "total":
        return
    lost = [
        (after, (before.reading.low or 0) - (after.reading.high or 0))
        for before, after in pairwise(points)
        if (after.reading.high or 0) < (before.reading.low or 0)
    ]
    if not lost:
        return
    worst, most = max(lost, key=lambda fall: fall[1])
    fell = count(
        len(lost), "fell once, by {most} on {day}", "fell {n} times, most by {most} on {day}",
        most=grouped(most), day=worst.date,
    )  # fmt: skip
    yield RecordFinding(
        level=Severity.NOTE,
        kind=Kind.FALL,
        what=f"{named(series)} {fell}",
        artist=series.artist,
        metric=series.item.key,
        first=lost[0][0].date,
        last=lost[-1][0].date,
        days=len(lost),
        values=len(lost),
        advice=tr("Probably something was withdrawn; it is no loss of people."),
    )


def stuck(series: TimeSeries, points: Sequence[Point]) -> Iterator[RecordFinding]:
    """A value that stood still so long that, by the series' own rate of change, chance does not explain it.

    Not of a score: a rating of few steps stands still for months by itself.
    """
    if series.item.metric.kind == "score":
        return
    values = [point.reading.value for point in points]
    start, longest = _longest_run(values)
    if longest <= _LONG:
        return
    pairs = enumerate(pairwise(values))
    others = [before == after for number, (before, after) in pairs if not start <= number < start + longest - 1]
    if len(others) < _ENOUGH:
        return
    still = (sum(others) + 1) / (len(others) + 2)
    if still ** (longest - 1) >= _RARE:
        return
    first, last = points[start], points[start + longest - 1]
    now = last is points[-1]
    stood = {"value": grouped(first.reading.value or 0), "n": longest}
    what = tr("stood at {value} for {n} readings, and still does", **stood) if now else ""
    what = what or tr("stood at {value} for {n} readings", **stood)
    yield RecordFinding(
        level=Severity.NOTE,
        kind=Kind.STUCK,
        what=f"{named(series)} {what}",
        artist=series.artist,
        metric=series.item.key,
        first=first.date,
        last=last.date,
        days=longest,
        values=longest,
        sure=tr("unusual for it"),
        advice=tr("Look at the platform whether it is so.") if now else "",
    )


def _longest_run(values: Sequence[int | None]) -> tuple[int, int]:
    """Where the longest run of one value begins, and how long it is."""
    best, begin = (0, 1 if values else 0), 0
    for number in range(1, len(values)):
        if values[number] != values[number - 1]:
            begin = number
        elif number - begin + 1 > best[1]:
            best = (begin, number - begin + 1)
    return best
