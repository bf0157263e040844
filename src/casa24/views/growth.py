"""Render growth over a period: a table for each metric, or one artist's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import count, day, tr
from casa24.views.diff import between
from casa24.views.page import Grid, Lines, Page, Row, grid, grouped, without_empty
from casa24.views.text import change, percent, plain, point, signed
from casa24.views.words import first_few, listed, metric, who

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from casa24.analysis.growth import Grown, Growth, Wave
    from casa24.core.snapshot import Measurement

# The last value, the change, the line.
_BRIEF = (2, 3, 6)


def growth_page(result: Growth, label: str, *, whose: str | None = None) -> Page:
    """``whose``: the one artist's name, as the heading has it; None: everybody's growth."""
    days = count(result.days, "{n} day", "{n} days")
    heading = tr(
        "{name}: growth over {days}, {first} … {last}",
        name=whose or label, days=days, first=result.first, last=result.last,
    )  # fmt: skip
    blocks: list[Grid | Lines] = []
    if whose is None:
        blocks += [*_top(result), *_tables(result), *_totals(result)]
    elif result.rows:
        blocks.append(_numbers_of_one(result))
    if not result.rows:
        blocks.append(Lines((tr("Nothing usable was recorded in this period."),)))
    return Page(heading, _tidy(result), (*blocks, *_remarks(result)))


def _top(result: Growth) -> Iterable[Lines]:
    if result.top:
        lines = tuple(f"{who(row.artist)}: {signed(row.own)}" for row in result.top)
        yield Lines(lines, tr("Grew most, by {metric}, without what moved in a wave", metric=metric(result.top[0])))


def _tables(result: Growth) -> Iterable[Grid]:
    by_metric: dict[str, list[Grown]] = {}
    for row in result.rows:
        by_metric.setdefault(metric(row), []).append(row)
    for title, rows in by_metric.items():
        shown = [(who(row.artist), *_numbers(row, result)) for row in rows]
        yield grid("Artist | >First | >Last | >Change | >A day | >% | ", shown, title=title, brief=_BRIEF)


def _numbers_of_one(result: Growth) -> Grid:
    """One artist's numbers, platform by platform."""
    rows = ((row.source_title, (tr(row.title), *_numbers(row, result))) for row in result.rows)
    return grouped("Number | >First | >Last | >Change | >A day | >% | ", rows, brief=_BRIEF)


def _numbers(row: Grown, result: Growth) -> Row:
    first = _dated(row.old, row.first, result.first)
    last = _dated(row.new, row.last, result.last)
    return (first, last, change(row), _a_day(row), percent(row), row.sparkline)


def _dated(reading: Measurement, date: dt.date, end: dt.date) -> str:
    """A reading; with its day where that is not the end of the period."""
    return point(reading) if date == end else f"{point(reading)} ({date:%m-%d})"


def _a_day(row: Grown) -> str:
    if row.per_day is None or not row.change:
        return ""
    sign = "" if row.change_low == row.change_high else "~"
    return f"{sign}{row.per_day:+,.2f}"


def _totals(result: Growth) -> Iterable[Grid]:
    rows = [
        (
            metric(total), str(len(total.artists)),
            between(total.old, total.old_at_least, total.old_at_most),
            between(total.new, total.new_at_least, total.new_at_most),
            change(total), signed(total.wave) if total.wave else "",
        )
        for total in result.totals
    ]  # fmt: skip
    if rows:
        title = tr("Artists read at both ends (people may be counted twice: at least … at most)")
        yield without_empty(grid("Number | >Artists | >First | >Last | >Change | >In waves", rows, title=title), 5)


def _remarks(result: Growth) -> Iterable[Lines]:
    waves = tuple(f"{who(row.artist)}, {metric(row)}: {wave_words(row)}." for row in result.rows if row.waves)
    if waves:
        yield Lines(waves, tr("Told apart"))
    stayed = tuple(stayed_words(row) for row in result.rows if row.stayed)
    if stayed:
        yield Lines(stayed, tr("Stayed: rose at once, and is growth from now on"))
    single = tuple(f"{who(row.artist)}, {metric(row)} ({row.last})" for row in result.rows if row.change is None)
    if single:
        yield Lines(single, tr("Read once only: no change can be told"))
    yield from unread_lines(result)
    roster = [tr("Joined: {names}", names=listed(result.joined))] if result.joined else []
    roster += [tr("Left: {names}", names=listed(result.left))] if result.left else []
    if roster:
        yield Lines(tuple(roster), tr("Roster"))


def unread_lines(result: Growth) -> Iterable[Lines]:
    """What nobody read in the period, and when it was read last."""
    unread = tuple(
        tr(
            "{what}: last read on {day}",
            what=f"{who(number.artist)}, {number.source_title} · {tr(number.title)}",
            day=number.since,
        )
        if number.since
        else f"{who(number.artist)}, {number.source_title} · {tr(number.title)}"
        for number in result.unread
    )
    if unread:
        yield Lines(unread, tr("No usable reading in this period"))


def wave_words(row: Grown) -> str:
    """``+166, of which +180 since 13 Oct 2025 moved together with Mango Blade``."""
    return tr("{change}, of which {parts}", change=change(row), parts=listed(map(_part, row.waves)))


def stayed_words(row: Grown) -> str:
    """``Ana, Spotify · Followers: +200 since 25 Dec 2025, from 23 Feb 2026 on``."""
    parts = [
        tr("{size} since {day}, from {closed} on", size=signed(kept.size), day=day(kept.since), closed=day(kept.closed))
        for kept in row.stayed
    ]
    return f"{who(row.artist)}, {metric(row)}: {listed(parts)}."


def _part(wave: Wave) -> str:
    names, size, since = first_few(wave.others), signed(wave.size), day(wave.since)
    if wave.size < 0:
        return tr("{size} left again of what rose since {day}", size=size, day=since)
    if not names:
        return tr("{size} rose at once since {day}", size=size, day=since)
    return tr("{size} since {day} moved together with {names}", size=size, day=since, names=names)


def _tidy(result: Growth) -> Grid:
    rows: list[Row] = [
        (
            row.artist or "", row.source, row.metric, row.first.isoformat(), row.last.isoformat(),
            plain(row.old.value), plain(row.new.value), plain(row.change), plain(row.change_low),
            plain(row.change_high), plain(row.per_day), plain(row.percent),
            plain(row.in_waves if row.waves else None),
            "; ".join(dict.fromkeys(name for wave in row.waves for name in wave.others)),
        )
        for row in result.rows
    ]  # fmt: skip
    return grid(
        "artist | source | metric | first | last | >old | >new | >change | >change_low | >change_high"
        " | >per_day | >percent | >wave | wave_with",
        rows,
    )
