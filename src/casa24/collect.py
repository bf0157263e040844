"""Roster × sources → one snapshot. A failure is a value in it, never an exception, never a zero.

All platforms are asked at once, each in a thread of its own: a source that raises, hangs,
blocks or exits cannot harm another. Whatever has arrived when the deadline strikes, or
Ctrl-C, is kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casa24 import __version__
from casa24.errors import BadReply, SourceUnavailable
from casa24.flags import Cell, Cells, Note, Place, fold, sections_of
from casa24.gaps import MISSING, UNANSWERED, Gap, gap_of
from casa24.metrics import Listing, Metric
from casa24.models import SCHEMA, ArtistRecord, Snapshot, SourceRun, State, as_count, holds_number
from casa24.sources.base import ArtistSource, LabelSource, Reading, Run
from casa24.threads import TaskThread

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from casa24.config import Artist, Roster
    from casa24.credentials import Wallet
    from casa24.sources.base import FieldFlag, Stats
    from casa24.sources.registry import AnySource
    from casa24.web import Web

log = logging.getLogger("casa24.collect")

GENERATOR = f"casa24 {__version__}"

# How long a source may tidy up after it was told to end, in seconds.
_GRACE = 5.0
# How often a source may say something about one account: it comes piece by piece, but it comes to an end.
_MOST_YIELDS = 100
_MOST_WARNINGS, _LONGEST = 20, 500
_BUILDING = threading.Lock()
# What is shorter is no key, and stands in any answer.
_SECRET = 8


@dataclass(frozen=True, slots=True)
class Request:
    """What to collect: every source and artist unless narrowed. ``deadline`` in seconds."""

    roster: Roster
    sources: Sequence[AnySource]
    now: dt.datetime
    only_sources: frozenset[str] | None = None
    only_artists: frozenset[str] | None = None
    deadline: float = 600
    generator: str = GENERATOR

    @property
    def artists(self) -> tuple[Artist, ...]:
        """The artists of the day."""
        return self.roster.active(self.now.date())

    def asks(self, source: AnySource) -> bool:
        """Whether this source is asked in this run."""
        return self.only_sources is None or source.name in self.only_sources

    def accounts(self, source: AnySource) -> dict[str, str]:
        """Account → artist, of those asked in this run."""
        wanted = [artist for artist in self.artists if self.only_artists is None or artist.name in self.only_artists]
        return {artist.accounts[source.name]: artist.name for artist in wanted if source.name in artist.accounts}


@dataclass(frozen=True, slots=True)
class Heard:
    """A reading as plain data: from here on no code of the source's is run any more.

    ``has_number``: whether any of it is a number; whoever watches a run asks at every step.
    """

    values: dict[str, Any]
    flags: tuple[FieldFlag, ...]
    account: str | None
    via: str
    has_number: bool


@dataclass(slots=True)
class Progress:
    """One source's way through a run: what arrived, and what ended it early."""

    source: AnySource
    expected: int
    readings: dict[str, Heard] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    ended: Gap | None = None
    warnings: list[str] = field(default_factory=list)
    done: bool = False

    @property
    def measured(self) -> int:
        """How many accounts have given a number."""
        return sum(heard.has_number for heard in self.readings.values())

    @property
    def left_out(self) -> bool:
        """Whether this is a source nobody misses, and it was never set up."""
        return self.source.credentials.quiet and self.ended is not None and self.ended.code == "no_credentials"


@dataclass(frozen=True, slots=True)
class Collected:
    """A run's result. ``interrupted``: ended by Ctrl-C before all was there."""

    snapshot: Snapshot
    warnings: tuple[str, ...] = ()
    interrupted: bool = False


async def collect(
    request: Request,
    wallet: Wallet,
    web: Web,
    *,
    watch: Callable[[Progress], None] = lambda _progress: None,
) -> Collected:
    """Ask every platform about every artist. Never raises for what a platform or a source does."""
    runs = [_Collector(source, request, wallet, web, watch) for source in request.sources if request.asks(source)]
    runs = [run for run in runs if run.progress.expected]
    for run in runs:
        run.start()
    interrupted = await _interrupted(runs, request.deadline)
    for run in runs:
        run.stop(Gap(State.FAILED, "interrupted" if interrupted else "deadline"))
    # A source that does not heed its end is left behind: what the others brought is not.
    interrupted = await _interrupted(runs, _GRACE) or interrupted
    for run in runs:
        run.close()
    progresses = [run.progress for run in runs]
    warnings = [text for progress in progresses for text in progress.warnings]
    if not runs:
        warnings.append("Nobody was asked: no artist of this run has an account there. Look at casa24.toml.")
    return Collected(snapshot_of(request, progresses), tuple(dict.fromkeys(warnings)), interrupted)


async def _interrupted(runs: Iterable[_Collector], seconds: float) -> bool:
    """Wait until these have ended, so long at most; whether Ctrl-C came first."""
    left = [run.thread.done for run in runs if run.thread and not run.thread.done.done()]
    try:
        if left:
            await asyncio.wait(left, timeout=seconds)
    except asyncio.CancelledError:
        return True
    return False


class _Collector:
    """One source asked about its accounts. It alone writes its ``progress``, and only in the run's own thread."""

    def __init__(
        self, source: AnySource, request: Request, wallet: Wallet, web: Web, watch: Callable[[Progress], None]
    ) -> None:
        self._request = request
        self._wallet = wallet
        self._web = web
        self._watch = watch
        self._accounts = request.accounts(source)
        secrets = wallet.give(source.credentials.secrets).values()
        self._secrets = [text for one in secrets if len(text := one.get_secret_value()) >= _SECRET]
        self._closed = False
        self.progress = Progress(source, expected=1 if source.label_wide else len(self._accounts))
        self.thread: TaskThread | None = None

    def start(self) -> None:
        """Begin to ask; what arrives is in ``progress`` at any moment."""
        source = self.progress.source
        self._watch(self.progress)
        if source.credentials.optional or self._wallet.has(source.credentials.required):
            self.thread = TaskThread(self._ask(), source.name)
            self.thread.done.add_done_callback(lambda _: self._finish())
            self.thread.start()
        else:
            self._end(SourceUnavailable("no_credentials"))

    def stop(self, why: Gap) -> None:
        """Tell the source to end, unless it has."""
        self._finish()
        if self.thread and not self.progress.done:
            self.progress.ended = why
            self.thread.cancel()

    def close(self) -> None:
        """Whatever still comes, comes too late."""
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
            given = self._wallet.give(kind.credentials.names)
            run = Run(web, self._request.now, given, lambda text: self._hand_on(self._warn, str(text)[:_LONGEST]))
            source = kind(run, self._request.roster.options.get(kind.name))
            await source.start()
            if isinstance(source, LabelSource):
                account = self._request.roster.label.accounts.get(kind.name)
                self._judge(account or "", await source.fetch(account))
            elif isinstance(source, ArtistSource):
                most = _MOST_YIELDS * len(self._accounts)
                async for account, outcome in source.collect(tuple(self._accounts)):
                    most -= 1
                    if most < 0:
                        raise RuntimeError("an iterator without an end")
                    if account in self._accounts:
                        self._judge(account, outcome)

    def _judge(self, account: str, outcome: Reading[Stats] | Exception) -> None:
        """Hand on what can be recorded of a reading, or why there is nothing."""
        source = self.progress.source
        judged = outcome if isinstance(outcome, Exception) else _judged(source, outcome, self._secrets)
        self._hand_on(self._take, account, judged)

    def _hand_on(self, act: Callable[..., None], *arguments: object) -> None:
        if self.thread:
            self.thread.tell(lambda: None if self._closed else act(*arguments))

    # --- in the run's own

    def _warn(self, text: str) -> None:
        if len(self.progress.warnings) < _MOST_WARNINGS:
            self.progress.warnings.append(text)

    def _take(self, account: str, outcome: Heard | Exception) -> None:
        if isinstance(outcome, Exception):
            self.progress.failures[account] = outcome
            log.debug("%s %s: %r", self.progress.source.name, account, outcome)
        else:
            self.progress.readings[account] = outcome
            self.progress.failures.pop(account, None)
        self._watch(self.progress)

    def _finish(self) -> None:
        """Note how the source's thread ended, if it has: the border to a source's own code."""
        if self.thread is None or not self.thread.done.done() or self.progress.done:
            return
        error = self.thread.done.result()
        if error is None or self.progress.ended is not None:
            self.progress.done = True
            self._watch(self.progress)
        else:
            self._end(error)

    def _end(self, error: BaseException) -> None:
        """This source has no more answers in this run, and why."""
        self.progress.ended = gap_of(error, self.progress.source.gaps)
        self.progress.done = True
        log.info("%s: %s", self.progress.source.title, self.progress.ended.code)
        log.debug("%s ended", self.progress.source.name, exc_info=error)
        self._watch(self.progress)


def _judged(source: AnySource, outcome: object, secrets: Iterable[str]) -> Heard | Exception:
    """A reading as plain data, or why it cannot be recorded: nobody checks a stranger's types but we, here."""
    if not isinstance(outcome, Reading) or not isinstance(outcome.stats, source.model):
        return TypeError(f"no reading of {source.model.__name__}, but {type(outcome).__name__}")
    texts: list[object] = [outcome.account or "", outcome.via]
    if not all(isinstance(text, str) for text in texts):
        return TypeError("an account or a way (via) that is no text")
    try:
        values = outcome.stats.model_dump(mode="json")
        measured = any(holds_number(value) for value in values.values())
        heard = Heard(values, tuple(outcome.flags), outcome.account, outcome.via, measured)
        fold(_cells("", source, heard, MISSING))
        told = json.dumps([heard.values, heard.account, [repr(flag) for flag in heard.flags]])
    except Exception as error:  # noqa: BLE001 - the border to strangers' code: what it gives must not end the run
        return error
    if any(secret in told or json.dumps(secret)[1:-1] in told for secret in secrets):
        # A platform that sends back what it was sent: the record must never hold a key.
        return BadReply(f"{source.title} sent one of our keys back")
    return heard


def snapshot_of(request: Request, progresses: Iterable[Progress]) -> Snapshot:
    """The day as it arrived; every value that did not is null and has a flag."""
    asked = {progress.source.name: progress for progress in progresses}
    cells: Cells = {}
    accounts: dict[str, dict[str, str]] = {artist.name: {} for artist in request.artists}
    runs: dict[str, SourceRun] = {}
    for source in request.sources:
        progress = asked.get(source.name)
        owners = _owners(request, source)
        if not owners or (progress is None and source.label_wide) or (progress and progress.left_out):
            continue
        for artist, account in owners.items():
            reading = progress.readings.get(account or "") if progress else None
            cells.update(_cells(artist, source, reading, _reason(request, progress, artist, account)))
            if artist is not None and account is not None:
                accounts[artist][source.name] = (reading.account if reading else None) or account
        if progress and progress.readings:
            via = {reading.via for reading in progress.readings.values()}
            runs[source.name] = SourceRun(collected_at=request.now, via="api" if "api" in via else "page")
        elif progress and (progress.ended is None or progress.ended.state is State.FAILED):
            runs[source.name] = SourceRun(collected_at=request.now)
    return _assemble(request, cells, accounts, runs)


def _owners(request: Request, source: AnySource) -> dict[str | None, str | None]:
    """Whose section a source has: each artist's (None = no account), or the label's."""
    if source.label_wide:
        return {None: request.roster.label.accounts.get(source.name)}
    owners: dict[str | None, str | None] = {artist.name: artist.accounts.get(source.name) for artist in request.artists}
    # A platform nobody on the roster uses has no sections at all.
    return owners if any(owners.values()) else {}


def _reason(request: Request, progress: Progress | None, artist: str | None, account: str | None) -> Gap:
    """Why a field without a flag of its own is null."""
    if artist is not None and account is None:
        return Gap(State.NO_ACCOUNT, "no_account")
    narrowed = artist is not None and request.only_artists is not None and artist not in request.only_artists
    if progress is None or narrowed:
        return Gap(State.SKIPPED, "not_asked")
    failure = progress.failures.get(account or "")
    if failure is not None:
        return gap_of(failure, progress.source.gaps)
    return progress.ended or (MISSING if (account or "") in progress.readings else UNANSWERED)


def _cells(artist: str | None, source: AnySource, reading: Heard | None, reason: Gap) -> Cells:
    """One section: every declared field, with its value and flags or the reason for its absence."""
    # Not the model's own defaults: where nothing was read nothing is known.
    fields = source.model.model_fields
    values = reading.values if reading else dict.fromkeys(fields)
    kinds: dict[str, Metric | Listing] = {
        **dict(source.listings()),
        **{one.field: one.metric for one in source.series()},
    }
    cells: Cells = {}
    for name in fields:
        value, why = values[name], reason
        if value is not None and not _sound(value, kinds.get(name)):
            # A negative, a fraction, a yes: no count, whatever a source took it for.
            value, why = None, Gap(State.FAILED, "bad_reply")
        notes = [
            Note(flag.state, flag.code, flag.detail or None, flag.low, flag.high)
            for flag in (reading.flags if reading else ())
            if flag.field == name and _tells(flag.state, value)
        ]
        if value is None and not notes:
            notes = [Note(why.state, why.code, why.detail or None)]
        cells[Place(artist, source.name, name)] = Cell(value, tuple(notes))
    return cells


def _sound(value: object, kind: Metric | Listing | None) -> bool:
    """Whether the numbers in a value are some that anybody can have."""
    if isinstance(kind, Metric):
        return as_count(value) is not None
    if not (isinstance(kind, Listing) and isinstance(value, list)):
        return True
    entries = [entry for entry in value if isinstance(entry, dict)]
    numbers = [entry.get(field) for entry in entries for field, _ in kind.numbers]
    return all(number is None or as_count(number) is not None for number in numbers)


def _tells(state: State, value: object) -> bool:
    """Whether a state speaks of a value that is there, or gives a reason for one that is not."""
    return state.has_value == (value is not None) and state not in {State.MEASURED, State.NOT_TRACKED}


def _assemble(
    request: Request, cells: Cells, accounts: dict[str, dict[str, str]], runs: dict[str, SourceRun]
) -> Snapshot:
    sections = sections_of(cells)
    records = [
        ArtistRecord(name=artist.name, accounts=accounts[artist.name], **sections.get(artist.name, {}))
        for artist in request.artists
    ]
    content: dict[str, Any] = {
        "date": request.now.date(),
        "schema": SCHEMA,
        "generator": request.generator,
        "sources": runs,
        "artists": records,
        "flags": fold(cells),
        **sections.get(None, {}),
    }
    return Snapshot.model_validate(content)
