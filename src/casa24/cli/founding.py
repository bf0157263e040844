"""`casa24 init` without its printing: what there is already, the questions, the plan."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24 import config
from casa24.cli.calling import program
from casa24.cli.editing import called
from casa24.cli.interview import Interview
from casa24.cli.output import say
from casa24.config import FILE_NAME
from casa24.project import guide, label, layout
from casa24.sources import registry as installed
from casa24.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from casa24.cli.interview import Given
    from casa24.project.guide import Stage
    from casa24.project.layout import Step
    from casa24.sources.registry import Registry


@dataclass(frozen=True, slots=True)
class Founding:
    """A label's folder about to be laid down."""

    folder: Path
    registry: Registry
    steps: tuple[Step, ...]
    bot: bool = False

    def stages(self) -> list[Stage]:
        """What to do next."""
        (roster,) = (step.text for step in self.steps if step.name == FILE_NAME)
        stages = guide.after_init(
            self.folder, config.parse(roster).resolve(self.registry), self.registry, program=program()
        )
        return [*stages, guide.bot(program())] if self.bot else stages


def found(folder: Path, given: Given, *, bot: bool = False) -> Founding:
    """Ask what must be asked, and plan. Nothing is written. ``bot``: with what the Discord bot needs."""
    with contextlib.redirect_stdout(sys.stderr):
        registry = installed.load()
    # Whatever is wrong with the folder is said before anything is asked.
    layout.plan(folder, label.planned(folder, ""))
    above = guide.repository_around(folder)
    if above:
        say(f"{folder} lies inside the git repository {above}: GitHub would never run its nightly workflow there.")
        say("  → Choose a folder outside of it, or that repository's own.")
    path = folder / FILE_NAME
    if path.exists():
        config.read(path).resolve(registry)
        unused = " What the options say of the label was not used." if given.anything else ""
        say(f"{path} is there already and is kept.{unused}")
        text = path.read_bytes().decode("utf-8")
    else:
        text = Interview(given, registry, lambda accounts, so_far: _called(folder, accounts, so_far)).roster_text()
    planned = [*label.planned(folder, text), *(label.planned_for_bot() if bot else ())]
    return Founding(folder, registry, layout.plan(folder, planned), bot)


def _called(folder: Path, accounts: Mapping[str, str], roster: str) -> str | None:
    """What the first platform that answers calls the owner of these accounts; None where none does in time."""
    workspace = Workspace(config.parse(roster, folder / FILE_NAME), folder / "data")
    say("  Asking the platforms for the name …")
    # An answer is casa24's alone: what a source prints goes to stderr.
    with contextlib.redirect_stdout(sys.stderr):
        found = asyncio.run(called(workspace, accounts))
    return next(iter(found.values()), None)
