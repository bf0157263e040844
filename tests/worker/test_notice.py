"""The dead man's notice: when the record stops growing somebody is told, and only then."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.worker.conftest import OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.worker.workerd import Asked, Running

LATEST = "https://raw.githubusercontent.com/ana/label/main/data/latest.json"
PRIVATE = "https://api.github.com/repos/ana/label/contents/data/latest.json?ref=main"
HOOK = OTHERS["NOTICE_WEBHOOK"]
OTHER_HOOK = "https://hooks.example.org/secret-hook"
NOW = dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)


@pytest.fixture
def world(workerd: Running) -> Iterator[Running]:
    """A webhook that takes everything, and nothing asked yet."""
    workerd.internet.asked.clear()
    for hook in (HOOK, OTHER_HOOK):
        workerd.internet.play(hook, (204, b""))
    yield workerd
    workerd.internet.play(LATEST, (404, b""))


def day(*hours_ago: float, **more: Any) -> bytes:
    """A latest.json whose sources were read so many hours ago."""
    runs = {
        f"source-{number}": {"collected_at": (NOW - dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")}
        for number, hours in enumerate(hours_ago)
    }
    return json.dumps({"date": "2020-01-01", "sources": runs, "artists": [], **more}).encode()


def strike(world: Running, variant: str = "full") -> tuple[str, list[Asked]]:
    """What the daily look ended with, and what was posted."""
    outcome = world.strike(variant, NOW.timestamp())
    return outcome, [asked for asked in world.internet.asked if asked.method == "POST"]


@pytest.mark.parametrize(
    "content",
    [day(13.5), day(35.9), day(300, 2), day(-1), b'{"date": "2026-11-22"}', b'{"date": "2026-11-21", "sources": {}}'],
)
def test_a_fresh_record_is_nobodys_business(world: Running, content: bytes) -> None:
    """The newest reading counts; of the old collector's files the end of their day."""
    world.internet.play(LATEST, (200, content))
    assert strike(world) == ("ok", [])
    assert world.log().endswith("The record is fresh.\n")


@pytest.mark.parametrize(
    ("content", "since"),
    [
        (day(36.1), "since 2026-11-21 03:54 UTC (36 hours)"),
        (day(37.5, 60), "since 2026-11-21 02:30 UTC (37 hours)"),
        (day(26 * 24), "since 2026-10-27 16:00 UTC (624 hours)"),
        (b'{"date": "2026-11-20"}', "since 2026-11-21 00:00 UTC (40 hours)"),
        (b'{"date": "2026-11-20", "sources": {"spotify": null}}', "since 2026-11-21 00:00 UTC (40 hours)"),
    ],
)
def test_an_old_record_is_told_once_with_where_to_look(world: Running, content: bytes, since: str) -> None:
    world.internet.play(LATEST, (200, content))
    outcome, (posted,) = strike(world)
    assert (outcome, posted.url) == ("ok", HOOK)
    told = json.loads(posted.body)
    assert told["allowed_mentions"] == {"parse": []}
    assert since in told["content"]
    assert all(word in told["content"] for word in ("ana/label/actions", "60 days", "casa24 doctor"))
    assert len(told["content"]) < 2000


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"{}", b'{"date": "soon"}', b'{"date": 5, "sources": 7}', b"\xff"]
)
def test_a_record_that_cannot_be_read_is_told_too(world: Running, content: bytes) -> None:
    world.internet.play(LATEST, (200, content))
    _, (posted,) = strike(world)
    assert "does not say when it was collected" in json.loads(posted.body)["content"]


def test_a_record_that_is_gone_is_told_at_once(world: Running) -> None:
    """The repository was renamed, deleted or made private."""
    world.internet.play(LATEST, (404, b"404: Not Found"))
    _, (posted,) = strike(world)
    told = json.loads(posted.body)["content"]
    assert "could not be looked at (HTTP 404)" in told
    assert "If the repository is private" in told
    assert "npx wrangler secret put GITHUB_READ_TOKEN" in told
    assert world.internet.times(LATEST) == 1


def test_a_token_that_reads_nothing_any_more_is_named(world: Running) -> None:
    world.internet.play(PRIVATE, (401, b""))
    _, (posted,) = strike(world, "private")
    told = json.loads(posted.body)["text"]
    assert "GITHUB_READ_TOKEN may have expired" in told
    assert "If the repository is private" not in told


def test_a_short_trouble_of_githubs_is_waited_out(world: Running) -> None:
    world.internet.play(LATEST, (503, b""), (200, day(5)))
    assert strike(world) == ("ok", [])
    assert world.internet.times(LATEST) == 2


def test_any_other_webhook_gets_a_plain_text_and_a_private_repository_is_read_with_its_token(world: Running) -> None:
    world.internet.play(PRIVATE, (200, day(50)))
    _, (posted,) = strike(world, "private")
    assert posted.url == OTHER_HOOK
    assert json.loads(posted.body).keys() == {"text"}
    (read,) = (asked for asked in world.internet.asked if asked.url == PRIVATE)
    headers = {name.lower(): value for name, value in read.headers.items()}
    assert headers["authorization"] == "Bearer read-token"
    assert headers["user-agent"].startswith("casa24-worker")
    assert not any("authorization" in {name.lower() for name in asked.headers} for asked in (posted,))


@pytest.mark.parametrize(("variant", "status"), [("nowhere", 204), ("full", 404)])
def test_a_notice_nobody_can_receive_makes_the_trigger_fail(world: Running, variant: str, status: int) -> None:
    """So it shows in Cloudflare's dashboard; the webhook's address, which is a secret, does not."""
    world.internet.play(LATEST, (200, day(50)))
    world.internet.play(HOOK, (status, b""))
    outcome, posted = strike(world, variant)
    assert (outcome, len(posted)) == ("exception", 1 if variant == "full" else 0)
    assert "secret-hook" not in world.log()


def test_a_webhook_in_trouble_is_tried_again(world: Running) -> None:
    world.internet.play(LATEST, (200, day(50)))
    world.internet.play(HOOK, (429, b""), (204, b""))
    outcome, posted = strike(world)
    assert (outcome, len(posted)) == ("ok", 2)
