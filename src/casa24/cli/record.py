"""Declare ``show``, ``diff``, ``history`` and ``sources``."""

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
    asof: options.AsOf = None,
    raw: options.Raw = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Show the label, or one artist in full, on one day."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.days import day_query, open_history
    from casa24.views.day import artist_page, label_page

    workspace = open_workspace(config, data_dir)
    day = day_query(workspace, open_history(workspace, asof=asof, raw=raw), date, artist=artist, nearest=nearest)
    emit(artist_page(day) if artist else label_page(day, workspace.label), day, form)


def diff(
    old: Annotated[str, typer.Argument(help="The earlier day.", autocompletion=options.complete_day)],
    new: Annotated[str, typer.Argument(help="The later day.", autocompletion=options.complete_day)] = "latest",
    artist: options.OneArtist = None,
    nearest: options.Nearest = False,
    asof: options.AsOf = None,
    raw: options.Raw = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Compare two days. Write them like 2025-10-01, today, yesterday, latest, or 7d (seven days ago)."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.days import diff_query, open_history
    from casa24.views.diff import diff_page

    workspace = open_workspace(config, data_dir)
    result = diff_query(
        workspace, open_history(workspace, asof=asof, raw=raw), old, new, artist=artist, nearest=nearest
    )
    emit(diff_page(result, workspace.label), result, form)


def history(
    artist: Annotated[
        str,
        typer.Argument(
            help="Whose, as people write it; “label”: the label's own.", autocompletion=options.complete_artist
        ),
    ],
    metrics: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="METRIC",
            help="spotify.followers, followers or a title; else the people reached.",
            autocompletion=options.complete_metric,
        ),
    ] = None,
    since: options.Since = None,
    until: options.Until = None,
    asof: options.AsOf = None,
    raw: options.Raw = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Show an artist's numbers over time. It draws a plot with its gaps and doubts, and lists the readings."""
    from casa24.cli.output import emit, plot_style
    from casa24.cli.workspace import open_workspace
    from casa24.queries.days import history_query, open_history
    from casa24.views.history import history_page

    workspace = open_workspace(config, data_dir)
    record = open_history(workspace, asof=asof, raw=raw)
    result = history_query(workspace, record, artist, metrics or [], since=since, until=until)
    emit(history_page(result, workspace.label, plot_style()), result, form)


def sources(
    worker: Annotated[bool, typer.Option("--worker", help="Ask the credentials Worker too.")] = False,
    config: options.ConfigPath = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """List the sources, what they measure and the keys they want. It says which of these are there."""
    from casa24.cli.keys import installed_sources
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.views.sources import sources_page

    result = installed_sources(open_workspace(config, None), ask_worker=worker)
    emit(sources_page(result), result, form)
