"""Define the options commands share, and how the shell completes them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casa24.cli.output import choose_language, set_debug, set_verbose
from casa24.views.formats import Format, Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from casa24.record.workspace import Workspace


def _completed(offers: Callable[[Workspace], Iterable[str]]) -> Callable[[Any, str], list[str]]:
    """A completion from the workspace at hand; a broken configuration completes nothing, silently."""

    def complete(ctx: Any, incomplete: str) -> list[str]:
        from casa24.cli.workspace import open_workspace
        from casa24.errors import Casa24Error

        try:
            offered = list(offers(open_workspace(ctx.params.get("config"), ctx.params.get("data_dir"))))
        except Casa24Error:
            return []
        # Bash puts an offer into the line as it is, so a space in a name must come escaped.
        bash = os.environ.get("_CASA24_COMPLETE", "").endswith("bash")
        return [re.sub(r"([^\w.-])", r"\\\1", offer) for offer in offered] if bash else offered

    return complete


def _artists(workspace: Workspace) -> list[str]:
    recorded = workspace.history.on(*workspace.history.days[-1:])
    return list(dict.fromkeys([*(artist.name for artist in workspace.roster.artists), *workspace.names(*recorded)]))


def _days(workspace: Workspace) -> list[str]:
    recorded = [day.isoformat() for day in reversed(workspace.history.days)]
    return ["latest", "today", "yesterday", "7d", *recorded]


def _sources(workspace: Workspace) -> list[str]:
    return [source.name for source in workspace.registry.sources]


def _metrics(workspace: Workspace) -> list[str]:
    return [item.key for item in (*workspace.registry.artist_series, *workspace.label_series)]


complete_artist, complete_day, complete_source = _completed(_artists), _completed(_days), _completed(_sources)
complete_metric = _completed(_metrics)
complete_artist_metric = _completed(lambda workspace: [item.key for item in workspace.registry.artist_series])

ConfigPath = Annotated[
    Path | None, typer.Option("--config", help="The casa24.toml to use; else the nearest one, from here upwards.")
]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="The data folder; else data/ beside casa24.toml.")]
OneArtist = Annotated[
    str | None,
    typer.Option("--artist", "-a", help="One artist, as people write it.", autocompletion=complete_artist),
]
Artists = Annotated[
    list[str] | None,
    typer.Option("--artist", "-a", help="Only this artist; may be repeated.", autocompletion=complete_artist),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", "-s", help="Only this source; may be repeated.", autocompletion=complete_source),
]
SaveReplies = Annotated[
    Path | None,
    typer.Option("--save-replies", help="Keep what the platforms answer, without keys, in this new folder."),
]
Nearest = Annotated[bool, typer.Option("--nearest", help="Take the nearest recorded day where a date has none.")]
AsOf = Annotated[
    str | None,
    typer.Option("--asof", help="As if nothing had been recorded after this day.", autocompletion=complete_day),
]
Raw = Annotated[
    bool, typer.Option("--raw", help="The record as collected: no amendments, the old collector's zeros as zeros.")
]
Since = Annotated[str | None, typer.Option("--since", help="From this day on.", autocompletion=complete_day)]
Until = Annotated[str | None, typer.Option("--until", help="Up to this day.", autocompletion=complete_day)]
_METRIC_HELP = "Only this: spotify.followers, followers or a title; may be repeated."
Metrics = Annotated[list[str] | None, typer.Option("--metric", "-m", help=_METRIC_HELP, autocompletion=complete_metric)]
ArtistMetrics = Annotated[
    list[str] | None, typer.Option("--metric", "-m", help=_METRIC_HELP, autocompletion=complete_artist_metric)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")]
OlderThan = Annotated[str | None, typer.Option("--older-than", help="What is older than this, like 90d.")]
AsFormat = Annotated[Format, typer.Option("--format", "-f", help="How to print the answer.")]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", callback=choose_language, help="The language of the answer; else casa24.toml's."),
]
Debug = Annotated[
    bool, typer.Option("--debug", callback=set_debug, help="Log everything; show where errors come from.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", callback=set_verbose, help="Say more of what is done.")]
