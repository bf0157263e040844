"""A label with two months of an invented record, and a bot that answers from it at a Discord on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from casa24.bot.client import Bot, BotOptions
from casa24.bot.commands import COMMANDS
from casa24.bot.service import RecordService
from casa24.bot.settings import Settings
from casa24.record.data_folder import DataFolder, dump
from casa24.text.i18n import speak
from tests.bot.discord_server import CLIENT, GUILD, TOKEN, Server, discord_on_loopback
from tests.making import SERIES, artist, flag, snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from casa24.bot.git_mirror import GitMirror
    from casa24.core.snapshot import Snapshot

ROSTER = """\
[label]
name = "Our label"
color = "#c81e5a"

[[artists]]
name = "Ana María"
spotify_id = "0AAAAAAAAAAAAAAAAAAAAA"

[[artists]]
name = "Ben"
aliases = ["Benjamin"]
spotify_id = "1AAAAAAAAAAAAAAAAAAAAA"
"""
QUIET = BotOptions(cooldown=None)


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def night(day: dt.date, number: int) -> Snapshot:
    """A day of the record: Ana grows, Ben is steady and failed a week ago, the server has members."""
    wave = 90 if number in range(40, 45) else 0
    ana = {
        "spotify": {
            "followers": 200 + 2 * number, "monthly_listeners": str(500 + 3 * (number % 7) + wave),
            "top_tracks": [{"name": "Mar *azul* @everyone", "popularity": 3, "track_id": "4uLU6hMCjMI75M1A2tKUQC"}],
        },
        "youtube": {"subscribers": 30, "total_views": 1000 + 12 * number, "video_count": 4},
    }  # fmt: skip
    silent = number == 53
    ben: dict[str, Any] = {"spotify": {"followers": None if silent else 90, "monthly_listeners": "40"}}
    flags = [flag("Ben", "spotify", "followers", code="timeout")] if silent else []
    return snapshot(artist("Ana María", **ana), artist("Ben", **ben), day=day, flags=flags)


def lay_down(folder: Path, days: int = 60, last: dt.date | None = None) -> Path:
    """The label's folder, its record ending on ``last``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "casa24.toml").write_text(ROSTER, "utf-8")
    history = folder / "data" / "historical"
    history.mkdir(parents=True, exist_ok=True)
    last = last or today()
    data = DataFolder(folder / "data", SERIES)
    for number in range(days):
        day = last - dt.timedelta(days=days - 1 - number)
        data.file_of(day).write_text(dump(night(day, number)), "utf-8")
    return folder


@pytest.fixture
def label(tmp_path: Path) -> Path:
    return lay_down(tmp_path / "label")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


@asynccontextmanager
async def running(
    folder: Path, manners: BotOptions = QUIET, *, mirror: GitMirror | None = None, guild: int | None = GUILD
) -> AsyncIterator[Server]:
    """A bot that is connected, and the Discord it is connected to."""
    async with discord_on_loopback() as server:
        settings = Settings(SecretStr(TOKEN), CLIENT, guild)
        async with Bot(COMMANDS, RecordService(folder / "casa24.toml"), settings, mirror, manners) as bot:
            run = asyncio.create_task(bot.start(TOKEN))
            ready = asyncio.create_task(server.ready())
            await asyncio.wait({run, ready}, return_when=asyncio.FIRST_COMPLETED)
            if run.done():
                ready.cancel()
                run.result()
            await asyncio.wait_for(bot.wait_until_ready(), 20)
            yield server
            await bot.close()
            with suppress(asyncio.CancelledError):
                await run
            # What was dispatched is still to be looked at.
            if others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others, timeout=0.5)
