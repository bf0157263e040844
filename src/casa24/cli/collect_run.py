"""Run one collection from credentials to files, for `collect` and `demo`."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
import time
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa24.analysis.collection import Collection
from casa24.analysis.day import describe_day
from casa24.analysis.quality.doubts import doubt_zeros
from casa24.analysis.reasons import Missing, missing
from casa24.cli import github
from casa24.cli.bug_report import describe_replies
from casa24.cli.keys import PATIENCE, all_keys
from casa24.cli.output import emit, say
from casa24.cli.progress import watching
from casa24.collect.assemble import GENERATOR, Request
from casa24.collect.collector import collect as ask_all
from casa24.collect.platform_changes import mark_changes
from casa24.core import names
from casa24.core.reserved import WORKER_KEY
from casa24.core.snapshot import State
from casa24.errors import StorageError, UnknownName
from casa24.record import files
from casa24.record.data_folder import Saved, dump
from casa24.record.merge import measured_anything
from casa24.record.workspace import utc_now
from casa24.views.collected import collected_page
from casa24.views.day import label_page
from casa24.web.recorder import ReplyLog

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    import httpx

    from casa24.collect.collector import Collected
    from casa24.config.credentials import Wallet
    from casa24.core.politeness import Politeness
    from casa24.core.snapshot import Snapshot
    from casa24.record.data_folder import DataFolder
    from casa24.record.workspace import Workspace
    from casa24.views.formats import Format
    from casa24.web.client import Exchange


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """When a collection began, and how it differs from the nightly one.

    ``now``: it belongs to the day it began on, also when it ends after midnight. ``replies``: where
    what the platforms answer is kept. ``transport`` plays them; ``wallet`` holds the keys, so that
    nobody is asked for them.
    """

    now: dt.datetime
    only_sources: frozenset[str] | None = None
    only_artists: frozenset[str] | None = None
    deadline: float = 600
    dry_run: bool = False
    replies: ReplyLog | None = None
    transport: httpx.AsyncBaseTransport | None = None
    wallet: Wallet | None = None
    politeness: Politeness | None = None
    generator: str = GENERATOR
    quiet: bool = False

    @classmethod
    def of(
        cls,
        workspace: Workspace,
        sources: Sequence[str] | None,
        artists: Sequence[str] | None,
        *,
        deadline: float,
        dry_run: bool,
        save_replies: Path | None = None,
    ) -> CollectOptions:
        """The options of the command line, checked. Raises UnknownName, UsageError or StorageError."""
        now = utc_now()
        wanted_sources = frozenset(workspace.registry.find(name).name for name in sources or ())
        wanted_artists = frozenset(_active(workspace, name, now.date()) for name in artists or ())
        replies = ReplyLog(save_replies.absolute()) if save_replies else None
        return cls(now, wanted_sources or None, wanted_artists or None, deadline, dry_run, replies)


def _active(workspace: Workspace, query: str, day: dt.date) -> str:
    """The artist meant, if collected on this day. Raises UnknownName."""
    name = names.find(query, [artist.name for artist in workspace.roster.artists], workspace.aliases)
    if name not in {artist.name for artist in workspace.roster.active(day)}:
        raise UnknownName(f"{name} is not collected today.", advice="Check joined and left in casa24.toml.")
    return name


@dataclass(frozen=True, slots=True)
class _Night:
    """What was collected, what became of it, what the wallet warned of; ``error``: why it could not be stored."""

    collected: Collected
    saved: Saved
    warnings: list[str]
    error: StorageError | None = None


class NotStored(StorageError):
    """The day was collected and could not be stored: ``collection`` is an answer all the same."""

    def __init__(self, error: StorageError, collection: Collection) -> None:
        super().__init__(error.message, advice=error.advice)
        self.collection = collection


def run(workspace: Workspace, options: CollectOptions) -> Collection:
    """Collect and store one day. Raises ConfigError, CredentialError or StorageError; once collected, NotStored."""
    # An answer is casa24's alone: what a source prints goes to stderr.
    with _as_interrupt("SIGTERM", "SIGHUP"), redirect_stdout(sys.stderr):
        night = asyncio.run(_ask(workspace, options))
    collection = _collection(workspace, night, dry_run=options.dry_run)
    if night.error is not None:
        raise NotStored(night.error, collection) from night.error
    return collection


def _collection(workspace: Workspace, night: _Night, *, dry_run: bool) -> Collection:
    sources = workspace.registry.sources
    fresh = night.collected.snapshot
    (stored,) = night.saved.days or (fresh,)
    lost = missing(fresh, sources)
    kept = _kept(lost, missing(stored, sources))
    warnings = [*night.collected.warnings, *night.warnings, *_troubles(workspace, night.saved)]
    warnings += [f"{gap.title}: {gap.what}; kept what was recorded earlier today." for gap in kept]
    return Collection(
        day=describe_day(stored, sources, before=_before(workspace, fresh.date), aliases=workspace.aliases),
        measured=measured_anything(fresh),
        failed=any(gap.state is State.FAILED for gap in lost),
        interrupted=night.collected.interrupted,
        dry_run=dry_run,
        written=tuple(_near(path) for path in night.saved.written),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _before(workspace: Workspace, day: dt.date) -> Snapshot | None:
    """The recorded day before; a folder nobody can read must not cost the answer."""
    with suppress(StorageError):
        return workspace.history.before(day)
    return None


def _troubles(workspace: Workspace, saved: Saved) -> list[str]:
    broken = workspace.registry.broken
    left_out = [f"The source {source.name} of {source.package} is left out: {source.reason}" for source in broken]
    aside = [f"A file casa24 could not use was set aside as {_near(path)}." for path in saved.set_aside]
    return [*left_out, *workspace.roster.warnings, *aside]


def _kept(lost: list[Missing], still: list[Missing]) -> list[Missing]:
    """What this run did not get, and the day has all the same."""
    places = {place for gap in still for place in gap.places}
    return [gap for gap in lost if not gap.places & places]


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


async def _ask(workspace: Workspace, options: CollectOptions) -> _Night:
    """Collect and store: what is collected must not wait for anything."""
    from casa24.web.client import Web

    if not options.dry_run:
        workspace.folder.check(options.now.date())
    started = time.monotonic()
    # The Worker's time is part of the run's: of a short one it gets no more than half, in two tries;
    # and as many has GitHub, which may vouch for us.
    wallet = options.wallet or await all_keys(workspace, patience=min(PATIENCE, options.deadline / 8))
    request = Request(
        workspace.roster,
        workspace.registry.sources,
        options.now,
        options.only_sources,
        options.only_artists,
        max(1.0, options.deadline - (time.monotonic() - started)),
        options.generator,
    )
    politeness, listen = options.politeness or workspace.roster.politeness, _listener(workspace, wallet, options)
    with watching(quiet=options.quiet) as watch:
        async with Web(politeness, transport=options.transport, listen=listen) as web:
            collected = await ask_all(request, wallet, web, watch=watch)
    collected = replace(collected, snapshot=_compared(workspace, collected))
    saved, error = Saved(), None
    if not options.dry_run:
        try:
            saved = workspace.folder.save(collected.snapshot)
        except StorageError as refused:
            error = _kept_elsewhere(collected.snapshot, workspace.folder, refused)
    # A Ctrl-C that came while the day was stored: it is stored, and that is still to be said.
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    return _Night(collected, saved, wallet.warnings, error)


def _kept_elsewhere(fresh: Snapshot, folder: DataFolder, refused: StorageError) -> StorageError:
    """Keep a day that could not be stored, which nobody can ask for again; the error that says where."""
    place = folder.file_of(fresh.date)
    try:
        kept = files.keep_elsewhere(place.name, dump(fresh))
    except StorageError as error:
        told = f"Nor could this run's readings be kept elsewhere: {error.message}"
    else:
        told = (
            f"This run's readings are kept in {kept}:\n"
            f"once {_near(folder.path)} can be written to, run `casa24 data merge {shlex.quote(str(kept))}`."
        )
    return StorageError(f"{refused.message}\n{told}", advice=refused.advice)


def _listener(workspace: Workspace, wallet: Wallet, options: CollectOptions) -> Callable[[Exchange], None] | None:
    """Who keeps the platforms' replies, told what must not stand in them."""
    if options.replies is not None:
        for name in {*workspace.registry.secret_names, WORKER_KEY} & wallet.found.keys():
            options.replies.redact.hide(wallet.found[name].secret.get_secret_value())
    return options.replies


def _compared(workspace: Workspace, collected: Collected) -> Snapshot:
    """The fresh day, as the days before make it understood; a folder nobody can read must not cost it."""
    fresh = collected.snapshot
    with suppress(StorageError):
        history = workspace.history
        fresh = mark_changes(fresh, (day for day in history.backwards() if day.date < fresh.date))
        lines = history.amendments.on(fresh.date)
        return doubt_zeros(
            fresh,
            (told for day in history.backwards() if day.date < fresh.date for told in history.on(day.date)),
            [series for source in workspace.registry.sources for series in source.series()],
            silent=collected.silent,
            decided=lambda place: lines.decide(
                history.keys_of(place.artist) if place.artist is not None else frozenset(), place.source, place.field
            ),
        )
    return fresh


@contextmanager
def _as_interrupt(*names: str) -> Iterator[None]:
    """A polite request to end (a cancelled job, a closed terminal) is Ctrl-C: what arrived is stored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    handlers: dict[signal.Signals, Any] = {
        signal.Signals[name]: interrupt for name in names if name in signal.Signals.__members__
    }
    # Where a script started us in the background it is ignored, and with it every other request to end.
    handlers[signal.SIGINT] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def report(
    result: Collection, workspace: Workspace, options: CollectOptions, form: Format, *, stored: bool = True
) -> None:
    """Print a collection; under GitHub Actions also as warnings and as the job's summary."""
    page = collected_page(result, workspace.label) if stored else label_page(result.day, workspace.label)
    emit(page, result, form)
    if options.replies is not None:
        describe_replies(options.replies, workspace.registry, page, result.warnings)
    for warning in result.warnings:
        say(f"Warning: {warning}")
    if github.active():
        from casa24.cli.job import tell_job

        tell_job(workspace, result, page)
