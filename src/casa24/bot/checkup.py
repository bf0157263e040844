"""Check what the bot needs before it can start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.bot.settings import CLIENT, PORTAL, TOKEN, Settings, invite, settings_of
from casa24.core.findings import Finding, broken, ok, warning
from casa24.errors import Casa24Error, CredentialError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from casa24.bot.service import RecordService
    from casa24.bot.settings import FoundSetting

_FRESH = 2


async def examine(found: FoundSetting, desk: RecordService) -> list[Finding]:
    """Settings, then what Discord says of them, then the record."""
    lines = [*_settings(found)]
    try:
        settings = settings_of(found)
    except CredentialError:
        pass
    else:
        lines += [finding async for finding in _discord(settings)]
    lines.append(await _record(desk))
    return lines


def _settings(found: FoundSetting) -> Iterator[Finding]:
    for name in found.well:
        yield ok(f"{name} is set ({found.wallet.origin(name)})")
    for problem in found.problems:
        yield (broken if problem.needed else warning)(problem.what, problem.advice)


async def _discord(settings: Settings) -> AsyncIterator[Finding]:
    """Whether Discord knows the token, and the bot is where it should be."""
    import aiohttp
    import discord

    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(settings.token.get_secret_value())
        yield ok(f"Discord accepts {TOKEN}: this is {client.user}")
        if client.application_id != settings.client:
            yield broken(f"{CLIENT} is another application's than {TOKEN}", "Copy both from the same one.", PORTAL)
        if settings.guild is not None:
            try:
                guild = await client.fetch_guild(settings.guild)
            except (discord.NotFound, discord.Forbidden):
                link = invite(settings.client, settings.guild)
                yield broken(f"The bot is not in server {settings.guild}", "Invite it with this link.", link)
            else:
                yield ok(f"The bot is in {guild.name}")
    except discord.LoginFailure:
        yield broken(f"Discord does not accept {TOKEN}", "Make a new one (Bot → Reset Token).", PORTAL)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        yield broken(f"Discord could not be asked ({type(error).__name__})", "Check the network; try again later.")
    finally:
        await client.close()


async def _record(desk: RecordService) -> Finding:
    from casa24.record.workspace import today

    try:
        record = await desk.record()
    except Casa24Error as error:
        return broken(error.message, error.advice)
    age = (today() - record.asof).days
    what = f"The record's newest day is {record.asof}"
    if age > _FRESH:
        return warning(f"{what}, {age} days ago", "See whether the nightly runs go well (`casa24 doctor`).")
    return ok(what)
