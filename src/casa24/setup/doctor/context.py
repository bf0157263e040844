"""Hold what is checked, and what the areas learn about it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from casa24.config.credentials import Wallet
from casa24.core.politeness import Politeness
from casa24.core.reserved import WORKER_URL
from casa24.core.roster import Label
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.setup import git
from casa24.setup.doctor.workflow_file import find_workflow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import httpx

    from casa24.config.github_oidc import Job
    from casa24.config.loading import Roster
    from casa24.errors import ConfigError
    from casa24.setup.doctor.workflow_file import Workflow
    from casa24.sources.registry import AnySource, Registry
    from casa24.web.client import Web

# Nobody waits long for one answer of an examination.
_PATIENCE = 10.0


@dataclass
class CheckupContext:
    """A label's set-up. ``folder``: where casa24.toml lies or should; ``roster``: None where ``trouble`` says why.

    ``tables``: what stands in casa24.toml, right or wrong; nothing where it cannot be read.
    ``here``: the keys this machine holds, of its environment (``environ``) and .env; ``keep``: is told every
    wallet, so that nothing in it is ever printed. ``job``: whom GitHub vouches for. ``transport`` plays the
    network in tests.
    """

    folder: Path
    data_dir: Path
    registry: Registry
    roster: Roster | None
    now: dt.datetime
    here: Wallet
    trouble: ConfigError | None = None
    tables: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    transport: httpx.AsyncBaseTransport | None = None
    keep: Callable[[Wallet], None] = lambda _wallet: None
    job: Job | None = None

    # What the Worker's area learns.
    wallet: Wallet = field(default_factory=Wallet)
    all_keys_seen: bool = True
    """Whether a key that is not in the wallet is missing, and not only out of sight."""

    @cached_property
    def worker(self) -> str | None:
        """The Worker's address: the environment's, else the file's."""
        found = self.here.found.get(WORKER_URL)
        if found:
            return found.secret.get_secret_value()
        return self.roster.label.worker if self.roster else self._written("worker")

    @property
    def name(self) -> str:
        """The label's name, as far as it can be read."""
        return self.roster.label.name if self.roster else self._written("name") or Label().name

    def _written(self, key: str) -> str | None:
        """A text under ``[label]``, of a casa24.toml that has a mistake somewhere."""
        label = self.tables.get("label")
        text = label.get(key) if isinstance(label, dict) else None
        return text.strip() or None if isinstance(text, str) else None

    @cached_property
    def data(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.data_dir, self.registry.artist_series)

    @cached_property
    def history(self) -> History:
        """The record."""
        return History(self.data, self.roster.artists if self.roster else ())

    @cached_property
    def workflow(self) -> Workflow | None:
        """The nightly workflow."""
        return find_workflow(self.folder)

    @cached_property
    def dotenv(self) -> dict[str, str]:
        """All that stands in ``.env``, used or not; nothing where it cannot be read."""
        from dotenv.parser import parse_stream

        try:
            text = (self.folder / ".env").read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return {}
        return {line.key: line.value or "" for line in parse_stream(io.StringIO(text)) if line.key}

    @cached_property
    def in_git(self) -> bool:
        """Whether the folder lies in a repository git works with."""
        return git.installed() and git.ask(self.folder, "rev-parse", "--is-inside-work-tree") == "true"

    @cached_property
    def ignored(self) -> bool:
        """Whether git is told to leave the record, or its next day, alone."""
        if not self.in_git:
            return False
        files = (self.data.latest_file, self.data.file_of(self.now.date()))
        return bool(git.ask(self.folder, "check-ignore", "--no-index", "--", *map(str, files)))

    @property
    def sources(self) -> tuple[AnySource, ...]:
        """The sources this label uses: those its roster names accounts for, and the label-wide ones."""
        if self.roster is None:
            listed = self.tables.get("artists")
            artists = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
            used = {key for artist in artists for key in artist}
        else:
            names = {name for artist in self.roster.active(self.now.date()) for name in artist.accounts}
            used = {source.account_key for source in self.registry.sources if source.name in names}
        return tuple(source for source in self.registry.sources if source.label_wide or source.account_key in used)

    def web(self) -> Web:
        """A client of little patience."""
        from casa24.web.client import Web

        given = (self.roster.politeness if self.roster else None) or Politeness()
        short = {"timeout": _PATIENCE, "patience": _PATIENCE, "attempts": 2, "longest_wait": _PATIENCE}
        return Web(given.model_copy(update=short), transport=self.transport)
