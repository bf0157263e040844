"""Read the label's Discord server with a bot's token or a permanent invite; without either nothing is asked."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from casa24._version import HOMEPAGE, __version__
from casa24.core.findings import ok, warning
from casa24.core.metrics import Metric
from casa24.core.reason_codes import Explanation
from casa24.core.snapshot import State
from casa24.errors import BadReply, SourceUnavailable
from casa24.sources.base import Credentials, LabelSource, Reading, SourceOptions, Stats

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.web.client import Reply

API = "https://discord.com/api/v10"

_SNOWFLAKE = re.compile(r"[0-9]{15,20}")
_INVITE = re.compile(r"(?:https?://)?(?:discord\.gg/|discord\.com/invite/)?([0-9A-Za-z-]{2,32})/?")
# Discord asks for this form: https://discord.com/developers/docs/reference#user-agent
_HEADERS = {"User-Agent": f"DiscordBot ({HOMEPAGE}, {__version__})"}
_UNKNOWN_INVITE = 10006
_INVITES = "https://support.discord.com/hc/articles/208866998"


class DiscordStats(Stats):
    """The numbers of the label's server."""

    member_count: Annotated[int | None, Metric("Members", kind="audience")] = None
    online_count: Annotated[int | None, Metric("Online", kind="count")] = None
    server_name: str | None = None
    server_id: str | None = None


class _Guild(BaseModel, defer_build=True):
    id: str | None = None
    name: str | None = None
    approximate_member_count: int | None = Field(default=None, ge=0, strict=True)
    approximate_presence_count: int | None = Field(default=None, ge=0, strict=True)


class _Invite(BaseModel, defer_build=True):
    expires_at: dt.datetime | None = None
    guild: _Guild | None = None
    approximate_member_count: int | None = Field(default=None, ge=0, strict=True)
    approximate_presence_count: int | None = Field(default=None, ge=0, strict=True)


class Discord(LabelSource[DiscordStats]):
    """The source for Discord."""

    name = "discord"
    title = "Discord"
    account_key = "discord_guild_id"
    account_help = "Discord settings → Advanced → Developer Mode; then right-click the server → Copy Server ID."
    credentials = Credentials(
        "DISCORD_BOT_TOKEN",
        settings=("DISCORD_GUILD_ID",),
        optional=True,
        quiet=True,
        shapes={
            "DISCORD_BOT_TOKEN": (r"[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}", "three long parts with dots between them"),
            "DISCORD_GUILD_ID": (_SNOWFLAKE.pattern, "a number of 17 to 20 digits"),
        },
    )
    order = 40
    gaps = {
        "no_credentials": Explanation(
            "no Discord bot token and no invite",
            'Set DISCORD_BOT_TOKEN, or a permanent invite = "…" under [sources.discord].',
            State.SKIPPED,
        ),
        "no_server": Explanation(
            "a Discord bot token, but no server to ask about", "Set discord_guild_id in casa24.toml.", State.SKIPPED
        ),
        "unauthorized": Explanation("Discord refused the bot's token", "Make a new one and set DISCORD_BOT_TOKEN."),
        "forbidden": Explanation(
            "Discord does not answer today, or the bot is not in the server",
            "Invite the bot to the server; if it is there, Discord turned this machine's address away.",
        ),
        "not_found": Explanation("Discord does not know this server", "Check discord_guild_id in casa24.toml."),
        "unknown_invite": Explanation(
            "Discord does not know the invite", "Make one that never expires, and set it under [sources.discord]."
        ),
        "other_server": Explanation(
            "Discord answered about another server", "Check discord_guild_id and the invite in casa24.toml."
        ),
    }

    class Options(SourceOptions):
        """``invite``: a permanent invite (code or link), used where there is no bot token."""

        # Anchored, because pydantic searches within the text, and the invite becomes part of an address.
        invite: str | None = Field(
            default=None, pattern=rf"^{_INVITE.pattern}$", description="a permanent invite, instead of a bot token"
        )

    options: Options

    @classmethod
    def account(cls, text: str) -> str:
        """Return the server id."""
        if not _SNOWFLAKE.fullmatch(text.strip()):
            raise ValueError(f"{text!r} is no Discord server id; it is a number of 17 to 20 digits")
        return text.strip()

    async def check(self) -> list[Finding]:
        """Check whether the invite expires: after that there are no numbers."""
        if self.credential("DISCORD_BOT_TOKEN") or not self.options.invite:
            return []
        ends = (await self._ask_invite(self.options.invite)).expires_at
        if ends is None:
            return [ok("The Discord invite does not end")]
        return [
            warning(
                f"The Discord invite ends on {ends.date()}, and the numbers with it",
                "Make one that never expires (and for any number of uses), and set it under [sources.discord].",
                _INVITES,
            )
        ]

    async def fetch(self, account: str | None) -> Reading[DiscordStats]:
        """Return the server's members, and how many are online."""
        guild = self._guild(account)
        token = self.credential("DISCORD_BOT_TOKEN")
        if token and guild:
            return await self._by_token(guild, token)
        if self.options.invite:
            return await self._by_invite(self.options.invite, guild)
        raise SourceUnavailable("no_server" if token else "no_credentials")

    def _guild(self, account: str | None) -> str | None:
        """Return the roster's server id; the environment's only if the roster has none."""
        from_environment = self.credential("DISCORD_GUILD_ID")
        if account and from_environment and from_environment != account:
            self.warn(f"DISCORD_GUILD_ID differs from discord_guild_id in casa24.toml; using {account} from the file.")
        return account or from_environment

    async def _by_token(self, guild: str, token: str) -> Reading[DiscordStats]:
        headers = {**_HEADERS, "Authorization": f"Bot {token}"}
        reply = await self.web.get(f"{API}/guilds/{guild}", params={"with_counts": "true"}, headers=headers)
        return _reading(reply.parse(_Guild), guild)

    async def _ask_invite(self, invite: str) -> _Invite:
        match = _INVITE.fullmatch(invite.strip())
        code = match[1] if match else invite
        reply = await self.web.get(
            f"{API}/invites/{code}", params={"with_counts": "true"}, headers=_HEADERS, on_error=_invite_error
        )
        return reply.parse(_Invite)

    async def _by_invite(self, invite: str, guild: str | None) -> Reading[DiscordStats]:
        answer = await self._ask_invite(invite)
        server = answer.guild or _Guild()
        counted = server.model_copy(
            update={
                "approximate_member_count": answer.approximate_member_count,
                "approximate_presence_count": answer.approximate_presence_count,
            }
        )
        return _reading(counted, guild)


def _reading(server: _Guild, guild: str | None) -> Reading[DiscordStats]:
    if server.id is None:
        raise BadReply("discord.com answered without a server")
    if guild and server.id != guild:
        raise SourceUnavailable("other_server")
    stats = DiscordStats(
        member_count=server.approximate_member_count,
        online_count=server.approximate_presence_count,
        server_name=server.name,
        server_id=server.id,
    )
    return Reading(stats, account_name=server.name, account=server.id)


def _invite_error(_reply: Reply, body: object) -> None:
    if isinstance(body, dict) and body.get("code") == _UNKNOWN_INVITE:
        raise SourceUnavailable("unknown_invite")
