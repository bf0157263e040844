"""Show the progress of a collection on stderr: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casa24.cli.output import console, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casa24.collect.assemble import Progress


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Callable[[Progress], None]]:
    """A function to call with every step of every source."""
    if quiet:
        yield lambda _progress: None
        return
    if not sys.stderr.isatty():
        yield _plain
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=30), MofNCompleteColumn())
    with Bars(*columns, console=console(stderr=True), transient=True) as bars:
        shown = {}

        def update(progress: Progress) -> None:
            title = progress.source.title
            if title not in shown:
                shown[title] = bars.add_task(title, total=progress.expected)
            bars.update(shown[title], completed=progress.expected if progress.done else progress.measured)

        yield update


def _plain(progress: Progress) -> None:
    """One line a source, when it has ended; nothing where it was never set up."""
    if progress.done and not progress.left_out:
        say(f"{progress.source.title}: {progress.measured} of {progress.expected}")
