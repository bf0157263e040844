"""Render comparisons and leaderboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import count, tr
from casa24.views.growth import wave_words
from casa24.views.page import Column, Grid, Lines, Page, Row, grid
from casa24.views.text import change, plain, point
from casa24.views.words import metric

if TYPE_CHECKING:
    from casa24.analysis.compare import Comparison, Side
    from casa24.analysis.leaderboard import Leaderboard, Standing


def comparison_page(result: Comparison) -> Page:
    """A row a metric, a column an artist."""
    days = count(result.days, "{n} day", "{n} days")
    heading = tr("{names} on {day} (changes in {days})", names=", ".join(result.artists), day=result.date, days=days)
    columns = (Column(tr("Number")), *(Column(name, right=True) for name in result.artists))
    rows = tuple((metric(row), *(_side(side) for side in row.sides)) for row in result.metrics)
    blocks: list[Grid | Lines] = [Grid(columns, rows)] if rows else []
    waves = tuple(
        f"{side.artist}, {metric(row)}: {wave_words(side.growth)}."
        for row in result.metrics
        for side in row.sides
        if side.growth and side.growth.waves
    )
    if waves:
        blocks.append(Lines(waves, tr("Told apart")))
    if not blocks:
        blocks.append(Lines((tr("Nothing usable was recorded in this period."),)))
    return Page(heading, _sides(result), tuple(blocks))


def _side(side: Side) -> str:
    if side.reading is None:
        return "–"
    delta = change(side.growth)
    return f"{point(side.reading)} ({delta})" if delta not in {"", "0"} else point(side.reading)


def _sides(result: Comparison) -> Grid:
    rows: list[Row] = [
        (
            side.artist, result.date.isoformat(), row.source, row.metric,
            plain(side.reading.value if side.reading else None), side.reading.state.value if side.reading else "",
            plain(side.growth.change if side.growth else None),
        )
        for row in result.metrics
        for side in row.sides
    ]  # fmt: skip
    return grid("artist | date | source | metric | >value | state | >change", rows)


def leaderboard_page(result: Leaderboard, label: str) -> Page:
    """Ranks with their change; who was not read, at the end."""
    heading = tr("{label}: {metric} on {day}", label=label, metric=metric(result), day=result.date)
    blocks: list[Grid | Lines] = []
    if result.places:
        rows = [
            (_rank(standing), standing.artist, _value(standing, result), _moved(standing)) for standing in result.places
        ]
        blocks.append(grid(">Rank | Artist | >Value | >In 30 days", rows, brief=(1, 2, 3)))
    if result.absent:
        lines = (
            tr("{what}: last read on {day}", what=artist.artist, day=artist.since) if artist.since else artist.artist
            for artist in result.absent
        )
        blocks.append(Lines(tuple(lines), tr("No usable reading in 7 days")))
    if not blocks:
        blocks.append(Lines((tr("Nobody on this day has this number; try another: `casa24 leaderboard followers`."),)))
    return Page(heading, _places(result), tuple(blocks))


def _rank(standing: Standing) -> str:
    return f"{standing.rank}=" if standing.tied else str(standing.rank)


def _value(standing: Standing, result: Leaderboard) -> str:
    return (
        point(standing.reading)
        if standing.date == result.date
        else f"{point(standing.reading)} ({standing.date:%m-%d})"
    )


def _moved(standing: Standing) -> str:
    if standing.moved is None:
        return tr("not read then")
    return f"↑{standing.moved}" if standing.moved > 0 else f"↓{-standing.moved}" if standing.moved else "="


def _places(result: Leaderboard) -> Grid:
    rows: list[Row] = [
        (
            plain(standing.rank),
            standing.artist,
            standing.date.isoformat(),
            plain(standing.reading.value),
            plain(standing.moved),
        )
        for standing in result.places
    ]
    rows += [("", artist.artist, artist.since.isoformat() if artist.since else "", "", "") for artist in result.absent]
    return grid(">rank | artist | date | >value | >moved", rows)
