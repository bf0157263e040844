"""``casa24 data …``: care for the files."""

from __future__ import annotations

import typer

from casa24.cli import options

app = typer.Typer(help="Care for the data folder.", no_args_is_help=True, rich_markup_mode=None)


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
