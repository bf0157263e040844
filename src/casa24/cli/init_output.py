"""Print which files were written, or would be, and what comes next."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import typer

from casa24.setup.write_files import FileAction, lay_down
from casa24.text.escape import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.setup.next_steps import Stage
    from casa24.setup.write_files import Step

_PROSE = textwrap.TextWrapper(80, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False)
_WORDS = {
    FileAction.NEW: "new",
    FileAction.UNCHANGED: "unchanged",
    FileAction.KEPT: "kept: it is there already, and another than casa24's",
    FileAction.REPLACED: "replaced",
    FileAction.COMPLETED: "completed: lines added at its end",
}


def carry_out(steps: Sequence[Step], *, dry_run: bool, kept: str = "") -> None:
    """Write the files, unless it is a rehearsal, and say what became of each. ``kept``: what to do about those."""
    if not dry_run:
        lay_down(steps)
    width = max(len(step.name) for step in steps)
    for step in steps:
        typer.echo(clean(f"  {step.name:<{width}}  {_WORDS[step.fate]}"))
    if dry_run:
        typer.echo("Nothing was written: --dry-run.")
    elif kept and any(step.fate is FileAction.KEPT for step in steps):
        typer.echo(kept)


def show_stages(stages: Iterable[Stage]) -> None:
    """What to do next, each line by itself, to be copied."""
    for number, stage in enumerate(stages, 1):
        typer.echo()
        typer.echo(_PROSE.fill(clean(f"{number}. {stage.what}")))
        for line in stage.lines:
            typer.echo(clean(f"     {line}"))
