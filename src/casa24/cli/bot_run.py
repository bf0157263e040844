"""Prepare and run the bot for ``bot``."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from casa24.analysis.checkup import Checkup, Line
from casa24.bot.git_mirror import GitMirror
from casa24.bot.service import RecordService
from casa24.bot.settings import TOKEN, invite, look, settings_of
from casa24.cli.output import emit, keep_secret, log_lines, say
from casa24.config import loading
from casa24.errors import UsageError
from casa24.views.checkup import checkup_page
from casa24.views.formats import Format

if TYPE_CHECKING:
    from casa24.bot.settings import FoundSetting

_CLONE = "bot/record"


class RecordLocation(NamedTuple):
    """``home``: the folder whose ``bot/.env`` holds the settings; the record is there, or in the clone beside it."""

    home: Path
    desk: RecordService
    mirror: GitMirror | None

    @classmethod
    def of(cls, path: Path | None, data_dir: Path | None, pull: str | None) -> RecordLocation:
        """The place the options mean. Raises UsageError or ConfigError."""
        if path is not None:
            loading.read(path)
        here = path or loading.find() or Path.cwd() / loading.FILE_NAME
        home = here.absolute().parent
        if pull is None:
            return cls(home, RecordService(here.absolute(), data_dir), None)
        if path is not None or data_dir is not None:
            raise UsageError("--pull brings its own casa24.toml and data.", advice="Leave --config and --data-dir out.")
        clone = home / _CLONE
        return cls(home, RecordService(clone / loading.FILE_NAME), GitMirror(pull, clone))


def check_bot(place: RecordLocation) -> int:
    """Print what a bot would find here; the exit code."""
    from casa24.bot.checkup import examine

    _need_discord()
    found = _found(place)
    if place.mirror is not None:
        place.mirror.prepare()
    findings = asyncio.run(examine(found, place.desk))
    lines = tuple(
        Line(area="bot", level=finding.level, what=finding.what, advice=finding.advice, link=finding.link)
        for finding in findings
    )
    checkup = Checkup.of(lines, interrupted=False)
    emit(checkup_page(checkup, "casa24 bot"), checkup, Format.TABLE)
    if found.client is not None:
        typer.echo(f"\nTo invite it: {invite(found.client)}")
    return checkup.exit_code


def run_bot(place: RecordLocation, *, everywhere: bool) -> None:
    """Answer until asked to stop. Raises CredentialError, UsageError or Casa24Error."""
    _need_discord()
    from casa24.bot.client import Bot, BotOptions
    from casa24.bot.commands import COMMANDS
    from casa24.bot.run import serve

    settings = settings_of(_found(place))
    log_lines("casa24", "discord")
    if place.mirror is not None:
        place.mirror.prepare()
    say(f"To invite the bot: {invite(settings.client, settings.guild)}")

    async def run() -> None:
        bot = Bot(COMMANDS, place.desk, settings, place.mirror, BotOptions(everywhere=everywhere))
        await serve(bot, settings.token.get_secret_value())

    asyncio.run(run())


def _found(place: RecordLocation) -> FoundSetting:
    """The settings here, the token kept out of everything printed."""
    found = look(place.home, os.environ)
    if TOKEN in found.wallet.found:
        keep_secret(found.wallet.found[TOKEN].secret)
    return found


def _need_discord() -> None:
    import warnings

    try:
        # discord.py imports audioop, which Python 3.13 takes away; the bot has no voice.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import discord  # noqa: F401
            import matplotlib as mpl  # noqa: F401
    except ImportError:
        raise UsageError("The bot needs discord.py and matplotlib.", advice='pip install "casa24[bot]"') from None
