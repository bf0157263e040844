"""Test the pace of requests: Retry-After, closed hosts, pauses between requests. Uses real sockets."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa24.core.politeness import Politeness
from casa24.errors import RateLimited
from casa24.web.client import retry_after
from casa24.web.rate_limit import Pace
from tests.loopback import FAST, GOOD, ReceivedRequest, answers, ask, fail, serve, waits

YEAR = 31_536_000

# Too many requests.


def test_a_short_retry_after_is_waited_for() -> None:
    reply, (first, second) = ask(answers(b"", 429, retry_after="1"), GOOD)
    assert reply.status == 200
    assert second.at - first.at >= 0.99


def test_a_retry_after_is_obeyed_on_an_unavailable_server_too() -> None:
    reply, (first, second) = ask(answers(b"", 503, retry_after="1"), GOOD)
    assert reply.status == 200
    assert second.at - first.at >= 0.99


def test_other_requests_to_the_host_wait_too_even_those_about_to_leave() -> None:
    """With a pause, the second is already waiting for its turn when the first is told to wait."""

    async def go() -> list[ReceivedRequest]:
        paced = FAST.model_copy(update={"pause": 0.2})
        async with serve(answers(b"", 429, retry_after="1"), GOOD) as server, server.web(paced) as web:
            await asyncio.gather(*(web.get(server.url(f"/{number}")) for number in range(3)))
            return server.requests

    first, *later = asyncio.run(go())
    assert len(later) == 3
    assert all(request.at - first.at >= 0.99 for request in later)
    assert later[-1].at - later[0].at >= 0.38, "the pause holds after the wait as well"


def test_of_two_pauses_a_host_asked_for_the_longer_one_holds() -> None:
    pace = Pace(0)
    pace.hold(60)
    pace.hold(1)
    now = time.monotonic()
    assert pace.slot() > now + 50
    assert pace.held_beyond(now + 50)


def test_a_host_that_only_ever_says_429_is_left_alone_for_the_run() -> None:
    """Without a Retry-After too: asking on lengthens the ban."""

    async def go() -> tuple[list[object], int]:
        one_by_one = FAST.model_copy(update={"concurrency": 1})
        async with serve(*[answers(b"", 429)] * 60) as server, server.web(one_by_one) as web:
            calls = (web.get(server.url(f"/{number}")) for number in range(20))
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            return list(outcomes), len(server.requests)

    outcomes, request_count = asyncio.run(go())
    assert all(isinstance(outcome, RateLimited) for outcome in outcomes)
    assert request_count <= 45, "once one request has used up its tries, no other goes on trying"


def test_another_host_does_not_wait() -> None:
    async def go() -> float:
        async with (
            serve(answers(b"", 429, retry_after="2"), GOOD) as slow,
            serve(GOOD) as quick,
            slow.web() as web,
        ):
            waiting = asyncio.ensure_future(web.get(slow.url()))
            await asyncio.wait([waiting], timeout=0.3)
            assert len(slow.requests) == 1
            started = time.monotonic()
            await web.get(quick.url())
            waiting.cancel()
            return time.monotonic() - started

    assert asyncio.run(go()) < 1


@pytest.mark.parametrize("header", ["0", "-5", "nan", "soon", ""])
def test_a_retry_after_that_says_nothing_is_an_ordinary_retry(header: str) -> None:
    reply, requests = ask(answers(b"", 429, retry_after=header), GOOD)
    assert (reply.status, len(requests)) == (200, 2)


def test_a_host_that_never_stops_asking_to_wait_is_rate_limited() -> None:
    error, requests = fail(answers(b'{"retry_after": 0}', 429))
    assert isinstance(error, RateLimited)
    assert (error.until, len(requests)) == (None, 3)


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_long_retry_after_ends_the_host_for_the_run(as_date: bool) -> None:
    """Asking early lengthens a ban: 86,400 seconds were seen."""
    come_back = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    header = email.utils.format_datetime(come_back, usegmt=True) if as_date else "10800"

    async def go() -> int:
        one_at_a_time = FAST.model_copy(update={"concurrency": 1})
        async with serve(answers(b"", 429, retry_after=header), GOOD) as server, server.web(one_at_a_time) as web:
            for number in range(3):
                with pytest.raises(RateLimited, match="asked us to wait") as caught:
                    await web.get(server.url(f"/{number}"))
                assert caught.value.until is not None
                assert abs(caught.value.until - come_back) < dt.timedelta(seconds=10)
            return len(server.requests)

    assert asyncio.run(go()) == 1


def test_a_closed_host_refuses_at_once_even_while_an_earlier_wait_runs() -> None:
    """A request must not wait a minute only to be refused then."""

    async def go() -> tuple[int, float]:
        acts = answers(b"", 429, retry_after="8"), answers(b"", 429, retry_after="8000")
        started = time.monotonic()
        async with serve(*acts) as server, server.web() as web:
            jobs = [asyncio.ensure_future(web.get(server.url(f"/{number}"))) for number in range(2)]
            await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            with pytest.raises(RateLimited):
                await web.get(server.url("/late"))
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            return len(server.requests), time.monotonic() - started

    request_count, seconds = asyncio.run(go())
    assert request_count == 2
    assert seconds < 5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("inf", YEAR),
        ("99999999999", YEAR),
        ("nan", None),
        ("", None),
        ("soon", None),
        ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", None),
        ("Fri, 32 Dec 2026 23:59:59 GMT", None),
    ],
)
def test_a_retry_after_is_read_in_either_form(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}) == seconds


@settings(max_examples=60)
@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,25} Dec \d{1,25} \d+:\d+:\d+ [+-]?\d{0,25}", fullmatch=True))
def test_no_retry_after_breaks_a_run(text: str) -> None:
    seconds = retry_after({"retry-after": text})
    assert seconds is None or 0 <= seconds <= YEAR


# Pace.


def test_no_more_requests_are_under_way_at_a_host_than_allowed() -> None:
    async def go() -> int:
        two = FAST.model_copy(update={"concurrency": 2})
        async with serve(waits(0.05, GOOD)) as server, server.web(two) as web:
            await asyncio.gather(*(web.get(server.url(f"/{number}")) for number in range(6)))
            return server.busiest

    assert asyncio.run(go()) == 2


def test_requests_leave_a_pause_apart() -> None:
    async def go() -> list[float]:
        paced = FAST.model_copy(update={"pause": 0.15})
        async with serve(GOOD) as server, server.web(paced) as web:
            await web.get(server.url("/warm-up"))
            await asyncio.gather(*(web.get(server.url(f"/{number}")) for number in range(4)))
            return [request.at for request in server.requests]

    times = asyncio.run(go())
    assert times[-1] - times[0] >= 4 * 0.15 - 0.05


def test_politeness_has_bounds() -> None:
    with pytest.raises(ValueError, match="concurrency"):
        Politeness(concurrency=0)
