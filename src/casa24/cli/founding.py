"""`casa24 init` without its printing: what there is already, the questions, the plan."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24 import config
from casa24.cli.calling import program
from casa24.cli.interview import Interview
from casa24.cli.keys import local_keys
from casa24.cli.output import say
from casa24.cli.workspace import Workspace, utc_now
from casa24.config import FILE_NAME
from casa24.project import guide, label, layout
from casa24.project.links import platform_names
from casa24.sources import registry as installed

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

    def stages(self) -> list[Stage]:
        """What to do next."""
        (roster,) = (step.text for step in self.steps if step.name == FILE_NAME)
        return guide.after_init(
            self.folder, config.parse(roster).resolve(self.registry), self.registry, program=program()
        )


def found(folder: Path, given: Given) -> Founding:
    """Ask what must be asked, and plan. Nothing is written."""
    with contextlib.redirect_stdout(sys.stderr):
        registry = installed.load()
    # Whatever is wrong with the folder is said before anything is asked.
    layout.plan(folder, label.planned(folder, ""))
    path = folder / FILE_NAME
    if path.exists():
        config.read(path).resolve(registry)
        if given.anything:
            say(f"{path} is there already and is kept: what the options say of the label was not used.")
        text = path.read_bytes().decode("utf-8")
    else:
        text = Interview(given, registry, lambda accounts, so_far: _called(folder, accounts, so_far)).roster_text()
    return Founding(folder, registry, layout.plan(folder, label.planned(folder, text)))


def _called(folder: Path, accounts: Mapping[str, str], roster: str) -> str | None:
    """What the platforms call the owner of these accounts, asked with the keys at hand; None where none says it."""
    workspace = Workspace(config.parse(roster, folder / FILE_NAME), folder / "data")
    say("  Looking up the name …")
    names = platform_names(accounts, workspace.roster, workspace.registry, local_keys(workspace), utc_now())
    return next(iter(asyncio.run(names).values()), None)
