"""Define invented platforms, and collect from them without any network."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import httpx
from pydantic import SecretStr

from casa24.collect.assemble import Progress, Request
from casa24.collect.collector import Collected, collect
from casa24.config.credentials import FoundCredential, Wallet
from casa24.config.loading import Roster
from casa24.core.metrics import Metric
from casa24.core.roster import Artist, Label
from casa24.errors import SourceUnavailable
from casa24.sources.base import (
    ArtistSource,
    Credentials,
    LabelSource,
    Reading,
    Stats,
)
from casa24.web.client import Web

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa24.core.snapshot import Snapshot
    from casa24.sources.registry import AnySource

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)
NOWHERE = httpx.MockTransport(lambda _request: httpx.Response(404))
Answer = tuple[str, Reading[Any] | Exception]


class Numbers(Stats):
    fans: Annotated[int | None, Metric("Fans", kind="audience")] = None
    plays: Annotated[int | None, Metric("Plays", kind="total")] = None
    title: str | None = None


class Good(ArtistSource[Numbers]):
    """A source that always answers: fans 1 for account "a1", 2 for "a2" and so on."""

    name = "good"
    title = "Good"
    account_key = "good_id"

    async def fetch(self, account: str) -> Reading[Numbers]:
        return Reading(Numbers(fans=int(account[1:]), plays=10, title=account))


class Other(Good):
    """The base of sources that misbehave in a test."""

    name = "other"
    title = "Other"
    account_key = "other_id"


class Server(LabelSource[Numbers]):
    name = "server"
    title = "Server"
    account_key = "server_id"
    credentials = Credentials("SERVER_TOKEN", optional=True, quiet=True)

    async def fetch(self, account: str | None) -> Reading[Numbers]:
        if not self.credential("SERVER_TOKEN"):
            raise SourceUnavailable("no_credentials")
        return Reading(Numbers(fans=24, plays=0, title=account))


def roster(count: int = 3) -> Roster:
    """Artists A1, A2, … with an account on both platforms."""
    artists = [Artist(f"A{number}", {"good": f"a{number}", "other": f"a{number}"}) for number in range(1, count + 1)]
    return Roster(Label(accounts={"server": "s1"}), tuple(artists))


def wallet(**values: str) -> Wallet:
    return Wallet({name: FoundCredential(SecretStr(value), "environment") for name, value in values.items()})


def night(
    *sources: AnySource,
    label: Roster | None = None,
    keys: Wallet | None = None,
    watch: Callable[[Progress], None] = lambda _progress: None,
    **request: Any,
) -> Collected:
    """Collect from these sources once."""

    async def go() -> Collected:
        async with Web(transport=NOWHERE) as web:
            wanted = Request(label or roster(), sources, NOW, **request)
            return await collect(wanted, keys or wallet(), web, watch=watch)

    return asyncio.run(go())


def flags(snapshot: Snapshot, source: str = "other") -> list[tuple[str | None, str, str, str]]:
    """Return the flags of one source: artist, metric, state, code."""
    return [(flag.artist, flag.metric, str(flag.state), flag.code) for flag in snapshot.flags if flag.source == source]


def fans(snapshot: Snapshot, source: str = "other") -> list[int | None]:
    return [(record.sections.get(source) or {}).get("fans") for record in snapshot.artists]


def assert_unharmed(collected: Collected) -> None:
    """Check that the good source's numbers are all there, without a flag."""
    assert fans(collected.snapshot, "good") == [1, 2, 3]
    assert flags(collected.snapshot, "good") == []
