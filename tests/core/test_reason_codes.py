"""Test how an exception becomes a reason code, and a code a sentence with advice."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest

from casa24.core.reason_codes import COMMON, Explanation, Gap, explain, gap_of
from casa24.core.snapshot import State
from casa24.errors import (
    AccountUnavailable,
    BadReply,
    BadStatus,
    RateLimited,
    SourceUnavailable,
    TimedOut,
    Unreachable,
    WebError,
)
from casa24.sources import registry

CANARY = "CANARY-90bc"
UNTIL = dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (Unreachable("no connection to h/p"), "unreachable", "no connection to h/p"),
        (TimedOut("h/p gave no answer"), "timeout", "h/p gave no answer"),
        (BadReply("h/p sent no JSON"), "bad_reply", "h/p sent no JSON"),
        (BadStatus("h/p answered 418", status=418), "bad_status", "h/p answered 418"),
        (BadStatus("h/p answered 401", status=401), "unauthorized", "h/p answered 401"),
        (BadStatus("h/p answered 403", status=403), "forbidden", "h/p answered 403"),
        (BadStatus("h/p answered 404", status=404), "not_found", "h/p answered 404"),
        (BadStatus("h/p answered 410", status=410), "not_found", "h/p answered 410"),
        (BadStatus("h/p answered 503", status=503), "server_error", "h/p answered 503"),
        (RateLimited("h/p asked us to wait", until=None), "rate_limited", "h/p asked us to wait"),
        (
            RateLimited("h/p asked us to wait", until=UNTIL),
            "rate_limited",
            "h/p asked us to wait, until 2026-11-22 18:30 UTC",
        ),
        (WebError("h/p"), "web_error", "h/p"),
        (AccountUnavailable("hidden_by_moon"), "hidden_by_moon", ""),
        (SourceUnavailable("quota", "daily", until=UNTIL), "quota", "daily, until 2026-11-22 18:30 UTC"),
        (SourceUnavailable("quota", until=UNTIL), "quota", "until 2026-11-22 18:30 UTC"),
    ],
)
def test_a_failure_becomes_a_code_and_a_text_of_casa24s_own(error: Exception, code: str, detail: str) -> None:
    assert gap_of(error) == Gap(State.FAILED, code, detail)


def test_a_time_in_another_zone_is_shown_in_utc() -> None:
    there = UNTIL.astimezone(dt.timezone(dt.timedelta(hours=-7)))
    assert gap_of(SourceUnavailable("quota", until=there)).detail == "until 2026-11-22 18:30 UTC"


def test_an_unforeseen_exception_is_named_by_its_type_only() -> None:
    """Its text may hold anything: a URL, a key, what the platform wrote."""
    assert gap_of(KeyError(CANARY)) == Gap(State.FAILED, "source_error", "KeyError")


def test_what_the_platform_wrote_is_not_recorded() -> None:
    assert CANARY not in repr(gap_of(BadStatus("h/p answered 400", status=400, body={"error": CANARY})))


def test_a_code_has_its_state_the_sources_own_definition_first() -> None:
    own = {"moon": Explanation("hidden by the moon", "", State.HIDDEN), "hidden": Explanation("x", "", State.SKIPPED)}
    assert gap_of(AccountUnavailable("moon"), own).state is State.HIDDEN
    assert gap_of(AccountUnavailable("hidden"), own).state is State.SKIPPED
    assert gap_of(AccountUnavailable("hidden")).state is State.HIDDEN
    assert gap_of(SourceUnavailable("no_credentials")).state is State.SKIPPED


@pytest.mark.parametrize("code", ["rounded", "old_rounded", "not_tracked"])
def test_a_code_that_does_not_explain_a_missing_answer_counts_as_failed(code: str) -> None:
    """A null marked `rounded` would look as if it had not been asked for."""
    assert gap_of(AccountUnavailable(code)) == Gap(State.FAILED, code)


def test_a_plugins_code_of_another_type_is_still_a_text() -> None:
    gap = gap_of(SourceUnavailable(cast("Any", 404), cast("Any", ["x"]), until=cast("Any", "tomorrow")))
    assert (gap.code, gap.detail) == ("404", "['x']")


def test_an_explanation_names_the_platform() -> None:
    found = explain("timeout", State.FAILED, title="YouTube", detail="h/p gave no answer")
    assert found.what == "YouTube did not answer in time: h/p gave no answer"
    assert found.advice
    assert found.state is State.FAILED


def test_a_sources_own_texts_come_first() -> None:
    own = {"timeout": Explanation("{source} slept", "Sing to {source}.")}
    found = explain("timeout", State.FAILED, title="Moon", own=own)
    assert (found.what, found.advice) == ("Moon slept", "Sing to Moon.")


def test_braces_in_a_detail_or_an_explanation_do_no_harm() -> None:
    own = {"x": Explanation("{source} says {}", "")}
    assert explain("x", State.FAILED, title="M", own=own, detail="{0}").what == "M says {}: {0}"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert explain("eclipse", State.FAILED, title="Moon").what == "eclipse"
    assert explain("", State.NOT_OFFERED, title="Moon").what == "not offered"


def test_every_failure_casa24_itself_can_record_has_an_explanation_and_advice() -> None:
    raised = {"unreachable", "timeout", "bad_reply", "bad_status", "server_error", "rate_limited", "unauthorized"}
    raised |= {"forbidden", "not_found", "missing", "deadline", "interrupted", "source_error", "no_credentials"}
    assert all(COMMON[code].advice for code in raised)


def test_no_explanation_ends_with_a_full_stop_and_every_advice_does() -> None:
    """They are joined into sentences: "Spotify: the app's daily quota is used up."."""
    texts = [
        *COMMON.values(),
        *(explanation for source in registry.load().sources for explanation in source.gaps.values()),
    ]
    assert [explanation.what for explanation in texts if not explanation.what or explanation.what.endswith(".")] == []
    assert [
        explanation.advice
        for explanation in texts
        if explanation.advice and not explanation.advice.endswith((".", ")"))
    ] == []
