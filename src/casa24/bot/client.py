"""Run the bot at Discord: register commands, answer in time, report errors in one place."""

from __future__ import annotations

import asyncio
import io
import logging
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

import discord
from discord import app_commands
from discord.ext.commands import CooldownMapping

from casa24.bot.settings import invite
from casa24.errors import Casa24Error, NoSnapshot, UsageError
from casa24.text.escape import message
from casa24.text.i18n import LANGUAGES, speak, spoken, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casa24.bot.git_mirror import GitMirror
    from casa24.bot.service import Answer, BotReply, RecordService
    from casa24.bot.settings import Settings

log = logging.getLogger("casa24.bot")

# Discord gives up after 3 seconds without a word.
PATIENCE = 1.5
# So many questions in so many seconds, a person.
COOLDOWN = (5, 20.0)
_FETCH_PATIENCE = 2.0
_Location = app_commands.TranslationContextLocation
_NAMES = {_Location.command_name, _Location.parameter_name}


class BotOptions(NamedTuple):
    """How the bot behaves. ``patience``: seconds before it says that it is thinking; ``cooldown``: None for none."""

    patience: float = PATIENCE
    cooldown: tuple[int, float] | None = COOLDOWN
    everywhere: bool = False


class Translator(app_commands.Translator):
    """Names and descriptions of commands from casa24's own catalogue."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The text in this language; None where that is English, or none we speak."""
        language = locale.value.partition("-")[0]
        if language not in LANGUAGES or language == "en":
            return None
        speak(language)
        # A name is a word of its own: what a table calls "artist" is for programs.
        text = f"/{string.message}" if context.location in _NAMES else string.message
        return tr(text).removeprefix("/")


class Tree(app_commands.CommandTree["Bot"]):
    """The commands; before each one the language is chosen, and after it errors are told."""

    async def interaction_check(self, interaction: discord.Interaction[Bot], /) -> bool:
        """Speak the user's language; refuse who asks too often."""
        bot = interaction.client
        speak(await bot.language_of(interaction))
        if bot.cooldowns is not None and interaction.type is discord.InteractionType.application_command:
            bucket: app_commands.Cooldown | None = bot.cooldowns.get_bucket(interaction)
            wait = bucket.update_rate_limit() if bucket else None
            if bucket and wait:
                raise app_commands.CommandOnCooldown(bucket, wait)
        return True

    async def on_error(self, interaction: discord.Interaction[Bot], error: app_commands.AppCommandError, /) -> None:
        """A short sentence for the user; where it was our fault, an id that leads to the log."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, UsageError | NoSnapshot):
            text = " ".join(part for part in (cause.message, cause.advice) if part)
        elif isinstance(error, app_commands.CommandOnCooldown):
            text = tr("Not so fast: ask again in {n} seconds.", n=max(1, round(error.retry_after)))
        elif isinstance(cause, discord.NotFound):
            log.warning("an answer came too late for Discord")
            return
        else:
            number = secrets.token_hex(4)
            # What casa24 raised on purpose says enough; the rest is told whole.
            known = f" ({cause.message} {cause.advice})" if isinstance(cause, Casa24Error) else ""
            log.error("%s: %s failed%s", number, _name(interaction), known, exc_info=None if known else cause)
            text = tr("Something went wrong. The bot's log knows more under {id}.", id=number)
        try:
            await _tell(interaction, text)
        except discord.HTTPException as failed:
            log.warning("an error could not be told (%s)", failed.status)


class Bot(discord.Client):
    """The client. ``commands``: what may be asked; ``mirror``: where the record comes from, if not from here."""

    def __init__(
        self,
        commands: Sequence[app_commands.Command[Any, ..., Any]],
        desk: RecordService,
        settings: Settings,
        mirror: GitMirror | None = None,
        manners: BotOptions | None = None,
    ) -> None:
        # The bot has no voice, and nobody need install any.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        # Commands come without any intent; the list of servers spares a warning, and tells us nothing of people.
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # Nothing here needs to know all servers first.
            guild_ready_timeout=0.1,
        )
        self.desk = desk
        self._commands = commands
        self._settings = settings
        self._mirror = mirror
        self._manners = manners or BotOptions()
        self.tree = Tree(self)
        self.cooldowns = None
        if self._manners.cooldown is not None:
            limit: Any = app_commands.Cooldown(*self._manners.cooldown)
            self.cooldowns = CooldownMapping[discord.Interaction[Bot]](limit, lambda asked: asked.user.id)
        if mirror is not None:
            desk.notes = mirror.notes

    async def setup_hook(self) -> None:
        """Register the commands: at the label's server at once, or everywhere (which takes Discord an hour)."""
        await self.tree.set_translator(Translator())
        for command in self._commands:
            self.tree.add_command(command)
        place = None if self._manners.everywhere or not self._settings.guild else discord.Object(self._settings.guild)
        if place is not None:
            self.tree.copy_global_to(guild=place)
        try:
            found = await self.tree.sync(guild=place)
        except discord.Forbidden:
            link = invite(self._settings.client, self._settings.guild)
            raise Casa24Error("The bot is not in this server.", advice=f"Invite it: {link}") from None
        log.info("%s commands registered %s", len(found), "everywhere" if place is None else f"in server {place.id}")

    async def on_ready(self) -> None:
        """Say that it has begun."""
        log.info("ready: %s", self.user)

    async def on_resumed(self) -> None:
        """Say that it goes on."""
        log.info("connected again")

    async def close(self) -> None:
        """Leave Discord, and let the record go."""
        await super().close()
        self.desk.close()

    async def language_of(self, interaction: discord.Interaction[Bot]) -> str:
        """The user's language; the label's where that is none we speak."""
        asked = interaction.locale.value.partition("-")[0]
        if asked in LANGUAGES:
            return asked
        try:
            return await self.desk.language()
        except Casa24Error:
            return "en"

    async def answer(
        self, interaction: discord.Interaction[Bot], question: Callable[..., Answer], **choices: object
    ) -> None:
        """Answer a question; where that takes long, say first that it is being thought about."""
        work = asyncio.create_task(self._reply(question, choices))
        await asyncio.wait({work}, timeout=self._manners.patience)
        if not work.done():
            await interaction.response.defer()
        reply = await work
        embed, files = _embed(reply), _files(reply)
        if interaction.response.is_done():
            await interaction.followup.send(embed=embed, files=files)
        else:
            await interaction.response.send_message(embed=embed, files=files)
        log.info("%s answered in %s", question.__name__, spoken())

    async def _reply(self, question: Callable[..., Answer], choices: dict[str, object]) -> BotReply:
        if self._mirror is not None:
            await self._mirror.refresh(self.desk.run, _FETCH_PATIENCE)
        return await self.desk.ask(question, **choices)


def _name(interaction: discord.Interaction[Bot]) -> str:
    return interaction.command.name if interaction.command else "a command"


def _embed(reply: BotReply) -> discord.Embed:
    told = reply.embed
    embed = discord.Embed(title=told.title, description=told.text or None, colour=discord.Colour.from_str(reply.colour))
    for field in told.fields:
        embed.add_field(name=field.name, value=field.value, inline=False)
    if reply.picture is not None:
        embed.set_image(url="attachment://chart.png")
    return embed.set_footer(text=told.footer)


def _files(reply: BotReply) -> list[discord.File]:
    return [] if reply.picture is None else [discord.File(io.BytesIO(reply.picture), "chart.png")]


async def _tell(interaction: discord.Interaction[Any], text: str) -> None:
    """Say something to the user alone."""
    shown = message(text)[:2000]
    if interaction.response.is_done():
        await interaction.followup.send(shown, ephemeral=True)
    else:
        await interaction.response.send_message(shown, ephemeral=True)
