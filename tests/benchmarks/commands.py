"""How long commands take from start to end, against the import of typer alone: fresh processes, turn by turn."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_RUN = "from casa24.cli import main; main()"
# What is compiled once is kept, as in any installation.
_ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(eq=False)
class Command:
    """A program in its folder, and how long each run of it took."""

    arguments: tuple[str, ...]
    folder: Path
    seconds: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Once more."""
        before, started = _cpu(), time.perf_counter()
        done = subprocess.run(
            self.arguments, cwd=self.folder, env=_ENVIRON, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(self.arguments)}: {done.stderr}")
        self.seconds.append(time.perf_counter() - started)
        self.spent.append(_cpu() - before)

    @property
    def cpu(self) -> float:
        """The CPU seconds of the run that took least."""
        return min(self.spent)

    @property
    def shortest(self) -> float:
        """What it takes when nothing else is in its way: noise only ever adds."""
        return min(self.seconds)


def _cpu() -> float:
    """What the programs run so far have taken of the CPU, in seconds."""
    used = os.times()
    return used.children_user + used.children_system


def python(code: str, folder: Path) -> Command:
    """These lines of Python."""
    return Command((sys.executable, "-c", code), folder)


def casa24(*arguments: str, folder: Path) -> Command:
    """A command of casa24."""
    return Command((sys.executable, "-c", _RUN, *arguments), folder)


def take_turns(commands: Iterable[Command], rounds: int) -> None:
    """Run all, so often, one after the other: what slows the machine down slows all of them."""
    for _ in range(rounds):
        for command in commands:
            command.run()
