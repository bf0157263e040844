"""Test the HTTP client over real sockets and real TLS, against a server that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
import subprocess
import sys
import time
import traceback
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from casa24.core.politeness import Politeness
from casa24.errors import (
    AccountUnavailable,
    BadReply,
    BadStatus,
    Casa24Error,
    SourceUnavailable,
    TimedOut,
    Unreachable,
)
from casa24.web.client import Reply, Transient, Web
from tests.loopback import (
    FAST,
    GOOD,
    ReceivedRequest,
    answers,
    ask,
    drips,
    endless,
    fail,
    redirects,
    resets,
    serve,
    waits,
)

if TYPE_CHECKING:
    from tests.loopback import Act

ONCE = FAST.model_copy(update={"attempts": 1})


CANARY = "CANARY-7d1f"


def everything_said_by(error: BaseException) -> str:
    return "\n".join((str(error), repr(error), *traceback.format_exception(error)))


# What is sent.


def test_requests_say_honestly_who_asks_and_in_which_language() -> None:
    """A browser disguise gets an empty page from Spotify; the honest name gets the numbers."""
    _, (request,) = ask(GOOD)
    assert re.fullmatch(r"casa24/\d+\.\d+\.\d+ \(\+https://\S+\)", request.headers["user-agent"])
    assert request.headers["accept-language"] == "en"


def test_a_sources_own_user_agent_wins() -> None:
    _, (request,) = ask(GOOD, headers={"User-Agent": "DiscordBot (x, 1)"})
    assert request.headers["user-agent"] == "DiscordBot (x, 1)"


def test_parameters_and_a_form_reach_the_server() -> None:
    async def go() -> list[ReceivedRequest]:
        async with serve(GOOD) as server, server.web() as web:
            await web.post(server.url("/t"), params={"q": "a b"}, form={"grant_type": "client_credentials"})
            return server.requests

    (request,) = asyncio.run(go())
    assert (request.method, request.target, request.body) == ("POST", "/t?q=a+b", b"grant_type=client_credentials")


# What comes back.


def test_an_answer_is_whole_and_knows_where_it_came_from() -> None:
    reply, _ = ask(GOOD, params={"key": "hidden"})
    assert (reply.status, reply.json(), reply.where) == (200, {"followers": 7}, "127.0.0.1")


def test_text_that_is_no_utf8_is_still_text() -> None:
    assert Reply(200, {}, b"24 \xe9", "h/p").text == "24 \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Sorry</title>",
        b"",
        b'{"followers": 7',
        b'{"followers": NaN}',
        b"[-Infinity]",
        b"[" * 100_000,
        b"\xff\xfe\xff",
        b'{"followers": ' + b"9" * 5000 + b"}",
    ],
    ids=["html", "empty", "cut off", "NaN", "Infinity", "deep", "bytes", "a number without end"],
)
def test_what_is_no_json_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReply, match=r"^h/p did not answer with JSON$"):
        Reply(200, {}, body, "h/p").json()


def test_an_answer_of_another_form_is_named_by_its_first_field_never_by_its_content() -> None:
    class Followers(BaseModel):
        total: int

    class Artist(BaseModel):
        followers: Followers

    body = json.dumps({"followers": {"total": CANARY}}).encode()
    with pytest.raises(BadReply, match=r"^h/p answered in another form \(followers\.total\)$") as caught:
        Reply(200, {}, body, "h/p").parse(Artist)
    assert CANARY not in everything_said_by(caught.value)
    with pytest.raises(BadReply, match="the whole"):
        Reply(200, {}, b"[]", "h/p").parse(Artist)


# Silence, slowness, excess.


def test_a_silent_server_is_asked_again_after_the_timeout() -> None:
    impatient = FAST.model_copy(update={"timeout": 0.2})
    reply, requests = ask(waits(1, GOOD), GOOD, politeness=impatient)
    assert (reply.status, len(requests)) == (200, 2)


def test_silence_at_every_try_is_a_timeout() -> None:
    error, requests = fail(waits(2, GOOD), politeness=FAST.model_copy(update={"timeout": 0.1}))
    assert isinstance(error, TimedOut)
    assert (error.message, len(requests)) == ("127.0.0.1 gave no complete answer in time", 3)


def test_an_answer_that_drips_ends_at_the_time_limit_for_a_whole_answer() -> None:
    started = time.monotonic()
    error, _ = fail(drips(b"x" * 100, 0.05), politeness=ONCE.model_copy(update={"patience": 0.4}))
    assert isinstance(error, TimedOut)
    assert 0.35 < time.monotonic() - started < 2


def test_a_slow_answer_within_the_time_limit_is_accepted() -> None:
    reply, _ = ask(drips(b'{"a":1}', 0.03), politeness=ONCE)
    assert reply.json() == {"a": 1}


def test_an_endless_body_is_cut_at_the_limit_and_not_asked_for_again() -> None:
    error, requests = fail(endless(), most=100_000)
    assert isinstance(error, BadReply)
    assert (error.message, len(requests)) == ("127.0.0.1 answered with more than 100,000 bytes", 1)


def test_without_a_limit_of_its_own_an_answer_may_have_four_mebibytes() -> None:
    error, _ = fail(endless())
    assert error.message.endswith("more than 4,194,304 bytes")


def test_the_limit_counts_decompressed_bytes() -> None:
    error, _ = fail(answers(gzip.compress(b" " * 5_000_000), content_encoding="gzip"))
    assert isinstance(error, BadReply)


def test_broken_compression_is_a_bad_reply() -> None:
    error, requests = fail(answers(b"no gzip", content_encoding="gzip"))
    assert isinstance(error, BadReply)
    assert len(requests) == 1


def test_a_reset_connection_is_tried_again() -> None:
    reply, requests = ask(resets(), resets(), GOOD)
    assert (reply.status, len(requests)) == (200, 3)


@pytest.mark.parametrize("act", [resets(), answers(b"{}", length=10)], ids=["reset", "cut off"])
def test_a_connection_that_always_breaks_is_unreachable(act: Act) -> None:
    error, requests = fail(act)
    assert isinstance(error, Unreachable)
    assert len(requests) == 3


def test_a_closed_port_is_unreachable() -> None:
    async def go() -> None:
        async with serve(GOOD) as server:
            closed = server.url("/gone")
        async with server.web() as web:
            await web.get(closed)

    with pytest.raises(Unreachable, match=r"^no connection to 127\.0\.0\.1 \(ConnectError\)$"):
        asyncio.run(go())


# Certificates.


@pytest.mark.parametrize("trusting", [True, False], ids=["another name", "unknown authority"])
def test_a_wrong_certificate_is_an_error_without_another_try(trusting: bool) -> None:
    """With a minute before each retry, a second try would not be over yet."""
    slow = FAST.model_copy(update={"backoff": 60})

    async def go() -> list[ReceivedRequest]:
        name = "elsewhere.example" if trusting else "127.0.0.1"
        async with serve(GOOD, name=name) as server, server.web(slow) if trusting else Web(slow) as web:
            with pytest.raises(Unreachable, match="has no valid certificate"):
                await web.get(server.url(), headers={"Authorization": "Bearer CANARY"})
            return server.requests

    assert asyncio.run(go()) == []


# Redirects.


def test_a_redirect_on_the_same_host_is_followed() -> None:
    reply, requests = ask(redirects("/v2/x"), GOOD, params={"market": "US"}, headers={"Authorization": "Bearer k"})
    assert reply.status == 200
    assert [request.target for request in requests] == ["/v1/x?market=US", "/v2/x"]
    assert reply.where == "127.0.0.1"


def test_a_redirect_to_another_host_is_not_followed() -> None:
    """Nothing is sent there, least of all the key."""

    async def go() -> tuple[list[ReceivedRequest], list[ReceivedRequest]]:
        async with serve(GOOD) as elsewhere, serve(redirects(elsewhere.url("/steal"))) as server, server.web() as web:
            with pytest.raises(BadReply, match="redirects elsewhere") as caught:
                await web.get(server.url("/v1"), headers={"Authorization": "Bearer CANARY"})
            assert str(elsewhere.port) not in str(caught.value)
            return server.requests, elsewhere.requests

    first, elsewhere = asyncio.run(go())
    assert (len(first), elsewhere) == (1, [])


@pytest.mark.parametrize("there", ["http://127.0.0.1:{port}/x", "https://localhost:{port}/x", "//evil.example/x"])
def test_neither_another_scheme_nor_another_name_is_the_same_host(there: str) -> None:
    async def go() -> None:
        acts: list[Act] = []
        async with serve(*acts) as server, server.web() as web:
            server.acts.append(redirects(there.format(port=server.port)))
            with pytest.raises(BadReply, match="redirects elsewhere"):
                await web.get(server.url())
            assert len(server.requests) == 1

    asyncio.run(go())


def test_a_redirect_in_a_circle_ends() -> None:
    error, requests = fail(redirects("/v1/x"))
    assert isinstance(error, BadReply)
    assert (error.message, len(requests)) == ("127.0.0.1 redirects in a circle", 4)


def test_a_redirect_is_refused_where_none_is_allowed() -> None:
    error, requests = fail(redirects("/v2"), redirects=False)
    assert isinstance(error, BadReply)
    assert len(requests) == 1


@pytest.mark.parametrize("location", ["https://[::1", "https://x:99999999/", "\x07"])
def test_a_redirect_to_nonsense_is_a_web_error(location: str) -> None:
    error, _ = fail(redirects(location), politeness=ONCE)
    assert isinstance(error, BadReply | Unreachable)


# Errors, and another try.


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_temporary_error_is_tried_again(status: int) -> None:
    reply, requests = ask(answers(b"busy", status), answers(b"busy", status), GOOD)
    assert (reply.status, len(requests)) == (200, 3)


def test_the_tries_are_counted_and_the_last_error_is_raised() -> None:
    error, requests = fail(answers(b'{"error": 1}', 503), politeness=FAST.model_copy(update={"attempts": 2}))
    assert isinstance(error, BadStatus)
    assert (error.status, error.body, len(requests)) == (503, {"error": 1}, 2)
    assert error.message == "127.0.0.1 answered 503"


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 501])
def test_a_lasting_error_is_not_tried_again(status: int) -> None:
    error, requests = fail(answers(b"", status))
    assert isinstance(error, BadStatus)
    assert (error.status, error.body, len(requests)) == (status, None, 1)


def test_a_source_may_raise_an_error_of_its_own() -> None:
    seen: list[tuple[int, object]] = []

    def meaning(reply: Reply, body: object) -> None:
        seen.append((reply.status, body))
        raise AccountUnavailable("not_readable")

    error, requests = fail(answers(b'{"code": 110}', 500), on_error=meaning)
    assert isinstance(error, AccountUnavailable)
    assert (seen, len(requests)) == ([(500, {"code": 110})], 1)


def test_a_source_may_have_an_error_tried_again() -> None:
    def meaning(_reply: Reply, _body: object) -> None:
        raise Transient

    reply, requests = ask(answers(b'{"code": 2}', 400), GOOD, on_error=meaning)
    assert (reply.status, len(requests)) == (200, 2)
    error, requests = fail(answers(b'{"code": 2}', 400), on_error=meaning)
    assert isinstance(error, BadStatus)
    assert (error.status, len(requests)) == (400, 3)


def test_an_error_that_the_source_does_not_know_is_raised_unchanged() -> None:
    error, _ = fail(answers(b"", 404), on_error=lambda _reply, _body: None)
    assert isinstance(error, BadStatus)


def test_a_platform_that_is_unavailable_for_this_run_is_not_asked_again() -> None:
    def meaning(_reply: Reply, _body: object) -> None:
        raise SourceUnavailable("quota_exceeded")

    async def go() -> int:
        async with serve(answers(b"{}", 403)) as server, server.web(FAST.model_copy(update={"concurrency": 1})) as web:
            jobs = [web.get(server.url(f"/{number}"), on_error=meaning) for number in range(5)]
            errors = await asyncio.gather(*jobs, return_exceptions=True)
            assert all(isinstance(error, SourceUnavailable) for error in errors)
            return len(server.requests)

    assert asyncio.run(go()) == 1


def test_a_retry_prints_nothing_by_itself() -> None:
    """Without a handler Python prints a library's warnings to stderr: stamina's name means nothing to a label."""
    code = """
import asyncio, httpx
from casa24.core.politeness import Politeness
from casa24.web.client import Web
codes = [503, 200]
async def main():
    async with Web(Politeness(backoff=0), transport=httpx.MockTransport(lambda _: httpx.Response(codes.pop(0)))) as web:
        print((await web.get("https://platform.example/")).status)
asyncio.run(main())
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert (ran.stdout, ran.stderr) == ("200\n", "")


# Discretion.


@pytest.mark.parametrize(
    "act",
    [
        answers(f'{{"error": "{CANARY}"}}'.encode(), 400),
        answers(f'{{"error": "{CANARY}"}}'.encode(), 503),
        answers(CANARY.encode(), 429, retry_after="9999"),
        answers(CANARY.encode(), length=999),
        answers(CANARY.encode(), content_encoding="gzip"),
        redirects(f"https://evil.example/?{CANARY}"),
        redirects(f"/{CANARY}\x07"),
        resets(),
        waits(1, GOOD),
        endless(x_secret=CANARY),
    ],
    ids=["400", "503", "429", "cut off", "no gzip", "elsewhere", "nonsense", "reset", "silent", "endless"],
)
def test_no_error_and_no_log_line_holds_a_query_a_header_or_a_form(act: Act, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "casa24")

    async def go() -> Casa24Error:
        impatient = Politeness(pause=0, backoff=0, timeout=0.2, attempts=2)
        async with serve(act) as server, server.web(impatient) as web:
            with pytest.raises(Casa24Error) as caught:
                await web.post(
                    server.url("/path"),
                    params={"access_token": CANARY},
                    headers={"Authorization": f"Bearer {CANARY}"},
                    form={"secret": CANARY},
                    most=100_000,
                )
            assert len(server.requests) >= 1
            return caught.value

    error = asyncio.run(go())
    assert CANARY not in everything_said_by(error)
    assert "127.0.0.1" in str(error)
    assert "/path" not in str(error), "ids in it would make one reason many"
    messages = [record.getMessage() for record in caplog.records if record.name.startswith(("casa24", "stamina"))]
    assert CANARY not in "\n".join(messages)


def test_a_good_answers_log_line_names_host_and_path_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "casa24")
    ask(GOOD, params={"key": CANARY}, headers={"Authorization": CANARY})
    (line,) = [record.getMessage() for record in caplog.records if record.name == "casa24.web.client"]
    assert re.fullmatch(r"GET 127\.0\.0\.1/v1/x: 200 in \d+ ms", line)
