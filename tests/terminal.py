"""Run `casa24` in a terminal, and type into it. POSIX only."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CTRL_C = "\x03"

# It becomes the terminal's foreground program, so that Ctrl-C reaches it.
_RUN = "import os; os.login_tty(0); from casa24.cli import main; main()"


class Terminal:
    """A running command. ``shown``: everything it printed and what was typed, line by line."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int, deadline: float) -> None:
        self._process = process
        self._screen = screen
        self._deadline = deadline
        self._seen = 0
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read until ``text`` is on the screen, after the text waited for before."""
        while text not in self.shown[self._seen :]:
            assert self._read(), f"it ended without {text!r}:\n{self.shown}"
        self._seen = self.shown.index(text, self._seen) + len(text)

    def answer(self, question: str, line: str) -> None:
        """Wait for a question and type the answer, with Enter."""
        self.wait_for(question)
        self.type(f"{line}\n")

    def type(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._screen, keys.encode())

    def interrupt(self) -> int:
        """Press Ctrl-C until the command has ended; return its exit code.

        Python does not notice a signal that comes just before it begins to read, until the next one.
        """
        while self._process.poll() is None and time.monotonic() < self._deadline:
            self.type(_CTRL_C)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)
        return self.end()

    def end(self) -> int:
        """Read until the command has ended; return its exit code."""
        while self._read():
            pass
        return self._process.wait(timeout=max(0.1, self._deadline - time.monotonic()))

    def _read(self) -> bool:
        left = self._deadline - time.monotonic()
        ready, _, _ = select.select([self._screen], [], [], max(0, left))
        assert ready, f"nothing more came in time:\n{self.shown}"
        try:
            part = os.read(self._screen, 65536)
        except OSError:  # Linux's way to say that nobody holds the other side any more
            return False
        self.shown += part.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(part)


@contextmanager
def typing(*arguments: str, env: dict[str, str], cwd: Path, seconds: float = 60) -> Iterator[Terminal]:
    """Start a command in a new terminal; it is killed at the end of the block."""
    import pty

    screen, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, *arguments],
        env=env | {"TERM": "dumb"}, cwd=cwd, stdin=inside, stdout=inside, stderr=inside,
    )  # fmt: skip
    os.close(inside)
    try:
        yield Terminal(process, screen, time.monotonic() + seconds)
    finally:
        process.kill()
        process.wait(timeout=10)
        os.close(screen)
