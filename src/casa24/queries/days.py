"""Answer questions about single days and spans of days."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from casa24.core import names
from casa24.core.metrics import named_metrics
from casa24.errors import NoSnapshot, UnknownName, UsageError
from casa24.record.history import parse_day
from casa24.record.workspace import today
from casa24.text.i18n import tr

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from casa24.analysis.day import Day
    from casa24.analysis.diff import Diff
    from casa24.analysis.history import ArtistHistory
    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import Members
    from casa24.record.history import History
    from casa24.record.workspace import Workspace

_LABEL = "label"


def open_history(workspace: Workspace, *, asof: str | dt.date | None = None, raw: bool = False) -> History:
    """Open the record for a reading command; warn of amendment lines that cannot be understood."""
    history = workspace.record(asof=asof, raw=raw)
    if not raw:
        for problem in history.amendments.problems:
            warning = tr("Warning: {what}", what=problem)
            workspace.warn(f"{warning}. {tr('This line is not heeded.')}")
    return history


def day_query(workspace: Workspace, history: History, date: str, *, artist: str | None, nearest: bool) -> Day:
    """A recorded day, of one artist or all, with the changes since the snapshot before."""
    from casa24.analysis.day import describe_day

    day = _day(workspace, history, date, nearest=nearest)
    (snapshot,) = history.on(day)
    only = None if artist is None else [_artist(workspace, history, artist, snapshot)]
    before = history.before(day)
    return describe_day(snapshot, workspace.registry.sources, before=before, only=only, aliases=workspace.aliases)


def diff_query(
    workspace: Workspace, history: History, old: str, new: str, *, artist: str | None, nearest: bool
) -> Diff:
    """Two recorded days against each other."""
    from casa24.analysis.diff import diff, match, with_doubts

    days = [_day(workspace, history, text, nearest=nearest) for text in (old, new)]
    if days[0] == days[1]:
        raise UsageError(
            tr("Both dates mean {day}.", day=days[0]), advice=tr("Give two different days; `casa24 show` shows one.")
        )
    first, second = history.on(*days)
    registry, aliases = workspace.registry, workspace.aliases
    result = diff(first, second, registry.artist_series, workspace.label_series, aliases=aliases)
    if artist is not None:
        found = _artist(workspace, history, artist, second, first)
        today_called = {old: name for name, old, _ in match(first, second, aliases) if old}
        result = result.only(today_called.get(found, found))
    return with_doubts(result, registry.sources)


def history_query(
    workspace: Workspace,
    history: History,
    artist: str,
    metrics: Sequence[str],
    *,
    since: str | None,
    until: str | None,
) -> ArtistHistory:
    """An artist's numbers over a span, or with “label” the label's own."""
    from casa24.analysis.history import Look, describe_history

    first, last = span(history, since, until)
    gathering = history.gather(first, last)
    who = member(workspace, history, gathering.members, artist)
    items = workspace.label_series if who is None else workspace.registry.artist_series
    return describe_history(
        who,
        list(gathering.series()),
        workspace.registry.sources,
        looked=Look(history.between(first, last), gathering.days, history.raw),
        wanted=named_metrics(items, metrics),
    )


def span(history: History, since: str | None, until: str | None) -> tuple[dt.date | None, dt.date | None]:
    """The days between which a question looks. Raises NoSnapshot where there is none, BadDate or UsageError."""
    history.need_days()
    now = today()
    first, last = (
        None if text is None else history.days[-1] if text.strip().lower() == "latest" else parse_day(text, today=now)
        for text in (since, until)
    )
    if first and last and first > last:
        what = tr("--since {first} comes after --until {last}.", first=first, last=last)
        raise UsageError(what, advice=tr("Give the earlier day to --since."))
    if not history.between(first, last):
        advice = tr("The record goes from {first} to {last}.", first=history.days[0], last=history.days[-1])
        raise NoSnapshot(tr("There is no snapshot in these days."), advice=advice)
    return first, last


def member(workspace: Workspace, history: History, members: Members, query: str) -> str | None:
    """Whose numbers are meant; None: the label's own, if no artist is called “label”. Raises UnknownName."""
    key = names.key_of(query)
    if key == _LABEL and all(key not in member.keys for member in members.all):
        return None
    # One account, many names: each of them leads to the artist.
    known = {member.name: tuple(member.keys) for member in members.all}
    try:
        return names.find(query, known, known)
    except UnknownName as unknown:
        if (last := _last_recorded(workspace, history, query)) is None:
            raise
        raise UnknownName(
            tr("{artist} was not recorded in these days.", artist=last[0]),
            advice=tr("The last day is {day}.", day=last[1]),
        ) from unknown


def _day(workspace: Workspace, history: History, text: str, *, nearest: bool) -> dt.date:
    """The recorded day meant; a warning says so where another was asked for."""
    now = today()
    day = history.day(text, today=now, nearest=nearest)
    if nearest and text.strip().lower() != "latest" and day != (wanted := parse_day(text, today=now)):
        workspace.warn(tr("{wanted} has no snapshot; the nearest is {day}.", wanted=wanted, day=day))
    return day


def _artist(workspace: Workspace, history: History, query: str, *snapshots: Snapshot) -> str:
    """The artist meant, of those recorded. Raises UnknownName, which knows who was recorded before."""
    try:
        return names.find(query, workspace.names(*snapshots), workspace.aliases)
    except UnknownName as unknown:
        if (last := _last_recorded(workspace, history, query)) is None:
            raise
        name, day = last
        raise UnknownName(
            tr("{artist} was recorded until {day}.", artist=name, day=day),
            advice=tr("Add --date {day} to see it.", day=day),
        ) from unknown


def _last_recorded(workspace: Workspace, history: History, query: str) -> tuple[str, dt.date] | None:
    for snapshot in history.backwards():
        with contextlib.suppress(UnknownName):
            return names.find(query, workspace.names(snapshot), workspace.aliases), snapshot.date
    return None
