"""Serve the record to the bot: checked for changes at each question, read again where it changed.

All reading happens in one thread, one question after the other: ten at once cost no more than ten,
and a record that is being replaced (see `casa24.bot.git_mirror`) is not read at that moment.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from casa24.bot.cached_record import KeptWorkspace, stamp_of
from casa24.config import loading
from casa24.errors import NoSnapshot
from casa24.record.workspace import language_of, today
from casa24.text.i18n import day, spoken, tr
from casa24.views.embed import EmbedText, embed_of, footer_words
from casa24.views.words import metric

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from casa24.bot.cached_record import Stamp
    from casa24.core.snapshot import Snapshot
    from casa24.record.history import Newest
    from casa24.record.workspace import Workspace
    from casa24.views.page import Page

log = logging.getLogger("casa24.bot")

T = TypeVar("T")
# Answers kept for one state of the record; each is some kilobytes, with a chart fifty.
_KEPT = 64
_State = tuple[object, ...]


class Answer(NamedTuple):
    """A page and, where looking beats reading, a picture of it (PNG)."""

    page: Page
    picture: bytes | None = None


class Record(NamedTuple):
    """The record at one moment, and what it has newest."""

    workspace: Workspace
    newest: Newest

    @property
    def asof(self) -> dt.date:
        """Its newest readable day."""
        return self.newest.day


class BotReply(NamedTuple):
    """What is sent: the embed's texts, its colour and a picture."""

    embed: EmbedText
    colour: str
    picture: bytes | None


class RecordService:
    """Where questions are answered. ``path``: the ``casa24.toml``, there or not; ``data/`` lies beside it."""

    def __init__(self, path: Path, data_dir: Path | None = None) -> None:
        self._path = path
        self._data_dir = (data_dir or path.parent / "data").absolute()
        self._thread = ThreadPoolExecutor(1, "casa24-record")
        self._state: _State | None = None
        self._workspace: KeptWorkspace | None = None
        self._found: Record | None = None
        self._kept: dict[dt.date, tuple[Stamp, Snapshot]] = {}
        self._answers: OrderedDict[object, Answer] = OrderedDict()
        self.notes: Callable[[], list[str]] = list

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do this in the thread that reads the record, in the language spoken here."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._thread, context.run, work, *arguments)

    async def ask(self, question: Callable[..., Answer], **choices: Any) -> BotReply:
        """Answer a question. Raises Casa24Error."""
        return await self.run(self._answer, question, choices)

    async def names(self) -> list[str]:
        """The artists one may ask for: the roster, and who was recorded on the newest day."""
        return await self.run(self._names)

    async def metrics(self) -> dict[str, str]:
        """The keys of the artists' numbers, by what they are called."""
        return await self.run(self._metrics)

    async def record(self) -> Record:
        """The record as it is now. Raises Casa24Error."""
        return await self.run(self._record)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _answer(self, question: Callable[..., Answer], choices: Mapping[str, Any]) -> BotReply:
        record = self._record()
        key = (question, tuple(sorted(choices.items())), spoken())
        if (answer := self._answers.get(key)) is None:
            answer = self._answers[key] = question(record, **choices)
            if len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        legend = [] if answer.picture is None else [tr("hollow: doubtful or rounded; grey: a wave; band: 80 %")]
        remarks = [*self._remarks(record), *legend]
        footer = footer_words(day(record.asof), (today() - record.asof).days, remarks)
        return BotReply(embed_of(answer.page, footer), record.workspace.roster.label.color, answer.picture)

    def _remarks(self, record: Record) -> list[str]:
        newest = record.newest
        said = [tr("{day} cannot be read: `casa24 data check` says why", day=day) for day, _ in newest.unreadable[:1]]
        if newest.to_come is not None:
            said.append(tr("{day} lies in the future and is not heeded", day=newest.to_come))
        return [*said, *self.notes()]

    def _names(self) -> list[str]:
        record = self._record()
        artists = record.workspace.roster.artists
        recorded = record.workspace.names(*record.workspace.history.on(record.asof))
        return list(dict.fromkeys([*(artist.name for artist in artists), *recorded]))

    def _metrics(self) -> dict[str, str]:
        items = self._current().registry.artist_series
        return {metric(item): item.key for item in items}

    def _record(self) -> Record:
        """Raises NoSnapshot where no day can be read."""
        workspace = self._current()
        if self._found is None:
            if not workspace.history.days:
                raise NoSnapshot(tr("Nothing is recorded yet."), advice=tr("`casa24 collect` records the first day."))
            newest = workspace.history.newest(today())
            for _, error in newest.unreadable:
                log.warning("%s", error.message)
            self._found = Record(workspace, newest)
        return self._found

    def _current(self) -> Workspace:
        """The workspace, another one where anything in its files changed."""
        state = self._look()
        if self._workspace is None or state != self._state:
            settings = loading.read(self._path) if self._path.exists() else loading.Config(None, {})
            self._workspace = KeptWorkspace(settings, self._data_dir, log.warning, self._kept)
            self._found = None
            self._answers.clear()
            self._state = state
        return self._workspace

    def _look(self) -> _State:
        """What is different once anything has changed: the day, and of the files names, sizes and times."""
        places = (self._path.parent, self._data_dir, self._data_dir / "historical")
        found: list[object] = [today()]
        for place in places:
            try:
                with os.scandir(place) as entries:
                    found.append(sorted((entry.name, *stamp_of(entry.stat())) for entry in entries if entry.is_file()))
            except OSError:
                found.append(None)
        return tuple(found)

    async def language(self) -> str:
        """The label's language."""
        return await self.run(lambda: language_of(self._current().config))
