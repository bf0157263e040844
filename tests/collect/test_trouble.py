"""Test that errors in a source harm no other source, and that every null has a reason."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casa24.collect.assemble import Request
from casa24.collect.collector import Collected, collect
from casa24.config.loading import Roster
from casa24.core.metrics import Metric
from casa24.core.politeness import Politeness
from casa24.core.reason_codes import Explanation
from casa24.core.roster import Artist
from casa24.core.snapshot import Snapshot, State
from casa24.errors import AccountUnavailable, BadReply, BadStatus, SourceUnavailable, TimedOut
from casa24.sources.base import (
    Credentials,
    FieldFlag,
    Reading,
    Run,
    SourceOptions,
    Stats,
    as_they_come,
)
from casa24.web.client import Reply, Web
from tests.invented import (
    NOW,
    NOWHERE,
    UNTIL,
    Answer,
    Good,
    Numbers,
    Other,
    Server,
    assert_unharmed,
    fans,
    flags,
    night,
    roster,
    wallet,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


# What goes wrong in one source harms no other.

BROKEN = {
    "unavailable": (SourceUnavailable("quota_exceeded"), "failed", "quota_exceeded"),
    "account": (AccountUnavailable("not_found"), "failed", "not_found"),
    "status": (BadStatus("h/p answered 503", status=503), "failed", "server_error"),
    "reply": (BadReply("h/p"), "failed", "bad_reply"),
    "key": (KeyError("items"), "failed", "source_error"),
    "recursion": (RecursionError(), "failed", "source_error"),
    "cancelled": (asyncio.CancelledError(), "failed", "source_error"),
    "group": (ExceptionGroup("several", [ValueError()]), "failed", "source_error"),
}


@pytest.mark.parametrize("where", ["__init__", "start", "fetch", "collect"])
@pytest.mark.parametrize(("error", "state", "code"), BROKEN.values(), ids=BROKEN)
def test_an_exception_anywhere_becomes_one_flag(where: str, error: BaseException, state: str, code: str) -> None:
    class Broken(Other):
        def __init__(self, run: Run, options: SourceOptions | None = None) -> None:
            super().__init__(run, options)
            if where == "__init__":
                raise error

        async def start(self) -> None:
            if where == "start":
                raise error

        async def fetch(self, _account: str) -> Reading[Numbers]:
            raise error

        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            if where == "collect":
                raise error
            async for item in super().collect(accounts):
                yield item

    collected = night(Broken, Good)
    assert_unharmed(collected)
    assert flags(collected.snapshot) == [("*", "*", state, code)]
    assert not collected.interrupted


def test_one_accounts_failure_is_that_accounts_alone() -> None:
    class Picky(Other):
        gaps: ClassVar = {"asleep": Explanation("sleeps", "", State.HIDDEN)}

        async def fetch(self, account: str) -> Reading[Numbers]:
            if account == "a1":
                raise AccountUnavailable("asleep")
            if account == "a2":
                raise ZeroDivisionError
            return await super().fetch(account)

    snapshot = night(Picky).snapshot
    assert fans(snapshot) == [None, None, 3]
    assert flags(snapshot) == [("A1", "*", "hidden", "asleep"), ("A2", "*", "failed", "source_error")]


class Foreign(Stats):
    fans: int | None = 3


class Undumpable(Numbers):
    def model_dump(self, **_: Any) -> dict[str, Any]:
        raise KeyError(self)


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        {"fans": 3},
        7,
        Numbers(fans=3),
        Reading(Foreign()),
        Reading(None),  # type: ignore[type-var]
        Reading(Undumpable()),
        Reading(Numbers(fans=3), account=7),  # type: ignore[arg-type]
        Reading(Numbers(fans=3), via=None),  # type: ignore[arg-type]
        Reading(Numbers(fans=3), (FieldFlag("fans", "rounded", "x"),)),  # type: ignore[arg-type]
        Reading(Numbers(fans=3), (FieldFlag("fans", State.ROUNDED, None),)),  # type: ignore[arg-type]
        Reading(Numbers(fans=3), (FieldFlag("fans", State.ROUNDED, "x", low="few"),)),  # type: ignore[arg-type]
        Reading(Numbers(fans=3), ("rounded",)),  # type: ignore[arg-type]
        Reading(Numbers(fans=3), None),  # type: ignore[arg-type]
    ],
)
def test_an_answer_that_is_no_reading_is_that_accounts_failure(nonsense: Any) -> None:
    class Confused(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            answer: Reading[Numbers] = nonsense if account != "a2" else await super().fetch(account)
            return answer

    class ConfusedServer(Server):
        async def fetch(self, account: str | None) -> Reading[Numbers]:
            answer: Reading[Numbers] = nonsense if account else Reading(Numbers())
            return answer

    collected = night(Confused, ConfusedServer, Good)
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [None, 2, None]
    assert {flag[2:] for flag in flags(collected.snapshot)} == {("failed", "source_error")}
    assert flags(collected.snapshot, "server") == [(None, "*", "failed", "source_error")]


@pytest.mark.parametrize("yielded", [None, 7, ("a1",), (["a1"], Reading(Numbers()))])
def test_a_source_that_yields_no_pairs_ends_as_a_flag(yielded: Any) -> None:
    class Confused(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            yield accounts[0], Reading(Numbers(fans=9, plays=9, title="x"))
            yield yielded

    collected = night(Confused, Good)
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [9, None, None]
    assert {flag[3] for flag in flags(collected.snapshot)} == {"source_error"}


def test_a_fetch_that_is_no_coroutine_ends_as_a_flag_and_leaves_nothing_running() -> None:
    class Mixed(Other):
        def fetch(self, account: str) -> Any:
            return asyncio.sleep(30) if account == "a1" else Reading(Numbers(fans=1))

    async def go() -> tuple[Collected, int]:
        async with Web(transport=NOWHERE) as web:
            collected = await collect(Request(roster(), (Mixed, Good), NOW), wallet(), web)
            return collected, len(asyncio.all_tasks()) - 1

    collected, running = asyncio.run(go())
    assert_unharmed(collected)
    assert flags(collected.snapshot) == [("*", "*", "failed", "source_error")]
    assert running == 0


def test_a_plugins_odd_codes_and_warnings_do_not_end_the_night() -> None:
    class Odd(Other):
        async def fetch(self, _account: str) -> Reading[Numbers]:
            self.warn(["a", "list"])  # type: ignore[arg-type]
            raise AccountUnavailable(404, {"x": 1})  # type: ignore[arg-type]

    collected = night(Odd, Good)
    assert_unharmed(collected)
    assert flags(collected.snapshot) == [("*", "*", "failed", "404")]
    assert collected.warnings == ("['a', 'list']",)


def test_a_stats_models_own_default_is_never_a_reading() -> None:
    """A plugin whose unknown is 0 would write the old collector's false zeros."""

    class Zeros(Stats):
        fans: Annotated[int, Metric("Fans", kind="audience")] = 0

    class Zeroed(Other):
        model = Zeros

        async def fetch(self, account: str) -> Reading[Numbers]:
            raise AccountUnavailable("not_found", account)

    assert fans(night(Zeroed).snapshot) == [None, None, None]


@pytest.mark.parametrize("state", [State.ROUNDED, State.SUSPECT, State.NOT_TRACKED, State.MEASURED])
def test_a_state_that_is_no_reason_does_not_explain_a_null(state: State) -> None:
    class Muddled(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=1, title=account), (FieldFlag("plays", state, "x"),))

    assert flags(night(Muddled).snapshot) == [("*", "plays", "failed", "missing")]


def test_each_warning_is_returned_once() -> None:
    class Worried(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            self.warn("the version ends soon")
            return await super().fetch(account)

    assert night(Worried).warnings == ("the version ends soon",)


def test_a_platform_that_ends_midway_keeps_the_readings_so_far() -> None:
    class Quota(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            async for item in as_they_come([(accounts[0], self.fetch(accounts[0]))]):
                yield item
            yield accounts[1], AccountUnavailable("not_found")
            raise SourceUnavailable("quota_exceeded", until=UNTIL)

    collected = night(Quota, Good)
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, None, None]
    assert flags(collected.snapshot) == [("A2", "*", "failed", "not_found"), ("A3", "*", "failed", "quota_exceeded")]
    assert collected.snapshot.flags[1].detail == "until 2026-11-22 18:30 UTC"


def test_what_ended_a_platform_cancels_its_other_requests() -> None:
    class Banned(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            if account == "a2":
                raise SourceUnavailable("rate_limited")
            await asyncio.sleep(30)
            return await super().fetch(account)

    started = time.monotonic()
    assert flags(night(Banned).snapshot) == [("*", "*", "failed", "rate_limited")]
    assert time.monotonic() - started < 5


# Every null has a reason.

ERRORS = st.sampled_from(["not_found", "rounded", "not_tracked", "hidden", "moon", "", "no_account"]).map(
    AccountUnavailable
) | st.sampled_from([TimedOut("t"), BadStatus("s", status=500), KeyError("k"), SourceUnavailable("quota")])
NUMBER = st.none() | st.integers(0, 3)
FLAGS = st.lists(
    st.builds(FieldFlag, st.sampled_from(["fans", "plays", "title", "gone"]), st.sampled_from(State), st.just("c")),
    max_size=3,
).map(tuple)
READINGS = st.builds(Reading, st.builds(Numbers, fans=NUMBER, plays=NUMBER), FLAGS)
OUTCOMES = st.lists(st.tuples(st.integers(1, 4), ERRORS | READINGS | st.none()), max_size=8)
ENDS = st.none() | st.builds(SourceUnavailable, st.sampled_from(["quota", "hidden", "rounded"])) | st.just(KeyError())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OUTCOMES, ENDS, st.none() | st.just(frozenset({"A1", "A3"})), st.sets(st.integers(1, 4)))
def test_every_null_has_a_state_that_says_why(
    outcomes: list[tuple[int, Any]], end: Exception | None, only: frozenset[str] | None, homeless: set[int]
) -> None:
    class Invented(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            assert accounts
            for number, outcome in outcomes:
                yield f"a{number}", outcome
            if end is not None:
                raise end

    full = roster(4).artists
    artists = [Artist(artist.name) if number in homeless else artist for number, artist in enumerate(full, 1)]
    snapshot = night(Invented, label=Roster(artists=tuple(artists)), only_artists=only).snapshot
    # What a reader of the file sees, not what was in memory.
    stored = Snapshot.model_validate_json(snapshot.model_dump_json(by_alias=True))
    for record in stored.artists:
        for field, value in record.sections.get("other", {}).items():
            flags = stored.flags_for(record.name, "other", field)
            reasons = [flag for flag in flags if not flag.state.has_value and flag.state is not State.NOT_TRACKED]
            assert value is not None or reasons, (record.name, field, stored.flags)


@pytest.mark.parametrize("number", [-5, 10**30])
def test_an_impossible_number_is_a_failure_not_a_reading(number: int) -> None:
    class Odd(Other):
        async def fetch(self, _account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=number, plays=3))

    snapshot = night(Odd).snapshot
    assert fans(snapshot) == [None, None, None]
    assert ("*", "fans", "failed", "bad_reply") in flags(snapshot)


def test_what_a_platform_ends_for_one_source_it_does_not_end_for_another() -> None:
    """Two sources on one host, each with its own key: one is refused for good, the other is answered."""
    seen: list[httpx.Request] = []

    def play(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200 if request.headers["key"] == "good" else 401, json={})

    def refused(_reply: Reply, _body: object) -> None:
        raise SourceUnavailable("unauthorized")

    async def go() -> tuple[int, int]:
        transport = httpx.MockTransport(play)
        async with Web(Politeness(pause=0, backoff=0), transport=transport) as web:
            first, second = web.branch(), web.branch()
            for _ in range(2):
                with pytest.raises(SourceUnavailable):
                    await first.get("https://api.example/1", headers={"key": "bad"}, on_error=refused)
            reply = await second.get("https://api.example/2", headers={"key": "good"}, on_error=refused)
            return reply.status, len(seen)

    assert asyncio.run(go()) == (200, 2)


@pytest.mark.parametrize("where", ["title", "account", "detail"])
@pytest.mark.parametrize("key", ["canary-7d1f", 'canary/7d+1f "x" \\\\'])
def test_a_key_that_is_sent_back_is_never_recorded(key: str, where: str) -> None:
    class Echo(Other):
        credentials = Credentials("KEY")

        async def fetch(self, _account: str) -> Reading[Numbers]:
            echo = f"you sent {self.credential('KEY')}"
            flag = FieldFlag("plays", State.FAILED, "odd", echo if where == "detail" else "")
            stats = Numbers(fans=1, title=echo if where == "title" else None)
            return Reading(stats, (flag,), account=echo if where == "account" else None)

    collected = night(Echo, Good, keys=wallet(KEY=key))
    assert_unharmed(collected)
    assert flags(collected.snapshot) == [("*", "*", "failed", "bad_reply")]
    assert "canary" not in collected.snapshot.model_dump_json()


class Unfinished(Stats):
    fans: Annotated[int | None, Metric("Fans", kind="audience")] = None
    later: NoSuchType | None = None  # type: ignore[name-defined]  # noqa: F821 - that is the point


def test_a_model_that_cannot_be_built_ends_only_its_own_source() -> None:
    class Hasty(Other):
        model = Unfinished

    collected = night(Hasty, Good)
    assert_unharmed(collected)
    assert {flag[3] for flag in flags(collected.snapshot)} == {"source_error"}


def test_a_value_that_cannot_be_written_a_second_time_is_written_once() -> None:
    class Once(Numbers):
        def model_dump(self, **more: Any) -> dict[str, Any]:
            if seen:
                raise KeyError("again")
            seen.append(1)
            return super().model_dump(**more)

    seen: list[int] = []

    class Fragile(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Once(fans=1, plays=1, title="x") if account == "a1" else Numbers(fans=2, plays=2, title="x"))

    collected = night(Fragile, Good)
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, 2, 2]


def test_an_account_that_the_source_skips_is_flagged_as_unanswered() -> None:
    class Silent(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            yield accounts[0], Reading(Numbers(fans=1, plays=1, title="x"))

    assert {flag[3] for flag in flags(night(Silent).snapshot)} == {"unanswered"}
