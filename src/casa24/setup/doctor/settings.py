"""Check the sources' settings without a network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn

import httpx

from casa24.core import docs
from casa24.core.findings import warning
from casa24.core.politeness import Politeness
from casa24.setup.doctor.wording import split
from casa24.sources.base import Run
from casa24.web.client import Web

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext
    from casa24.sources.registry import AnySource

_KEYS = docs.KEYS
_PATIENCE = 2.0


async def settings(context: CheckupContext) -> list[Finding]:
    """Each source is begun where nobody can be asked, as far as it comes."""
    ready = [
        source
        for source in context.sources
        if source.credentials.optional or context.wallet.has(source.credentials.required)
    ]
    said = [text for source in ready for text in await _said(source, context)]
    return [warning(*split(text, "Correct the value."), _KEYS) for text in said]


class _Nobody(httpx.AsyncBaseTransport):
    """A network in which nobody is. ``asked``: whether anybody was looked for."""

    asked = False

    async def handle_async_request(self, request: httpx.Request) -> NoReturn:
        self.asked = True
        raise httpx.ConnectError("offline", request=request)


async def _said(source: AnySource, context: CheckupContext) -> list[str]:
    """What a source warns of before its first question: what comes later, the silence may have caused."""
    nobody, said = _Nobody(), list[str]()

    def hear(text: str) -> None:
        if not nobody.asked:
            said.append(str(text))

    given = context.wallet.give(source.credentials.names)
    options = context.roster.options.get(source.name) if context.roster else None
    try:
        async with asyncio.timeout(_PATIENCE), Web(Politeness(attempts=1), transport=nobody) as web:
            await source(Run(web, context.now, given, hear), options).start()
    except (Exception, SystemExit):  # noqa: BLE001, S110 - the border to strangers' code; nobody answered, as was meant
        pass
    return said
