"""``worker``: the Worker that hands out the keys, copied out ready to deploy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casa24.cli import options


def worker(
    folder: Annotated[Path, typer.Argument(help="Where to put it.")] = Path("casa24-worker"),
    force: Annotated[bool, typer.Option("--force", help="Replace files that were changed.")] = False,
    config: options.ConfigPath = None,
    dry_run: options.DryRun = False,
    debug: options.Debug = False,
) -> None:
    """Copy out the Cloudflare Worker that hands out the keys, and say how to bring it up."""
    from casa24.cli.laying import carry_out, show_stages
    from casa24.cli.output import say
    from casa24.cli.workspace import open_workspace
    from casa24.project import layout, remote
    from casa24.project import worker as files

    workspace = open_workspace(config, None)
    repository = remote.origin(Path.cwd())
    stages = files.after_copy(folder, workspace.roster, workspace.registry, repository)
    steps = layout.plan(folder, files.planned(repository, workspace.roster.label.worker), force=force)
    carry_out(steps, dry_run=dry_run, kept="--force replaces what is kept; or move it away and run this again.")
    if repository is None:
        say(f"No remote at GitHub here: put your repository for {remote.PLACEHOLDER} in wrangler.jsonc.")
    show_stages(() if dry_run else stages)
