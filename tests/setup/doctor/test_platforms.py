"""`casa24 doctor`, the platforms: the night rehearsed, with one thing wrong at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from casa24.core.findings import Level
from casa24.setup.doctor.areas import Area
from tests.setup.doctor.healthy_keys import (
    KEYS,
    NAMES,
    NOW,
    SCOPES,
    SERVER,
    Internet,
    Play,
    context,
    fine,
    look,
    only_one,
    roster,
    says,
    token,
    without,
    wrong,
)

INVITE = {"invite": "https://discord.gg/casa24"}


def at(days: int) -> int:
    """So many days after the examination, as Meta writes it."""
    return int((NOW + dt.timedelta(days=days)).timestamp())


def about(**said: Any) -> Play:
    """Meta's word on the token; every artist is well."""

    def play(request: httpx.Request) -> httpx.Response:
        answer = token(**said)(request) if request.method == "POST" else graph_of(request)
        assert isinstance(answer, httpx.Response)
        return answer

    return play


def graph(code: int, **more: Any) -> Play:
    """An error of Meta's, for every question about an artist; the token itself is well."""
    error = {"error": {"message": "said by Meta", "type": "OAuthException", "code": code, **more}}

    def play(request: httpx.Request) -> httpx.Response:
        answer = token()(request) if request.method == "POST" else httpx.Response(400, json=error)
        assert isinstance(answer, httpx.Response)
        return answer

    return play


def google(status: int, reason: str) -> Play:
    return says(status, {"error": {"code": status, "message": "said by Google", "errors": [{"reason": reason}]}})


def test_platforms_that_give_everything_are_well() -> None:
    told = fine(look(context(), Area.PLATFORMS))
    assert "Spotify accepts the app's id and secret" in told
    assert "The Instagram token does not end" in told
    assert [line for line in told if line.endswith(f"all {len(NAMES)} accounts answer")] == [
        "Spotify: all 3 accounts answer",
        "YouTube: all 3 accounts answer",
        "Instagram: all 3 accounts answer",
    ]


@pytest.mark.parametrize(
    ("where", "play", "level", "what"),
    [
        ("graph.facebook.com", about(expires_at=at(9)), Level.WARNING, "token ends on 2026-12-01"),
        ("graph.facebook.com", about(data_access_expires_at=at(9)), Level.WARNING, "token may read data only until"),
        ("graph.facebook.com", about(scopes=SCOPES[1:]), Level.WARNING, "token lacks instagram_basic"),
        ("graph.facebook.com", graph(190, error_subcode=463), Level.BROKEN, "Instagram: "),
        ("graph.facebook.com", graph(803), Level.BROKEN, "Instagram: "),
        ("graph.facebook.com", graph(4), Level.WARNING, "Instagram: "),
        ("googleapis.com", google(403, "accessNotConfigured"), Level.BROKEN, "YouTube: "),
        ("googleapis.com", google(403, "quotaExceeded"), Level.WARNING, "YouTube: "),
        ("googleapis.com", says(503), Level.WARNING, "YouTube: "),
        ("discord.com", says(401, {"message": "401: Unauthorized", "code": 0}), Level.BROKEN, "Discord: "),
        ("discord.com", says(403, {"message": "Missing Access", "code": 50001}), Level.BROKEN, "Discord: "),
        ("discord.com", says(404, {"message": "Unknown Guild", "code": 10004}), Level.BROKEN, "Discord: "),
        ("accounts.spotify.com", says(400, {"error": "invalid_client"}), Level.BROKEN, "Spotify"),
    ],
    ids=[
        "instagram token ends", "instagram data access ends", "instagram scope", "instagram token dead",
        "instagram own id", "instagram limit", "youtube not enabled", "youtube quota", "youtube down",
        "discord token", "discord access", "discord server", "spotify keys",
    ],
)  # fmt: skip
def test_what_a_platform_refuses_is_one_line_with_what_to_do(where: str, play: Play, level: Level, what: str) -> None:
    found = look(context(Internet({where: play})), Area.PLATFORMS)
    assert what in only_one(found, level).what


def test_a_token_meta_calls_dead_is_broken_whatever_it_still_reads() -> None:
    world = Internet({"graph.facebook.com": about(is_valid=False)})
    line = only_one(look(context(world), Area.PLATFORMS), Level.BROKEN)
    assert line.what == "Instagram: the Instagram access token is no longer valid"


def test_a_word_on_the_token_that_meta_does_not_give_is_a_warning() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json=[{"code": 400, "body": "{}"}])
        return graph_of(request)

    world = Internet({"graph.facebook.com": play})
    line = only_one(look(context(world), Area.PLATFORMS), Level.WARNING)
    assert line.what == "Meta did not say how long the Instagram token lives"


def graph_of(request: httpx.Request) -> httpx.Response:
    """Any account, by the name it is asked by."""
    name = request.url.params["fields"].split("(")[1].split(")")[0]
    found = {"username": name, "name": name, "followers_count": 5, "media_count": 2}
    return httpx.Response(200, json={"business_discovery": found})


def test_an_instagram_version_near_its_end_is_a_warning() -> None:
    keys = {**KEYS, "INSTAGRAM_API_VERSION": "v18.0"}
    assert "v18.0" in only_one(look(context(keys=keys), Area.PLATFORMS), Level.WARNING).what


def test_an_account_that_is_not_there_is_told_with_its_artist() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.method == "POST" or "chef" not in str(request.url).lower():
            answer = token()(request) if request.method == "POST" else graph_of(request)
            assert isinstance(answer, httpx.Response)
            return answer
        error = {"message": "(#110) Invalid user id", "code": 110, "error_subcode": 2207013}
        return httpx.Response(400, json={"error": error})

    line = only_one(look(context(Internet({"graph.facebook.com": play})), Area.PLATFORMS), Level.BROKEN)
    assert line.what.startswith("Instagram, Chef Lino: ")


def test_an_account_that_is_somebody_elses_is_asked_about() -> None:
    label = roster(names={"PYRO": "Ana Torres"})
    lines = wrong(look(context(label=label), Area.PLATFORMS))
    assert {line.level for line in lines} == {Level.WARNING}
    assert lines[0].what.startswith("Spotify, Ana Torres: answers with the name 'PYRO")
    assert "aliases" in lines[0].advice


def test_an_app_that_is_given_less_is_no_alarm_and_is_said() -> None:
    """What Spotify took from most apps in 2026: the page gives it."""
    world = Internet({"api.spotify.com": says(403, {"error": {"status": 403, "message": "Forbidden"}})})
    told = fine(look(context(world), Area.PLATFORMS))
    assert any(line.startswith("Spotify: not given") for line in told), told


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ({"guild": {"id": SERVER, "name": "Casa"}, "expires_at": "2026-12-01T00:00:00+00:00"}, Level.WARNING),
        ({"guild": {"id": "220000000000000002", "name": "Another"}}, Level.BROKEN),
    ],
    ids=["ends", "another server"],
)
def test_an_invite_that_ends_or_leads_elsewhere_is_told(answer: dict[str, Any], level: Level) -> None:
    counts = {"approximate_member_count": 12, "approximate_presence_count": 3}
    world = Internet({"discord.com": says(200, {**answer, **counts})})
    whom = context(world, keys=without("DISCORD_BOT_TOKEN"), label=roster(discord=INVITE))
    line = only_one(look(whom, Area.PLATFORMS), level)
    assert "invite" in line.what + line.advice


def test_an_invite_that_lasts_is_well() -> None:
    counts = {"approximate_member_count": 12, "approximate_presence_count": 3}
    world = Internet({"discord.com": says(200, {"guild": {"id": SERVER, "name": "Casa"}, **counts})})
    whom = context(world, keys=without("DISCORD_BOT_TOKEN"), label=roster(discord=INVITE))
    assert "The Discord invite does not end" in fine(look(whom, Area.PLATFORMS))
