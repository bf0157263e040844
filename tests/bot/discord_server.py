"""Discord on loopback, as far as a bot with slash commands meets it: REST and gateway over real sockets.

Replies have the shapes of Discord's documentation; whoever asks is invented. It counts what a bot
must never do: answer an interaction twice, or send more than Discord takes.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "canary-bot-token"
CLIENT, GUILD, CHANNEL = 100000000000000024, 200000000000000024, 300000000000000024
COMMAND, AUTOCOMPLETE = 2, 4
MESSAGE, DEFERRED, CHOICES = 4, 5, 8
_LONGEST = 20.0
_USER = {"id": str(CLIENT), "username": "casa24", "discriminator": "0", "avatar": None, "bot": True}
_STRING, _INTEGER = 3, 4


@dataclass
class Said:
    """One answer. ``kind``: of the callback; ``later``: sent after the deferral; ``picture``: what was attached."""

    kind: int
    content: dict[str, Any]
    picture: bytes | None = None
    later: bool = False

    @property
    def embed(self) -> dict[str, Any]:
        """The only embed."""
        (embed,) = self.content["embeds"]
        found: dict[str, Any] = embed
        return found

    @property
    def text(self) -> str:
        """All that a user reads."""
        embed = self.embed
        parts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
        parts += [part for field in embed.get("fields", []) for part in (field["name"], field["value"])]
        return "\n".join(parts)


@dataclass
class Server:
    """The played Discord. ``invited``: whether the bot is in the guild; ``sessions``: how often it identified."""

    port: int = 0
    invited: bool = True
    commands: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sessions: int = 0
    resumed: int = 0
    closed: int = 0
    logins: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    _socket: web.WebSocketResponse | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _answers: dict[str, asyncio.Queue[Said]] = field(default_factory=dict)
    _callbacks: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=lambda: itertools.count(400000000000000000))
    _sequence: Any = field(default_factory=lambda: itertools.count(1))

    async def ready(self) -> None:
        """Until the bot has identified itself, or resumed."""
        await asyncio.wait_for(self._ready.wait(), _LONGEST)

    async def ask(self, name: str, /, *, locale: str = "en-US", user: int = 1, **options: object) -> Said:
        """Somebody types a command; the answer they see in the end."""
        queue = await self.type(name, locale=locale, user=user, **options)
        said = await asyncio.wait_for(queue.get(), _LONGEST)
        return said if said.kind != DEFERRED else await asyncio.wait_for(queue.get(), _LONGEST)

    async def type(
        self, name: str, /, *, locale: str = "en-US", user: int = 1, **options: object
    ) -> asyncio.Queue[Said]:
        """Somebody types a command; where its answers will come in."""
        given = [
            {"name": key, "type": _INTEGER if isinstance(value, int) else _STRING, "value": value}
            for key, value in options.items()
        ]
        return await self._interaction(COMMAND, name, given, locale, user)

    async def complete(self, name: str, option: str, typed: str, *, locale: str = "en-US") -> list[dict[str, str]]:
        """What is offered for an option while it is typed."""
        given = [{"name": option, "type": _STRING, "value": typed, "focused": True}]
        queue = await self._interaction(AUTOCOMPLETE, name, given, locale, 1)
        said = await asyncio.wait_for(queue.get(), _LONGEST)
        choices: list[dict[str, str]] = said.content["choices"]
        return choices

    async def drop(self, code: int = 1001) -> None:
        """The connection is lost."""
        self._ready.clear()
        assert self._socket is not None
        await self._socket.close(code=code)

    async def _interaction(
        self, kind: int, name: str, options: list[dict[str, Any]], locale: str, user: int
    ) -> asyncio.Queue[Said]:
        number = str(next(self._numbers))
        queue = self._answers[f"token{number}"] = asyncio.Queue()
        person = {"id": str(user), "username": f"user{user}", "discriminator": "0", "avatar": None}
        await self._dispatch(
            "INTERACTION_CREATE",
            {
                "id": number, "application_id": str(CLIENT), "type": kind, "token": f"token{number}", "version": 1,
                "guild_id": str(GUILD), "channel_id": str(CHANNEL), "locale": locale, "guild_locale": "en-US",
                "channel": {
                    "id": str(CHANNEL), "type": 0, "guild_id": str(GUILD), "name": "general", "position": 0,
                    "nsfw": False,
                },
                "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
                "app_permissions": "0", "entitlements": [], "attachment_size_limit": 10485760,
                "authorizing_integration_owners": {"0": str(GUILD)}, "context": 0,
                "member": {
                    "user": person, "roles": [], "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False,
                    "permissions": "0", "flags": 0, "avatar": None, "premium_since": None, "nick": None,
                },
                "data": {"id": "500000000000000024", "name": name, "type": 1, "options": options},
            },
        )  # fmt: skip
        return queue

    async def _dispatch(self, event: str, content: dict[str, Any]) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps({"op": 0, "t": event, "s": next(self._sequence), "d": content}))

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        """The gateway: hello, identify or resume, heartbeats."""
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 41250}}))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            asked = json.loads(message.data)
            if asked["op"] == 1:
                await socket.send_str(json.dumps({"op": 11}))
            elif asked["op"] == 2:
                self.sessions += 1
                await self._dispatch(
                    "READY",
                    {
                        "v": 10, "user": _USER, "guilds": [], "session_id": f"session{self.sessions}",
                        "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway",
                        "application": {"id": str(CLIENT), "flags": 0},
                    },
                )  # fmt: skip
                self._ready.set()
            elif asked["op"] == 6:
                self.resumed += 1
                await self._dispatch("RESUMED", {})
                self._ready.set()
        self.closed += 1
        return socket

    async def me(self, request: web.Request) -> web.Response:
        """Who the token belongs to."""
        self.logins.append(request.headers.get("Authorization", ""))
        if self.logins[-1] != f"Bot {TOKEN}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        return _json(_USER)

    async def application(self, _request: web.Request) -> web.Response:
        """The application of the token."""
        return _json(
            {
                "id": str(CLIENT), "name": "casa24", "icon": None, "description": "", "bot_public": True,
                "bot_require_code_grant": False, "verify_key": "00", "flags": 0, "team": None, "owner": _USER,
                "summary": "",
            }
        )  # fmt: skip

    async def guild(self, _request: web.Request) -> web.Response:
        """The guild, for its members."""
        if not self.invited:
            return _json({"message": "Unknown Guild", "code": 10004}, status=404)
        return _json(
            {
                "id": str(GUILD), "name": "Our server", "icon": None, "owner_id": "1", "roles": [], "emojis": [],
                "features": [], "verification_level": 0, "default_message_notifications": 0, "stickers": [],
                "explicit_content_filter": 0, "mfa_level": 0, "system_channel_flags": 0, "premium_tier": 0,
                "preferred_locale": "en-US", "nsfw_level": 0, "premium_progress_bar_enabled": False,
                "afk_timeout": 300, "region": "x",
            }
        )  # fmt: skip

    async def register(self, request: web.Request) -> web.Response:
        """Take the commands, all at once."""
        if not self.invited and "guilds" in request.path:
            return _json({"message": "Missing Access", "code": 50001}, status=403)
        commands = await request.json()
        self.commands[request.match_info.get("guild", "everywhere")] = commands
        return _json(
            [
                {"id": str(500000000000000000 + number), "application_id": str(CLIENT), "version": "1", **command}
                for number, command in enumerate(commands)
            ]
        )

    async def callback(self, request: web.Request) -> web.Response:
        """The first word to an interaction."""
        number, token = request.match_info["id"], request.match_info["token"]
        if token in self._callbacks:
            self.twice.append(token)
            return _json({"message": "Interaction has already been acknowledged.", "code": 40060}, status=400)
        self._callbacks.add(token)
        content, picture = await _read(request)
        self._answers[token].put_nowait(Said(content["type"], content.get("data") or {}, picture))
        return _json(
            {
                "interaction": {"id": number, "type": COMMAND, "response_message_id": "1"},
                "resource": {"type": content["type"], "message": _message()},
            }
        )

    async def followup(self, request: web.Request) -> web.Response:
        """What comes after the first word."""
        content, picture = await _read(request)
        self._answers[request.match_info["token"]].put_nowait(Said(MESSAGE, content, picture, later=True))
        return _json(_message())


def _json(content: object, status: int = 200) -> web.Response:
    """As Discord says it: discord.py takes nothing with a charset for JSON."""
    return web.Response(body=json.dumps(content).encode(), content_type="application/json", status=status)


def _message() -> dict[str, Any]:
    return {
        "id": "600000000000000024", "type": 0, "channel_id": str(CHANNEL), "content": "", "author": _USER, "embeds": [],
        "attachments": [], "mentions": [], "mention_roles": [], "mention_everyone": False, "pinned": False,
        "timestamp": "2025-01-01T00:00:00+00:00", "edited_timestamp": None, "components": [],
        "flags": 0, "tts": False,
    }  # fmt: skip


async def _read(request: web.Request) -> tuple[dict[str, Any], bytes | None]:
    if request.content_type != "multipart/form-data":
        content: dict[str, Any] = await request.json()
        return content, None
    form = await request.post()
    picture = form.get("files[0]")
    assert isinstance(picture, web.FileField)
    return json.loads(str(form["payload_json"])), picture.file.read()


@asynccontextmanager
async def discord_on_loopback() -> AsyncIterator[Server]:
    """A Discord for the length of a test, to which discord.py of this process leads."""
    server = Server()
    app = web.Application(client_max_size=1 << 26)
    app.add_routes(
        [
            web.get("/gateway", server.gateway),
            web.get("/users/@me", server.me),
            web.get("/oauth2/applications/@me", server.application),
            web.get("/guilds/{guild}", server.guild),
            web.put("/applications/{app}/guilds/{guild}/commands", server.register),
            web.put("/applications/{app}/commands", server.register),
            web.post("/interactions/{id}/{token}/callback", server.callback),
            web.post("/webhooks/{app}/{token}", server.followup),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    lead_to(server.port)
    try:
        yield server
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = before
        await runner.cleanup()


def lead_to(port: int) -> None:
    """Let discord.py of this process find its Discord at this port."""
    from yarl import URL

    discord.http.Route.BASE = f"http://127.0.0.1:{port}"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(f"ws://127.0.0.1:{port}/gateway")
