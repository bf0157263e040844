"""One collection from keys to files: what ``collect`` does every night, and ``demo`` without a network."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from casa24 import names
from casa24.analysis.day import Day, look, missing
from casa24.cli import github
from casa24.cli.keys import all_keys
from casa24.cli.output import emit, say
from casa24.cli.progress import watching
from casa24.collect import GENERATOR, Request
from casa24.collect import collect as ask_all
from casa24.merge import measured_anything
from casa24.models import State
from casa24.storage import Saved
from casa24.views.collected import collected_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    import httpx

    from casa24.cli.place import Place
    from casa24.collect import Collected
    from casa24.credentials import Wallet
    from casa24.views.formats import Format
    from casa24.web import Politeness

NOTHING_MEASURED, STRICT_FAILURE, INTERRUPTED = 1, 3, 130


@dataclass(frozen=True, slots=True)
class Wishes:
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
        place: Place,
        sources: Sequence[str] | None,
        artists: Sequence[str] | None,
        *,
        deadline: float,
        dry_run: bool,
    ) -> Wishes:
        """The options of the command line, checked. Raises UnknownName."""
        roster = [artist.name for artist in place.roster.artists]
        wanted_sources = frozenset(place.registry.find(name).name for name in sources or ())
        wanted_artists = frozenset(names.find(name, roster, place.aliases) for name in artists or ())
        return cls(wanted_sources or None, wanted_artists or None, deadline, dry_run)


class Night(BaseModel):
    """What a collection brought. ``day``: as stored now; ``written``: the files that changed."""

    model_config = ConfigDict(frozen=True)

    day: Day
    measured: bool
    failed: bool
    interrupted: bool
    dry_run: bool
    written: tuple[str, ...]
    warnings: tuple[str, ...]

    def exit_code(self, *, strict: bool) -> int:
        """0 measured something, 1 nothing, 3 with ``strict`` when anything failed, 130 interrupted."""
        if self.interrupted:
            return INTERRUPTED
        if not self.measured:
            return NOTHING_MEASURED
        return STRICT_FAILURE if strict and self.failed else 0


def run(place: Place, wishes: Wishes) -> Night:
    """Collect and store one day. Raises ConfigError, CredentialError or StorageError."""
    warnings = [f"The source {one.name} of {one.package} is left out: {one.reason}" for one in place.registry.broken]
    with _as_interrupt(signal.SIGTERM):
        collected, found = asyncio.run(_ask(place, wishes))
    warnings += [*found, *collected.warnings]
    fresh = collected.snapshot
    saved = Saved(fresh) if wishes.dry_run else place.folder.save(fresh)
    warnings += [f"A file casa24 could not use was set aside as {path}." for path in saved.set_aside]
    lost = missing(fresh, place.registry.sources)
    kept = [gap for gap in lost if gap not in missing(saved.snapshot, place.registry.sources)]
    warnings += [f"{gap.title}: {gap.what}; kept what was recorded earlier today." for gap in kept]
    before = place.history.before(fresh.date)
    return Night(
        day=look(saved.snapshot, place.registry.sources, before=before, aliases=place.aliases),
        measured=measured_anything(fresh),
        failed=any(gap.state is State.FAILED for gap in lost),
        interrupted=collected.interrupted,
        dry_run=wishes.dry_run,
        written=tuple(_near(path) for path in saved.written),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


async def _ask(place: Place, wishes: Wishes) -> tuple[Collected, list[str]]:
    from casa24.web import Web

    wallet = wishes.wallet or await all_keys(place)
    request = Request(
        place.roster,
        place.registry.sources,
        wishes.now or dt.datetime.now(dt.UTC).replace(microsecond=0),
        wishes.only_sources,
        wishes.only_artists,
        wishes.deadline,
        wishes.generator,
    )
    with watching(quiet=wishes.quiet) as watch:
        async with Web(wishes.politeness or place.roster.politeness, transport=wishes.transport) as web:
            return await ask_all(request, wallet, web, watch=watch), wallet.warnings


@contextmanager
def _as_interrupt(number: signal.Signals) -> Iterator[None]:
    """A polite request to end (a cancelled job) is Ctrl-C: what arrived is stored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.signal(number, before)


def report(result: Night, label: str, form: Format) -> None:
    """Print a collection; under GitHub Actions also as warnings and as the job's summary."""
    page = collected_page(result, label)
    emit(page, result, form)
    for warning in result.warnings:
        say(f"Warning: {warning}")
    if github.active():
        from casa24.views.render import as_markdown

        for text in (*result.warnings, *(f"{gap.title}: {gap.what}. {gap.advice}" for gap in result.day.missing)):
            github.warn(text)
        github.summarise(as_markdown(page))
