"""Run a coroutine in its own thread, so that it cannot stop the rest of the program.

A plugin may block its event loop, ignore its cancellation or call sys.exit. In a thread
with its own loop that stops only itself: the other sources go on, and the caller decides
how long to wait.
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
    """Runs a coroutine in a daemon thread; made and used in an event loop, the home loop.

    ``done``: a future of the home loop. Its result is the exception that ended the coroutine
    (also a CancelledError or a SystemExit), or None.
    """

    def __init__(self, job: Coroutine[Any, Any, None], name: str) -> None:
        self._home = asyncio.get_running_loop()
        self.done: asyncio.Future[BaseException | None] = self._home.create_future()
        self._job = job
        self._name = name
        self._begun = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the thread, and wait until the coroutine can be cancelled."""
        threading.Thread(target=self._main, name=f"casa24 {self._name}", daemon=True).start()
        self._begun.wait()

    def tell(self, function: Callable[[], object]) -> None:
        """Call a function in the home loop, from the thread; do nothing if that loop is closed."""
        with suppress(RuntimeError):
            self._home.call_soon_threadsafe(function)

    def cancel(self) -> None:
        """Tell the coroutine to end, as :meth:`asyncio.Task.cancel` does."""
        if self._task is not None:
            with suppress(RuntimeError):
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    def _main(self) -> None:
        error: BaseException | None = None
        # A thread has no caller: an exception is passed to the home loop, or ignored if that is closed.
        with suppress(BaseException), asyncio.Runner() as runner:
            try:
                # Made in this thread: on Windows a new loop takes Ctrl-C away from the one before it.
                loop = runner.get_loop()
                # Errors of abandoned tasks are only logged; asyncio would print them with a traceback.
                loop.set_exception_handler(lambda _loop, context: log.debug("%s: %s", self._name, context["message"]))
                self._task = loop.create_task(self._job, name=self._name)
                self._begun.set()
                loop.run_until_complete(self._task)
            except BaseException as raised:  # noqa: BLE001 - a plugin may raise anything
                error = raised
            self._begun.set()
            self.tell(lambda: self._end(error))

    def _end(self, error: BaseException | None) -> None:
        if not self.done.done():
            self.done.set_result(error)


def any_left(timeout: float = 1.0) -> bool:
    """Return whether other threads still run after so many seconds: Python would wait for some of them forever."""
    until = time.monotonic() + timeout
    while (left := threading.active_count() > 1) and time.monotonic() < until:
        time.sleep(0.01)
    return left
