"""Declare ``bot``."""

from typing import Annotated

import typer

from casa24.cli import options

Pull = Annotated[
    str | None,
    typer.Option("--pull", metavar="URL", help="Where the record is: a git repository, looked at every 5 minutes."),
]
Everywhere = Annotated[
    bool, typer.Option("--global", help="Register the commands for every server (may take an hour), not the label's.")
]


def bot(
    check: Annotated[bool, typer.Option("--check", help="Say what is missing, and how to invite the bot.")] = False,
    pull: Pull = None,
    everywhere: Everywhere = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Answer questions in the label's Discord server. It runs until Ctrl-C."""
    from casa24.cli.bot_run import RecordLocation, check_bot, run_bot

    place = RecordLocation.of(config, data_dir, pull)
    if check:
        raise typer.Exit(check_bot(place))
    run_bot(place, everywhere=everywhere)
