"""Run the client from start to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING

import aiohttp
import discord

from casa24.bot.settings import PORTAL, TOKEN
from casa24.errors import Casa24Error, CredentialError

if TYPE_CHECKING:
    from casa24.bot.client import Bot

log = logging.getLogger("casa24.bot")


async def serve(bot: Bot, token: str) -> None:
    """Answer until SIGTERM or Ctrl-C. Raises CredentialError for a token Discord does not take, and Casa24Error."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        # Windows has none; there Ctrl-C ends the loop itself.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal_number, stop.set)
    async with bot:
        running = asyncio.create_task(bot.start(token))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            log.info("stopping")
            await bot.close()
        stopping.cancel()
        try:
            await running
        except discord.LoginFailure:
            raise CredentialError(
                f"Discord does not accept {TOKEN}.",
                advice=f"Make a new one: {PORTAL} → your application → Bot → Reset Token.",
            ) from None
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError) as error:
            what = f"Discord could not be reached, or refused ({type(error).__name__})."
            raise Casa24Error(what, advice="Check the network, then start the bot again.") from None
