"""Test Spotify without its API, or without its page, and the forms of accounts that people paste."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import respx

from casa24.core.politeness import Politeness
from casa24.core.snapshot import State
from casa24.sources.spotify import Spotify
from casa24.web.client import Web
from tests.sources.platform import ask, run_of
from tests.sources.spotify_world import (
    ANA,
    BEN,
    CLEO,
    KEYS,
    ROSTER,
    SHELL,
    UNSUPPORTED,
    World,
    counts,
    error,
    label,
    page,
    spotify,
    state,
    state_tracks,
)

# --- the page alone


def test_without_keys_the_page_alone_is_read() -> None:
    result = spotify(World(), keys=False)
    assert counts(result) == {"page": 6}
    stats = result.stats(ROSTER[0])
    assert (stats.followers, stats.monthly_listeners, stats.popularity_score) == (1199, 976, None)
    assert result.why("popularity_score", ROSTER[0]) == (State.SKIPPED, "no_credentials")
    assert result.readings[ROSTER[0]].account_name == "Ana Aurora"
    assert result.readings[ROSTER[0]].via == "page"


def test_one_key_alone_is_not_used() -> None:
    result = ask(Spotify, [ANA], World(), credentials={"SPOTIFY_CLIENT_ID": "an-id"})
    assert counts(result) == {"page": 1}


def test_with_page_reading_off_no_page_is_asked_for() -> None:
    result = spotify(World(), page=False)
    assert counts(result) == {"token": 1, "batch": 1, "charts": 6}
    assert result.why("monthly_listeners", ROSTER[0]) == (State.SKIPPED, "page_off")
    assert result.stats(ROSTER[0]).followers == 1200


def test_with_neither_keys_nor_page_nothing_is_asked_and_everything_says_why() -> None:
    result = spotify(World(), [ANA], keys=False, page=False)
    assert result.requests == []
    assert result.why("popularity_score", ANA) == (State.SKIPPED, "no_credentials")
    assert result.why("monthly_listeners", ANA) == (State.SKIPPED, "page_off")
    assert {flag.field for flag in result.readings[ANA].flags} == set(Spotify.model.model_fields)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(200, text=page(BEN, label("5"))), "page_wrong_artist"),
        (httpx.Response(200, text=SHELL), "page_shell"),
        (httpx.Response(200, text=UNSUPPORTED), "page_unsupported"),
        (httpx.Response(200, text="hello"), "page_unknown"),
        (httpx.Response(404, text="gone"), "not_found"),
        (httpx.Response(410, text="gone"), "not_found"),
        (httpx.Response(403, text="no"), "page_refused"),
        (httpx.Response(451, text="no"), "page_refused"),
        (httpx.Response(502, text="busy"), "server_error"),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example/"}), "bad_reply"),
        (httpx.Response(200, content=b"x" * 5_000_000), "bad_reply"),
    ],
)
def test_a_page_of_no_use_is_a_flag_and_the_other_artists_go_on(answer: httpx.Response, code: str) -> None:
    result = spotify(World(pages={ANA: answer}), [ANA, CLEO], keys=False)
    for name in ("followers", "monthly_listeners", "top_tracks"):
        assert result.why(name, ANA) == (State.FAILED, code)
        assert getattr(result.stats(ANA), name) is None
    assert result.stats(CLEO).monthly_listeners == 976


def test_a_page_that_moved_to_another_artist_is_not_taken_for_ours() -> None:
    moved = httpx.Response(301, headers={"Location": f"/artist/{BEN}"})
    result = spotify(World(pages={ANA: moved}), [ANA], keys=False)
    assert result.why("monthly_listeners", ANA) == (State.FAILED, "page_wrong_artist")


def test_a_rounded_count_carries_its_bounds() -> None:
    text = page(ANA, og="Artist · 24.5K monthly listeners.")
    result = spotify(World(pages={ANA: httpx.Response(200, text=text)}), [ANA])
    flag = result.flag("monthly_listeners", ANA)
    assert result.stats(ANA).monthly_listeners == 24500
    assert flag is not None
    assert (flag.state, flag.low, flag.high) == (State.ROUNDED, 24450, 24549)


def test_an_exact_count_is_preferred_and_needs_no_flag() -> None:
    text = page(ANA, state(ANA, stats={"monthlyListeners": 24468}), og="Artist · 24.5K monthly listeners.")
    result = spotify(World(pages={ANA: httpx.Response(200, text=text)}), [ANA])
    assert (result.stats(ANA).monthly_listeners, result.flag("monthly_listeners", ANA)) == (24468, None)


def test_zero_listeners_is_a_true_zero_and_needs_no_flag() -> None:
    text = page(ANA, og="Artist · 0 monthly listeners.")
    result = spotify(World(pages={ANA: httpx.Response(200, text=text)}), [ANA])
    assert (result.stats(ANA).monthly_listeners, result.flag("monthly_listeners", ANA)) == (0, None)


def test_a_good_page_without_the_count_says_that_it_was_missing() -> None:
    result = spotify(World(pages={ANA: httpx.Response(200, text=page(ANA))}), [ANA], keys=False)
    for name in ("followers", "monthly_listeners", "top_tracks"):
        assert result.why(name, ANA) == (State.FAILED, "missing")


def test_the_page_gives_its_tracks_where_the_api_gives_none() -> None:
    tracks = state_tracks(*((name, str(plays)) for plays, name in enumerate("ABCDEF")))
    text = page(ANA, state(ANA, discography=tracks))
    result = spotify(World(pages={ANA: httpx.Response(200, text=text)}, charts=error(403)), [ANA])
    assert [(track.name, track.play_count) for track in result.stats(ANA).top_tracks] == list(
        zip("ABCDE", range(5), strict=True)
    )


# --- what people paste, what a run sees while it is under way


@pytest.mark.parametrize(
    "text",
    [
        ANA,
        f"  {ANA}\n",
        f"https://open.spotify.com/artist/{ANA}",
        f"https://open.spotify.com/artist/{ANA}?si=0a1b2c3d4e5f",
        f"https://open.spotify.com/intl-pt/artist/{ANA}?si=0a1b2c3d4e5f&nd=1",
        f"https://open.spotify.com/intl-zh-tw/artist/{ANA}/",
        f"https://open.spotify.com/artist/{ANA}/discography/all#top",
        f"open.spotify.com/artist/{ANA}",
        f"spotify:artist:{ANA}",
    ],
)
def test_whatever_people_paste_becomes_the_id(text: str) -> None:
    assert Spotify.account(text) == ANA


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ana Aurora",
        ANA[:-1],
        f"{ANA}x",
        f"{ANA[:-1]}-",
        f"https://open.spotify.com/track/{ANA}",
        f"https://open.spotify.com.example/artist/{ANA}",
        f"https://evil.example/?https://open.spotify.com/artist/{ANA}",
        f"spotify:track:{ANA}",
        f"{ANA}/../../v1/me",
        "https://open.spotify.com/artist/",
    ],
)
def test_a_text_that_is_no_artist_is_refused_with_advice_on_what_to_paste(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no Spotify artist; paste the link of the artist's page") as caught:
        Spotify.account(text)
    assert repr(text.strip()) in str(caught.value)


def test_a_part_that_is_still_awaited_has_no_flag_yet() -> None:
    """Else a deadline would record a reason that is not true."""

    async def first() -> tuple[str, Any]:
        async with Web(Politeness(pause=0, backoff=0), transport=httpx.MockTransport(World())) as web:
            source = Spotify(run_of(Spotify, web, KEYS))
            await source.start()
            return await anext(source.collect((ANA,)))

    _, reading = asyncio.run(first())
    assert reading.flags == ()
    assert set(reading.stats.model_dump().values()) == {None}


@respx.mock
def test_listeners_are_a_text_on_disk_and_a_number_in_memory() -> None:
    respx.get(f"https://open.spotify.com/artist/{ANA}").respond(200, text=page(ANA, label("24,468")))
    stats = ask(Spotify, [ANA], None).stats(ANA)
    assert stats.monthly_listeners == 24468
    assert json.loads(stats.model_dump_json())["monthly_listeners"] == "24468"


@respx.mock
def test_the_page_is_asked_for_in_english_under_our_own_name() -> None:
    """A browser's name gets the empty shell: an honest one is also the one that works."""
    route = respx.get(f"https://open.spotify.com/artist/{ANA}").respond(200, text=page(ANA, label("5")))
    ask(Spotify, [ANA], None)
    headers = route.calls.last.request.headers
    assert headers["User-Agent"].startswith("casa24/")
    assert "Mozilla" not in headers["User-Agent"]
    assert headers["Accept-Language"] == "en"
