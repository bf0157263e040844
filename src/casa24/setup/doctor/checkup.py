"""Check one area after the other, each guarded, within a bounded time."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from casa24.analysis.checkup import Checkup, Line
from casa24.core import docs
from casa24.core.findings import Level, broken, warning
from casa24.core.reserved import WORKER_KEY
from casa24.setup.doctor.areas import ONLINE, Area
from casa24.setup.doctor.configuration import configuration
from casa24.setup.doctor.keys import credentials
from casa24.setup.doctor.platforms import platforms
from casa24.setup.doctor.record import record
from casa24.setup.doctor.repository import repository
from casa24.setup.doctor.settings import settings
from casa24.setup.doctor.version import version
from casa24.setup.doctor.worker import worker
from casa24.setup.doctor.workflow import workflow
from casa24.web.recorder import Redaction

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext

_TROUBLE = docs.PROBLEMS

log = logging.getLogger("casa24.setup.doctor")

# Seconds for everything, and what of them the platforms get at least.
DEADLINE, _LEAST = 60.0, 10.0
_LONGEST = 500
_LOCAL: dict[Area, Callable[[CheckupContext], list[Finding]]] = {
    Area.CONFIGURATION: configuration,
    Area.CREDENTIALS: credentials,
    Area.RECORD: record,
    Area.REPOSITORY: repository,
    Area.WORKFLOW: workflow,
}
# The keys are the Worker's to give, and the platforms' to judge.
_ASKS_WORKER = {Area.WORKER, Area.CREDENTIALS, Area.PLATFORMS}


async def examine(context: CheckupContext, only: Collection[Area] = (), *, deadline: float = DEADLINE) -> Checkup:
    """Look at every area, or only at some. Never raises for what it finds; Ctrl-C ends it early."""
    chosen = set(only or Area)
    wanted = chosen - (ONLINE - {Area.WORKER}) if context.offline else chosen
    examination = _Examination(context, time.monotonic() + deadline)
    interrupted = False
    try:
        await examination.all_of(wanted)
    except asyncio.CancelledError:
        interrupted = True
    if context.offline:
        examination.own_up(ONLINE & set(only))
    return Checkup.of(examination.lines(chosen), interrupted=interrupted or examination.interrupted)


class _Examination:
    """The findings so far, by area."""

    def __init__(self, context: CheckupContext, until: float) -> None:
        self._patient = context
        self._until = until
        self._found: dict[Area, list[Finding]] = {}
        self.interrupted = False

    async def all_of(self, wanted: set[Area]) -> None:
        """Look at these, the slowest last: whoever does not wait for it sees the others."""
        context = self._patient
        if wanted & _ASKS_WORKER:
            await self._look(Area.WORKER, partial(worker, context))
        for area, examine_it in _LOCAL.items():
            if area in wanted:
                await self._look(area, partial(_at_once, examine_it, context))
        if context.offline and Area.CREDENTIALS in wanted:
            # With a network the platforms' rehearsal hears it.
            await self._look(Area.CREDENTIALS, partial(settings, context))
        if Area.VERSION in wanted:
            await self._look(Area.VERSION, partial(version, context))
        if Area.PLATFORMS in wanted:
            await self._look(Area.PLATFORMS, self._rehearse)

    async def _rehearse(self) -> list[Finding]:
        findings, interrupted = await platforms(self._patient, max(_LEAST, self._until - time.monotonic()))
        self.interrupted = interrupted
        return findings

    async def _look(self, area: Area, examine_it: Callable[[], Awaitable[list[Finding]]]) -> None:
        """One area; what goes wrong in it costs no other."""
        try:
            self._found.setdefault(area, []).extend(await examine_it())
        except Exception as error:
            log.debug("%s", area, exc_info=error)
            what = f"The {area} could not be examined: {type(error).__name__}"
            advice = "Run it again with --debug, and report what it prints."
            self._found.setdefault(area, []).append(broken(what, advice))

    def own_up(self, asked_for: Collection[Area]) -> None:
        """Of what was asked for by name, say what was not looked at without a network."""
        for area in asked_for:
            if not self._found.get(area):
                what = f"Not looked at without the network: {area}"
                self._found[area] = [warning(what, "Run it without --offline.", _TROUBLE)]

    def lines(self, wanted: set[Area]) -> tuple[Line, ...]:
        """What was found, in the areas' order, without a key that somebody else may have written into it."""
        redact = Redaction()
        for name in (*self._patient.registry.secret_names, WORKER_KEY):
            for wallet in (self._patient.here, self._patient.wallet):
                if name in wallet.found:
                    redact.hide(wallet.found[name].secret.get_secret_value())
        return tuple(
            Line(
                area=area.value,
                level=finding.level,
                what=redact(finding.what)[:_LONGEST],
                advice=redact(finding.advice)[:_LONGEST],
                link=redact(finding.link)[:_LONGEST],
            )
            for area in Area
            for finding in self._found.get(area, ())
            # Where keys are asked for, a Worker that does not give them is an answer.
            if area in wanted or finding.level is not Level.OK
        )


async def _at_once(look: Callable[[CheckupContext], list[Finding]], context: CheckupContext) -> list[Finding]:
    return look(context)
