"""Run ``data check``, and ask its owner to decide about findings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from casa24.analysis.quality.inspect_record import Examination
from casa24.cli.output import say
from casa24.errors import StorageError, UsageError
from casa24.record import files
from casa24.record.amendments import FILE_NAME, Action, add_lines
from casa24.record.history import parse_day
from casa24.record.inspection import inspect
from casa24.record.unmatched_rows import OldTable
from casa24.record.workspace import today
from casa24.text.i18n import count, tr

if TYPE_CHECKING:
    from casa24.analysis.quality.findings import Quality, RecordFinding
    from casa24.record.amendments import Amendment
    from casa24.record.workspace import Workspace

_ANSWERS = {
    "a": "do not use it",
    "k": "it is true, keep it",
    "l": "leave it open",
    "all": "do not use this and all others",
}


def checked(workspace: Workspace, since: str | None) -> Quality:
    """Look at the whole record; ``since``: say only what was still so then. Raises BadDate or StorageError."""
    day = parse_day(since, today=today()) if since else None
    folder, registry = workspace.folder, workspace.registry
    history = workspace.record()
    table, troubles = _table(folder.table_file.exists(), workspace), folder.archives.problems()
    examination = Examination(
        workspace.roster.artists,
        registry.artist_series,
        workspace.label_series,
        history.amendments,
        table if isinstance(table, OldTable) else None,
    )
    told = [*troubles, table] if isinstance(table, str) else troubles
    return examination.look(inspect(history)).result(today(), day, troubles=told)


def _table(there: bool, workspace: Workspace) -> OldTable | str | None:
    """The CSV, or why it cannot be read."""
    try:
        return OldTable.read(workspace.folder.table_file) if there else None
    except StorageError as error:
        return error.message


def amend(workspace: Workspace, quality: Quality, *, yes: bool) -> int:
    """Write what is decided about the open errors; how many lines. Raises UsageError where nobody can be asked."""
    wanted = [finding for finding in quality.open if finding.proposals]
    if wanted and not yes and not sys.stdin.isatty():
        raise UsageError("There is nobody to ask.", advice="Add --yes to amend all that is certain.")
    lines: list[Amendment] = []
    for number, finding in enumerate(wanted, 1):
        action = Action.SUSPECT if yes else _asked(finding, tr("{number} of {all}", number=number, all=len(wanted)))
        if action == "all":
            yes, action = True, Action.SUSPECT
        if isinstance(action, Action):
            lines += _lines(finding, action)
    path = workspace.folder.path / FILE_NAME
    with files.hold(workspace.folder.path):
        add_lines(path, lines)
    added = count(len(lines), "1 line added.", "{n} lines added.")
    say(f"{path.name}: {added}" if lines else tr("Nothing to amend."))
    return len(lines)


def _lines(finding: RecordFinding, action: Action) -> list[Amendment]:
    reason = finding.what if action is Action.SUSPECT else tr("looked at, true")
    return [proposal.line(action, reason) for proposal in finding.proposals]


def _asked(finding: RecordFinding, place: str) -> Action | str | None:
    """What its owner says of a finding: an action, ``all``, or None to leave it open."""
    when = f"{finding.first}" if finding.first == finding.last else f"{finding.first} … {finding.last}"
    say(f"\n{place}: {finding.artist or tr('everybody')}, {when}: {finding.what}")
    say("  " + ", ".join(f"[{key}] {tr(what)}" for key, what in _ANSWERS.items()))
    while (answer := _answer()) not in _ANSWERS:
        say(f"  {tr('Please answer with a, k, l or all.')}")
    return {"a": Action.SUSPECT, "k": Action.KEEP, "l": None, "all": "all"}[answer]


def _answer() -> str:
    try:
        return str(typer.prompt("  a, k, l or all", default="l", err=True)).strip().lower()
    except typer.Abort:
        # Ctrl-C, or nobody there any more: as anywhere else.
        raise KeyboardInterrupt from None
