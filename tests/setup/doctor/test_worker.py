"""`casa24 doctor`, the Worker: each thing that can be wrong with it, alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from casa24.config.credentials import FoundCredential
from casa24.core.findings import Level
from casa24.core.reserved import WORKER_URL
from casa24.setup.doctor.areas import Area
from tests.setup.doctor.healthy_keys import (
    GUARD,
    KEYS,
    WORKER,
    Internet,
    Play,
    context,
    fine,
    look,
    only_one,
    roster,
    says,
    without,
)

if TYPE_CHECKING:
    from casa24.setup.doctor.context import CheckupContext

HOST = "keys.casa24.example"
HTML = "<!DOCTYPE html><title>Welcome</title>"


def refuse(error: Exception) -> Play:
    def play(_request: httpx.Request) -> httpx.Response:
        raise error

    return play


def to_strangers_401_else(answer: Play) -> Play:
    """A Worker that is closed, and answers our key so."""

    def play(request: httpx.Request) -> httpx.Response:
        if "Authorization" not in request.headers:
            return httpx.Response(401)
        given = answer(request)
        assert isinstance(given, httpx.Response)
        return given

    return play


def redirect_to_a_refusal(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/login":
        return httpx.Response(401)
    return httpx.Response(302, headers={"Location": "/login"})


def internet(play: Play) -> Internet:
    return Internet({HOST: play})


# --- well


def test_a_label_without_a_worker_is_well() -> None:
    world = Internet()
    assert fine(look(context(world), Area.WORKER)) == ["No Worker: the keys come from this machine"]
    assert world.requests == []


def test_a_worker_that_asks_for_a_key_and_gives_is_well() -> None:
    world = Internet()
    whom = context(world, keys={}, guard=GUARD, label=roster(WORKER))
    assert fine(look(whom, Area.WORKER)) == [f"The Worker at {HOST} asks for a key, and gave us {len(KEYS)} names"]
    stranger, ourselves = world.requests
    assert "Authorization" not in stranger.headers
    assert ourselves.headers["Authorization"] == f"Bearer {GUARD}"
    assert whom.wallet.origin("YOUTUBE_API_KEY") == "Worker"


def test_a_worker_may_refuse_strangers_with_either_word() -> None:
    def forbid(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=KEYS) if "Authorization" in request.headers else httpx.Response(403)

    whom = context(internet(forbid), keys={}, guard=GUARD, label=roster(WORKER))
    assert len(fine(look(whom, Area.WORKER))) == 1


MISTAKEN = {"label": {"name": "La Casa", "worker": WORKER}, "artists": [{"name": "Ana", "youtube_id": "?"}]}


def mistaken(
    world: Internet, tables: dict[str, Any], keys: dict[str, str], *, guard: str | None = GUARD
) -> CheckupContext:
    """A label whose casa24.toml has a mistake somewhere."""
    whom = context(world, keys=keys, guard=guard)
    whom.roster, whom.tables = None, tables
    return whom


def test_a_mistake_in_casa24_toml_does_not_hide_the_worker() -> None:
    whom = mistaken(Internet(), MISTAKEN, {})
    told = fine(look(whom, Area.WORKER, Area.CREDENTIALS))
    assert told == [f"The Worker at {HOST} asks for a key, and gave us {len(KEYS)} names", *told[1:]]
    assert told[1:] == ["YOUTUBE_API_KEY (from Worker)", "DISCORD_BOT_TOKEN (from Worker)"]
    assert whom.name == "La Casa"


def test_with_a_mistake_in_casa24_toml_only_keys_of_what_it_names_are_missing() -> None:
    tables = {**MISTAKEN, "label": {}}
    line = only_one(look(mistaken(Internet(), tables, {}), Area.WORKER, Area.CREDENTIALS), Level.BROKEN)
    assert line.what == "YouTube: YOUTUBE_API_KEY is not set"


@pytest.mark.parametrize("tables", [{}, {"label": 5, "artists": [5]}, {"label": {"worker": 5}, "artists": 5}])
def test_a_casa24_toml_that_says_nothing_of_use_has_no_key_called_missing(tables: dict[str, Any]) -> None:
    whom = mistaken(Internet(), tables, {})
    assert len(fine(look(whom, Area.WORKER, Area.CREDENTIALS))) == 1
    assert (whom.name, whom.worker) == ("Our label", None)


def test_where_casa24_toml_cannot_be_read_nobody_claims_that_there_is_no_worker() -> None:
    (told,) = fine(look(mistaken(Internet(), {}, {}), Area.WORKER))
    assert told == "Whether there is a Worker is not known: casa24.toml would say it"


def test_the_environments_worker_is_the_one_that_is_asked() -> None:
    whom = context(guard=GUARD, label=roster("https://other.example"))
    whom.here.found[WORKER_URL] = FoundCredential(SecretStr(WORKER), "environment")
    assert HOST in fine(look(whom, Area.WORKER))[0]


def test_offline_the_worker_is_left_alone() -> None:
    world = Internet()
    whom = context(world, keys={}, guard=GUARD, label=roster(WORKER), offline=True)
    assert fine(look(whom, Area.CONFIGURATION, Area.CREDENTIALS)) == ["casa24.toml: 3 artists"]
    assert world.requests == []


def test_offline_whoever_asks_for_the_worker_is_told_that_it_was_not_looked_at() -> None:
    whom = context(keys={}, guard=GUARD, label=roster(WORKER), offline=True)
    line = only_one(look(whom, Area.WORKER), Level.WARNING)
    assert (line.what, line.advice) == (
        "Not looked at without the network: worker",
        "Run it without --offline.",
    )


def test_offline_an_address_no_key_may_travel_to_is_broken_all_the_same() -> None:
    for areas in ((Area.WORKER,), (Area.CREDENTIALS,)):
        whom = context(label=roster("http://keys.casa24.example"), offline=True)
        line = only_one(look(whom, *areas), Level.BROKEN)
        assert "must be a plain https:// address" in line.what


def test_a_worker_that_is_away_is_told_to_whoever_asks_for_the_keys_alone() -> None:
    whom = context(internet(refuse(httpx.ConnectError("no route"))), keys={}, guard=GUARD, label=roster(WORKER))
    assert "could not be asked" in only_one(look(whom, Area.CREDENTIALS), Level.BROKEN).what


# --- one thing wrong


def test_an_open_worker_is_broken_whether_or_not_we_have_a_key() -> None:
    for guard in (GUARD, None):
        whom = context(internet(says(200, KEYS)), keys={}, guard=guard, label=roster(WORKER))
        line = only_one(look(whom, Area.WORKER, Area.CREDENTIALS), Level.BROKEN)
        assert line.what == f"The Worker at {HOST} answers without a key: anybody can read your keys"
        assert "`casa24 worker`" in line.advice
        assert "renew every key" in line.advice
        assert whom.wallet.origin("YOUTUBE_API_KEY") == "Worker"


@pytest.mark.parametrize(
    ("play", "what", "advice"),
    [
        (
            refuse(httpx.ConnectError("no route")),
            f"The Worker could not be asked: no connection to {HOST}",
            "try again",
        ),
        (
            refuse(httpx.ReadTimeout("slow")),
            "The Worker could not be asked: keys.casa24.example gave no c",
            "try again",
        ),
        (
            refuse(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")),
            f"The Worker at {HOST} could not prove who it is",
            "no key was sent",
        ),
        (says(500, {"error": "boom"}), f"The Worker at {HOST} gives no keys: it answered 500", "WORKER_API_URL"),
        (says(404, {}), f"The Worker at {HOST} gives no keys: it answered 404", "is deployed"),
        (says(200, HTML), f"What answers at {HOST} is no Worker", "WORKER_API_URL"),
        (says(200, ["a list"]), f"What answers at {HOST} is no Worker", "WORKER_API_URL"),
        (says(200, {"status": "ok"}), f"What answers at {HOST} is no Worker", "WORKER_API_URL"),
        (says(302, "", Location="https://login.example/"), f"What answers at {HOST} is no Worker", "WORKER_API_URL"),
        (says(302, "", Location=f"{WORKER}/other"), f"What answers at {HOST} is no Worker", "WORKER_API_URL"),
        (redirect_to_a_refusal, f"What answers at {HOST} is no Worker", "WORKER_API_URL"),
        (to_strangers_401_else(says(401, {})), "The Worker refused our key", "Set WORKER_API_KEY to the key"),
        (to_strangers_401_else(says(403, HTML)), "The Worker refused our key", "Set WORKER_API_KEY to the key"),
        (
            to_strangers_401_else(says(500, HTML)),
            f"The Worker gave no credentials ({HOST} answered 500)",
            "its dashboard",
        ),
        (
            to_strangers_401_else(says(200, HTML)),
            f"The Worker gave no credentials ({HOST} did not answer",
            "its dashboard",
        ),
        (
            to_strangers_401_else(says(200, [])),
            f"The Worker gave no credentials ({HOST} did not answer",
            "its dashboard",
        ),
        (to_strangers_401_else(says(200, {})), "The Worker gave no credential casa24 knows", "its dashboard"),
    ],
)
def test_a_worker_that_does_not_serve_is_broken(play: Play, what: str, advice: str) -> None:
    """The keys it holds are not called missing: they are only out of sight."""
    whom = context(internet(play), keys={}, guard=GUARD, label=roster(WORKER))
    line = only_one(look(whom, Area.WORKER, Area.CREDENTIALS), Level.BROKEN)
    assert line.area == Area.WORKER
    assert line.what.startswith(what), line.what
    assert advice in line.advice


@pytest.mark.parametrize(
    "address", ["http://keys.casa24.example", "keys.casa24.example", "https://me:secret@keys.casa24.example"]
)
def test_an_address_no_key_may_travel_to_is_broken_and_never_asked(address: str) -> None:
    world = Internet()
    line = only_one(look(context(world, guard=GUARD, label=roster(address)), Area.WORKER), Level.BROKEN)
    assert "must be a plain https:// address" in line.what
    assert "WORKER_API_URL" in line.advice
    assert "secret" not in f"{line}"
    assert world.requests == []


def test_a_machine_without_the_workers_key_is_a_warning() -> None:
    whom = context(keys={}, label=roster(WORKER))
    line = only_one(look(whom, Area.WORKER, Area.CREDENTIALS), Level.WARNING)
    assert line.what == f"The Worker at {HOST} asks for a key, and this machine has none: what it holds is not seen"
    assert "WORKER_API_KEY" in line.advice


def test_no_key_follows_to_where_a_worker_points() -> None:
    world = internet(to_strangers_401_else(says(302, "", Location="https://elsewhere.example/")))
    line = only_one(look(context(world, guard=GUARD, label=roster(WORKER)), Area.WORKER), Level.BROKEN)
    assert "redirects elsewhere" in line.what
    assert world.asked("elsewhere.example") == 0


def test_what_the_worker_lacks_is_missing() -> None:
    world = Internet(holds=without("YOUTUBE_API_KEY"))
    line = only_one(
        look(context(world, keys={}, guard=GUARD, label=roster(WORKER)), Area.WORKER, Area.CREDENTIALS), Level.BROKEN
    )
    assert (line.area, line.what) == (Area.CREDENTIALS, "YouTube: YOUTUBE_API_KEY is not set")
