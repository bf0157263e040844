"""Declare ``worker``."""

from pathlib import Path
from typing import Annotated

import typer

from casa24.cli import options
from casa24.cli.init import path


def worker(
    folder: Annotated[Path, typer.Argument(help="Where to put it.", parser=path)] = Path("casa24-worker"),
    force: Annotated[bool, typer.Option("--force", help="Replace files that were changed.")] = False,
    config: options.ConfigPath = None,
    dry_run: options.DryRun = False,
    debug: options.Debug = False,
) -> None:
    """Copy out the Cloudflare Worker that hands out the keys. It says how to bring the Worker up."""
    from casa24.cli.init_output import carry_out, show_stages
    from casa24.cli.output import say
    from casa24.cli.workspace import open_workspace
    from casa24.errors import StorageError
    from casa24.setup import github_remote, write_files
    from casa24.setup import worker as files

    workspace = open_workspace(config, None)
    repository, branch = github_remote.origin(Path.cwd()), github_remote.branch(Path.cwd())
    stages = files.after_copy(folder, workspace.roster, workspace.registry, repository)
    known, filled = files.known(repository, workspace.roster.label.worker, branch), files.filled_in(folder)
    if filled is None and force:
        raise StorageError(
            f"{folder / files.SETTINGS} cannot be read: what you filled in there would be lost. Nothing was written.",
            advice="Mend it, or move it away, then run this again.",
        )
    held = {name: value for name, value in (filled or {}).items() if known.get(name) != value}
    steps = write_files.plan(folder, files.planned(repository, {**known, **held}), force=force)
    carry_out(steps, dry_run=dry_run, kept="--force replaces what is kept; or move it away and run this again.")
    if held:
        say(f"What was filled in in {files.SETTINGS} stays: {', '.join(held)}.")
    for name in (name for name in known if name in held):
        say(f"  {name} stays {held[name]!r}; from here it would be {known[name]!r}.")
    if workspace.config.path is None:
        say("There is no casa24.toml here or above: nothing of your label is filled in. Run it in the label's folder.")
    if "BRANCH" not in held and known["BRANCH"] != "main":
        say(f"The branch whose nightly run is let in is {known['BRANCH']}, as git has it: BRANCH in {files.SETTINGS}.")
    if repository is None:
        say(f"No remote at GitHub here: put your repository for {github_remote.PLACEHOLDER} in wrangler.jsonc.")
    show_stages(() if dry_run else stages)
