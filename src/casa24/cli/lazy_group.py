"""List the commands by name, and build each only when it is looked up, because building all is slow."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

# What stands behind a name: a function, or an app with commands of its own. Help lists them in this order.
# Their modules do without `from __future__ import annotations`: typer would compile each of those texts twice.
COMMANDS = {
    "collect": "casa24.cli.collect:collect",
    "show": "casa24.cli.record:show",
    "diff": "casa24.cli.record:diff",
    "history": "casa24.cli.record:history",
    "predict": "casa24.cli.forecasts:predict",
    "backtest": "casa24.cli.forecasts:backtest",
    "growth": "casa24.cli.questions:growth",
    "unusual": "casa24.cli.questions:unusual",
    "milestones": "casa24.cli.questions:milestones",
    "compare": "casa24.cli.questions:compare",
    "leaderboard": "casa24.cli.questions:leaderboard",
    "week": "casa24.cli.questions:week",
    "notify": "casa24.cli.notify:notify",
    "bot": "casa24.cli.bot:bot",
    "sources": "casa24.cli.record:sources",
    "doctor": "casa24.cli.doctor:doctor",
    "demo": "casa24.cli.demo:demo",
    "init": "casa24.cli.init:init",
    "worker": "casa24.cli.worker:worker",
    "artists": "casa24.cli.artists:app",
    "data": "casa24.cli.data:app",
}


class Menu(UserDict[str, Any]):
    """The mapping a group of commands looks into: ``module:attribute`` becomes a command on the way out."""

    def __getitem__(self, name: str) -> Any:
        """The command of this name, built; ``KeyError`` where there is none."""
        if isinstance(self.data[name], str):
            self.data[name] = _built(name, self.data[name])
        return self.data[name]


def _built(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    what = getattr(import_module(module), attribute)
    if not isinstance(what, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name)(what)
        return get_command(alone)
    command = get_command(what)
    command.name = name
    return command
