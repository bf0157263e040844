"""Run ``data export``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.queries.days import open_history, span
from casa24.record.export import export
from casa24.text.i18n import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casa24.record.workspace import Workspace


def handed_over(
    workspace: Workspace, file: Path, artist: str | None, days: Sequence[str | None], *, raw: bool, replace: bool
) -> str:
    """Write the file, and say what is in it. ``days``: the first and the last, as people write them."""
    history = open_history(workspace, raw=raw)
    done = export(history, file, artist, span(history, *days), replace=replace)
    rows = count(done.rows, "1 row", "{n} rows")
    if done.first is None:
        return f"{file}: {rows}."
    artists = count(done.artists, "1 artist", "{n} artists")
    return f"{file}: {rows}, {artists}, {done.first} … {done.last}."
