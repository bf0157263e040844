from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from casa24.core.politeness import Politeness
from casa24.core.reason_codes import COMMON, gap_of
from casa24.core.snapshot import State
from casa24.errors import AccountUnavailable, Casa24Error
from casa24.sources.instagram import API, LAST_DAYS, NEWEST, Instagram, version_trouble
from tests.sources.platform import NOW, RunResult, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TOKEN = "an-invented-token"
OWN = "17840000000000001"
KEYS = {"INSTAGRAM_ACCESS_TOKEN": TOKEN, "INSTAGRAM_BUSINESS_ACCOUNT_ID": OWN}
ROSTER = ["ana.aurora", "ben_bay", "cleo"]


def found(handle: str, **more: Any) -> httpx.Response:
    account = {"username": handle, "name": handle.title(), "followers_count": 1234, "media_count": 56, **more}
    return httpx.Response(200, json={"business_discovery": account, "id": OWN})


def refusal(code: int, subcode: int | None = None, status: int = 400, **more: Any) -> httpx.Response:
    error = {"message": f"(#{code}) No", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    if subcode:
        error["error_subcode"] = subcode
    return httpx.Response(status, json={"error": error})


def handle_of(request: httpx.Request) -> str:
    return request.url.params["fields"].split("(")[1].split(")")[0]


def everyone(request: httpx.Request) -> httpx.Response:
    return found(handle_of(request))


def instagram(
    play: Callable[[httpx.Request], httpx.Response] | None,
    accounts: Sequence[str] = ROSTER,
    now: dt.datetime = NOW,
    **settings: str,
) -> RunResult:
    return ask(Instagram, accounts, play, credentials=KEYS | settings, now=now)


def ask_about_ana(answer: httpx.Response) -> RunResult:
    return instagram(lambda _request: answer, ["ana.aurora"])


def test_each_artist_is_one_request_and_has_followers_and_posts() -> None:
    result = instagram(everyone)
    assert len(result.requests) == 3
    for handle in ROSTER:
        assert result.stats(handle).model_dump() == {
            "followers": 1234,
            "media_count": 56,
            "username": handle,
            "name": handle.title(),
        }
        assert (result.readings[handle].flags, result.readings[handle].account_name) == ((), handle.title())
    assert (result.failures, result.end, result.warnings) == ({}, None, [])


def test_zero_followers_is_a_true_zero_and_a_missing_count_is_none() -> None:
    assert ask_about_ana(found("ana.aurora", followers_count=0)).stats("ana.aurora").followers == 0
    stats = ask_about_ana(httpx.Response(200, json={"business_discovery": {"media_count": 3}})).stats("ana.aurora")
    assert (stats.followers, stats.media_count) == (None, 3)


@pytest.mark.parametrize("count", [-1, "many", 1.5, {}])
def test_a_count_that_is_none_is_no_reading(count: object) -> None:
    assert ask_about_ana(found("ana.aurora", followers_count=count)).failure("ana.aurora") == "bad_reply"


def test_a_handle_that_differs_only_in_case_is_the_same_account() -> None:
    assert ask_about_ana(found("Ana.Aurora")).stats("ana.aurora").followers == 1234


def test_another_account_is_a_flag_never_a_number() -> None:
    assert ask_about_ana(found("somebody.else")).failure("ana.aurora") == "other_account"


# --- Meta's errors


def test_an_account_that_cannot_be_read_is_that_artists_gap_alone() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        return refusal(110, 2207013) if handle_of(request) == "ben_bay" else everyone(request)

    result = instagram(play)
    assert isinstance(result.failures["ben_bay"], AccountUnavailable)
    assert result.failure("ben_bay") == "not_readable"
    assert sorted(result.readings) == ["ana.aurora", "cleo"]
    assert result.end is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        *((refusal(190, subcode), "token_expired") for subcode in (None, 458, 460, 463, 467)),
        (refusal(190, status=401), "token_expired"),
        (refusal(102), "token_expired"),
        (refusal(10), "no_permission"),
        *((refusal(code, status=403), "no_permission") for code in (200, 210, 299)),
        *((refusal(code, status=403) if code == 4 else refusal(code), "hourly_limit") for code in (4, 17, 32, 613)),
        (refusal(80002, is_transient=True), "hourly_limit"),
        (httpx.Response(429, text="slow down"), "rate_limited"),
        (refusal(803, status=404), "own_account"),
        (httpx.Response(404, text="<html>"), "gone"),
    ],
)
def test_an_error_for_all_accounts_ends_the_run_after_the_running_requests(answer: httpx.Response, code: str) -> None:
    result = instagram(lambda _request: answer, [f"artist{number}" for number in range(30)])
    assert (result.end, result.readings) == (code, {})
    assert len(result.requests) <= Politeness().concurrency, "of thirty artists"
    assert code in {**COMMON, **Instagram.gaps}


def test_readings_before_the_limit_are_kept() -> None:
    calls: list[int] = []

    def play(request: httpx.Request) -> httpx.Response:
        calls.append(1)
        return everyone(request) if len(calls) <= 10 else refusal(4)

    result = instagram(play, [f"artist{number}" for number in range(30)])
    assert result.end == "hourly_limit"
    assert len(result.readings) == 10
    assert len(result.requests) <= 14, "the first refusal, and what was under way beside it"


@pytest.mark.parametrize(("code", "status"), [(1, 400), (2, 400), (2, 500)])
def test_a_temporary_error_is_tried_again(code: int, status: int) -> None:
    answers = iter([refusal(code, status=status), refusal(code, status=status), found("ana.aurora")])
    result = instagram(lambda _request: next(answers), ["ana.aurora"])
    assert result.stats("ana.aurora").followers == 1234
    assert len(result.requests) == 3


@pytest.mark.parametrize(
    ("answer", "code", "tries"),
    [
        (refusal(1), "bad_status", 3),
        (refusal(2, status=500), "server_error", 3),
        (refusal(100), "bad_status", 1),
        (httpx.Response(200, text="<html>"), "bad_reply", 1),
        (httpx.Response(200, json={"id": OWN}), "bad_reply", 1),
        (httpx.Response(200, json=[]), "bad_reply", 1),
    ],
)
def test_any_other_failure_is_the_artists_own(answer: httpx.Response, code: str, tries: int) -> None:
    result = ask_about_ana(answer)
    assert (result.failure("ana.aurora"), result.end, len(result.requests)) == (code, None, tries)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["error", "code"]), inner),
    ),
    st.sampled_from([400, 403, 404]),
)
def test_an_error_of_any_shape_is_a_gap(body: object, status: int) -> None:
    for shape in (body, {"error": body}, {"error": {"code": body}}):
        result = ask_about_ana(httpx.Response(status, json=shape))
        assert result.end or isinstance(result.failures["ana.aurora"], Casa24Error)


# --- token and version


@respx.mock
def test_the_token_is_sent_in_a_header_and_never_in_an_address() -> None:
    route = respx.get(f"{API}/{NEWEST}/{OWN}").mock(side_effect=everyone)
    instagram(None, ["ana.aurora"])
    request = route.calls.last.request
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.url.params["fields"] == (
        "business_discovery.username(ana.aurora){username,name,followers_count,media_count}"
    )
    assert list(request.url.params) == ["fields"]
    assert TOKEN not in str(request.url)


@respx.mock
def test_an_errors_text_does_not_hold_the_token() -> None:
    respx.get(host="graph.facebook.com").respond(400, json={"error": {"message": f"token {TOKEN}", "code": 100}})
    assert TOKEN not in str(instagram(None, ["ana.aurora"]).failures["ana.aurora"])


def version_asked(result: RunResult) -> str:
    return result.requests[0].url.path.split("/")[1]


@pytest.mark.parametrize("version", ["v23.0", "v25.0", NEWEST, "v27.0"])
def test_a_version_that_lasts_is_used_without_a_warning(version: str) -> None:
    result = instagram(everyone, INSTAGRAM_API_VERSION=version)
    assert (version_asked(result), result.warnings) == (version, [])


def test_without_a_setting_the_newest_version_is_asked() -> None:
    assert version_asked(instagram(everyone)) == NEWEST


def test_the_labels_own_old_version_is_named_with_the_day_it_ended() -> None:
    result = instagram(everyone, INSTAGRAM_API_VERSION="v18.0")
    (warning,) = result.warnings
    assert warning == (
        "Instagram's API v18.0 ended on 2026-01-26; the oldest living version answers instead."
        f" Set INSTAGRAM_API_VERSION to {NEWEST}."
    )
    assert len(result.readings) == 3, "a warning, no gap: it is answered"


def test_a_version_that_ends_soon_is_named_with_its_last_day() -> None:
    result = instagram(everyone, INSTAGRAM_API_VERSION="v21.0")
    assert result.warnings == [
        f"Instagram's API v21.0 ends on 2027-01-21. Set INSTAGRAM_API_VERSION to {NEWEST}.",
    ]


@pytest.mark.parametrize("version", ["26.0", "v26", "v26.1", "V26.0", "v26.0/me", "latest", "v٢٦.0", "v26.0\n"])
def test_a_malformed_version_is_not_asked_and_the_newest_is(version: str) -> None:
    result = instagram(everyone, INSTAGRAM_API_VERSION=version)
    assert version_asked(result) == NEWEST
    assert result.warnings == [
        f"INSTAGRAM_API_VERSION {version!r} is no version; using {NEWEST}. Set it like {NEWEST}.",
    ]


@pytest.mark.parametrize("number", LAST_DAYS)
def test_the_end_of_a_version_is_reported_ninety_days_ahead_and_it_lasts_through_its_last_day(number: int) -> None:
    last, day = LAST_DAYS[number], dt.timedelta(days=1)
    text = {offset: version_trouble(f"v{number}.0", last + offset * day) for offset in (-91, -90, 0, 1)}
    if number > 20:
        assert text[-91] == ""
        assert f"ends on {last}" in text[-90]
        assert f"ends on {last}" in text[0]
    assert f"ended on {last}" in text[1]


def test_versions_older_than_the_table_have_ended() -> None:
    for number in (1, 17, 19, 20):
        assert f"v{number}.0 ended; the oldest" in version_trouble(f"v{number}.0", NOW.date())


# --- what people paste


@pytest.mark.parametrize(
    "text",
    [
        "ana.aurora",
        " @Ana.Aurora ",
        "https://www.instagram.com/ana.aurora/",
        "https://instagram.com/Ana.Aurora?igsh=abc",
        "instagram.com/ana.aurora/#",
        "http://www.instagram.com/ana.aurora",
    ],
)
def test_whatever_people_paste_becomes_the_handle(text: str) -> None:
    assert Instagram.account(text) == "ana.aurora"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ana aurora",
        "ana-aurora",
        "a" * 31,
        "ana){followers_count},me{access_token}",
        "ana)",
        "ana{name}",
        "ana,ben",
        "ana&access_token=x",
        "ana/../me",
        "áña",
        "https://www.instagram.com/p/Cabc123/",
        "https://www.instagram.com/ana)/",
        "https://instagram.com.example/ana.aurora",
    ],
)
def test_nothing_but_a_handle_gets_into_the_expression(text: str) -> None:
    with pytest.raises(ValueError, match="is no Instagram username; letters, digits, dots and underscores, at most 30"):
        Instagram.account(text)


@given(st.text(alphabet="ab1._@/(){},&?#: \n%ABé", max_size=40) | st.text())
def test_whatever_passes_as_a_handle_is_one(text: str) -> None:
    try:
        handle = Instagram.account(text)
    except ValueError:
        return
    assert 1 <= len(handle) <= 30
    assert set(handle) <= set("abcdefghijklmnopqrstuvwxyz0123456789._")


# --- what Instagram really sent, read in place


def saved(shared: Path, name: str, status: int, handle: str = "ana.aurora") -> RunResult:
    content = (shared / "replies" / "instagram" / name).read_bytes()
    return instagram(lambda _request: httpx.Response(status, content=content), [handle])


def test_the_saved_answers_are_read(shared: Path) -> None:
    stats = saved(shared, "docs_business_discovery_200.json", 200).stats("ana.aurora")
    assert (stats.followers, stats.media_count, stats.username) == (267793, 1205, None)
    handle = "facebookfordevelopers"
    result = saved(shared, "pyfb_instagram_apidata_discovery_user_fields.json", 200, handle)
    stats = result.stats(handle)
    assert (stats.followers, stats.media_count, stats.name) == (64976, 436, "Facebook for Developers")


def test_the_saved_answer_for_another_account_is_refused(shared: Path) -> None:
    result = saved(shared, "pyfb_instagram_apidata_discovery_user_fields.json", 200)
    assert result.failure("ana.aurora") == "other_account"


def test_the_saved_errors_have_their_meaning(shared: Path) -> None:
    result = saved(shared, "reported_error_not_discoverable_110_2207013.json", 400)
    assert (result.failure("ana.aurora"), result.end) == ("not_readable", None)
    assert saved(shared, "reported_error_token_expired_190_463.json", 400).end == "token_expired"
    limited = saved(shared, "reported_error_app_rate_limit_4.json", 403)
    assert (limited.end, len(limited.requests)) == ("hourly_limit", 1), "not tried again, although it says transient"


def test_the_saved_answer_about_a_token_is_no_artist(shared: Path) -> None:
    assert saved(shared, "pyfb_base_token_info.json", 200).failure("ana.aurora") == "bad_reply"


def test_the_saved_usage_headers_do_no_harm(shared: Path) -> None:
    lines = (shared / "replies" / "instagram" / "reported_rate_limit_headers.txt").read_text().splitlines()
    headers = dict(line.split(": ", 1) for line in lines if line)
    answer = httpx.Response(200, headers=headers, content=found("ana.aurora").content)
    assert ask_about_ana(answer).stats("ana.aurora").followers == 1234


def test_states_of_the_codes_are_failures() -> None:
    assert {explanation.state for explanation in Instagram.gaps.values()} == {State.FAILED}


def test_a_time_the_platform_names_is_obeyed_and_reported() -> None:
    """A second is waited for; a day ends the host for this run, and is in the flag's words."""
    answers = iter([httpx.Response(429, headers={"Retry-After": "1"}), found("ana.aurora")])
    assert instagram(lambda _request: next(answers), ["ana.aurora"]).stats("ana.aurora").followers == 1234

    result = ask_about_ana(httpx.Response(429, headers={"Retry-After": "86400"}))
    assert result.failure("ana.aurora") == "rate_limited"
    assert "until 20" in gap_of(result.failures["ana.aurora"]).detail
    assert len(result.requests) == 1
