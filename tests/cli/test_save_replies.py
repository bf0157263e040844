"""`casa24 collect --save-replies`: a stranger's bug report is enough to see what the platforms did."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING

import httpx

from casa24.collect.assemble import Request
from casa24.collect.collector import collect
from casa24.config import loading
from casa24.config.credentials import local
from casa24.core.politeness import Politeness
from casa24.core.snapshot import Snapshot
from casa24.demo import KEYS
from casa24.sources import registry
from casa24.testing import Replay
from casa24.web.client import Web
from tests.internet import Internet, casa24, usual

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {name: f"canary/{name.lower()}+x" for name in registry.load().secret_names} | {"WORKER_API_KEY": "canary-wk"}
BASIC = base64.b64encode(f"{SECRETS['SPOTIFY_CLIENT_ID']}:{SECRETS['SPOTIFY_CLIENT_SECRET']}".encode()).decode()


def environ(world: Internet) -> dict[str, str]:
    return {**world.environ, **KEYS, **SECRETS}


def stored(label: Path) -> Snapshot:
    (day,) = (label / "data" / "historical").glob("*.json")
    return Snapshot.model_validate_json(day.read_text("utf-8"))


def exchanges(label: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (label / "replies" / "replies.jsonl").read_text("utf-8").splitlines()]


def replayed(label: Path, when: Snapshot) -> Snapshot:
    """The same day once more, from the folder alone."""
    roster = loading.read(label / "casa24.toml").resolve(registry.load())
    assert when.collected_at is not None
    request = Request(roster, registry.load().sources, when.collected_at)
    wallet = local(KEYS, environ={**KEYS, **SECRETS})

    async def go() -> Snapshot:
        async with Web(Politeness(pause=0, attempts=1), transport=Replay(label / "replies")) as web:
            return (await collect(request, wallet, web)).snapshot

    return asyncio.run(go())


def test_from_the_folder_alone_the_same_day_can_be_read_again(world: Internet, label: Path) -> None:
    done = casa24("collect", "--save-replies", "replies", env=environ(world), cwd=label)
    assert done.returncode == 0, done.stderr
    assert "attach it at https://" in done.stderr
    assert replayed(label, stored(label)) == stored(label)
    report = (label / "replies" / "report.md").read_text("utf-8")
    assert report.startswith("casa24 0.")
    assert "Instagram does not show this account" in report
    assert len(list((label / "replies").iterdir())) == len(world.seen) + 2


def test_an_answer_casa24_does_not_know_is_in_it(world: Internet, label: Path) -> None:
    world.play = lambda request: (
        httpx.Response(200, json={"channels": "moved"}) if request.url.path.endswith("/channels") else None
    )
    casa24("collect", "--dry-run", "--save-replies", "replies", env=environ(world), cwd=label)
    (kept,) = [exchange for exchange in exchanges(label) if "/channels" in str(exchange["url"])]
    assert json.loads((label / "replies" / str(kept["file"])).read_text("utf-8")) == {"channels": "moved"}


def echoing(request: httpx.Request) -> httpx.Response:
    """A platform that sends back whatever it was sent, on top of a good answer."""
    good = usual(request)
    sent = json.dumps([str(request.url), dict(request.headers), request.content.decode()])
    return httpx.Response(good.status_code, text=f'{good.text[:-1]}, "echo": {sent} }}', headers={"X-Usage": sent})


def test_no_secret_is_kept_even_where_a_platform_sends_it_back(world: Internet, label: Path) -> None:
    world.play = echoing
    casa24("collect", "--save-replies", "replies", env=environ(world), cwd=label)
    kept = "\n".join(path.read_text("utf-8") for path in (label / "replies").iterdir())
    assert "echo" in kept
    assert [secret for secret in (*SECRETS.values(), BASIC, "canary") if secret in kept] == []


def test_a_folder_that_holds_something_is_refused_before_anybody_is_asked(world: Internet, label: Path) -> None:
    done = casa24("collect", "--save-replies", ".", env=environ(world), cwd=label)
    assert (done.returncode, world.seen) == (2, [])
    assert "is not empty" in done.stderr


def test_a_run_without_any_answer_is_kept_too(world: Internet, label: Path) -> None:
    env = {**environ(world), "HTTPS_PROXY": "http://127.0.0.1:9"}
    done = casa24("collect", "--save-replies", "replies", env=env, cwd=label)
    assert done.returncode == 1
    assert {exchange["error"] for exchange in exchanges(label)} == {"ConnectError"}
