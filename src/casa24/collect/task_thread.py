"""A coroutine in a thread of its own, so that nothing it does can stop anybody else.

Strangers' code may block its event loop, swallow its cancellation or call sys.exit. In a
thread with a loop of its own that is its own trouble: the others go on, and the one who
waits decides how long.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

log = logging.getLogger("casa24.collect.task_thread")


class TaskThread:
    """Runs a coroutine in a daemon thread; made and used in an event loop, its home.

    ``done``: a future of the home loop. Its result is what ended the coroutine (a
    CancelledError and a SystemExit too), or None.
    """

    def __init__(self, job: Coroutine[Any, Any, None], name: str) -> None:
        self._home = asyncio.get_running_loop()
        self.done: asyncio.Future[BaseException | None] = self._home.create_future()
        self._job = job
        self._name = name
        self._begun = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._main, name=f"casa24 {self._name}", daemon=True).start()
        # A moment: from here on it can be cancelled.
        self._begun.wait()

    def tell(self, act: Callable[[], object]) -> None:
        """Called in the thread: do this at home. A home that is closed listens no more."""
        with suppress(RuntimeError):
            self._home.call_soon_threadsafe(act)

    def cancel(self) -> None:
        """Tell the coroutine to end, as :meth:`asyncio.Task.cancel` does."""
        if self._task is not None:
            with suppress(RuntimeError):
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    def _main(self) -> None:
        error: BaseException | None = None
        # A thread has no caller: whatever is raised here is told at home, or comes too late for anybody.
        with suppress(BaseException), asyncio.Runner() as runner:
            try:
                # Made here, not at home: on Windows a new loop takes Ctrl-C away from the one before it.
                loop = runner.get_loop()
                # What nobody waited for any more is no news; asyncio would print it with its traceback.
                loop.set_exception_handler(lambda _loop, context: log.debug("%s: %s", self._name, context["message"]))
                self._task = loop.create_task(self._job, name=self._name)
                self._begun.set()
                loop.run_until_complete(self._task)
            except BaseException as raised:  # noqa: BLE001 - the border to strangers' code
                error = raised
            self._begun.set()
            self.tell(lambda: self._end(error))

    def _end(self, error: BaseException | None) -> None:
        if not self.done.done():
            self.done.set_result(error)


def any_left(patience: float = 1.0) -> bool:
    """Whether other threads are still at work after so many seconds: Python would wait for some of them for ever."""
    until = time.monotonic() + patience
    while (left := threading.active_count() > 1) and time.monotonic() < until:
        time.sleep(0.01)
    return left
