"""``show``, ``diff``, ``sources``: what the record and the installation say."""

from __future__ import annotations

from typing import Annotated

import typer

from casa24.cli import options
from casa24.views.formats import Format


def show(
    artist: options.OneArtist = None,
    date: Annotated[
        str, typer.Option("--date", "-d", help="Which day.", autocompletion=options.complete_day)
    ] = "latest",
    nearest: options.Nearest = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Show the label, or one artist in full, on one day."""
    from casa24.cli.answers import shown_day
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.views.day import artist_page, label_page

    workspace = open_workspace(config, data_dir)
    day = shown_day(workspace, date, artist=artist, nearest=nearest)
    emit(artist_page(day) if artist else label_page(day, workspace.label), day, form)


def diff(
    old: Annotated[str, typer.Argument(help="The earlier day.", autocompletion=options.complete_day)],
    new: Annotated[str, typer.Argument(help="The later day.", autocompletion=options.complete_day)] = "latest",
    artist: options.OneArtist = None,
    nearest: options.Nearest = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Compare two days: 2025-10-01, today, yesterday, latest, or 7d for seven days ago."""
    from casa24.cli.answers import compared
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.views.diff import diff_page

    workspace = open_workspace(config, data_dir)
    result = compared(workspace, old, new, artist=artist, nearest=nearest)
    emit(diff_page(result, workspace.label), result, form)


def sources(
    worker: Annotated[bool, typer.Option("--worker", help="Ask the credentials Worker too.")] = False,
    config: options.ConfigPath = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """List the installed sources: what they measure, which credentials they want and have."""
    from casa24.cli.answers import installed_sources
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.views.sources import sources_page

    result = installed_sources(open_workspace(config, None), ask_worker=worker)
    emit(sources_page(result), result, form)
