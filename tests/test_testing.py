"""Test the test suite for sources: it must fail if a source breaks the contract."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import pytest
from pydantic import BaseModel, StrictInt

from casa24 import ArtistSource, Credentials, Metric, Reading, Stats
from casa24.testing import SourceContract

if TYPE_CHECKING:
    from collections.abc import Callable


class MoonStats(Stats):
    craters: Annotated[int | None, Metric("Craters", kind="count")] = None


class _Reply(BaseModel):
    craters: StrictInt | None = None


class Moon(ArtistSource[MoonStats]):
    name = "moon"
    title = "Moon"
    account_key = "moon_id"
    credentials = Credentials("MOON_KEY")

    @classmethod
    def account(cls, text: str) -> str:
        if not text.strip().isdigit():
            raise ValueError(f"{text!r} is no moon")
        return text.strip()

    async def fetch(self, account: str) -> Reading[MoonStats]:
        reply = await self.web.get(
            f"https://moon.example/{account}", headers={"Key": self.credential("MOON_KEY") or ""}
        )
        found = reply.parse(_Reply)
        return Reading(MoonStats(craters=found.craters if (found.craters or 0) >= 0 else None))


class ZeroOnFailure(Moon):
    async def fetch(self, account: str) -> Reading[MoonStats]:
        try:
            return await super().fetch(account)
        except Exception:  # noqa: BLE001 - the lie under test
            return Reading(MoonStats(craters=0))


class KeyInAddress(Moon):
    async def fetch(self, account: str) -> Reading[MoonStats]:
        await self.web.get(f"https://moon.example/{account}", params={"key": self.credential("MOON_KEY") or ""})
        return await super().fetch(account)


class Negligent(Moon):
    async def fetch(self, account: str) -> Reading[MoonStats]:
        reply = await self.web.get(f"https://moon.example/{account}")
        return Reading(MoonStats(craters=reply.json()["craters"]))


class Positive(Moon):
    async def fetch(self, account: str) -> Reading[MoonStats]:
        found = (await self.web.get(f"https://moon.example/{account}")).parse(_Reply)
        return Reading(MoonStats(craters=abs(found.craters) if found.craters is not None else None))


class Anything(Moon):
    @classmethod
    def account(cls, text: str) -> str:
        return text


def contract(kind: type[Moon]) -> SourceContract:
    class TestMoon(SourceContract):
        source = kind
        accounts = {" 7 ": "7"}
        wrong_accounts = ("the moon",)

        def answer(self, _request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"craters": 9137})

    return TestMoon()


def every_test(suite: SourceContract) -> list[Callable[[], Any]]:
    """The suite's tests, each with every parameter it has."""
    found: list[Callable[[], Any]] = []
    for name in dir(suite):
        if name.startswith("test_"):
            test = getattr(suite, name)
            marks = getattr(test, "pytestmark", [])
            values = [value for mark in marks for value in mark.args[1]]
            found += [partial(test, value) for value in values] or [test]
    return found


def failures(kind: type[Moon]) -> int:
    count = 0
    for test in every_test(contract(kind)):
        try:
            test()
        except (AssertionError, pytest.fail.Exception):
            count += 1
    return count


def test_an_honest_source_passes() -> None:
    assert failures(Moon) == 0


@pytest.mark.parametrize("kind", [ZeroOnFailure, KeyInAddress, Negligent, Positive, Anything])
def test_a_source_that_breaks_the_contract_fails(kind: type[Moon]) -> None:
    assert failures(kind) >= 1
