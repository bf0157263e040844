"""Declare ``growth``, ``unusual``, ``milestones``, ``compare``, ``leaderboard`` and ``week``."""

from enum import StrEnum
from typing import Annotated

import typer

from casa24.cli import options
from casa24.views.formats import Format


class Period(StrEnum):
    """How far back growth looks."""

    WEEK = "7d"
    FORTNIGHT = "14d"
    MONTH = "30d"
    TWO_MONTHS = "60d"
    QUARTER = "90d"

    @property
    def days(self) -> int:
        """So many days."""
        return int(self.value[:-1])


def growth(
    artist: options.OneArtist = None,
    period: Annotated[Period, typer.Option("--period", "-p", help="How far back.")] = Period.MONTH,
    metric: options.Metrics = None,
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Show what grew over a period, artist by artist. What moved in a wave is told apart."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.questions import growth_query
    from casa24.views.growth import growth_page

    workspace = open_workspace(config, data_dir)
    result, whose = growth_query(workspace, artist, period.days, metric or [], asof=asof)
    emit(growth_page(result, workspace.label, whose=whose), result, form)


def unusual(
    since: options.Since = None,
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Show what jumped, what is open, and who moved together. It looks back 30 days, or to the day of --since."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.questions import unusual_query
    from casa24.views.unusual import unusual_page

    workspace = open_workspace(config, data_dir)
    result = unusual_query(workspace, since, asof=asof)
    emit(unusual_page(result, workspace.label), result, form)


def milestones(
    artist: options.OneArtist = None,
    everything: Annotated[bool, typer.Option("--all", help="Every milestone, not only the last of each.")] = False,
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Show the milestones reached, and how far the next ones are. Only what is certain counts."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.questions import milestones_query
    from casa24.views.milestones import milestones_page

    workspace = open_workspace(config, data_dir)
    result, name = milestones_query(workspace, artist, asof=asof)
    emit(milestones_page(result, name, everything=everything), result, form)


def compare(
    artists: Annotated[
        list[str],
        typer.Argument(
            metavar="ARTIST…", help="Two or more, as people write them.", autocompletion=options.complete_artist
        ),
    ],
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Show artists side by side, with their changes in 30 days."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.questions import compare_query
    from casa24.views.ranking import comparison_page

    result = compare_query(open_workspace(config, data_dir), artists, asof=asof)
    emit(comparison_page(result), result, form)


def leaderboard(
    metric: Annotated[
        str | None,
        typer.Argument(
            help="spotify.followers, or a field or title that means one number.",
            autocompletion=options.complete_artist_metric,
        ),
    ] = None,
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Show who stands where by one number. Beside it stands how that changed in 30 days."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.questions import leaderboard_query
    from casa24.views.ranking import leaderboard_page

    workspace = open_workspace(config, data_dir)
    result = leaderboard_query(workspace, metric, asof=asof)
    emit(leaderboard_page(result, workspace.label), result, form)


def week(
    which: Annotated[
        str | None, typer.Option("--week", "-w", help="Like 2025-W42; else the last complete one.")
    ] = None,
    asof: options.AsOf = None,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    lang: options.Lang = None,
    debug: options.Debug = False,
) -> None:
    """Show the label's week. It says what changed, is unusual, was reached, is new, is missing, and leaves next."""
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.queries.questions import week_query
    from casa24.views.week import week_page

    workspace = open_workspace(config, data_dir)
    result = week_query(workspace, which, asof=asof)
    emit(week_page(result, workspace.label), result, form)
