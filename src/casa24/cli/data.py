"""Declare ``casa24 data …``: the commands that care for the files."""

from pathlib import Path
from typing import Annotated

import typer

from casa24.cli import options
from casa24.views.formats import Format

app = typer.Typer(help="Care for the data folder.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    pass


@app.command("rebuild-csv")
def rebuild_csv(
    config: options.ConfigPath = None, data_dir: options.DataDir = None, debug: options.Debug = False
) -> None:
    """Write popularity_scores.csv anew from the snapshots."""
    from casa24.cli.output import say
    from casa24.cli.workspace import open_workspace

    folder = open_workspace(config, data_dir).folder
    done = folder.rebuild_table()
    say(f"{folder.table_file}: {'written anew' if done.changed else 'was already the same'}.")
    for path in done.set_aside:
        say(f"What it held beside the recorded days was set aside as {path}.")


@app.command("import")
def import_(
    place: Annotated[Path, typer.Argument(metavar="FOLDER", help="An old data folder: historical/ and the CSV.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take its days also where ours differ.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing.")] = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Take an old record into this one, byte for byte. It says what is odd in it."""
    from casa24.cli.data_import import imported
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.views.migration import import_page

    workspace = open_workspace(config, data_dir, need_config=data_dir is None)
    result = imported(workspace, place, replace=replace, dry_run=dry_run)
    emit(import_page(result), result, form)


@app.command()
def merge(
    place: Annotated[Path, typer.Argument(metavar="FOLDER|FILE", help="Another data folder, or one day's file.")],
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Take over the days of another data folder. Of a day both hold, each number's better reading is kept."""
    from casa24.cli.output import say
    from casa24.cli.workspace import open_workspace
    from casa24.record.importer import merge_into
    from casa24.views.migration import merge_lines

    folder = open_workspace(config, data_dir).folder
    for line in merge_lines(merge_into(folder, place)):
        say(line)


@app.command()
def check(
    since: Annotated[str | None, typer.Option("--since", help="Only what was still so then or later.")] = None,
    amend: Annotated[bool, typer.Option("--amend", help="Ask about each error, and note the answers.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --amend: ask nothing, amend what is certain.")] = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    lang: options.Lang = None,
    form: options.AsFormat = Format.TABLE,
    debug: options.Debug = False,
) -> None:
    """Find what in the record cannot be taken at its word. That is copied days, false zeros, holes, jumps."""
    from casa24.cli import data_check
    from casa24.cli.output import emit
    from casa24.cli.workspace import open_workspace
    from casa24.errors import UsageError
    from casa24.views.quality import quality_page

    if yes and not amend:
        raise UsageError("--yes belongs to --amend.", advice="Add --amend to note what is certain.")
    workspace = open_workspace(config, data_dir)
    result = data_check.checked(workspace, since)
    if amend and data_check.amend(workspace, result, yes=yes):
        result = data_check.checked(workspace, since)
    emit(quality_page(result, workspace.label), result, form)
    raise typer.Exit(result.exit_code)


@app.command()
def archive(
    years: Annotated[list[int] | None, typer.Argument(metavar="[YEAR]…", help="Only these years.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Into this folder, and out of the record.")] = None,
    older_than: options.OlderThan = None,
    restore: Annotated[bool, typer.Option("--restore", help="Unpack again, byte for byte.")] = False,
    dry_run: options.DryRun = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Pack closed years into one file each. They are read as before."""
    from casa24.cli import data_archive
    from casa24.cli.workspace import open_workspace

    workspace = open_workspace(config, data_dir)
    if restore:
        data_archive.restored(workspace, years)
    else:
        data_archive.archived(workspace, years, older_than, to, dry_run=dry_run)


@app.command()
def prune(
    source: Annotated[str, typer.Option("--source", help="Whose values.", autocompletion=options.complete_source)],
    older_than: Annotated[str, typer.Option("--older-than", help="From days older than this, like 30d.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: options.DryRun = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Remove one platform's values from old days. Its terms may ask for that; the days say so."""
    from casa24.cli import data_archive
    from casa24.cli.workspace import open_workspace

    data_archive.pruned(open_workspace(config, data_dir), source, older_than, yes=yes, dry_run=dry_run)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to: .csv, .jsonl, .sqlite or .parquet.")],
    artist: options.OneArtist = None,
    since: options.Since = None,
    until: options.Until = None,
    raw: options.Raw = False,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite the file, if there is one.")] = False,
    config: options.ConfigPath = None,
    data_dir: options.DataDir = None,
    debug: options.Debug = False,
) -> None:
    """Write the record as tidy rows for other programs. With --artist, one artist's part of it."""
    from casa24.cli.data_export import handed_over
    from casa24.cli.output import say
    from casa24.cli.workspace import open_workspace

    say(handed_over(open_workspace(config, data_dir), file, artist, (since, until), raw=raw, replace=replace))
