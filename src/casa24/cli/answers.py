"""What the reading commands answer with: the record asked, and a word where another day was taken."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from casa24 import names
from casa24.cli.output import say
from casa24.cli.workspace import today
from casa24.errors import UnknownName, UsageError
from casa24.history import parse_day

if TYPE_CHECKING:
    import datetime as dt

    from casa24.analysis.day import Day
    from casa24.analysis.diff import Diff
    from casa24.analysis.sources import SourceList
    from casa24.cli.workspace import Workspace
    from casa24.models import Snapshot


def shown_day(workspace: Workspace, date: str, *, artist: str | None, nearest: bool) -> Day:
    """A recorded day, of one artist or all, with the changes since the snapshot before."""
    from casa24.analysis.day import describe_day

    day = _day(workspace, date, nearest=nearest)
    (snapshot,) = workspace.history.on(day)
    only = None if artist is None else [_artist(workspace, artist, snapshot)]
    before = workspace.history.before(day)
    return describe_day(snapshot, workspace.registry.sources, before=before, only=only, aliases=workspace.aliases)


def compared(workspace: Workspace, old: str, new: str, *, artist: str | None, nearest: bool) -> Diff:
    """Two recorded days against each other."""
    from casa24.analysis.diff import diff, match

    days = [_day(workspace, text, nearest=nearest) for text in (old, new)]
    if days[0] == days[1]:
        raise UsageError(f"Both dates mean {days[0]}.", advice="Give two different days; `casa24 show` shows one.")
    first, second = workspace.history.on(*days)
    label_series = [series for source in workspace.registry.label_sources for series in source.series()]
    result = diff(first, second, workspace.registry.artist_series, label_series, aliases=workspace.aliases)
    if artist is None:
        return result
    found = _artist(workspace, artist, second, first)
    today_called = {old: name for name, old, _ in match(first, second, workspace.aliases) if old}
    return result.only(today_called.get(found, found))


def _day(workspace: Workspace, text: str, *, nearest: bool) -> dt.date:
    """The recorded day meant; that it is another than asked for is said."""
    now = today()
    day = workspace.history.day(text, today=now, nearest=nearest)
    if nearest and text.strip().lower() != "latest" and day != (wanted := parse_day(text, today=now)):
        say(f"{wanted} has no snapshot; the nearest is {day}.")
    return day


def _artist(workspace: Workspace, query: str, *snapshots: Snapshot) -> str:
    """The artist meant, of those recorded. Raises UnknownName, which knows who was recorded before."""
    try:
        return names.find(query, workspace.names(*snapshots), workspace.aliases)
    except UnknownName as unknown:
        last = _last_recorded(workspace, query)
        if last is None:
            raise
        name, day = last
        raise UnknownName(f"{name} was recorded until {day}.", advice=f"Add --date {day} to see it.") from unknown


def _last_recorded(workspace: Workspace, query: str) -> tuple[str, dt.date] | None:
    for snapshot in workspace.history.backwards():
        with contextlib.suppress(UnknownName):
            return names.find(query, workspace.names(snapshot), workspace.aliases), snapshot.date
    return None


def installed_sources(workspace: Workspace, *, ask_worker: bool) -> SourceList:
    """The installed sources and the credentials they have here."""
    from casa24.analysis.sources import list_sources
    from casa24.cli.keys import find_keys

    wallet, worker = find_keys(workspace, ask_worker=ask_worker)
    warnings = workspace.roster.warnings
    return list_sources(workspace.registry, wallet, worker=worker, asked=ask_worker, warnings=warnings)
