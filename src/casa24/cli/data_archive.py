"""Run ``data archive`` and ``data prune``."""

from __future__ import annotations

import datetime as dt
import re
import sys
from typing import TYPE_CHECKING

import typer

from casa24.cli.output import say
from casa24.errors import UsageError
from casa24.record.workspace import today
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.record.workspace import Workspace

_DAYS = re.compile(r"([1-9]\d{0,4})d")


def span_of(text: str) -> dt.timedelta:
    """A span as people write it: ``90d``. Raises UsageError."""
    found = _DAYS.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(f"{text!r} is no span of days.", advice="Write it like 90d.")
    return dt.timedelta(days=int(found[1]))


def archived(
    workspace: Workspace, years: list[int] | None, older_than: str | None, place: Path | None, *, dry_run: bool
) -> None:
    """Pack closed years, or what is older than a span, and say so. UsageError: a year with nothing to pack."""
    from casa24.record.archive import archive, closed_years
    from casa24.views.retention import packed_lines

    folder = workspace.folder
    days = closed_years(folder, today(), None if older_than is None else span_of(older_than))
    if years:
        days = [day for day in days if day.year in years]
        if nothing := sorted(set(years) - {day.year for day in days}):
            raise UsageError(
                f"There is nothing to pack of {', '.join(map(str, nothing))}.",
                advice="A year is packed once it is over; days packed already stay so.",
            )
    done = archive(folder, days, place, dry_run=dry_run)
    _say_all(packed_lines(done, dry_run=dry_run, elsewhere=place))


def restored(workspace: Workspace, years: list[int] | None) -> None:
    """Unpack years, or all, and say so."""
    from casa24.record.archive import restore
    from casa24.views.retention import restored_lines

    _say_all(restored_lines(restore(workspace.folder, years or ())))


def pruned(workspace: Workspace, source: str, older_than: str, *, yes: bool, dry_run: bool) -> None:
    """Ask, then take a platform's values out of old days. Raises UsageError where nobody can be asked."""
    from casa24.record.prune import prune
    from casa24.views.retention import pruned_lines

    found = workspace.registry.find(source)
    before = today() - span_of(older_than)

    def run(*, rehearse: bool) -> list[str]:
        done = prune(workspace.folder, found, before, dry_run=rehearse)
        return pruned_lines(done, found.title, dry_run=rehearse)

    if not dry_run and not yes:
        if not sys.stdin.isatty():
            raise UsageError("There is nobody to ask.", advice="Add --yes to prune, or --dry-run to see what would go.")
        _say_all(run(rehearse=True))
        if not typer.confirm(tr("These values will be gone for good. Go on?"), default=False, err=True):
            raise typer.Exit(1)
    _say_all(run(rehearse=dry_run))


def _say_all(lines: list[str]) -> None:
    for line in lines:
        say(line)
