"""Declare ``predict`` and ``backtest``."""

from typing import Annotated

import typer

from casa24.cli import options
from casa24.views.formats import Format


def predict(
    artist: options.OneArtist = None,
    days: Annotated[int, typer.Option("--days", help="How many days ahead: 7 to 90.")] = 30,
    metric: options.ArtistMetrics = None,
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Forecast the label's numbers, or one artist's, with ranges. Each says what it assumes."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.forecasts import predict_query
    from casa24.views.forecast import prediction_page

    workspace = open_workspace(config, data_dir)
    result, whose = predict_query(workspace, artist, metric or (), days, asof)
    emit(prediction_page(result, whose), result, form)


def backtest(
    since: options.Since = None,
    until: options.Until = None,
    days: Annotated[str, typer.Option("--days", help="How many days ahead, like 7,30.")] = "7,30",
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Replay and score every forecast the record could have had."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.forecasts import backtest_query
    from casa24.views.forecast import backtest_page

    workspace = open_workspace(config, data_dir)
    result = backtest_query(workspace, since, until, days)
    emit(backtest_page(result, workspace.label), result, form)
