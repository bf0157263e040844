"""Render an artist's numbers over many days: a plot and a table for each metric."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.core.reason_codes import AMENDED
from casa24.core.snapshot import State
from casa24.text.i18n import count, tr
from casa24.views.page import Grid, Lines, Page, Row, grid
from casa24.views.plot import Mark, Plot, Spot, Style, plot
from casa24.views.text import change, number, plain, point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.analysis.history import ArtistHistory, Course, HistoryReading

_ROWS = 30
_RUNS = 5
_ONE_DAY = dt.timedelta(days=1)
_LEGEND = {Mark.MEASURED: "measured", Mark.ROUNDED: "rounded", Mark.SUSPECT: "doubtful"}


def history_page(result: ArtistHistory, label: str, style: Style) -> Page:
    """A plot and a table for each metric, drawn in ``style``."""
    who = result.artist or label
    blocks = [block for course in result.courses for block in _course_blocks(result, course, style)]
    if not result.courses:
        blocks.append(Lines((tr("Nothing was read of {who} in these days.", who=who),)))
    notes = tuple(_notes(result, who))
    return Page(_heading(result, who), _tidy(result), (*blocks, *([Lines(notes)] if notes else [])))


def _heading(result: ArtistHistory, who: str) -> str:
    span = "" if result.first is None else f", {_span(result.first, result.last or result.first)}"
    return f"{who}{span} ({tr('as collected')})" if result.raw else f"{who}{span}"


def _course_blocks(result: ArtistHistory, course: Course, style: Style) -> list[Grid | Lines]:
    title = f"{course.source_title} · {tr(course.title)}"
    if all(reading.value is None for reading in course.readings):
        return [Lines((_never(course),), title)]
    drawn = _plot(result, course, style)
    blocks: list[Grid | Lines] = [Lines((*drawn.lines, *_caption(drawn, style)), title, fixed=True)]
    rows = _stretches(_followed(result, course))
    blocks.append(_table(rows[-_ROWS:]))
    if len(rows) > _ROWS:
        text = tr(
            "The table begins on {first}, the record on {begin}.", first=rows[-_ROWS][0].date, begin=rows[0][0].date
        )
        more = tr("Other days: --since and --until; all of them: --format csv.")
        blocks.append(Lines((f"{text} {more}",)))
    return blocks


def _never(course: Course) -> str:
    """What is said where no day has a reading."""
    reasons = dict.fromkeys(reading.what for reading in course.readings if not reading.state.silent)
    return tr("No reading: {reasons}.", reasons="; ".join(reasons)) if reasons else tr("No reading.")


def _plot(result: ArtistHistory, course: Course, style: Style) -> Plot:
    spots = [
        Spot(reading.date, reading.value, _mark(reading)) for reading in course.readings if reading.value is not None
    ]
    if result.first is None or result.last is None:
        return Plot()
    return plot(spots, result.first, result.last, style)


def _mark(reading: HistoryReading) -> Mark:
    if not reading.usable:
        return Mark.SUSPECT
    return Mark.MEASURED if reading.exact else Mark.ROUNDED


def _caption(drawn: Plot, style: Style) -> tuple[str, ...]:
    """The marks that occur, and what a column is where it is no day."""
    if not drawn.lines:
        return (tr("There is no room for a plot."),)
    parts = [f"{style.marks[mark]} {tr(_LEGEND[mark])}" for mark in drawn.marks]
    parts += [tr("a doubtful value beyond the scale stands at its edge")] if drawn.beyond else []
    parts += [tr("one column = {n} days", n=drawn.days_a_column)] if drawn.days_a_column > 1 else []
    return tuple(_filled(parts, style.width))


def _filled(parts: Iterable[str], width: int) -> list[str]:
    """The parts on as few lines as hold them."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}, {part}" if lines else part
        if lines and len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines


def _followed(result: ArtistHistory, course: Course) -> list[HistoryReading]:
    """The readings of the days drawn: before and after, nobody asked."""
    first, last = result.first, result.last
    return [reading for reading in course.readings if first and last and first <= reading.date <= last]


def _stretches(readings: Iterable[HistoryReading]) -> list[tuple[HistoryReading, HistoryReading]]:
    """What is a row: a reading, or several days in a row that have none for the same reason; its first and its last."""
    rows: list[tuple[HistoryReading, HistoryReading]] = []
    for reading in readings:
        last = rows[-1][1] if rows else None
        alike = last is not None and last.value is reading.value is None and _note(last) == _note(reading)
        if alike and last is not None and reading.date - last.date == _ONE_DAY:
            rows[-1] = (rows[-1][0], reading)
        else:
            rows.append((reading, reading))
    return rows


def _table(stretches: Iterable[tuple[HistoryReading, HistoryReading]]) -> Grid:
    rows: list[Row] = [
        (_span(first_reading.date, last.date), point(first_reading), change(first_reading), _note(first_reading))
        for first_reading, last in stretches
    ]
    if any(note for *_, note in rows):
        return grid("Date | >Value | >Change | Note", rows)
    return grid("Date | >Value | >Change", [row[:-1] for row in rows])


def _note(reading: HistoryReading) -> str:
    """Why a reading is no plain measured one."""
    if reading.code == AMENDED:
        return tr("amended: {reason}", reason=reading.detail) if reading.detail else tr(AMENDED)
    if reading.state is State.ROUNDED and reading.low is not None and reading.high is not None:
        return f"{reading.what}, {tr('between {low} and {high}', low=number(reading.low), high=number(reading.high))}"
    return reading.what


def _notes(result: ArtistHistory, who: str) -> Iterable[str]:
    """Which days say nothing, and what else there is."""
    for course in result.courses:
        if (gaps := course.days_without) and any(reading.value is not None for reading in course.readings):
            days = count(len(gaps), "1 day without a reading", "{n} days without a reading")
            yield f"{course.source_title} · {tr(course.title)}: {days}: {_runs(gaps)}."
    holes, broken, absent = result.without_snapshot, result.unreadable, result.without_artist
    if holes:
        yield f"{count(len(holes), '1 day without a snapshot', '{n} days without a snapshot')}: {_runs(holes)}."
    if broken:
        said = count(len(broken), "1 day whose file cannot be read", "{n} days whose file cannot be read")
        yield f"{said}: {_runs(broken)}."
    if absent:
        said = count(
            len(absent), "1 day without {who} in the snapshot", "{n} days without {who} in the snapshot", who=who
        )
        yield f"{said}: {_runs(absent)}."
    if result.others:
        yield tr("Also recorded: {names}.", names=", ".join(map(tr, result.others)))


def _runs(days: Sequence[dt.date]) -> str:
    """Days in order as spans, the first few of them: ``2025-10-02, 2025-10-05 … 2025-10-09``."""
    runs: list[tuple[dt.date, dt.date]] = []
    for day in days:
        if runs and day - runs[-1][1] == _ONE_DAY:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    more = [tr("{n} more spans", n=len(runs) - _RUNS)] if len(runs) > _RUNS else []
    return ", ".join([*(_span(*run) for run in runs[:_RUNS]), *more])


def _span(first: dt.date, last: dt.date) -> str:
    return f"{first}" if first == last else f"{first} … {last}"


def _tidy(result: ArtistHistory) -> Grid:
    """One row a reading: what a program takes."""
    rows: list[Row] = [
        (
            reading.date.isoformat(), result.artist or "", course.source, course.metric, plain(reading.value),
            plain(reading.low), plain(reading.high), reading.state.value, reading.code, reading.detail,
        )
        for course in result.courses
        for reading in course.readings
    ]  # fmt: skip
    return grid("date | artist | source | metric | >value | >low | >high | state | code | detail", rows)
