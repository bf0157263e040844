"""Gather the answers and plan the files for `casa24 init`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.cli.init_questions import Interview
from casa24.cli.invocation import program
from casa24.cli.output import say
from casa24.cli.roster_edit import called
from casa24.config import loading
from casa24.config.loading import FILE_NAME
from casa24.record.workspace import Workspace
from casa24.setup import label_files, next_steps, write_files
from casa24.sources import registry as installed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from casa24.cli.init_questions import Given
    from casa24.setup.next_steps import Stage
    from casa24.setup.write_files import Step
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
        stages = next_steps.after_init(
            self.folder, loading.parse(roster).resolve(self.registry), self.registry, program=program()
        )
        return [*stages, next_steps.bot(program())] if self.bot else stages


def found(folder: Path, given: Given, *, bot: bool = False) -> Founding:
    """Ask what must be asked, and plan. Nothing is written. ``bot``: with what the Discord bot needs."""
    with contextlib.redirect_stdout(sys.stderr):
        registry = installed.load()
    # Whatever is wrong with the folder is said before anything is asked.
    write_files.plan(folder, label_files.planned(folder, ""))
    above = next_steps.repository_around(folder)
    if above:
        say(f"{folder} lies inside the git repository {above}: GitHub would never run its nightly workflow there.")
        say("  → Choose a folder outside of it, or that repository's own.")
    path = folder / FILE_NAME
    if path.exists():
        loading.read(path).resolve(registry)
        unused = " What the options say of the label was not used." if given.anything else ""
        say(f"{path} is there already and is kept.{unused}")
        text = path.read_bytes().decode("utf-8")
    else:
        text = Interview(given, registry, lambda accounts, so_far: _called(folder, accounts, so_far)).roster_text()
    planned = [*label_files.planned(folder, text), *(label_files.planned_for_bot() if bot else ())]
    return Founding(folder, registry, write_files.plan(folder, planned), bot)


def _called(folder: Path, accounts: Mapping[str, str], roster: str) -> str | None:
    """What the first platform that answers calls the owner of these accounts; None where none does in time."""
    workspace = Workspace(loading.parse(roster, folder / FILE_NAME), folder / "data")
    say("  Asking the platforms for the name …")
    # An answer is casa24's alone: what a source prints goes to stderr.
    with contextlib.redirect_stdout(sys.stderr):
        found = asyncio.run(called(workspace, accounts))
    return next(iter(found.values()), None)
