"""Read the bot's settings: its token, its application and its server."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casa24.config import credentials
from casa24.errors import CredentialError
from casa24.setup.doctor.wording import split

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


class Problem(NamedTuple):
    """What is wrong, and what to do about it; ``needed``: the bot cannot start like that."""

    what: str
    advice: str
    needed: bool = True


class FoundSetting(NamedTuple):
    """What was found, by name, and what is wrong with it."""

    wallet: credentials.Wallet
    problems: tuple[Problem, ...]

    @property
    def well(self) -> list[str]:
        """The names nothing is wrong with."""
        wrong = " ".join(problem.what for problem in self.problems)
        return [name for name in NAMES if name in self.wallet.found and name not in wrong]

    @property
    def client(self) -> int | None:
        """The application's id, if it is one."""
        return _id(self.wallet, CLIENT)


def look(folder: Path, environ: Mapping[str, str]) -> FoundSetting:
    """The settings in ``bot/.env``, then in the environment. Raises CredentialError for an unreadable file."""
    wallet = credentials.local(NAMES, environ={}, dotenv=folder / ENV_FILE)
    wallet.add(environ, NAMES, "environment")
    problems = [Problem(*split(warning, "")) for warning in wallet.warnings]
    for name in NAMES:
        find = f"Find it at: {_WHERE[name]}"
        if name not in wallet.found and not any(name in problem.what for problem in problems):
            problems.append(Problem(f"{name} is not set", find, needed=name != GUILD))
        elif name in wallet.found and name != TOKEN and _id(wallet, name) is None:
            problems.append(Problem(f"{name} is no id: it is a number of 17 to 20 digits", find))
    return FoundSetting(wallet, tuple(problems))


def settings_of(found: FoundSetting) -> Settings:
    """The settings to run with. Raises CredentialError for what is missing, or no id."""
    client = found.client
    needed = [problem for problem in found.problems if problem.needed]
    if needed or client is None:
        (what, advice, _), *_ = needed
        raise CredentialError(
            f"{what}.", advice=f"{advice}\nPut it into {ENV_FILE}; `casa24 bot --check` tells of all."
        )
    return Settings(found.wallet.found[TOKEN].secret, client, _id(found.wallet, GUILD))


def invite(client: int, guild: int | None = None) -> str:
    """The link that invites the bot, with no more rights than it needs."""
    to = f"&guild_id={guild}&disable_guild_select=true" if guild else ""
    scope = "bot+applications.commands"
    return f"https://discord.com/oauth2/authorize?client_id={client}&scope={scope}&permissions={_RIGHTS}{to}"


def _id(wallet: credentials.Wallet, name: str) -> int | None:
    text = wallet.found[name].secret.get_secret_value() if name in wallet.found else ""
    return int(text) if text.isascii() and text.isdecimal() and 17 <= len(text) <= 20 else None  # noqa: PLR2004 - a snowflake
