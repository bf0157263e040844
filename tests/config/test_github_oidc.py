"""Test how the nightly job authenticates to the Worker without a key, and what happens when that fails."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from casa24.config import github_oidc
from casa24.config.credentials import Wallet, gather, local
from casa24.core.politeness import Politeness
from casa24.core.reserved import REQUEST_TOKEN, REQUEST_URL, WORKER_KEY
from tests.loopback import answers, redirects, resets, serve

if TYPE_CHECKING:
    from tests.loopback import Act, ReceivedRequest

TOKEN = "eyJhbGciOiJ9.eyJhdWQiOiJ9.CANARY-71c"
GIVES = answers(f'{{"count": 1, "value": "{TOKEN}"}}'.encode())
KEYS = answers(b'{"YOUTUBE_API_KEY": "k"}')
QUICK = Politeness(pause=0, backoff=0, timeout=3, patience=3, attempts=2)


def night(
    github: Act, *worker: Act, key: str = "", slash: str = ""
) -> tuple[Wallet, list[ReceivedRequest], list[ReceivedRequest], list[str]]:
    """Gather credentials in a job: the wallet, the requests to GitHub and to the Worker, and the hidden texts."""
    hidden: list[str] = []

    async def go() -> tuple[Wallet, list[ReceivedRequest], list[ReceivedRequest], list[str]]:
        async with serve(github) as vouches, serve(*worker) as keeps, keeps.web(QUICK) as web:
            environ = {REQUEST_URL: vouches.url("/idtoken?api-version=2.0"), REQUEST_TOKEN: "request-canary"}
            job = github_oidc.this_job(lambda secret: hidden.append(secret.get_secret_value()), environ=environ)
            own = local((WORKER_KEY,), environ={WORKER_KEY: key})
            wallet = await gather(["YOUTUBE_API_KEY"], own, worker=keeps.url(slash), web=web, job=job)
            return wallet, vouches.requests, keeps.requests, hidden

    return asyncio.run(go())


@pytest.mark.parametrize("slash", ["", "/"])
def test_github_is_asked_for_a_token_for_this_worker_and_no_key_is_sent(slash: str) -> None:
    wallet, (github,), (worker,), _ = night(GIVES, KEYS, key="wk", slash=slash)
    origin = f"https%3A%2F%2F{worker.headers['host'].replace(':', '%3A')}"
    assert github.target == f"/idtoken?api-version=2.0&audience={origin}"
    assert github.headers["authorization"] == "Bearer request-canary"
    assert worker.headers["authorization"] == f"Bearer {TOKEN}"
    assert wallet.origin("YOUTUBE_API_KEY") == "Worker"
    assert wallet.warnings == []


def test_every_token_is_hidden_before_it_is_sent() -> None:
    *_, hidden = night(GIVES, KEYS)
    assert hidden == ["request-canary", TOKEN]


@pytest.mark.parametrize("status", [401, 403])
def test_a_worker_that_does_not_believe_github_is_asked_with_the_key(status: int) -> None:
    wallet, _, requests, _ = night(GIVES, answers(b"", status), KEYS, key="wk")
    assert [request.headers["authorization"] for request in requests] == [f"Bearer {TOKEN}", "Bearer wk"]
    assert wallet.has(["YOUTUBE_API_KEY"])
    (warning,) = wallet.warnings
    assert warning.startswith(f"The Worker refused GitHub's word for this job (127.0.0.1 answered {status}).")
    assert warning.endswith("Used WORKER_API_KEY instead.")


def test_without_a_key_it_is_not_asked_twice_and_the_settings_to_compare_are_named() -> None:
    wallet, _, requests, _ = night(GIVES, answers(b"", 401))
    assert len(requests) == 1
    (warning,) = wallet.warnings
    assert all(name in warning for name in ("AUDIENCE", "REPOSITORY_ID", "REF", "WORKFLOW_REF", "wrangler.jsonc"))
    assert "WORKER_API_KEY" not in warning


def test_a_worker_that_refuses_both_gives_two_warnings() -> None:
    wallet, *_ = night(GIVES, answers(b"", 401), key="wk")
    disbelieved, refused = wallet.warnings
    assert disbelieved.startswith("The Worker refused GitHub's word")
    assert refused.startswith("The Worker refused our key")


@pytest.mark.parametrize("act", [answers(b"", 404), answers(b"", 500), answers(b"<html>"), redirects("/elsewhere")])
def test_a_worker_that_is_down_is_not_asked_with_the_key_as_well(act: Act) -> None:
    wallet, _, requests, _ = night(GIVES, act, key="wk")
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}
    (warning,) = wallet.warnings
    assert warning.startswith("The Worker gave no credentials (")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (answers(b"", 403), "answered 403"),
        (answers(b"", 500), "answered 500"),
        (resets(), "no connection"),
        (redirects("/elsewhere"), "redirects elsewhere"),
        (answers(b"<html>"), "did not answer with JSON"),
        (answers(b"[]"), "did not answer with a token"),
        (answers(b"{}"), "did not answer with a token"),
        (answers(b'{"value": 7}'), "did not answer with a token"),
        (answers(b'{"value": "a.b"}'), "did not answer with a token"),
        (answers(b'{"value": "a.b.c\\r\\nX-Other: d"}'), "did not answer with a token"),
        (answers(b'{"value": "' + b"a.b.c" * 20_000 + b'"}'), "more than 65,536 bytes"),
    ],
    ids=["403", "500", "reset", "redirect", "html", "array", "none", "number", "two parts", "two lines", "large"],
)
def test_where_github_gives_no_token_the_key_is_used(act: Act, message: str) -> None:
    wallet, _, (request,), _ = night(act, KEYS, key="wk")
    assert request.headers["authorization"] == "Bearer wk"
    assert wallet.has(["YOUTUBE_API_KEY"])
    (warning,) = wallet.warnings
    assert warning.startswith("GitHub did not vouch for this job (")
    assert message in warning
    assert warning.endswith("Used WORKER_API_KEY instead.")


def test_a_token_is_asked_for_over_tls_only() -> None:
    async def go() -> Wallet:
        job = github_oidc.Job("http://127.0.0.1:9/idtoken?x=1", SecretStr("request-canary"), lambda _secret: None)
        async with serve(KEYS) as server, server.web(QUICK) as web:
            return await gather(["YOUTUBE_API_KEY"], Wallet(), worker=server.url(""), web=web, job=job)

    wallet = asyncio.run(go())
    (warning,) = wallet.warnings
    assert warning.startswith("GitHub did not vouch for this job (ACTIONS_ID_TOKEN_REQUEST_URL is no https:// address)")


@pytest.mark.parametrize("lacking", [REQUEST_URL, REQUEST_TOKEN])
@pytest.mark.parametrize("empty", ["", " ", None])
def test_outside_such_a_job_there_is_no_token(lacking: str, empty: str | None) -> None:
    environ = {REQUEST_URL: "https://github.example", REQUEST_TOKEN: "t"}
    del environ[lacking]
    settings = environ if empty is None else {**environ, lacking: empty}
    assert github_oidc.this_job(lambda _secret: None, environ=settings) is None


@pytest.mark.parametrize(
    "address",
    ["https://n.workers.dev/api/credentials", "https://N.Workers.dev:443/", "HTTPS://n.workers.dev"],
)
def test_the_audience_is_the_workers_origin(address: str) -> None:
    assert github_oidc.audience_of(address) == "https://n.workers.dev"


def test_no_warning_log_line_or_representation_holds_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "casa24")
    wallet, *_ = night(GIVES, answers(TOKEN.encode(), 401), key="wk")
    job = github_oidc.Job("https://github.example", SecretStr("request-canary"), lambda _secret: None)
    shown = f"{wallet} {wallet.warnings} {job!r} {caplog.text}"
    assert "127.0.0.1" in caplog.text
    assert not any(secret in shown for secret in (TOKEN, "CANARY-71c", "request-canary"))
