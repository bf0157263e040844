"""Test collecting: whatever a source does, there is a snapshot, and it says what is missing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, ClassVar

import pytest

from casa24.collect import collector as collecting
from casa24.collect.assemble import Request
from casa24.collect.collector import Collected, collect
from casa24.config.loading import Roster
from casa24.core.findings import Finding, Level
from casa24.core.roster import Artist
from casa24.core.snapshot import State
from casa24.errors import AccountUnavailable, BadStatus, TimedOut
from casa24.sources.base import (
    Credentials,
    FieldFlag,
    Reading,
    Run,
    SourceOptions,
)
from casa24.web.client import Web
from tests.invented import (
    NOW,
    NOWHERE,
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

    from casa24.sources.registry import AnySource

# What arrives.


def test_every_artist_gets_a_section_from_every_platform_in_the_order_of_the_roster() -> None:
    snapshot = night(Good, Other).snapshot
    assert (snapshot.date, snapshot.schema_version, snapshot.flags) == (NOW.date(), 2, ())
    assert [record.name for record in snapshot.artists] == ["A1", "A2", "A3"]
    assert snapshot.artists[1].sections == {
        "good": {"fans": 2, "plays": 10, "title": "a2"},
        "other": {"fans": 2, "plays": 10, "title": "a2"},
    }
    assert snapshot.artists[1].accounts == {"good": "a2", "other": "a2"}
    assert (snapshot.sources["good"].collected_at, snapshot.sources["good"].via) == (NOW, "api")


def test_a_source_read_from_pages_only_has_via_page() -> None:
    class Paged(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=1, plays=1, title=account), via="page")

    assert night(Paged).snapshot.sources["other"].via == "page"


def test_a_handle_is_recorded_as_the_lasting_id_the_platform_gave() -> None:
    class Handles(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=1, plays=1, title="x"), account=f"UC-{account}")

    assert night(Handles).snapshot.artists[0].accounts == {"other": "UC-a1"}


def test_a_zero_stays_a_zero_and_an_empty_text_an_empty_text() -> None:
    class Zero(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=0, plays=0, title=account[:0]))

    snapshot = night(Zero).snapshot
    assert snapshot.artists[0].sections["other"] == {"fans": 0, "plays": 0, "title": ""}
    assert snapshot.flags == ()


def test_a_rounded_value_keeps_its_bounds_and_a_field_the_source_explains_its_reason() -> None:
    class Careful(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            rounded = FieldFlag("fans", State.ROUNDED, "rounded", low=1150, high=1249)
            return Reading(
                Numbers(fans=1200, title=account), (rounded, FieldFlag("plays", State.HIDDEN, "hidden", "by them"))
            )

    snapshot = night(Careful).snapshot
    found = snapshot.measurement("A1", "other", "fans")
    assert (found.state, found.low, found.high) == (State.ROUNDED, 1150, 1249)
    assert flags(snapshot)[0] == ("*", "plays", "hidden", "hidden")


def test_a_missing_field_without_a_reason_is_a_failure() -> None:
    class Sparse(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=5, title=account))

    assert flags(night(Sparse).snapshot) == [("*", "plays", "failed", "missing")]


def test_an_account_yielded_twice_counts_as_the_last_time() -> None:
    class Twice(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            yield accounts[0], AccountUnavailable("not_found")
            yield accounts[1], Reading(Numbers(fans=1))
            for account in accounts:
                yield account, Reading(Numbers(fans=9, plays=9, title="x"))
            yield accounts[2], AccountUnavailable("not_found")

    snapshot = night(Twice).snapshot
    assert fans(snapshot) == [9, 9, 9]
    assert snapshot.flags == ()


def test_a_later_failure_explains_what_the_first_reading_left_open() -> None:
    class Half(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            for account in accounts:
                yield account, Reading(Numbers(fans=1, title=account))
                yield account, TimedOut("h/p gave no complete answer in time")

    snapshot = night(Half).snapshot
    assert fans(snapshot) == [1, 1, 1]
    assert flags(snapshot) == [("*", "plays", "failed", "timeout")]


def test_a_reading_after_a_failure_takes_its_place() -> None:
    class Recovered(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            for account in accounts:
                yield account, TimedOut("h/p gave no complete answer in time")
                yield account, Reading(Numbers(fans=1, title=account))

    assert flags(night(Recovered).snapshot) == [("*", "plays", "failed", "missing")]


def test_a_reading_of_an_account_that_was_not_asked_for_is_ignored() -> None:
    class Chatty(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            yield "stranger", Reading(Numbers(fans=1))
            yield accounts[0], AccountUnavailable("not_found")

    seen: list[int] = []
    snapshot = night(Chatty, watch=lambda progress: seen.append(progress.measured)).snapshot
    assert fans(snapshot) == [None, None, None]
    assert snapshot.sources["other"].via is None
    assert max(seen) == 0


# The end comes early.


class Slow(Other):
    """Answers for the first artist; the others would take half a minute."""

    async def fetch(self, account: str) -> Reading[Numbers]:
        if account != "a1":
            await asyncio.sleep(30)
        return await super().fetch(account)


def test_the_deadline_keeps_what_arrived_and_flags_the_rest() -> None:
    started = time.monotonic()
    collected = night(Slow, Good, deadline=0.2)
    assert time.monotonic() - started < 3
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, None, None]
    assert flags(collected.snapshot) == [("*", "*", "failed", "deadline")]
    assert collected.snapshot.measurement("A1", "other", "fans").state is State.MEASURED
    assert not collected.interrupted


def interrupt(*sources: AnySource, after: float = 0.2, deadline: float = 30) -> Collected:
    """A run that is cancelled as Ctrl-C does it."""

    async def go() -> Collected:
        async with Web(transport=NOWHERE) as web:
            task = asyncio.ensure_future(collect(Request(roster(), sources, NOW, deadline=deadline), wallet(), web))
            await asyncio.sleep(after)
            task.cancel()
            return await task

    return asyncio.run(go())


def test_ctrl_c_keeps_what_arrived_and_says_so() -> None:
    collected = interrupt(Slow, Good)
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, None, None]
    assert flags(collected.snapshot) == [("*", "*", "failed", "interrupted")]
    assert collected.interrupted


def test_a_source_that_does_not_end_when_told_to_is_left_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline that waits for a stubborn source is none."""
    monkeypatch.setattr(collecting, "_GRACE", 0.2)

    class Stubborn(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            yield accounts[0], Reading(Numbers(fans=1, plays=1, title="x"))
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(30)
            await asyncio.sleep(3)

    started = time.monotonic()
    collected = night(Stubborn, Good, deadline=0.2)
    assert time.monotonic() - started < 3
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, None, None]
    assert {flag[3] for flag in flags(collected.snapshot)} == {"deadline"}


def test_ctrl_c_while_waiting_for_sources_to_end_loses_nothing() -> None:
    class Tidy(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            try:
                await asyncio.sleep(30)
            finally:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(1)
            return await super().fetch(account)

    collected = interrupt(Tidy, Good, after=0.4, deadline=0.1)
    assert_unharmed(collected)
    assert {flag[3] for flag in flags(collected.snapshot)} == {"deadline"}
    assert collected.interrupted


def test_an_error_while_cleaning_up_does_not_hide_the_deadline() -> None:
    class Messy(Other):
        async def start(self) -> None:
            try:
                await asyncio.sleep(30)
            finally:
                raise RuntimeError

    assert flags(night(Messy, deadline=0.1).snapshot) == [("*", "*", "failed", "deadline")]


# Narrowed, and not set up.


def test_a_source_not_asked_for_is_skipped() -> None:
    snapshot = night(Good, Other, only_sources=frozenset({"good"})).snapshot
    assert fans(snapshot, "good") == [1, 2, 3]
    assert flags(snapshot) == [("*", "*", "skipped", "not_asked")]
    assert set(snapshot.sources) == {"good"}


def test_an_artist_not_asked_for_is_skipped() -> None:
    accounts_asked: list[str] = []

    class Listening(Other):
        async def fetch(self, account: str) -> Reading[Numbers]:
            accounts_asked.append(account)
            return await super().fetch(account)

    snapshot = night(Listening, only_artists=frozenset({"A2"})).snapshot
    assert accounts_asked == ["a2"]
    assert fans(snapshot) == [None, 2, None]
    assert flags(snapshot) == [("*", "*", "skipped", "not_asked")]


def test_narrowing_to_an_artist_does_not_hide_what_failed_for_the_label() -> None:
    class Down(Server):
        async def fetch(self, account: str | None) -> Reading[Numbers]:
            raise BadStatus(f"{account} answered 500", status=500)

    snapshot = night(Down, Good, only_artists=frozenset({"A2"})).snapshot
    assert flags(snapshot, "server") == [(None, "*", "failed", "server_error")]


def test_a_missing_account_has_a_flag_and_an_unused_platform_has_no_section() -> None:
    label = Roster(artists=(Artist("A1", {"good": "a1"}), Artist("A2", {"good": "a2"}), Artist("A3")))
    snapshot = night(Good, Other, label=label).snapshot
    assert flags(snapshot, "good") == [("A3", "*", "no_account", "no_account")]
    assert snapshot.artists[2].sections["good"] == {"fans": None, "plays": None, "title": None}
    assert flags(snapshot) == []
    assert all("other" not in record.sections for record in snapshot.artists)


def test_an_artist_who_left_is_not_in_the_snapshot() -> None:
    label = Roster(artists=(Artist("A1", {"good": "a1"}), Artist("A2", {"good": "a2"}, left=NOW.date())))
    assert [record.name for record in night(Good, label=label).snapshot.artists] == ["A1"]


def test_without_any_artist_the_snapshot_is_empty() -> None:
    snapshot = night(Good, label=Roster()).snapshot
    assert (snapshot.artists, snapshot.flags, snapshot.sources) == ((), (), {})


class Locked(Other):
    """Wants a key and a setting; may use another setting."""

    credentials = Credentials("KEY", settings=("ID", "VERSION"), needs=("ID",))
    made: ClassVar[list[dict[str, str]]] = []

    def __init__(self, run: Run, options: SourceOptions | None = None) -> None:
        super().__init__(run, options)
        self.made.append({name: secret.get_secret_value() for name, secret in run.credentials.items()})


@pytest.fixture(autouse=True)
def _nothing_made() -> None:
    Locked.made.clear()


@pytest.mark.parametrize("keys", [{}, {"KEY": "k"}, {"ID": "i", "VERSION": "v"}])
def test_a_source_without_its_credentials_is_not_asked_at_all(keys: dict[str, str]) -> None:
    collected = night(Locked, Good, keys=wallet(**keys))
    assert_unharmed(collected)
    assert Locked.made == []
    assert flags(collected.snapshot) == [("*", "*", "skipped", "no_credentials")]
    assert "other" not in collected.snapshot.sources


def test_a_source_gets_the_credentials_it_declared_and_no_others() -> None:
    night(Locked, keys=wallet(KEY="k", ID="i", SERVER_TOKEN="t", WORKER_API_KEY="w"))
    assert Locked.made == [{"KEY": "k", "ID": "i"}]


def test_a_source_gets_its_own_options_and_the_runs_one_clock() -> None:
    class Choosy(Other):
        class Options(SourceOptions):
            market: str = "US"

        options: Options

        async def fetch(self, account: str) -> Reading[Numbers]:
            return Reading(Numbers(fans=1, plays=self.now.hour, title=self.options.market + account))

    label = Roster(artists=roster().artists, options={"other": Choosy.Options(market="ES"), "good": SourceOptions()})
    section = night(Choosy, label=label).snapshot.artists[0].sections["other"]
    assert section == {"fans": 1, "plays": 6, "title": "ESa1"}


def test_a_label_source_has_one_section_of_its_own() -> None:
    snapshot = night(Server, Good, keys=wallet(SERVER_TOKEN="t")).snapshot
    assert snapshot.sections == {"server": {"fans": 24, "plays": 0, "title": "s1"}}
    assert flags(snapshot, "server") == []


def test_a_label_source_that_was_never_set_up_has_no_section() -> None:
    snapshot = night(Server, Good).snapshot
    assert (snapshot.sections, flags(snapshot, "server"), set(snapshot.sources)) == ({}, [], {"good"})


def test_a_label_source_that_is_set_up_and_fails_has_a_flag() -> None:
    class Down(Server):
        async def start(self) -> None:
            raise TimedOut("h/p gave no complete answer in time")

    snapshot = night(Down, keys=wallet(SERVER_TOKEN="t")).snapshot
    assert snapshot.sections == {"server": {"fans": None, "plays": None, "title": None}}
    assert flags(snapshot, "server") == [(None, "*", "failed", "timeout")]


def test_the_watcher_sees_every_answer_and_the_end() -> None:
    seen: list[tuple[str, int, int, bool]] = []
    night(
        Other,
        watch=lambda progress: seen.append((progress.source.name, progress.measured, progress.expected, progress.done)),
    )
    assert seen[0] == ("other", 0, 3, False)
    assert seen[-1] == ("other", 3, 3, True)
    assert [step[1] for step in seen] == sorted(step[1] for step in seen)


# A source's own check.


class Examined(Good):
    async def fetch(self, account: str) -> Reading[Numbers]:
        return Reading(Numbers(fans=1), account_name=f"The {account}")

    async def check(self) -> list[Finding]:
        return [Finding(Level.WARNING, "its key ends soon", "Renew it.")]


def test_a_source_checks_its_keys_only_if_the_request_says_so() -> None:
    assert night(Examined).findings == {}
    collected = night(Examined, check=True)
    assert collected.findings == {"good": (Finding(Level.WARNING, "its key ends soon", "Renew it."),)}
    assert fans(collected.snapshot, "good") == [1, 1, 1]


def test_invalid_findings_are_left_out() -> None:
    class Careless(Examined):
        async def check(self) -> list[Finding]:
            return ["all is well", Finding("fine", "?"), Finding(Level.OK, 3)]  # type: ignore[list-item, arg-type]

    assert night(Careless, check=True).findings == {}


def test_the_platforms_name_of_an_account_is_returned_but_not_stored() -> None:
    collected = night(Examined)
    assert collected.names == {("good", "a1"): "The a1", ("good", "a2"): "The a2", ("good", "a3"): "The a3"}
    assert "The a1" not in collected.snapshot.model_dump_json()
