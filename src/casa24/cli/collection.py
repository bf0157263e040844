"""One collection from keys to files: what `collect` does every night, and `demo` without a network."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casa24 import names
from casa24.analysis.collection import Collection
from casa24.analysis.day import Missing, describe_day, missing
from casa24.changes import mark_changes
from casa24.cli import github
from casa24.cli.keys import all_keys
from casa24.cli.output import emit, say
from casa24.cli.progress import watching
from casa24.cli.workspace import today
from casa24.collect import GENERATOR, Request
from casa24.collect import collect as ask_all
from casa24.errors import UnknownName
from casa24.merge import measured_anything
from casa24.models import State
from casa24.storage import Saved
from casa24.views.collected import collected_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    import httpx

    from casa24.cli.workspace import Workspace
    from casa24.collect import Collected
    from casa24.credentials import Wallet
    from casa24.politeness import Politeness
    from casa24.views.formats import Format


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """How this collection differs from the nightly one.

    ``transport`` plays the platforms; ``wallet`` holds the keys, so that nobody is asked for them.
    """

    only_sources: frozenset[str] | None = None
    only_artists: frozenset[str] | None = None
    deadline: float = 600
    dry_run: bool = False
    now: dt.datetime | None = None
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
    ) -> CollectOptions:
        """The options of the command line, checked. Raises UnknownName."""
        wanted_sources = frozenset(workspace.registry.find(name).name for name in sources or ())
        wanted_artists = frozenset(_active(workspace, name) for name in artists or ())
        return cls(wanted_sources or None, wanted_artists or None, deadline, dry_run)


def _active(workspace: Workspace, query: str) -> str:
    """The artist meant, if collected today. Raises UnknownName."""
    name = names.find(query, [artist.name for artist in workspace.roster.artists], workspace.aliases)
    if name not in {artist.name for artist in workspace.roster.active(today())}:
        raise UnknownName(f"{name} is not collected today.", advice="Check joined and left in casa24.toml.")
    return name


def run(workspace: Workspace, options: CollectOptions) -> Collection:
    """Collect and store one day. Raises ConfigError, CredentialError or StorageError."""
    sources = workspace.registry.sources
    with _as_interrupt("SIGTERM", "SIGHUP"):
        collected, saved, warnings = asyncio.run(_ask(workspace, options))
    fresh = collected.snapshot
    stored = saved.snapshot
    lost = missing(fresh, sources)
    warnings += _troubles(workspace, saved)
    kept = _kept(lost, missing(stored, sources))
    warnings += [f"{gap.title}: {gap.what}; kept what was recorded earlier today." for gap in kept]
    return Collection(
        day=describe_day(stored, sources, before=workspace.history.before(fresh.date), aliases=workspace.aliases),
        measured=measured_anything(fresh),
        failed=any(gap.state is State.FAILED for gap in lost),
        interrupted=collected.interrupted,
        dry_run=options.dry_run,
        written=tuple(_near(path) for path in saved.written),
        warnings=tuple(dict.fromkeys([*collected.warnings, *warnings])),
    )


def _troubles(workspace: Workspace, saved: Saved) -> list[str]:
    left_out = [
        f"The source {one.name} of {one.package} is left out: {one.reason}" for one in workspace.registry.broken
    ]
    return left_out + [f"A file casa24 could not use was set aside as {_near(path)}." for path in saved.set_aside]


def _kept(lost: list[Missing], still: list[Missing]) -> list[Missing]:
    """What this run did not get, and the day has all the same."""
    places = {place for gap in still for place in gap.places}
    return [gap for gap in lost if not gap.places & places]


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


async def _ask(workspace: Workspace, options: CollectOptions) -> tuple[Collected, Saved, list[str]]:
    """Collect and store, in one go: a source that does not let go of the process must not cost the day."""
    from casa24.web import Web

    now = options.now or dt.datetime.now(dt.UTC).replace(microsecond=0)
    if not options.dry_run:
        workspace.folder.check(now.date())
    wallet = options.wallet or await all_keys(workspace)
    request = Request(
        workspace.roster,
        workspace.registry.sources,
        now,
        options.only_sources,
        options.only_artists,
        options.deadline,
        options.generator,
    )
    with watching(quiet=options.quiet) as watch:
        async with Web(options.politeness or workspace.roster.politeness, transport=options.transport) as web:
            collected = await ask_all(request, wallet, web, watch=watch)
    days_before = (day for day in workspace.history.backwards() if day.date < now.date())
    collected = replace(collected, snapshot=mark_changes(collected.snapshot, days_before))
    saved = Saved(collected.snapshot) if options.dry_run else workspace.folder.save(collected.snapshot)
    return collected, saved, list(wallet.warnings)


@contextmanager
def _as_interrupt(*names: str) -> Iterator[None]:
    """A polite request to end (a cancelled job, a closed terminal) is Ctrl-C: what arrived is stored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def report(result: Collection, label: str, form: Format) -> None:
    """Print a collection; under GitHub Actions also as warnings and as the job's summary."""
    page = collected_page(result, label)
    emit(page, result, form)
    for warning in result.warnings:
        say(f"Warning: {warning}")
    if github.active():
        from casa24.views.day import sentences
        from casa24.views.render import as_markdown

        for text in (*result.warnings, *(" ".join(sentences(gap)) for gap in result.day.missing)):
            github.warn(text)
        github.summarise(as_markdown(page))
