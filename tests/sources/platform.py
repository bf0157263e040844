"""Run a source as a collection does, through the real client; only the platform is invented."""

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
class RunResult:
    """What a source yielded in one run, and the requests it sent."""

    readings: dict[str, Reading[Any]] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    stopped: Exception | None = None
    requests: list[httpx.Request] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def stats(self, account: str = LABEL) -> Any:
        """Return the values of the account's last reading."""
        return self.readings[account].stats

    def flag(self, name: str, account: str = LABEL) -> FieldFlag | None:
        """Return the only flag about a field of the account's last reading."""
        flags = [flag for flag in self.readings[account].flags if flag.field == name]
        assert len(flags) <= 1, flags
        return flags[0] if flags else None

    def why(self, name: str, account: str = LABEL) -> tuple[State, str]:
        """Return the state and code of a field's flag."""
        flag = self.flag(name, account)
        assert flag is not None, f"{name} has no flag"
        return flag.state, flag.code

    def failure(self, account: str) -> str:
        """Return the reason code of an account without any reading."""
        assert account not in self.readings
        return gap_of(self.failures[account]).code

    @property
    def end(self) -> str | None:
        """Return the reason code with which the source ended early; None if it did not."""
        return gap_of(self.stopped).code if self.stopped else None

    def requests_to(self, part: str) -> int:
        """Count the requests to addresses with this text in host or path."""
        return sum(part in f"{request.url.host}{request.url.path}" for request in self.requests)


def run_of(
    kind: type[Source[Any]],
    web: Web,
    credentials: Mapping[str, str],
    warn: Callable[[str], None] = lambda _text: None,
    now: dt.datetime = NOW,
) -> Run:
    """Make what a source gets for a run: the credentials it declares and no others."""
    allowed = {name: SecretStr(credentials[name]) for name in kind.credentials.names if name in credentials}
    return Run(web, now, allowed, warn)


def ask(
    kind: type[Source[Any]],
    accounts: Sequence[str | None],
    play: Callable[[httpx.Request], Answer] | None,
    *,
    credentials: Mapping[str, str] | None = None,
    options: Mapping[str, object] | None = None,
    now: dt.datetime = NOW,
    politeness: Politeness | None = None,
) -> RunResult:
    """Run a source as `collect` does. ``play`` answers for the platform; None leaves that to respx."""
    result = RunResult()

    async def answer(request: httpx.Request) -> Answer:
        result.requests.append(request)
        # An answer takes some time, so that requests a source sends together also run together here.
        await asyncio.sleep(0.001)
        assert play is not None
        return play(request)

    async def go() -> None:
        transport = None if play is None else httpx.MockTransport(answer)
        async with Web(politeness or Politeness(pause=0, backoff=0), transport=transport) as web:
            run = run_of(kind, web, credentials or {}, result.warnings.append, now)
            source = kind(run, kind.Options.model_validate(options or {}))
            await source.start()
            if isinstance(source, LabelSource):
                result.readings[LABEL] = await source.fetch(accounts[0] if accounts else None)
                return
            assert isinstance(source, ArtistSource)
            async for account, outcome in source.collect(tuple(str(account) for account in accounts)):
                if isinstance(outcome, Exception):
                    result.failures[account] = outcome
                else:
                    result.readings[account] = outcome
                    result.failures.pop(account, None)

    try:
        asyncio.run(go())
    except SourceUnavailable as error:
        result.stopped = error
    except Exception as error:
        # A label source has one account: an exception ends its run, as in the collector.
        if not issubclass(kind, LabelSource):
            raise
        result.stopped = error
    return result
