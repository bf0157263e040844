"""Keep a read-only clone of a record that lives in another repository."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from typing import TYPE_CHECKING

from casa24.errors import StorageError, UsageError
from casa24.setup import git
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

log = logging.getLogger("casa24.bot")

EVERY = 300.0
"""Seconds between two looks at the repository, at least."""
_FETCH = 120.0
_CHECKOUT = 30.0


class GitMirror:
    """A clone in ``folder`` of the repository at ``url``; ``every``: seconds between two looks, at least."""

    def __init__(
        self, url: str, folder: Path, every: float = EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if not url or url.startswith("-") or "::" in url:
            raise UsageError(
                "This is no address of a git repository.", advice="Give one like https://github.com/OWNER/REPOSITORY"
            )
        self.folder = folder
        self._url = url
        self._every = every
        self._clock = clock
        self._looked = float("-inf")
        self._fetching: asyncio.Task[bool] | None = None
        self._stale_since: dt.datetime | None = None

    def prepare(self) -> None:
        """Clone, unless that was done before. Raises StorageError where there is nothing to answer from."""
        if not git.installed():
            raise StorageError(
                "git is not installed.", advice="Install it (https://git-scm.com), then start the bot again."
            )
        if (self.folder / ".git").is_dir():
            git.ask(self.folder, "remote", "set-url", "origin", self._url)
            return
        if self.folder.exists() and any(self.folder.iterdir()):
            raise StorageError(f"{self.folder} holds something else than a clone.", advice="Move it away.")
        self.folder.mkdir(parents=True, exist_ok=True)
        log.info("cloning %s", git.without_user(self._url))
        if git.ask(self.folder, "clone", "--quiet", "--depth=1", "--", self._url, ".", patience=_FETCH) is None:
            raise StorageError(
                f"{git.without_user(self._url)} could not be cloned.",
                advice="Check the address and the network, and try `git clone` on this machine.",
            )
        self._looked = self._clock()

    async def refresh(self, apply: Callable[[Callable[[], bool]], Awaitable[bool]], patience: float) -> None:
        """Fetch what is new, if that was not done just now; wait ``patience`` seconds for it, and else go on without.

        ``apply``: runs what replaces the files, while nobody reads them.
        """
        if self._fetching is None or self._fetching.done():
            if self._clock() - self._looked < self._every:
                return
            self._looked = self._clock()
            self._fetching = asyncio.create_task(self._refresh(apply))
        await asyncio.wait({self._fetching}, timeout=patience)

    async def _refresh(self, apply: Callable[[Callable[[], bool]], Awaitable[bool]]) -> bool:
        good = await asyncio.to_thread(self._fetch) and await apply(self._replace)
        if good:
            self._stale_since = None
        elif self._stale_since is None:
            self._stale_since = dt.datetime.now(dt.UTC)
            log.warning("%s could not be read; answering from what is here", git.without_user(self._url))
        return good

    def _fetch(self) -> bool:
        return git.ask(self.folder, "fetch", "--quiet", "--depth=1", "origin", "HEAD", patience=_FETCH) is not None

    def _replace(self) -> bool:
        return git.ask(self.folder, "reset", "--quiet", "--hard", "FETCH_HEAD", patience=_CHECKOUT) is not None

    def notes(self) -> list[str]:
        """What a reader should know: since when the repository could not be read."""
        if self._stale_since is None:
            return []
        return [tr("not refreshed since {moment} UTC", moment=f"{self._stale_since:%Y-%m-%d %H:%M}")]
