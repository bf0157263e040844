"""Spotify's API: the full one, one that was restricted, one that refuses. The page stands in where it can."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs

import httpx
import pytest

from casa24.core.snapshot import State
from casa24.sources.spotify import Spotify
from tests.sources.platform import ask
from tests.sources.spotify_world import (
    ANA,
    API,
    BEN,
    CHARTS,
    KEYS,
    NOT_OFFERED,
    PAGES,
    ROSTER,
    SINGLE,
    TOKEN,
    World,
    artist,
    counts,
    error,
    spotify,
    track_id,
)

# --- the full API


def test_the_full_api_and_the_page_give_every_number() -> None:
    told = spotify(World())
    for account in ROSTER:
        stats = told.stats(account)
        assert (stats.popularity_score, stats.followers, stats.monthly_listeners) == (40, 1200, 976)
        assert stats.genres == ["dream pop"]
        assert told.readings[account].flags == ()
        assert told.readings[account].via == "api"
        assert told.readings[account].account_name == f"Artist {account[-3:]}"
    assert (told.failures, told.end, told.warnings) == ({}, None, [])
    assert counts(told) == {"token": 1, "batch": 1, "charts": 6, "page": 6}


def test_artists_are_asked_about_in_blocks_of_fifty() -> None:
    many = [f"{number:022}" for number in range(120)]
    assert counts(spotify(World(), many)) == {"token": 1, "batch": 3, "charts": 120, "page": 120}


def test_the_top_tracks_are_five_in_the_platforms_order_with_the_pages_play_counts() -> None:
    tracks = spotify(World(), [ANA]).stats(ANA).top_tracks
    assert [(track.name, track.popularity) for track in tracks] == [
        ("Dune", 10),
        ("Tide", 20),
        ("Vale", 30),
        ("Glen", 40),
        ("Moor", 50),
    ]
    # Joined by id, not by place or name: the page has "Tide" under the first id.
    assert [track.play_count for track in tracks] == [12345, 678, None, None, None]


def test_the_market_of_the_top_tracks_is_the_labels() -> None:
    told = spotify(World(), [ANA], market="BR")
    asked = next(request for request in told.requests if request.url.path.endswith(CHARTS))
    assert asked.url.params["market"] == "BR"


def test_the_keys_travel_in_headers_only_and_never_to_the_page() -> None:
    told = spotify(World(), [ANA])
    basic = base64.b64encode(b"an-id:a-secret").decode()
    for request in told.requests:
        wanted = {TOKEN: f"Basic {basic}", API: "Bearer a-token"}.get(request.url.host)
        assert request.headers.get("Authorization") == wanted
        assert not any(word in str(request.url) for word in ("a-secret", "a-token", basic))
    login = next(request for request in told.requests if request.url.host == TOKEN)
    assert (login.method, parse_qs(login.content.decode())) == ("POST", {"grant_type": ["client_credentials"]})


def test_an_artist_the_api_does_not_know_keeps_the_pages_numbers() -> None:
    unknown = httpx.Response(200, json={"artists": [artist(ANA), None]})
    told = spotify(World(batch=unknown), [ANA, BEN])
    assert told.why("popularity_score", BEN) == (State.FAILED, "not_found")
    assert (told.stats(BEN).followers, told.stats(BEN).monthly_listeners) == (1199, 976)
    assert told.stats(ANA).popularity_score == 40


def test_the_batch_is_joined_by_id_not_by_place() -> None:
    turned = httpx.Response(200, json={"artists": [artist(BEN) | {"popularity": 2}, artist(ANA) | {"popularity": 1}]})
    told = spotify(World(batch=turned), [ANA, BEN])
    assert [told.stats(account).popularity_score for account in (ANA, BEN)] == [1, 2]


def test_an_artist_without_tracks_has_none_which_is_no_gap() -> None:
    told = spotify(World(charts=httpx.Response(200, json={"tracks": []})), [ANA])
    assert told.stats(ANA).top_tracks == []
    assert told.flag("top_tracks", ANA) is None


def test_a_full_api_whose_top_tracks_fail_keeps_the_pages_tracks() -> None:
    told = spotify(World(charts=error(500)), [ANA])
    assert [(track.name, track.play_count) for track in told.stats(ANA).top_tracks] == [("Tide", 12345), ("Dune", 678)]


def test_one_artist_without_charts_does_not_close_them_for_the_others() -> None:
    """A wrong id answers 404 as well: only two of those in a row are the endpoint."""

    def play(request: httpx.Request) -> httpx.Response:
        lost = request.url.path == f"/v1/artists/{ROSTER[0]}/top-tracks"
        return error(404, "Not found") if lost else World()(request)

    told = ask(Spotify, ROSTER, play, credentials=KEYS, options={"page": False})
    assert told.why("top_tracks", ROSTER[0]) == (State.FAILED, "not_found")
    assert all(len(told.stats(account).top_tracks) == 5 for account in ROSTER[1:])
    assert told.asked(CHARTS) == 6


# --- a restricted app


@pytest.mark.parametrize("gone", [403, 404, 410])
def test_a_batch_that_was_taken_away_is_asked_once_and_single_artists_instead(gone: int) -> None:
    told = spotify(World(batch=error(gone)))
    assert counts(told) == {"token": 1, "batch": 1, "single": 6, "charts": 6, "page": 6}
    assert [told.stats(account).popularity_score for account in ROSTER] == [40] * 6
    assert all(told.readings[account].flags == () for account in ROSTER)


def test_an_artist_without_numbers_tells_for_all_that_the_app_gets_none() -> None:
    told = spotify(World(batch=error(403), bare=True, charts=error(403)))
    assert counts(told) == {"token": 1, "batch": 1, "single": 1, "charts": 1, "page": 6}
    for account in ROSTER:
        assert told.why("popularity_score", account) == NOT_OFFERED
        assert told.why("genres", account) == NOT_OFFERED
        assert {flag.field for flag in told.readings[account].flags} == {"popularity_score", "genres"}
        stats = told.stats(account)
        assert (stats.followers, stats.monthly_listeners) == (1199, 976)
        assert [(track.name, track.play_count) for track in stats.top_tracks] == [("Tide", 12345), ("Dune", 678)]
        assert told.readings[account].via == "page"


@pytest.mark.parametrize(("gone", "asked"), [(403, 1), (404, 2)])
def test_top_tracks_that_were_taken_away_are_asked_for_once_or_twice_a_run(gone: int, asked: int) -> None:
    """403 says it at once; a 404 might be a wrong id, so the second one tells."""
    told = spotify(World(charts=error(gone)), page=False)
    assert counts(told) == {"token": 1, "batch": 1, "charts": asked}
    assert told.why("top_tracks", ROSTER[-1]) == NOT_OFFERED
    assert told.stats(ROSTER[-1]).top_tracks is None


@pytest.mark.parametrize(("gone", "asked"), [(403, 1), (404, 2)])
def test_single_artists_that_were_taken_away_too_are_asked_for_once_or_twice_a_run(gone: int, asked: int) -> None:
    told = spotify(World(batch=error(403), single=error(gone), charts=error(gone)))
    assert counts(told) == {"token": 1, "batch": 1, "single": asked, "charts": asked, "page": 6}
    assert told.why("popularity_score", ROSTER[-1]) == NOT_OFFERED
    assert told.stats(ROSTER[-1]).monthly_listeners == 976


def test_a_wrong_id_at_the_head_of_the_roster_does_not_hide_the_others() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path == f"/v1/artists/{ROSTER[0]}":
            return error(404, "Resource not found")
        return World(batch=error(403))(request)

    told = ask(Spotify, ROSTER, play, credentials=KEYS)
    assert told.why("popularity_score", ROSTER[0]) == (State.FAILED, "not_found")
    assert [told.stats(account).popularity_score for account in ROSTER[1:]] == [40] * 5


def test_more_artists_than_one_block_learn_of_the_restriction_together() -> None:
    many = [f"{number:022}" for number in range(120)]
    told = spotify(World(batch=error(403), bare=True, charts=error(403)), many)
    asked = counts(told)
    assert (asked["batch"], asked["charts"]) == (1, 1)
    assert asked["single"] == 1
    assert all(told.why("popularity_score", account) == NOT_OFFERED for account in many)


@pytest.mark.parametrize("empty", [{}, {"popularity": None, "followers": None, "genres": None}, {"followers": {}}])
def test_a_field_missing_in_a_good_batch_is_not_offered(empty: dict[str, object]) -> None:
    bare = {"id": ANA, "name": "Ana Aurora", **empty}
    told = spotify(World(batch=httpx.Response(200, json={"artists": [bare]})), [ANA])
    assert told.why("popularity_score", ANA) == NOT_OFFERED
    assert told.why("genres", ANA) == NOT_OFFERED
    assert told.stats(ANA).followers == 1199, "the page has them"
    assert told.asked(SINGLE) == 1, "the top tracks; no artist is asked again"


def test_one_missing_field_leaves_the_others() -> None:
    content = artist(ANA)
    del content["popularity"]
    told = spotify(World(batch=httpx.Response(200, json={"artists": [content]})), [ANA])
    assert told.why("popularity_score", ANA) == NOT_OFFERED
    assert (told.stats(ANA).followers, told.stats(ANA).genres) == (1200, ["dream pop"])
    assert told.readings[ANA].via == "api"


def test_a_track_without_popularity_is_still_a_track() -> None:
    told = spotify(World(charts=httpx.Response(200, json={"tracks": [{"id": track_id(1), "name": "Tide"}]})), [ANA])
    (track,) = told.stats(ANA).top_tracks
    assert (track.name, track.popularity, track.play_count) == ("Tide", None, 12345)


# --- refusals of the whole API


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("more", [{}, {"error_description": "Invalid client"}])
def test_bad_credentials_leave_the_page(status: int, more: dict[str, str]) -> None:
    told = spotify(World(token=httpx.Response(status, json={"error": "invalid_client", **more})))
    assert counts(told) == {"token": 1, "page": 6}
    assert told.why("popularity_score", ROSTER[0]) == (State.FAILED, "bad_credentials")
    assert (told.stats(ROSTER[0]).followers, told.stats(ROSTER[0]).monthly_listeners) == (1199, 976)
    assert told.readings[ROSTER[0]].via == "page"


@pytest.mark.parametrize(
    ("token", "code", "asked"),
    [
        (httpx.Response(400, json={"error": "unsupported_grant_type"}), "bad_status", 1),
        (httpx.Response(503, text="busy"), "server_error", 3),
        (httpx.Response(200, json={"token_type": "Bearer"}), "bad_reply", 1),
        (httpx.Response(200, json={"access_token": ""}), "bad_reply", 1),
        (httpx.Response(200, json={"access_token": "\x80"}), "bad_reply", 1),  # no header can carry it
        (httpx.Response(200, json={"access_token": "a-token\n"}), "bad_reply", 1),
        (httpx.Response(200, text="<html>"), "bad_reply", 1),
    ],
)
def test_no_token_for_whatever_reason_leaves_the_page(token: httpx.Response, code: str, asked: int) -> None:
    told = spotify(World(token=token))
    assert counts(told) == {"token": asked, "page": 6}
    assert told.why("popularity_score", ROSTER[0]) == (State.FAILED, code)
    assert told.stats(ROSTER[0]).monthly_listeners == 976


PREMIUM = error(403, "Active premium subscription required for the owner of the app.")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (PREMIUM, "premium_required"),
        (error(429, "Too many requests", reason="QUOTA_EXCEEDED"), "quota_exceeded"),
        (error(401, "Missing/invalid/expired access token"), "unauthorized"),
    ],
    ids=["premium", "quota", "token"],
)
def test_what_the_api_says_to_all_is_asked_once_and_the_page_goes_on(answer: httpx.Response, code: str) -> None:
    told = spotify(World(api=answer))
    assert told.asked(API) <= 2, "the batch, and at most the first top tracks beside it"
    for account in ROSTER:
        assert told.why("popularity_score", account) == (State.FAILED, code)
        assert (told.stats(account).followers, told.stats(account).monthly_listeners) == (1199, 976)
    assert told.asked(PAGES) == 6


def test_a_long_ban_is_not_waited_for_and_not_prolonged() -> None:
    ban = httpx.Response(429, headers={"Retry-After": "86400"}, json={"error": {"status": 429, "message": "API"}})
    told = spotify(World(api=ban))
    assert told.asked(API) <= 2
    assert told.why("popularity_score", ROSTER[0]) == (State.FAILED, "rate_limited")
    assert told.stats(ROSTER[0]).monthly_listeners == 976
