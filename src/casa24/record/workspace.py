"""A label's folder as commands and the bot work in it: the configuration, the roster, the record."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from casa24.config import loading
from casa24.config.loading import Config, Roster
from casa24.errors import ConfigError
from casa24.record.data_folder import DataFolder
from casa24.record.history import History, parse_day
from casa24.sources import registry
from casa24.text.i18n import speak

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot


def utc_now() -> dt.datetime:
    """The clock, to the second. A command that may run past midnight reads it once and hands it on."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def today() -> dt.date:
    """A day is a UTC day."""
    return utc_now().date()


@dataclass(frozen=True)
class Workspace:
    """A label's folder, with or without a ``casa24.toml``. ``warn``: says what is odd in it."""

    config: Config
    data_dir: Path
    warn: Callable[[str], None] = lambda _text: None

    @cached_property
    def registry(self) -> registry.Registry:
        """The installed sources."""
        # What a stranger's package prints when it is imported must not stand in an answer.
        with contextlib.redirect_stdout(sys.stderr):
            return registry.load()

    @cached_property
    def roster(self) -> Roster:
        """The checked configuration."""
        return self.config.resolve(self.registry)

    @cached_property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.data_dir, self.registry.artist_series)

    @cached_property
    def history(self) -> History:
        """The record."""
        return self.record()

    def record(self, *, asof: str | None = None, raw: bool = False) -> History:
        """The record, opened anew. ``asof``: up to that day; ``raw``: as collected. Raises BadDate."""
        until = None if asof is None or asof.strip().lower() == "latest" else parse_day(asof, today=today())
        return self.history_of(until, raw=raw)

    def history_of(self, until: dt.date | None, *, raw: bool) -> History:
        """The record up to a day, opened anew."""
        return History(self.folder, self.roster.artists, label_series=self.label_series, until=until, raw=raw)

    @property
    def label_series(self) -> tuple[Series, ...]:
        """Every number followed for the label itself."""
        return tuple(series for source in self.registry.label_sources for series in source.series())

    @property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Other names of the roster's artists."""
        return {artist.name: artist.aliases for artist in self.roster.artists}

    @property
    def label(self) -> str:
        """The label's name."""
        return self.roster.label.name

    def names(self, *snapshots: Snapshot) -> list[str]:
        """Every artist these snapshots hold."""
        return list(dict.fromkeys(record.name for snapshot in snapshots for record in snapshot.artists))


def language_of(settings: Config) -> str:
    """The label's language, as far as one is named."""
    label = settings.tables.get("label")
    wanted = label.get("language") if isinstance(label, dict) else None
    return wanted if isinstance(wanted, str) else "en"


def open_workspace(
    path: Path | None,
    data_dir: Path | None,
    *,
    need_config: bool = False,
    language: str | None = None,
    warn: Callable[[str], None] = lambda _text: None,
) -> Workspace:
    """The workspace of a ``casa24.toml`` (else of the one found here or above); ``language`` is spoken, or the label's.

    Raises ConfigError where a roster is needed and there is none.
    """
    found = path or loading.find()
    if found is None and need_config:
        raise ConfigError(
            None,
            [f"no {loading.FILE_NAME} here or above"],
            advice="Go to the label's folder, or give the file with --config. docs/roster.md shows one.",
        )
    settings = loading.read(found) if found else Config(None, {})
    speak(language or language_of(settings))
    # Absolute: a source may change the working directory under our feet.
    return Workspace(settings, (data_dir or settings.folder / "data").absolute(), warn)
