"""News as messages: short Markdown that a chat, a mail and a phone can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.escape import message
from casa24.language import count, day, tr
from casa24.views.day import sentences
from casa24.views.milestones import milestone_words
from casa24.views.text import change, point
from casa24.views.unusual import movement_words, open_words
from casa24.views.words import metric, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casa24.analysis.news import News
    from casa24.analysis.week import WeekReport

# What Discord takes is 2,000 characters; some are the title's, and what is escaped on the way.
_LONGEST = 1700
_MOST_CHANGES = 8


def title_of(news: Iterable[News], label: str) -> str:
    """What a message is about."""
    week = next((one.week for one in news if one.week is not None), None)
    if week is None:
        return tr("{label}: news", label=label)
    return tr("{label}: week {week}", label=label, week=week.week)


def body_of(news: Iterable[News]) -> str:
    """A line for each thing, a dozen for a week; what would be too long is counted."""
    lines = [f"- {message(line)}" for one in news for line in _lines(one)]
    kept: list[str] = []
    for place, line in enumerate(lines):
        if sum(len(other) + 1 for other in kept) + len(line) > _LONGEST:
            left = len(lines) - place
            kept.append(count(left, "- … and 1 more: `casa24 week`", "- … and {n} more: `casa24 week`"))
            break
        kept.append(line)
    return "\n".join(kept)


def what_of(one: News) -> str:
    """A thing in one line, for the list of what was sent."""
    return next(iter(_lines(one)), one.key)[:200]


def _lines(one: News) -> Iterator[str]:
    if one.milestone is not None:
        yield tr("Milestone: {what}", what=milestone_words(one.milestone))
    if one.movement is not None:
        yield tr("Unusual: {what}", what=movement_words(one.movement))
    if one.week is not None:
        yield from _week(one.week)


def _week(week: WeekReport) -> Iterator[str]:
    first, last = day(week.monday), day(week.sunday)
    yield tr("{first} … {last}: recorded on {n} of 7 days.", first=first, last=last, n=week.recorded)
    biggest = sorted((row for row in week.changes if row.change), key=lambda row: -abs(row.change or 0))
    for row in biggest[:_MOST_CHANGES]:
        yield f"{who(row.artist)}, {metric(row)}: {point(row.new)} ({change(row)})"
    for wave in week.open:
        yield open_words(wave)
    for movement in week.movements:
        yield tr("Unusual: {what}", what=movement_words(movement))
    for milestone in week.milestones:
        yield tr("Milestone: {what}", what=milestone_words(milestone))
    for entry in week.new:
        yield tr("New in the top five: {list}", list=f"{entry.artist}, {entry.label}")
    for gap in week.missing:
        yield tr("Missing: {what}", what=" ".join(sentences(gap)))
