"""Declare ``casa24 artists …``: list, add and leave."""

from typing import Annotated

import typer

from casa24.cli import options
from casa24.views.formats import Format

app = typer.Typer(
    help="Who is on the roster, who comes, who leaves.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")]


@app.command("list")
def list_(
    config: options.ConfigPath = None, form: options.AsFormat = Format.TABLE, debug: options.Debug = False
) -> None:
    """List the artists of casa24.toml with their accounts."""
    from casa24.analysis.roster import list_artists
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.record.workspace import today
    from casa24.views.roster import artists_page

    workspace = open_workspace(config, None, need_config=True)
    result = list_artists(workspace.roster, workspace.registry, today())
    emit(artists_page(result), result, form)


@app.command("add")
def add(
    links: Annotated[list[str], typer.Argument(metavar="LINK", help="The artist's pages: one link a platform.")],
    name: Annotated[str | None, typer.Option("--name", help="The name; else as the platforms have it.")] = None,
    dry_run: DryRun = False,
    config: options.ConfigPath = None,
    debug: options.Debug = False,
) -> None:
    """Add an artist to casa24.toml by links."""
    from casa24.cli.roster_edit import add_artist, report
    from casa24.cli.workspace import open_workspace

    workspace = open_workspace(config, None, need_config=True)
    edit = add_artist(workspace, links, name, dry_run=dry_run)
    report(edit, "Next: `casa24 collect` asks about the new artist.")


@app.command("leave")
def leave(
    name: Annotated[str, typer.Argument(help="Who leaves.", autocompletion=options.complete_artist)],
    date: Annotated[
        str | None, typer.Option("--date", "-d", help="The first day without, like 2025-10-17; else today.")
    ] = None,
    dry_run: DryRun = False,
    config: options.ConfigPath = None,
    debug: options.Debug = False,
) -> None:
    """Note in casa24.toml when an artist left."""
    from casa24.cli.roster_edit import artist_leaves, report
    from casa24.cli.workspace import open_workspace

    workspace = open_workspace(config, None, need_config=True)
    edit = artist_leaves(workspace, name, date, dry_run=dry_run)
    report(edit, "From that day on casa24 does not ask about the artist; what is recorded stays readable.")
