"""Declare ``collect``."""

from typing import Annotated

import typer

from casa24.cli import options
from casa24.views.formats import Format


def collect(
    source: options.Sources = None,
    artist: options.Artists = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask, show, and write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when anything failed.")] = False,
    deadline: Annotated[
        float, typer.Option("--deadline", min=1, help="Seconds after which what is there is stored.")
    ] = 600,
    save_replies: options.SaveReplies = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Ask every platform about every artist, and store the day."""
    from casa24.cli.collect_run import CollectOptions, NotStored, report, run
    from casa24.cli.workspace import open_workspace

    workspace = open_workspace(config, data_dir, need_config=True)
    wanted = CollectOptions.of(workspace, source, artist, deadline=deadline, dry_run=dry_run, save_replies=save_replies)
    try:
        result = run(workspace, wanted)
    except NotStored as error:
        report(error.collection, workspace, wanted, form, stored=False)
        raise
    report(result, workspace, wanted, form)
    raise typer.Exit(result.exit_code(strict=strict))
