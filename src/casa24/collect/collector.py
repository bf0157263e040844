"""Ask every source about every artist at once, and return one snapshot.

A failure becomes a flag in it, never an exception and never a zero. Each source runs in its
own thread: one that raises, hangs, blocks or exits cannot harm another. Whatever has arrived
at the deadline or at Ctrl-C is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casa24.collect.assemble import Progress, Request, ValidatedReading, cells_of, snapshot_of
from casa24.collect.task_thread import TaskThread
from casa24.core.findings import Finding, Level
from casa24.core.flags import to_flags
from casa24.core.reason_codes import COMMON, CONTROL_SILENT, MISSING, Gap, gap_of
from casa24.core.snapshot import State, holds_number
from casa24.errors import BadReply, SourceUnavailable
from casa24.sources.base import ArtistSource, LabelSource, Reading, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from casa24.config.credentials import Wallet
    from casa24.core.snapshot import Snapshot
    from casa24.sources.base import Stats
    from casa24.sources.registry import AnySource
    from casa24.web.client import Web

log = logging.getLogger("casa24.collect.collector")

# How long a source may clean up after it was told to end, in seconds.
_GRACE = 5.0
# How many readings a source may yield for each account: more means an iterator without an end.
_MOST_YIELDS = 100
_MOST_WARNINGS, _LONGEST_WARNING = 20, 500
_BUILDING = threading.Lock()
# A shorter text is not searched for in answers: it could be there by chance.
_SHORTEST_SECRET = 8


@dataclass(frozen=True, slots=True)
class Collected:
    """A run's result. ``interrupted``: ended by Ctrl-C before everything had arrived.

    ``names``: what the platforms call the accounts, by (source, account as asked). ``findings``: by
    source, what its own check found, if ``Request.check`` was set. ``silent``: the sources whose
    control account gave no number.
    """

    snapshot: Snapshot
    warnings: tuple[str, ...] = ()
    interrupted: bool = False
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


async def collect(
    request: Request,
    wallet: Wallet,
    web: Web,
    *,
    watch: Callable[[Progress], None] = lambda _progress: None,
) -> Collected:
    """Ask every platform about every artist. An error of a platform or a source is never raised."""
    runs = [_Collector(source, request, wallet, web, watch) for source in request.sources if request.asks(source)]
    runs = [run for run in runs if run.progress.expected]
    for run in runs:
        run.start()
    interrupted = await _interrupted(runs, request.deadline)
    for run in runs:
        run.stop(Gap(State.FAILED, "interrupted" if interrupted else "deadline"))
    # A source that does not end when told to is left running; the other sources' readings are kept.
    interrupted = await _interrupted(runs, _GRACE) or interrupted
    for run in runs:
        run.close()
    progresses = [run.progress for run in runs]
    warnings = [text for progress in progresses for text in progress.warnings]
    if not runs:
        warnings.append("Nobody was asked: no artist of this run has an account there. Look at casa24.toml.")
    names = {
        (progress.source.name, account): reading.name
        for progress in progresses
        for account, reading in progress.readings.items()
        if reading.name
    }
    findings = {progress.source.name: progress.findings for progress in progresses if progress.findings}
    silent = [progress.source for progress in progresses if progress.control_silent]
    warnings += [COMMON[CONTROL_SILENT].what.replace("{source}", source.title) + "." for source in silent]
    return Collected(
        snapshot_of(request, progresses),
        tuple(dict.fromkeys(warnings)),
        interrupted,
        names,
        findings,
        frozenset(source.name for source in silent),
    )


async def _interrupted(runs: Iterable[_Collector], seconds: float) -> bool:
    """Wait until these have ended, at most so many seconds; return whether Ctrl-C came first."""
    running = [run.thread.done for run in runs if run.thread and not run.thread.done.done()]
    try:
        if running:
            await asyncio.wait(running, timeout=seconds)
    except asyncio.CancelledError:
        return True
    return False


class _Collector:
    """Asks one source about its accounts. Only this class writes ``progress``, and only in the run's own thread."""

    def __init__(
        self, source: AnySource, request: Request, wallet: Wallet, web: Web, watch: Callable[[Progress], None]
    ) -> None:
        self._request = request
        self._wallet = wallet
        self._web = web
        self._watch = watch
        control = request.control(source)
        self._accounts = dict.fromkeys((*request.accounts(source), *([control] if control else [])))
        secrets = wallet.give(source.credentials.secrets).values()
        self._secrets = [text for secret in secrets if len(text := secret.get_secret_value()) >= _SHORTEST_SECRET]
        self._closed = False
        expected = 1 if source.label_wide else len(self._accounts) if request.accounts(source) else 0
        self.progress = Progress(source, expected, control)
        self.thread: TaskThread | None = None

    def start(self) -> None:
        """Begin to ask; ``progress`` always holds what has arrived."""
        source = self.progress.source
        self._watch(self.progress)
        if source.credentials.optional or self._wallet.has(source.credentials.required):
            self.thread = TaskThread(self._ask(), source.name)
            self.thread.done.add_done_callback(lambda _: self._finish())
            self.thread.start()
        else:
            self._end(SourceUnavailable("no_credentials"))

    def stop(self, why: Gap) -> None:
        """Tell the source to end, unless it has ended."""
        self._finish()
        if self.thread and not self.progress.done:
            self.progress.ended = why
            self.thread.cancel()

    def close(self) -> None:
        """Ignore everything that still arrives."""
        self._finish()
        if not self.progress.done:
            title = self.progress.source.title
            self._warn(f"The {title} source did not end when it was told to. Report it to its author.")
        self._closed = True

    # --- in the source's thread

    async def _ask(self) -> None:
        kind = self.progress.source
        # Models are built when first used; two threads must not build the same one at once.
        with _BUILDING:
            kind.model.model_rebuild()
        async with self._web.branch() as web:
            credentials = self._wallet.give(kind.credentials.names)
            run = Run(
                web,
                self._request.now,
                credentials,
                lambda text: self._call_in_run(self._warn, str(text)[:_LONGEST_WARNING]),
            )
            source = kind(run, self._request.roster.options.get(kind.name))
            await source.start()
            if self._request.check:
                self._call_in_run(self._set_findings, _valid_findings(await source.check()))
            if isinstance(source, LabelSource):
                account = self._request.roster.label.accounts.get(kind.name)
                self._report(account or "", await source.fetch(account))
            elif isinstance(source, ArtistSource):
                yields_left = _MOST_YIELDS * len(self._accounts)
                async for account, outcome in source.collect(tuple(self._accounts)):
                    yields_left -= 1
                    if yields_left < 0:
                        raise RuntimeError("an iterator without an end")
                    if account in self._accounts:
                        self._report(account, outcome)

    def _report(self, account: str, outcome: Reading[Stats] | Exception) -> None:
        """Pass a checked reading to the run's thread, or the error in its place."""
        source = self.progress.source
        checked = outcome if isinstance(outcome, Exception) else _validated(source, outcome, self._secrets)
        self._call_in_run(self._take, account, checked)

    def _call_in_run(self, function: Callable[..., None], *arguments: object) -> None:
        if self.thread:
            self.thread.tell(lambda: None if self._closed else function(*arguments))

    # --- in the run's own thread

    def _warn(self, text: str) -> None:
        if len(self.progress.warnings) < _MOST_WARNINGS:
            self.progress.warnings.append(text)

    def _set_findings(self, findings: tuple[Finding, ...]) -> None:
        self.progress.findings = findings

    def _take(self, account: str, outcome: ValidatedReading | Exception) -> None:
        if isinstance(outcome, Exception):
            self.progress.failures[account] = outcome
            log.debug("%s %s: %r", self.progress.source.name, account, outcome)
        else:
            self.progress.readings[account] = outcome
            self.progress.failures.pop(account, None)
        self._watch(self.progress)

    def _finish(self) -> None:
        """Note how the source's thread ended, if it has."""
        if self.thread is None or not self.thread.done.done() or self.progress.done:
            return
        error = self.thread.done.result()
        if error is None or self.progress.ended is not None:
            self.progress.done = True
            self._watch(self.progress)
        else:
            self._end(error)

    def _end(self, error: BaseException) -> None:
        """Note that this source has no more answers in this run, and why."""
        self.progress.ended = gap_of(error, self.progress.source.gaps)
        self.progress.done = True
        log.info("%s: %s", self.progress.source.title, self.progress.ended.code)
        log.debug("%s ended", self.progress.source.name, exc_info=error)
        self._watch(self.progress)


def _valid_findings(findings: Iterable[object]) -> tuple[Finding, ...]:
    """Return the valid findings of what a source returned: a plugin's types are checked only here."""
    return tuple(
        finding
        for finding in findings
        if isinstance(finding, Finding)
        and {type(getattr(finding, name)) for name in ("level", "what", "advice", "link")} == {Level, str}
    )


def _validated(source: AnySource, outcome: object, secrets: Iterable[str]) -> ValidatedReading | Exception:
    """Return a reading as plain data, or an error if it is not valid: a plugin's types are checked only here."""
    if not isinstance(outcome, Reading) or not isinstance(outcome.stats, source.model):
        return TypeError(f"no reading of {source.model.__name__}, but {type(outcome).__name__}")
    texts: list[object] = [outcome.account or "", outcome.account_name or "", outcome.via]
    if not all(isinstance(text, str) for text in texts):
        return TypeError("an account, a name or a way (via) that is no text")
    try:
        values = outcome.stats.model_dump(mode="json")
        measured = any(holds_number(value) for value in values.values())
        reading = ValidatedReading(
            values, tuple(outcome.flags), outcome.account, outcome.via, measured, outcome.account_name
        )
        to_flags(cells_of("", source, reading, MISSING))
        recorded = json.dumps([reading.values, reading.account, [repr(flag) for flag in reading.flags]])
    except Exception as error:  # noqa: BLE001 - a plugin may return anything: it must not end the run
        return error
    if any(secret in recorded or json.dumps(secret)[1:-1] in recorded for secret in secrets):
        # The platform sent a key back, and the record must never hold a key.
        return BadReply(f"{source.title} sent one of our keys back")
    return reading
