"""A label whose keys, Worker and platforms are all well: what one test changes is the only thing that is wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from casa24.config.credentials import Wallet
from casa24.config.loading import Roster
from casa24.core.findings import Level
from casa24.core.politeness import Politeness
from casa24.core.reserved import WORKER_KEY
from casa24.core.roster import Artist, Label
from casa24.demo.platforms import Platforms
from casa24.demo.world import ACTS
from casa24.setup.doctor.checkup import examine
from casa24.setup.doctor.context import CheckupContext
from casa24.sources import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casa24.analysis.checkup import Checkup, Line
    from casa24.setup.doctor.areas import Area

Play = Callable[[httpx.Request], httpx.Response | Coroutine[Any, Any, httpx.Response]]

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
SERVER = "110000000000000001"
WORKER = "https://keys.casa24.example"
GUARD = "the-key-the-Worker-asks-for"
KEYS = {
    "SPOTIFY_CLIENT_ID": "0a" * 16,
    "SPOTIFY_CLIENT_SECRET": "1b" * 16,
    "YOUTUBE_API_KEY": f"AIza{'Invented' * 4}key",
    "INSTAGRAM_ACCESS_TOKEN": f"EAA{'Invented' * 6}",
    "INSTAGRAM_BUSINESS_ACCOUNT_ID": "17840000000000024",
    "DISCORD_BOT_TOKEN": "InventedInventedInvented.Invent.InventedInventedInvented",
}
SCOPES = ["instagram_basic", "instagram_manage_insights", "pages_read_engagement", "pages_show_list"]
# Some of the demo's acts: each on all three platforms.
NAMES = ("Chef Lino", "PYRO", "bo.wlie")
# A day on which the demo's platforms give everything.
_DAY = dt.date(2025, 10, 3)


def wallet(values: Mapping[str, str] = KEYS, origin: str = ".env") -> Wallet:
    """A wallet that holds these keys."""
    filled = Wallet()
    filled.add(values, values, origin)
    return filled


def without(*names: str) -> dict[str, str]:
    """All keys but these."""
    return {name: value for name, value in KEYS.items() if name not in names}


def roster(
    worker: str | None = None, names: Mapping[str, str] | None = None, **options: Mapping[str, object]
) -> Roster:
    """The label; ``names``: acts by another name; ``options``: by source."""
    artists = tuple(
        Artist(
            (names or {}).get(act.name, act.name),
            {"spotify": act.spotify, "youtube": act.youtube, "instagram": act.instagram},
        )
        for act in ACTS
        if act.name in NAMES
    )
    known = registry.load()
    chosen = {name: known.find(name).Options.model_validate(given) for name, given in options.items()}
    at_once = Politeness(concurrency=64, pause=0, backoff=0)
    return Roster(Label("Casa 24", worker=worker, accounts={"discord": SERVER}), artists, chosen, at_once)


def says(status: int = 200, content: object = None, **headers: str) -> Play:
    """An answer of JSON, or of the text given."""

    def play(_request: httpx.Request) -> httpx.Response:
        if isinstance(content, str):
            return httpx.Response(status, text=content, headers=headers)
        return httpx.Response(status, json=content, headers=headers)

    return play


def token(**about: Any) -> Play:
    """Meta's word on the Instagram token: a system user's, which does not end, but for what is given."""
    data = {"is_valid": True, "expires_at": 0, "data_access_expires_at": 0, "scopes": SCOPES, **about}
    return says(200, [{"code": 200, "body": json.dumps({"data": data})}])


@dataclass
class Internet(httpx.AsyncBaseTransport):
    """The demo's platforms, Meta's word on the token, a Worker that is closed; ``plays`` overrule them.

    ``plays``: by a part of host and path, the first that fits; the Worker's by ``keys.casa24.example``.
    """

    plays: dict[str, Play] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=lambda: KEYS)
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await request.aread()
        where = f"{request.url.host}{request.url.path}"
        play = next((play for part, play in self.plays.items() if part in where), None)
        if play is None and request.method == "POST" and request.url.host == "graph.facebook.com":
            play = token()
        if play is None and request.url.host in WORKER:
            play = self._worker
        if play is None:
            return await Platforms(_DAY).handle_async_request(request)
        answer = play(request)
        return answer if isinstance(answer, httpx.Response) else await answer

    def _worker(self, request: httpx.Request) -> httpx.Response:
        knows = request.headers.get("Authorization") == f"Bearer {GUARD}"
        return httpx.Response(200, json=dict(self.holds)) if knows else httpx.Response(401, json={})

    def asked(self, part: str) -> int:
        """How many requests went to an address with this in host or path."""
        return sum(part in f"{request.url.host}{request.url.path}" for request in self.requests)


def context(
    internet: Internet | None = None,
    *,
    keys: Mapping[str, str] = KEYS,
    label: Roster | None = None,
    guard: str | None = None,
    now: dt.datetime = NOW,
    offline: bool = False,
) -> CheckupContext:
    """The set-up. ``keys``: what .env holds; ``guard``: the Worker's key, where this machine has one."""
    here = wallet(keys)
    if guard:
        here.add({WORKER_KEY: guard}, (WORKER_KEY,), ".env")
    return CheckupContext(
        folder=Path("nowhere"),
        data_dir=Path("nowhere/data"),
        registry=registry.load(),
        roster=label or roster(),
        now=now,
        here=here,
        offline=offline,
        transport=internet or Internet(),
    )


def look(whom: CheckupContext, *areas: Area) -> Checkup:
    """Examine these areas."""
    return asyncio.run(examine(whom, areas))


def wrong(checkup: Checkup) -> list[Line]:
    """The lines that are not ok."""
    return [line for line in checkup.lines if line.level is not Level.OK]


def only_one(checkup: Checkup, level: Level) -> Line:
    """The one line that is not ok, which is of this level and says what to do, and where."""
    (line,) = wrong(checkup)
    assert line.level is level, line
    assert line.advice, line
    assert line.link.startswith("https://"), line
    return line


def fine(checkup: Checkup) -> list[str]:
    """What is said where all is well, and that it is."""
    assert wrong(checkup) == []
    return [line.what for line in checkup.lines]
