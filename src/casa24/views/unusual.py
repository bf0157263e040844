"""Render what is unusual: open waves, what stayed, falls of several artists, jumps, and ramps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import day, grouped, tr
from casa24.views.page import Grid, Lines, Page, Row, grid
from casa24.views.text import a_day, plain, signed
from casa24.views.words import first_few, listed, metric, who

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from casa24.analysis.episodes import Episode
    from casa24.analysis.events import Event
    from casa24.analysis.ramps import Ramp
    from casa24.analysis.unusual import Movement, OpenWave, Unusual

# A night or two without a reading are told by the gaps; a jump after more of them is dated by nobody.
_HOLE = 3


def unusual_page(result: Unusual, label: str) -> Page:
    """Open waves first, then what stayed, then falls of several artists, then the rest."""
    heading = tr("{label}: unusual from {first} to {last}", label=label, first=result.since, last=result.last)
    falls = [movement for movement in result.movements if movement.together and not movement.rise]
    rest = [movement for movement in result.movements if movement not in falls]
    parts = (
        (tr("Open: rose at once, and has not come back"), [open_words(wave) for wave in result.open]),
        (tr("Stayed: rose at once, and is growth from now on"), [stayed_words(episode) for episode in result.stayed]),
        (tr("Fell for several artists at once"), [movement_words(movement) for movement in falls]),
        (tr("Jumps, up or down"), [movement_words(movement) for movement in rest]),
        (tr("Little by little, up or down"), [ramp_words(ramp) for ramp in result.ramps]),
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
        said.append(tr("On the same days moved: {names}.", names=first_few(wave.others)))
    if wave.leaving:
        leaves = [tr("{size} by {day}", size=grouped(gone.size), day=day(gone.by)) for gone in wave.leaving]
        said.append(tr("Should have left again: {parts}.", parts=listed(leaves)))
    return " ".join(said)


def stayed_words(episode: Episode) -> str:
    """One episode that ended because it stayed."""
    return tr(
        "{artist}, {metric}: {size} of the rise since {day} had stayed for 60 days on {closed}.",
        artist=who(episode.artist), metric=metric(episode), size=signed(episode.left), day=day(episode.first),
        closed=day(episode.closed or episode.first),
    )  # fmt: skip


def ramp_words(ramp: Ramp) -> str:
    """One slow climb or slide, with its pace and whether it goes on."""
    days = _days(ramp.first, ramp.last)
    words = tr(
        "{artist}, {metric}: {change} ({old} → {new}), {pace} a day; before it {usual} a day",
        artist=who(ramp.artist), metric=metric(ramp), change=signed(ramp.change), old=grouped(ramp.old),
        new=grouped(ramp.new), pace=a_day(ramp.per_day), usual=a_day(ramp.usual),
    )  # fmt: skip
    return f"{days}, {words}." if ramp.ended else f"{days}, {words}; {tr('it goes on')}."


def movement_words(movement: Movement) -> str:
    """``22 Sep 2025, Spotify · Followers: PYRO -89 (249 → 160) and bo.wlie -77 (175 → 98)``."""
    days = _days(movement.first, movement.last)
    return f"{days}, {metric(movement)}: {first_few([_moved(event) for event in movement.events])}."


def _days(first: dt.date, last: dt.date) -> str:
    return day(first) if first == last else f"{day(first)} … {day(last)}"


def _moved(event: Event) -> str:
    hole = f"; {tr('nothing was read in the {n} days before', n=event.unread)}" if event.unread >= _HOLE else ""
    return f"{who(event.artist)} {signed(event.change)} ({grouped(event.old)} → {grouped(event.new)}{hole})"


def _tidy(result: Unusual) -> Grid:
    return grid(
        "what | artist | source | metric | first | last | >old | >new | >change | with | leaves_by",
        [*_open(result.open), *_stayed(result.stayed), *_events(result.movements), *_ramps(result.ramps)],
    )


def _open(waves: Iterable[OpenWave]) -> Iterable[Row]:
    for wave in waves:
        episode = wave.episode
        leaves = max((leaving.by.isoformat() for leaving in wave.leaving), default="")
        yield (
            "open", episode.artist or "", episode.source, episode.metric, episode.first.isoformat(), "",
            plain(episode.baseline), plain(episode.value), plain(episode.above), "; ".join(wave.others), leaves,
        )  # fmt: skip


def _stayed(episodes: Iterable[Episode]) -> Iterable[Row]:
    for episode in episodes:
        yield (
            "stayed", episode.artist or "", episode.source, episode.metric, episode.first.isoformat(),
            episode.closed.isoformat() if episode.closed else "", plain(episode.baseline), plain(episode.value),
            plain(episode.left), "", "",
        )  # fmt: skip


def _events(movements: Iterable[Movement]) -> Iterable[Row]:
    for movement in movements:
        for event in movement.events:
            others = [near.artist for near in movement.events if near.artist and near.artist != event.artist]
            yield (
                "rise" if event.rise else "fall", event.artist or "", event.source, event.metric,
                event.first.isoformat(), event.last.isoformat(), plain(event.old), plain(event.new),
                plain(event.change), "; ".join(dict.fromkeys(others)), "",
            )  # fmt: skip


def _ramps(ramps: Iterable[Ramp]) -> Iterable[Row]:
    for ramp in ramps:
        yield (
            "climb" if ramp.per_day > 0 else "slide", ramp.artist or "", ramp.source, ramp.metric,
            ramp.first.isoformat(), ramp.last.isoformat(), plain(ramp.old), plain(ramp.new), plain(ramp.change), "", "",
        )  # fmt: skip
