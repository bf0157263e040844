"""Run seventeen nights against the played platforms, in the ordinary way."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from casa24 import demo
from casa24.cli.collect_run import CollectOptions, run
from casa24.cli.invocation import program
from casa24.cli.output import say
from casa24.cli.workspace import open_workspace
from casa24.config.credentials import Wallet
from casa24.core.politeness import Politeness
from casa24.demo.platforms import Platforms
from casa24.record.workspace import Workspace

if TYPE_CHECKING:
    import datetime as dt

_AT_ONCE = Politeness(concurrency=64, pause=0)


def rehearse() -> Workspace:
    """Collect the invented days into ./casa24-demo; the same days again change nothing."""
    folder = Path.cwd() / demo.FOLDER
    path = demo.lay_down(folder)
    say(f"Playing the platforms: {demo.FIRST} to {demo.LAST}, collected into ./{demo.FOLDER}\n")
    for night in demo.nights():
        run(open_workspace(path, folder / "data"), _options(night))
    return open_workspace(path, folder / "data")


def _options(night: dt.datetime) -> CollectOptions:
    wallet = Wallet()
    wallet.add(demo.KEYS, demo.KEYS, "demo")
    return CollectOptions(
        now=night,
        generator=demo.GENERATOR,
        wallet=wallet,
        transport=Platforms(night.date()),
        politeness=_AT_ONCE,
        quiet=True,
    )


def commands(workspace: Workspace) -> str:
    """What to type next: literally, wherever casa24 is installed."""
    folder = shlex.quote(str(workspace.config.folder.relative_to(Path.cwd())))
    lines = ("show --artist PYRO", f"diff {demo.FIRST} {demo.LAST}")
    return "\n".join([f"  cd {folder}", *(f"  {program()} {line}" for line in lines)])
