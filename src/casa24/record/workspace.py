"""Open a label's folder for commands and the bot: the configuration, the roster and the record."""

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
    """Return the current time to the second. A command that may run past midnight reads it once and passes it on."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def today() -> dt.date:
    """Return the current UTC day."""
    return utc_now().date()


@dataclass(frozen=True)
class Workspace:
    """A label's folder, with or without a ``casa24.toml``. ``warn``: reports what is odd in it."""

    config: Config
    data_dir: Path
    warn: Callable[[str], None] = lambda _text: None

    @cached_property
    def registry(self) -> registry.Registry:
        """The installed sources."""
        # What a plugin prints when it is imported must not get into a command's output.
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

    def record(self, *, asof: str | dt.date | None = None, raw: bool = False) -> History:
        """Open the record. ``asof``: only up to that day; ``raw``: as collected. Raises BadDate."""
        until = _last_day(asof) if isinstance(asof, str) else asof
        return self.history_of(until, raw=raw)

    def history_of(self, until: dt.date | None, *, raw: bool) -> History:
        """Open the record, only up to a day if one is given."""
        return History(self.folder, self.roster.artists, label_series=self.label_series, until=until, raw=raw)

    @property
    def label_series(self) -> tuple[Series, ...]:
        """Return every number recorded for the label itself."""
        return tuple(series for source in self.registry.label_sources for series in source.series())

    @property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Return the other names of the roster's artists, by name."""
        return {artist.name: artist.aliases for artist in self.roster.artists}

    @property
    def label(self) -> str:
        """Return the label's name."""
        return self.roster.label.name

    def names(self, *snapshots: Snapshot) -> list[str]:
        """Return the names of all artists in these snapshots."""
        return list(dict.fromkeys(record.name for snapshot in snapshots for record in snapshot.artists))


def _last_day(text: str) -> dt.date | None:
    """Return the day that ``--asof`` names; None for the newest. Raises BadDate."""
    return None if text.strip().lower() == "latest" else parse_day(text, today=today())


def language_of(settings: Config) -> str:
    """Return the label's language; ``en`` if none is set."""
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
    """Open the workspace of a ``casa24.toml`` (else of the one found here or above), and set the language.

    ``language``: instead of the label's own. Raises ConfigError if a roster is needed and there is none.
    """
    config_path = path or loading.find()
    if config_path is None and need_config:
        raise ConfigError(
            None,
            [f"no {loading.FILE_NAME} here or above"],
            advice="Go to the label's folder, or give the file with --config. docs/roster.md shows one.",
        )
    settings = loading.read(config_path) if config_path else Config(None, {})
    speak(language or language_of(settings))
    # Absolute, because a source may change the working directory.
    return Workspace(settings, (data_dir or settings.folder / "data").absolute(), warn)
