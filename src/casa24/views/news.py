"""Render news as messages: short Markdown for a chat, a mail and a phone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from casa24.text.escape import message
from casa24.text.i18n import count, day, tr
from casa24.views.day import named, sentences
from casa24.views.milestones import milestone_words
from casa24.views.text import change, point
from casa24.views.unusual import movement_words, open_words
from casa24.views.week import copied_words
from casa24.views.words import metric, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casa24.analysis.news import News
    from casa24.analysis.reasons import Missing
    from casa24.analysis.week import NewEntry, WeekReport

# What Discord takes is 2,000 characters; some are the title's, and what is escaped on the way.
_LONGEST = 1700
_MOST_CHANGES = 8


class _NewsLine(NamedTuple):
    """``text``: with words from outside; ``after``: Markdown of our own."""

    text: str
    after: str = ""


def title_of(news: Iterable[News], label: str) -> str:
    """What a message is about."""
    week = next((item.week for item in news if item.week is not None), None)
    if week is None:
        return tr("{label}: news", label=label)
    return tr("{label}: week {week}", label=label, week=week.week)


def body_of(news: Iterable[News]) -> str:
    """A line for each thing, a dozen for a week; what would be too long is counted."""
    lines = [f"- {message(line.text)}{line.after}" for item in news for line in _lines(item)]
    kept: list[str] = []
    for place, line in enumerate(lines):
        if sum(len(earlier) + 1 for earlier in kept) + len(line) > _LONGEST:
            left = len(lines) - place
            kept.append(count(left, "- … and 1 more: `casa24 week`", "- … and {n} more: `casa24 week`"))
            break
        kept.append(line)
    return "\n".join(kept)


def what_of(item: News) -> str:
    """A thing in one line, for the list of what was sent."""
    return next(iter(_lines(item)), _NewsLine(item.key)).text[:200]


def _lines(item: News) -> Iterator[_NewsLine]:
    if item.milestone is not None:
        yield _NewsLine(tr("Milestone: {what}", what=milestone_words(item.milestone)))
    if item.movement is not None:
        yield _NewsLine(tr("Unusual: {what}", what=movement_words(item.movement)))
    if item.week is not None:
        yield from _week(item.week)


def _week(week: WeekReport) -> Iterator[_NewsLine]:
    first, last = day(week.monday), day(week.sunday)
    recorded = tr("{first} … {last}: recorded on {n} of 7 days.", first=first, last=last, n=week.recorded)
    yield _NewsLine(recorded, f" {copied_words(week.copied)}" if week.copied else "")
    biggest = sorted((row for row in week.changes if row.change), key=lambda row: -abs(row.change or 0))
    for row in biggest[:_MOST_CHANGES]:
        yield _NewsLine(f"{who(row.artist)}, {metric(row)}: {point(row.new)} ({change(row)})")
    for wave in week.open:
        yield _NewsLine(open_words(wave))
    for movement in week.movements:
        yield _NewsLine(tr("Unusual: {what}", what=movement_words(movement)))
    for milestone in week.milestones:
        yield _NewsLine(tr("Milestone: {what}", what=milestone_words(milestone)))
    yield from _new(week.new)
    yield from _gaps(week)


def _new(entries: Iterable[NewEntry]) -> Iterator[_NewsLine]:
    """Each with its link where another has its title."""
    found = [(entry, f"{entry.artist}, {entry.label}") for entry in entries]
    times = Counter(name for _, name in found)
    for entry, name in found:
        link = f" <{entry.url}>" if entry.url and times[name] > 1 else ""
        yield _NewsLine(tr("New in the top five: {list}", list=name), link)


def _gaps(week: WeekReport) -> Iterator[_NewsLine]:
    """In full where one begins; in a few words while it lasts."""
    for gap in week.began:
        yield _NewsLine(tr("Missing: {what}", what=" ".join(sentences(gap))))
    began = {place for gap in week.began for place in gap.places}
    if still := _where(gap for gap in week.missing if gap.places - began):
        yield _NewsLine(tr("Still missing: {what}", what=still))
    if again := _where(week.ended):
        yield _NewsLine(tr("Read again: {what}", what=again))


def _where(gaps: Iterable[Missing]) -> str:
    """``YouTube (PYRO, Mango Blade); Discord``."""
    artists: dict[str, dict[str, None]] = {}
    for gap in gaps:
        artists.setdefault(gap.title, {}).update(dict.fromkeys(gap.artists))
    return "; ".join(f"{title} ({named(tuple(names))})" if names else title for title, names in artists.items())
