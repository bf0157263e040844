"""Render milestones reached, and the next ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.text.i18n import day, grouped, tr
from casa24.views.page import Grid, Lines, Page, Row, grid, without_empty
from casa24.views.text import number, plain
from casa24.views.words import metric, who

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.milestones import Ahead, Milestone, Milestones

_STALE = dt.timedelta(days=7)


def milestones_page(result: Milestones, name: str, *, everything: bool = False) -> Page:
    """``everything``: every milestone; else the last one of each number, if it fell within the record."""
    shown = result.reached if everything else _newest(result.reached)
    blocks: list[Grid | Lines] = []
    if shown:
        rows = [
            (who(milestone.artist), metric(milestone), number(milestone.rung), _reached(milestone))
            for milestone in shown
        ]
        blocks.append(grid("Artist | Number | >Milestone | Reached", rows, title=tr("Reached"), brief=(1, 2, 3)))
    blocks += _ahead(result)
    if not blocks:
        blocks.append(Lines((tr("No number is recorded here that has milestones."),)))
    return Page(tr("{name}: milestones on {day}", name=name, day=result.last), _tidy(result), tuple(blocks))


def milestone_words(milestone: Milestone) -> str:
    """``Ana, Spotify · Followers: 250 on 3 May 2025``."""
    return tr(
        "{artist}, {metric}: {rung} on {day}",
        artist=who(milestone.artist),
        metric=metric(milestone),
        rung=grouped(milestone.rung),
        day=day(milestone.reached),
    )


def _newest(reached: Iterable[Milestone]) -> list[Milestone]:
    """The last of each number; not one that the record began with."""
    last: dict[tuple[str | None, str, str], Milestone] = {}
    for milestone in reached:
        last.setdefault((milestone.artist, milestone.source, milestone.metric), milestone)
    return [milestone for milestone in last.values() if not milestone.before]


def _reached(milestone: Milestone) -> str:
    return tr("{day} or before", day=milestone.reached) if milestone.before else milestone.reached.isoformat()


def _ahead(result: Milestones) -> Iterable[Grid | Lines]:
    """A table a metric."""
    by_metric: dict[str, list[Ahead]] = {}
    for milestone in result.ahead:
        by_metric.setdefault(metric(milestone), []).append(milestone)
    if by_metric:
        yield Lines((tr("Between these days, four times of five; none where the trend is not certain."),), tr("Next"))
    for title, ahead in by_metric.items():
        rows = [
            (
                who(milestone.artist),
                _now(milestone),
                number(milestone.own) if milestone.own != milestone.value else "",
                number(milestone.rung),
                _distance(milestone),
                when_words(milestone, result.last),
            )
            for milestone in ahead
        ]
        yield without_empty(
            grid("Artist | >Now | >Without the wave | >Next | >To go | >When", rows, title=title), column=2
        )


def _now(ahead: Ahead) -> str:
    return f"~{number(ahead.value)}" if ahead.rounded else number(ahead.value)


def _distance(ahead: Ahead) -> str:
    if ahead.distance is None:
        return ""
    return f"~{number(ahead.distance)}" if ahead.rounded else number(ahead.distance)


def when_words(ahead: Ahead, last: dt.date) -> str:
    """The days between which it should be reached, or why there are none."""
    if last - ahead.date > _STALE:
        return tr("last read on {day}", day=ahead.date)
    if ahead.distance is None:
        return tr("perhaps there already")
    if ahead.pace is None:
        return tr("too few readings")
    if ahead.earliest is None or ahead.latest is None:
        return tr("not certain")
    return f"{ahead.earliest} … {ahead.latest}" if ahead.earliest != ahead.latest else f"{ahead.latest}"


def _tidy(result: Milestones) -> Grid:
    rows: list[Row] = [
        (
            "before" if milestone.before else "reached", milestone.artist or "", milestone.source, milestone.metric,
            plain(milestone.rung), milestone.reached.isoformat(), "", "", "", "",
        )
        for milestone in result.reached
    ]  # fmt: skip
    rows += [
        (
            "next", ahead.artist or "", ahead.source, ahead.metric, plain(ahead.rung), plain_day(ahead.latest),
            plain(ahead.value), plain(ahead.distance), plain(ahead.pace), plain_day(ahead.earliest),
        )
        for ahead in result.ahead
    ]  # fmt: skip
    return grid("what | artist | source | metric | >milestone | day | >value | >distance | >pace | earliest", rows)


def plain_day(day: dt.date | None) -> str:
    """A day as a program takes it; empty where there is none."""
    return "" if day is None else day.isoformat()
