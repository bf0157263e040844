"""Declare the slash commands; each calls a question of `casa24.bot.questions`.

Their texts are keys of the catalogue, as everywhere; names stand there with a slash before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from casa24.bot import questions
from casa24.core.names import key_of
from casa24.errors import Casa24Error
from casa24.views.embed import beginning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.bot.client import Bot

_OFFERED = 25
_LONGEST = 100
Period = Literal[7, 14, 30, 60, 90]
Asked = discord.Interaction[Any]


def _bot(interaction: Asked) -> Bot:
    bot: Bot = interaction.client
    return bot


def offers(typed: str, known: Iterable[str]) -> list[str]:
    """At most 25 of the names, those that begin as typed before those that hold it; case and accents do not count."""
    wanted = key_of(typed)
    keys = {name: key_of(name) for name in known}
    ranked = sorted(
        (key != wanted, not key.startswith(wanted), number, name)
        for number, (name, key) in enumerate(keys.items())
        if wanted in key
    )
    return [name for *_, name in ranked[:_OFFERED]]


async def _artists(interaction: Asked, typed: str) -> list[Choice[str]]:
    try:
        names = await _bot(interaction).desk.names()
    except Casa24Error:
        return []
    # A longer name is found by its beginning.
    shown = (beginning(name, _LONGEST) for name in offers(typed, names))
    return [Choice(name=name, value=name) for name in shown if name.strip()]


async def _metrics(interaction: Asked, typed: str) -> list[Choice[str]]:
    try:
        titles = await _bot(interaction).desk.metrics()
    except Casa24Error:
        return []
    return [Choice(name=beginning(title, _LONGEST), value=titles[title]) for title in offers(typed, titles)]


@app_commands.command(description="The label at a glance")
async def stats(interaction: Asked) -> None:
    """The label's totals, its own numbers, its first three."""
    await _bot(interaction).answer(interaction, questions.stats)


@app_commands.command(description="What grew over a period")
@app_commands.describe(period="How many days back", artist="One artist only")
@app_commands.autocomplete(artist=_artists)
async def growth(interaction: Asked, period: Period = 30, artist: str | None = None) -> None:
    """Growth of the label, or of one artist with a chart."""
    await _bot(interaction).answer(interaction, questions.growth, period=period, artist=artist)


@app_commands.command(description="What is foreseen, with its range and how past forecasts did")
@app_commands.describe(artist="One artist only", days="How many days ahead")
@app_commands.autocomplete(artist=_artists)
async def predict(interaction: Asked, artist: str | None = None, days: Range[int, 7, 90] = 30) -> None:
    """Forecasts."""
    await _bot(interaction).answer(interaction, questions.predict, artist=artist, days=days)


@app_commands.command(description="One artist on all platforms")
@app_commands.describe(name="The artist")
@app_commands.autocomplete(name=_artists)
async def artist(interaction: Asked, name: str) -> None:
    """Everything of the newest day."""
    await _bot(interaction).answer(interaction, questions.artist, name=name)


@app_commands.command(description="Artists side by side")
@app_commands.describe(first="An artist", second="Another one", third="One more", fourth="One more")
@app_commands.autocomplete(first=_artists, second=_artists, third=_artists, fourth=_artists)
async def compare(
    interaction: Asked, first: str, second: str, third: str | None = None, fourth: str | None = None
) -> None:
    """Two to four."""
    chosen = tuple(artist for artist in (first, second, third, fourth) if artist is not None)
    await _bot(interaction).answer(interaction, questions.compare, artists=chosen)


@app_commands.command(description="Who stands where by one number")
@app_commands.describe(metric="The number; else monthly listeners")
@app_commands.autocomplete(metric=_metrics)
async def leaderboard(interaction: Asked, metric: str | None = None) -> None:
    """Ranks and their change."""
    await _bot(interaction).answer(interaction, questions.leaderboard, metric=metric)


@app_commands.command(description="The label's week")
@app_commands.describe(week="Such as 2025-W42; else the last complete one")
async def week(interaction: Asked, week: str | None = None) -> None:
    """What changed in a week."""
    await _bot(interaction).answer(interaction, questions.week, week=week)


@app_commands.command(description="What jumped, and what is still open")
async def unusual(interaction: Asked) -> None:
    """Episodes and events."""
    await _bot(interaction).answer(interaction, questions.unusual)


@app_commands.command(description="Milestones reached, and the next ones")
@app_commands.describe(artist="One artist only")
@app_commands.autocomplete(artist=_artists)
async def milestones(interaction: Asked, artist: str | None = None) -> None:
    """Milestones."""
    await _bot(interaction).answer(interaction, questions.milestones, artist=artist)


COMMANDS: tuple[app_commands.Command[Any, ..., Any], ...] = (
    stats, growth, predict, artist, compare, leaderboard, week, unusual, milestones,
)  # fmt: skip
