"""Build the report of one week from a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.week import DAYS, describe_week

if TYPE_CHECKING:
    from casa24.analysis.week import Week, WeekReport
    from casa24.queries.open_history import Read
    from casa24.record.workspace import Workspace


def week_of(workspace: Workspace, record: Read, week: Week) -> WeekReport:
    """A week of it."""
    snapshots = list(record.history.stream(shifted(week.monday, -DAYS), week.sunday))
    sources, aliases = workspace.registry.sources, workspace.aliases
    return describe_week(week, record.series, snapshots, sources, aliases=aliases, copied=record.copied)
