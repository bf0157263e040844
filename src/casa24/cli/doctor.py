"""Declare ``doctor``."""

from typing import Annotated

import typer

from casa24.cli import options
from casa24.setup.doctor.areas import Area
from casa24.views.formats import Format

Only = Annotated[
    list[Area] | None,
    typer.Option("--only", metavar="AREA", help=f"Look at this area only; may be repeated: {', '.join(Area)}."),
]


def doctor(
    only: Only = None,
    offline: Annotated[bool, typer.Option("--offline", help="Look at what needs no network.")] = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Look at everything a night needs, and say what to do. That is keys, platforms, record, repository."""
    from casa24.cli.doctor_run import check_up
    from casa24.cli.output import emit

    done = check_up(config, data_dir, offline=offline, only=only or ())
    emit(done.page, done.checkup, form)
    raise typer.Exit(done.checkup.exit_code)
