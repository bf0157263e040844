"""What is unusual, in plain words: what is still open, what fell for several, and every jump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.language import day, grouped, tr
from casa24.views.page import Grid, Lines, Page, Row, grid
from casa24.views.text import plain, signed
from casa24.views.words import listed, metric, who

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from casa24.analysis.events import Event
    from casa24.analysis.unusual import Movement, OpenWave, Unusual

# A night or two without a reading are told by the gaps; a jump after more of them is dated by nobody.
_HOLE = 3


def unusual_page(result: Unusual, label: str) -> Page:
    """Open waves first, then falls of several artists, then the rest."""
    heading = tr("{label}: unusual from {first} to {last}", label=label, first=result.since, last=result.last)
    falls = [one for one in result.movements if one.together and not one.rise]
    rest = [one for one in result.movements if one not in falls]
    parts = (
        (tr("Open: rose at once, and has not come back"), [open_words(one) for one in result.open]),
        (tr("Fell for several artists at once"), [movement_words(one) for one in falls]),
        (tr("Jumps, up or down"), [movement_words(one) for one in rest]),
    )
    blocks = tuple(Lines(tuple(lines), title) for title, lines in parts if lines)
    nothing = Lines((tr("Nothing unusual in these days."),))
    return Page(heading, _tidy(result), blocks or (nothing,))


def open_words(wave: OpenWave) -> str:
    """One open episode in a sentence or three."""
    episode = wave.episode
    said = [
        tr(
            "{artist}, {metric}: {value} ({above} since it rose at once from {baseline} on {day}).",
            artist=who(episode.artist), metric=metric(episode), value=grouped(episode.value),
            baseline=grouped(episode.baseline), day=day(episode.first), above=signed(episode.above),
        )
    ]  # fmt: skip
    if episode.unread >= _HOLE:
        said.append(tr("Nothing was read in the {n} days before: it may have come little by little.", n=episode.unread))
    if wave.others:
        said.append(tr("On the same days moved: {names}.", names=listed(wave.others)))
    if wave.leaving:
        leaves = [tr("{size} by {day}", size=grouped(one.size), day=day(one.by)) for one in wave.leaving]
        said.append(tr("Should have left again: {parts}.", parts=listed(leaves)))
    return " ".join(said)


def movement_words(one: Movement) -> str:
    """``22 Sep 2025, Spotify · Followers: PYRO -89 (249 → 160) and bo.wlie -77 (175 → 98)``."""
    days = _days(one.first, one.last)
    return f"{days}, {metric(one)}: {listed(_moved(event) for event in one.events)}."


def _days(first: dt.date, last: dt.date) -> str:
    return day(first) if first == last else f"{day(first)} … {day(last)}"


def _moved(event: Event) -> str:
    hole = f"; {tr('nothing was read in the {n} days before', n=event.unread)}" if event.unread >= _HOLE else ""
    return f"{who(event.artist)} {signed(event.change)} ({grouped(event.old)} → {grouped(event.new)}{hole})"


def _tidy(result: Unusual) -> Grid:
    return grid(
        "what | artist | source | metric | first | last | >old | >new | >change | with | leaves_by",
        [*_open(result.open), *_events(result.movements)],
    )


def _open(waves: Iterable[OpenWave]) -> Iterable[Row]:
    for wave in waves:
        one = wave.episode
        leaves = max((leaving.by.isoformat() for leaving in wave.leaving), default="")
        yield (
            "open", one.artist or "", one.source, one.metric, one.first.isoformat(), "", plain(one.baseline),
            plain(one.value), plain(one.above), "; ".join(wave.others), leaves,
        )  # fmt: skip


def _events(movements: Iterable[Movement]) -> Iterable[Row]:
    for movement in movements:
        for event in movement.events:
            others = [one.artist for one in movement.events if one.artist and one.artist != event.artist]
            yield (
                "rise" if event.rise else "fall", event.artist or "", event.source, event.metric,
                event.first.isoformat(), event.last.isoformat(), plain(event.old), plain(event.new),
                plain(event.change), "; ".join(dict.fromkeys(others)), "",
            )  # fmt: skip
