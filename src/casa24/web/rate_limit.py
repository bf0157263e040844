"""Limit how fast a host is asked: how many requests at once, how far apart, and not before it allows."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from casa24.core.politeness import Politeness
    from casa24.errors import RateLimited


class Pace:
    """One host's pace, shared by all sources that ask it, each from its own thread.

    ``closed``: why no more requests are sent to this host in this run.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._next = 0.0
        self._held = 0.0
        self._turn = threading.Lock()
        self.closed: RateLimited | None = None

    def hold(self, seconds: float) -> None:
        """Send nothing to the host for so many seconds: it asked for that."""
        with self._turn:
            self._held = max(self._held, time.monotonic() + seconds)

    def held_beyond(self, moment: float) -> bool:
        """Return whether the host asked for a pause that ends after this moment."""
        return self._held > moment

    def slot(self) -> float:
        """Reserve the next free moment to send a request, by the monotonic clock."""
        with self._turn:
            start = max(time.monotonic(), self._next, self._held)
            self._next = start + self._pause
        return start


class Lane:
    """One source's queue at one host."""

    def __init__(self, pace: Pace, concurrency: int) -> None:
        self.pace = pace
        self._places = asyncio.Semaphore(concurrency)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a request may be sent. Raises RateLimited if the host is closed."""
        async with self._places:
            start = self.pace.slot()
            while self.pace.closed is None and (wait := start - time.monotonic()) > 0:
                await asyncio.sleep(wait)
                if self.pace.held_beyond(start):
                    # The host asked for a pause while this request waited for its turn.
                    start = self.pace.slot()
            if self.pace.closed is not None:
                raise self.pace.closed
            yield


class Paces:
    """The pace of every host in one run."""

    def __init__(self, politeness: Politeness) -> None:
        self._pause = politeness.pause
        self._hosts: dict[str, Pace] = {}

    def of(self, host: str) -> Pace:
        """Return that host's pace."""
        # setdefault is atomic: two threads may call this at once.
        return self._hosts.setdefault(host, Pace(self._pause))
