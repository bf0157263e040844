"""Declare ``init``."""

from pathlib import Path
from typing import Annotated

import typer

from casa24.cli import options


def path(text: str | Path) -> Path:
    """A folder as it is typed: an empty text, such as an unset variable's, is none."""
    if not str(text).strip():
        raise typer.BadParameter("an empty name is no folder")
    return Path(text)


def init(
    folder: Annotated[Path, typer.Argument(help="The label's folder, new or existing.", parser=path)] = Path(),
    name: Annotated[str | None, typer.Option("--name", help="The label's name.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Its language: en or es.")] = None,
    artist: Annotated[
        list[str] | None,
        typer.Option("--artist", help="One artist's links (or NAME = LINKS), spaces between; may be repeated."),
    ] = None,
    account: Annotated[
        list[str] | None, typer.Option("--account", help="An account of the label's own, KEY=VALUE; may be repeated.")
    ] = None,
    pages: Annotated[
        bool | None, typer.Option("--pages/--no-pages", help="Whether public pages may be read (docs/terms.md).")
    ] = None,
    worker: Annotated[str | None, typer.Option("--worker", help="The address of your Worker, if you have one.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; what no option says takes its default.")] = False,
    bot: Annotated[
        bool, typer.Option("--bot", help="Lay down what the Discord bot needs, too: bot/, see docs/bot.md.")
    ] = False,
    dry_run: options.DryRun = False,
    debug: options.Debug = False,
) -> None:
    """Lay down a label's folder. It holds casa24.toml, .gitignore, the nightly workflow, an empty data folder."""
    from casa24.cli.init_output import carry_out, show_stages
    from casa24.cli.init_questions import Given
    from casa24.cli.init_run import found

    given = Given(name, language, tuple(artist or ()), tuple(account or ()), pages, worker, ask=not yes)
    founding = found(folder, given, bot=bot)
    carry_out(founding.steps, dry_run=dry_run, kept="To have casa24's own, move yours away and run this again.")
    if not dry_run:
        show_stages(founding.stages())
