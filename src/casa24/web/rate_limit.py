"""How fast a host is asked: so many at once, so far apart, and not before it said."""

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
    """One host's pace, the same for all sources that ask it: each has a thread of its own.

    ``closed``: why nothing more leaves for this host in this run.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._next = 0.0
        self._held = 0.0
        self._turn = threading.Lock()
        self.closed: RateLimited | None = None

    def hold(self, seconds: float) -> None:
        """Nothing more leaves for so long: the host asked for it."""
        with self._turn:
            self._held = max(self._held, time.monotonic() + seconds)

    def held_beyond(self, moment: float) -> bool:
        """Whether the host has asked for a pause that lasts longer than until then."""
        return self._held > moment

    def slot(self) -> float:
        """The next free moment to leave, by the monotonic clock."""
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
        """Wait for a place and for the moment to leave. Raises RateLimited where the host is closed."""
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
    """Every host's pace in one run."""

    def __init__(self, politeness: Politeness) -> None:
        self._pause = politeness.pause
        self._hosts: dict[str, Pace] = {}

    def of(self, host: str) -> Pace:
        """That host's pace."""
        # One atomic step: two threads may ask at once.
        return self._hosts.setdefault(host, Pace(self._pause))
