"""Test Spotify's API: full, restricted or refusing. The page replaces it where it can."""

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
    result = spotify(World())
    for account in ROSTER:
        stats = result.stats(account)
        assert (stats.popularity_score, stats.followers, stats.monthly_listeners) == (40, 1200, 976)
        assert stats.genres == ["dream pop"]
        assert result.readings[account].flags == ()
        assert result.readings[account].via == "api"
        assert result.readings[account].account_name == f"Artist {account[-3:]}"
    assert (result.failures, result.end, result.warnings) == ({}, None, [])
    assert counts(result) == {"token": 1, "batch": 1, "charts": 6, "page": 6}


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
    result = spotify(World(), [ANA], market="BR")
    request_sent = next(request for request in result.requests if request.url.path.endswith(CHARTS))
    assert request_sent.url.params["market"] == "BR"


def test_the_keys_are_sent_in_headers_only_and_never_to_the_page() -> None:
    result = spotify(World(), [ANA])
    basic = base64.b64encode(b"an-id:a-secret").decode()
    for request in result.requests:
        wanted = {TOKEN: f"Basic {basic}", API: "Bearer a-token"}.get(request.url.host)
        assert request.headers.get("Authorization") == wanted
        assert not any(word in str(request.url) for word in ("a-secret", "a-token", basic))
    login = next(request for request in result.requests if request.url.host == TOKEN)
    assert (login.method, parse_qs(login.content.decode())) == ("POST", {"grant_type": ["client_credentials"]})


def test_an_artist_the_api_does_not_know_keeps_the_pages_numbers() -> None:
    unknown = httpx.Response(200, json={"artists": [artist(ANA), None]})
    result = spotify(World(batch=unknown), [ANA, BEN])
    assert result.why("popularity_score", BEN) == (State.FAILED, "not_found")
    assert (result.stats(BEN).followers, result.stats(BEN).monthly_listeners) == (1199, 976)
    assert result.stats(ANA).popularity_score == 40


def test_the_batch_is_joined_by_id_not_by_place() -> None:
    turned = httpx.Response(200, json={"artists": [artist(BEN) | {"popularity": 2}, artist(ANA) | {"popularity": 1}]})
    result = spotify(World(batch=turned), [ANA, BEN])
    assert [result.stats(account).popularity_score for account in (ANA, BEN)] == [1, 2]


def test_an_artist_without_tracks_has_none_which_is_no_gap() -> None:
    result = spotify(World(charts=httpx.Response(200, json={"tracks": []})), [ANA])
    assert result.stats(ANA).top_tracks == []
    assert result.flag("top_tracks", ANA) is None


def test_a_full_api_whose_top_tracks_fail_keeps_the_pages_tracks() -> None:
    result = spotify(World(charts=error(500)), [ANA])
    assert [(track.name, track.play_count) for track in result.stats(ANA).top_tracks] == [
        ("Tide", 12345),
        ("Dune", 678),
    ]


def test_one_artist_without_charts_does_not_close_them_for_the_others() -> None:
    """A wrong id answers 404 as well: only two of those in a row are the endpoint."""

    def play(request: httpx.Request) -> httpx.Response:
        lost = request.url.path == f"/v1/artists/{ROSTER[0]}/top-tracks"
        return error(404, "Not found") if lost else World()(request)

    result = ask(Spotify, ROSTER, play, credentials=KEYS, options={"page": False})
    assert result.why("top_tracks", ROSTER[0]) == (State.FAILED, "not_found")
    assert all(len(result.stats(account).top_tracks) == 5 for account in ROSTER[1:])
    assert result.requests_to(CHARTS) == 6


# --- a restricted app


@pytest.mark.parametrize("gone", [403, 404, 410])
def test_a_batch_that_was_taken_away_is_asked_once_and_single_artists_instead(gone: int) -> None:
    result = spotify(World(batch=error(gone)))
    assert counts(result) == {"token": 1, "batch": 1, "single": 6, "charts": 6, "page": 6}
    assert [result.stats(account).popularity_score for account in ROSTER] == [40] * 6
    assert all(result.readings[account].flags == () for account in ROSTER)


def test_one_artist_without_numbers_shows_that_the_app_gets_none() -> None:
    result = spotify(World(batch=error(403), bare=True, charts=error(403)))
    assert counts(result) == {"token": 1, "batch": 1, "single": 1, "charts": 1, "page": 6}
    for account in ROSTER:
        assert result.why("popularity_score", account) == NOT_OFFERED
        assert result.why("genres", account) == NOT_OFFERED
        assert {flag.field for flag in result.readings[account].flags} == {"popularity_score", "genres"}
        stats = result.stats(account)
        assert (stats.followers, stats.monthly_listeners) == (1199, 976)
        assert [(track.name, track.play_count) for track in stats.top_tracks] == [("Tide", 12345), ("Dune", 678)]
        assert result.readings[account].via == "page"


@pytest.mark.parametrize(("gone", "times"), [(403, 1), (404, 2)])
def test_top_tracks_that_were_taken_away_are_asked_for_once_or_twice_a_run(gone: int, times: int) -> None:
    """403 is certain at once; a 404 may be a wrong id, so only a second one is certain."""
    result = spotify(World(charts=error(gone)), page=False)
    assert counts(result) == {"token": 1, "batch": 1, "charts": times}
    assert result.why("top_tracks", ROSTER[-1]) == NOT_OFFERED
    assert result.stats(ROSTER[-1]).top_tracks is None


@pytest.mark.parametrize(("gone", "times"), [(403, 1), (404, 2)])
def test_single_artists_that_were_taken_away_too_are_asked_for_once_or_twice_a_run(gone: int, times: int) -> None:
    result = spotify(World(batch=error(403), single=error(gone), charts=error(gone)))
    assert counts(result) == {"token": 1, "batch": 1, "single": times, "charts": times, "page": 6}
    assert result.why("popularity_score", ROSTER[-1]) == NOT_OFFERED
    assert result.stats(ROSTER[-1]).monthly_listeners == 976


def test_a_wrong_id_at_the_head_of_the_roster_does_not_hide_the_others() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path == f"/v1/artists/{ROSTER[0]}":
            return error(404, "Resource not found")
        return World(batch=error(403))(request)

    result = ask(Spotify, ROSTER, play, credentials=KEYS)
    assert result.why("popularity_score", ROSTER[0]) == (State.FAILED, "not_found")
    assert [result.stats(account).popularity_score for account in ROSTER[1:]] == [40] * 5


def test_more_artists_than_one_block_learn_of_the_restriction_together() -> None:
    many = [f"{number:022}" for number in range(120)]
    result = spotify(World(batch=error(403), bare=True, charts=error(403)), many)
    requests = counts(result)
    assert (requests["batch"], requests["charts"]) == (1, 1)
    assert requests["single"] == 1
    assert all(result.why("popularity_score", account) == NOT_OFFERED for account in many)


@pytest.mark.parametrize("empty", [{}, {"popularity": None, "followers": None, "genres": None}, {"followers": {}}])
def test_a_field_missing_in_a_good_batch_is_not_offered(empty: dict[str, object]) -> None:
    bare = {"id": ANA, "name": "Ana Aurora", **empty}
    result = spotify(World(batch=httpx.Response(200, json={"artists": [bare]})), [ANA])
    assert result.why("popularity_score", ANA) == NOT_OFFERED
    assert result.why("genres", ANA) == NOT_OFFERED
    assert result.stats(ANA).followers == 1199, "the page has them"
    assert result.requests_to(SINGLE) == 1, "the top tracks; no artist is asked again"


def test_one_missing_field_leaves_the_others() -> None:
    content = artist(ANA)
    del content["popularity"]
    result = spotify(World(batch=httpx.Response(200, json={"artists": [content]})), [ANA])
    assert result.why("popularity_score", ANA) == NOT_OFFERED
    assert (result.stats(ANA).followers, result.stats(ANA).genres) == (1200, ["dream pop"])
    assert result.readings[ANA].via == "api"


def test_a_track_without_popularity_is_still_a_track() -> None:
    result = spotify(World(charts=httpx.Response(200, json={"tracks": [{"id": track_id(1), "name": "Tide"}]})), [ANA])
    (track,) = result.stats(ANA).top_tracks
    assert (track.name, track.popularity, track.play_count) == ("Tide", None, 12345)


# --- refusals of the whole API


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("more", [{}, {"error_description": "Invalid client"}])
def test_bad_credentials_leave_the_page(status: int, more: dict[str, str]) -> None:
    result = spotify(World(token=httpx.Response(status, json={"error": "invalid_client", **more})))
    assert counts(result) == {"token": 1, "page": 6}
    assert result.why("popularity_score", ROSTER[0]) == (State.FAILED, "bad_credentials")
    assert (result.stats(ROSTER[0]).followers, result.stats(ROSTER[0]).monthly_listeners) == (1199, 976)
    assert result.readings[ROSTER[0]].via == "page"


@pytest.mark.parametrize(
    ("token", "code", "times"),
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
def test_no_token_for_whatever_reason_leaves_the_page(token: httpx.Response, code: str, times: int) -> None:
    result = spotify(World(token=token))
    assert counts(result) == {"token": times, "page": 6}
    assert result.why("popularity_score", ROSTER[0]) == (State.FAILED, code)
    assert result.stats(ROSTER[0]).monthly_listeners == 976


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
def test_an_error_for_all_artists_ends_the_api_and_the_page_is_still_read(answer: httpx.Response, code: str) -> None:
    result = spotify(World(api=answer))
    assert result.requests_to(API) <= 2, "the batch, and at most the first top tracks beside it"
    for account in ROSTER:
        assert result.why("popularity_score", account) == (State.FAILED, code)
        assert (result.stats(account).followers, result.stats(account).monthly_listeners) == (1199, 976)
    assert result.requests_to(PAGES) == 6


def test_a_long_ban_is_not_waited_for_and_not_prolonged() -> None:
    ban = httpx.Response(429, headers={"Retry-After": "86400"}, json={"error": {"status": 429, "message": "API"}})
    result = spotify(World(api=ban))
    assert result.requests_to(API) <= 2
    assert result.why("popularity_score", ROSTER[0]) == (State.FAILED, "rate_limited")
    assert result.stats(ROSTER[0]).monthly_listeners == 976
