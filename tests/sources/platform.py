"""A source asked as a run asks it, through the real client; only the other end of the wire is played."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from casa24.core.politeness import Politeness
from casa24.core.reason_codes import gap_of
from casa24.errors import SourceUnavailable
from casa24.sources.base import ArtistSource, LabelSource, Run
from casa24.web.client import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from casa24.core.snapshot import State
    from casa24.sources.base import FieldFlag, Reading, Source

Answer = httpx.Response

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
LABEL = "label"


@dataclass
class Told:
    """What a source said in one run, and what it asked for it."""

    readings: dict[str, Reading[Any]] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    stopped: Exception | None = None
    requests: list[httpx.Request] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def stats(self, account: str = LABEL) -> Any:
        """The account's last reading."""
        return self.readings[account].stats

    def flag(self, name: str, account: str = LABEL) -> FieldFlag | None:
        """The one flag about a field of the account's last reading."""
        found = [flag for flag in self.readings[account].flags if flag.field == name]
        assert len(found) <= 1, found
        return found[0] if found else None

    def why(self, name: str, account: str = LABEL) -> tuple[State, str]:
        """Why that field is as it is: the flag's state and code."""
        found = self.flag(name, account)
        assert found is not None, f"{name} has no flag"
        return found.state, found.code

    def failure(self, account: str) -> str:
        """The code by which an account without any reading is flagged."""
        assert account not in self.readings
        return gap_of(self.failures[account]).code

    @property
    def end(self) -> str | None:
        """The code by which the platform's run ended early; None where it did not."""
        return gap_of(self.stopped).code if self.stopped else None

    def asked(self, part: str) -> int:
        """How many requests went to an address with this in host or path."""
        return sum(part in f"{request.url.host}{request.url.path}" for request in self.requests)


def run_of(
    kind: type[Source[Any]],
    web: Web,
    credentials: Mapping[str, str],
    warn: Callable[[str], None] = lambda _text: None,
    now: dt.datetime = NOW,
) -> Run:
    """What a run hands to a source: the credentials it declares and no others."""
    given = {name: SecretStr(credentials[name]) for name in kind.credentials.names if name in credentials}
    return Run(web, now, given, warn)


def ask(
    kind: type[Source[Any]],
    accounts: Sequence[str | None],
    play: Callable[[httpx.Request], Answer] | None,
    *,
    credentials: Mapping[str, str] | None = None,
    options: Mapping[str, object] | None = None,
    now: dt.datetime = NOW,
    politeness: Politeness | None = None,
) -> Told:
    """Run a source as `collect` does. ``play``: the platform; None leaves the wire to respx."""
    told = Told()

    async def listen(request: httpx.Request) -> Answer:
        told.requests.append(request)
        # An answer takes its time: what a source asks at once must be under way at once here, too.
        await asyncio.sleep(0.001)
        assert play is not None
        return play(request)

    async def go() -> None:
        transport = None if play is None else httpx.MockTransport(listen)
        async with Web(politeness or Politeness(pause=0, backoff=0), transport=transport) as web:
            run = run_of(kind, web, credentials or {}, told.warnings.append, now)
            source = kind(run, kind.Options.model_validate(options or {}))
            await source.start()
            if isinstance(source, LabelSource):
                told.readings[LABEL] = await source.fetch(accounts[0] if accounts else None)
                return
            assert isinstance(source, ArtistSource)
            async for account, outcome in source.collect(tuple(str(account) for account in accounts)):
                if isinstance(outcome, Exception):
                    told.failures[account] = outcome
                else:
                    told.readings[account] = outcome
                    told.failures.pop(account, None)

    try:
        asyncio.run(go())
    except SourceUnavailable as error:
        told.stopped = error
    except Exception as error:
        # A label's source has one account: what it raises ends its run (collect.py does the same).
        if not issubclass(kind, LabelSource):
            raise
        told.stopped = error
    return told
