"""Test that a source which blocks, ignores its cancellation or exits does not harm another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from casa24.collect import collector as collecting
from casa24.collect.task_thread import any_left
from casa24.sources.base import Reading
from tests.invented import Answer, Good, Numbers, Other, assert_unharmed, fans, flags, night

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

# How long a test's source blocks: longer than the run, and over soon after it.
LONG = 2.5


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[threading.Thread]]]:
    """The threads this test started that are still at work; it ends with them."""
    monkeypatch.setattr(collecting, "_GRACE", 0.2)
    before = set(threading.enumerate())

    def left(timeout: float = 1.0) -> list[threading.Thread]:
        own = [thread for thread in threading.enumerate() if thread not in before]
        for thread in own:
            thread.join(timeout)
        return [thread for thread in own if thread.is_alive()]

    yield left
    assert left(2 * LONG) == []


def blocked() -> None:
    """Holds its thread, deaf to everything, as a forgotten time-out does."""
    time.sleep(LONG)


def busy() -> None:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        pass


async def deaf() -> None:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("act", [blocked, busy, deaf], ids=lambda act: act.__name__)
def test_a_source_that_blocks_loses_only_what_it_had_not_yielded(act: Any) -> None:
    class Stuck(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            yield accounts[0], Reading(Numbers(fans=1, plays=1, title="x"))
            waiting: Coroutine[Any, Any, None] | None = act()
            if waiting is not None:
                await waiting
            yield accounts[1], Reading(Numbers(fans=2, plays=2, title="too late"))

    class Slowly(Good):
        async def fetch(self, account: str) -> Reading[Numbers]:
            await asyncio.sleep(0.3)
            return await super().fetch(account)

    started = time.monotonic()
    collected = night(Stuck, Slowly, deadline=0.8)
    assert time.monotonic() - started < LONG - 1
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, None, None]
    assert flags(collected.snapshot) == [("*", "*", "failed", "deadline")]
    assert collected.warnings == ("The Other source did not end when it was told to. Report it to its author.",)


@pytest.mark.parametrize("where", ["__init__", "start", "fetch", "collect"])
def test_a_source_that_exits_ends_only_itself(where: str) -> None:
    class Exits(Other):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            if where == "__init__":
                sys.exit(3)

        async def start(self) -> None:
            if where == "start":
                sys.exit(3)

        async def fetch(self, _account: str) -> Reading[Numbers]:
            sys.exit(3)

        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            if where == "collect":
                sys.exit(3)
            async for item in super().collect(accounts):
                yield item

    collected = night(Exits, Good)
    assert_unharmed(collected)
    assert flags(collected.snapshot) == [("*", "*", "failed", "source_error")]


def test_an_iterator_without_an_end_is_cut() -> None:
    class Endless(Other):
        async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[Answer]:
            while True:
                yield accounts[0], Reading(Numbers(fans=1))

    collected = night(Endless, Good)
    assert_unharmed(collected)
    assert fans(collected.snapshot) == [1, None, None]
    assert {flag[2:] for flag in flags(collected.snapshot)} == {("failed", "source_error")}


def test_tasks_that_a_source_leaves_running_are_cancelled_silently(
    started: Callable[[], list[threading.Thread]],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger("casa24"), "handlers", [])
    cancelled: list[str] = []

    class Litters(Other):
        async def start(self) -> None:
            async def litter() -> None:
                try:
                    await asyncio.sleep(LONG)
                finally:
                    cancelled.append("litter")
                    raise RuntimeError

            self.litter = asyncio.ensure_future(litter())
            await asyncio.sleep(0)

    assert fans(night(Litters).snapshot) == [1, 2, 3]
    assert started() == []
    assert cancelled == ["litter"]
    assert capfd.readouterr().err == ""


def test_each_source_has_a_loop_of_its_own() -> None:
    loops: set[int] = set()

    class Curious(Other):
        async def start(self) -> None:
            loops.add(id(asyncio.get_running_loop()))

    class Nosy(Good):
        async def start(self) -> None:
            loops.add(id(asyncio.get_running_loop()))
            await asyncio.sleep(0.2)

    night(Curious, Nosy)
    assert len(loops) == 2


def test_a_running_thread_is_reported_as_left() -> None:
    let_go = threading.Event()
    thread = threading.Thread(target=let_go.wait, args=(LONG,), name="casa24 test")
    thread.start()
    assert any_left(0.05)
    let_go.set()
    thread.join()
