"""What the bot needs to know: its token, its application and its server. Not the collector's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casa24 import credentials
from casa24.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import SecretStr

TOKEN, CLIENT, GUILD = "DISCORD_BOT_TOKEN", "DISCORD_CLIENT_ID", "DISCORD_GUILD_ID"
NAMES = (TOKEN, CLIENT, GUILD)
ENV_FILE = "bot/.env"
PORTAL = "https://discord.com/developers/applications"

# Embed links and attach files: all that an answer is made of.
_RIGHTS = (1 << 14) | (1 << 15)
_WHERE = {
    TOKEN: f"{PORTAL} → your application → Bot → Reset Token",
    CLIENT: f"{PORTAL} → your application → General Information → Application ID",
    GUILD: "right-click your server → Copy Server ID (User Settings → Advanced → Developer Mode)",
}


class Settings(NamedTuple):
    """``client`` and ``guild``: Discord's ids; without a guild, commands are registered everywhere only."""

    token: SecretStr
    client: int
    guild: int | None


class Found(NamedTuple):
    """What was found, by name, as far as it is usable; and what is wrong, each with what to do."""

    wallet: credentials.Wallet
    problems: tuple[str, ...]


def look(folder: Path, environ: Mapping[str, str]) -> Found:
    """The settings in ``bot/.env``, then in the environment. Raises CredentialError for an unreadable file."""
    wallet = credentials.local(NAMES, environ={}, dotenv=folder / ENV_FILE)
    wallet.add(environ, NAMES, "environment")
    problems = [*wallet.warnings]
    problems += [f"{name} is not set. Find it at: {_WHERE[name]}" for name in NAMES if name not in wallet.found]
    for name in (CLIENT, GUILD):
        if name in wallet.found and _id(wallet, name) is None:
            problems.append(f"{name} is no id: it is a number of 17 to 20 digits. Find it at: {_WHERE[name]}")
    return Found(wallet, tuple(problems))


def settings_of(found: Found) -> Settings:
    """The settings to run with. Raises CredentialError for the first that is missing or no id."""
    client, guild = _id(found.wallet, CLIENT), _id(found.wallet, GUILD)
    if TOKEN in found.wallet.found and client is not None and (guild is not None or GUILD not in found.wallet.found):
        return Settings(found.wallet.found[TOKEN].secret, client, guild)
    needed = [problem for problem in found.problems if GUILD not in problem.split(" is not set")[0]]
    what, _, where = needed[0].partition(". ")
    raise CredentialError(
        f"{what}.", advice=f"{where or 'Copy it again'}. Put it into {ENV_FILE}; see `casa24 bot --check`."
    )


def invite(client: int, guild: int | None = None) -> str:
    """The link that invites the bot, with no more rights than it needs."""
    to = f"&guild_id={guild}&disable_guild_select=true" if guild else ""
    scope = "bot+applications.commands"
    return f"https://discord.com/oauth2/authorize?client_id={client}&scope={scope}&permissions={_RIGHTS}{to}"


def _id(wallet: credentials.Wallet, name: str) -> int | None:
    text = wallet.found[name].secret.get_secret_value() if name in wallet.found else ""
    return int(text) if text.isascii() and text.isdecimal() and 17 <= len(text) <= 20 else None  # noqa: PLR2004 - a snowflake
