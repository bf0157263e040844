"""Declare ``notify``."""

from typing import Annotated

import typer

from casa24.cli import options


def notify(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Send the label's week and its news, each once. It goes to Discord, Slack, mail or any service of apprise."""
    from casa24.cli import notify_run
    from casa24.cli.workspace import open_workspace

    raise typer.Exit(notify_run.notify(open_workspace(config, data_dir), dry_run=dry_run))
