"""Report a collection to a GitHub Actions job: annotations, a summary, and outputs for later steps."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from casa24.analysis.outages import silences
from casa24.cli import github
from casa24.errors import StorageError
from casa24.views.day import sentences
from casa24.views.nightly import failing_line, missing_line
from casa24.views.render import as_markdown

if TYPE_CHECKING:
    from casa24.analysis.collection import Collection
    from casa24.analysis.outages import Silence
    from casa24.record.workspace import Workspace
    from casa24.views.page import Page

# A platform that is silent for fewer days may come back by itself.
_TOLD_AFTER = 3


def tell_job(workspace: Workspace, result: Collection, page: Page) -> None:
    """Warnings on the run, the page as its summary; outputs ``date``, ``missing``, ``failing`` (empty: nothing)."""
    for text in (*result.warnings, *(" ".join(sentences(gap)) for gap in (*result.day.missing, *result.day.doubtful))):
        github.warn(text)
    github.summarise(as_markdown(page))
    github.output(
        date=result.day.date.isoformat(),
        missing=missing_line(result.day.missing),
        failing=failing_line(_failing(workspace)),
    )


def _failing(workspace: Workspace) -> list[Silence]:
    """The sources silent for days, the day just stored included; a record nobody can read is told elsewhere."""
    with suppress(StorageError):
        days = workspace.record().backwards()
        return [silence for silence in silences(days, workspace.registry.sources) if silence.days >= _TOLD_AFTER]
    return []
