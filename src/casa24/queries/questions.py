"""Answer ``growth``, ``unusual``, ``milestones``, ``compare``, ``leaderboard`` and ``week``."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.core import names
from casa24.errors import BadDate, UnknownName, UsageError
from casa24.queries.days import open_history
from casa24.record.history import parse_day
from casa24.record.workspace import today
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.analysis.compare import Comparison
    from casa24.analysis.growth import Growth
    from casa24.analysis.leaderboard import Leaderboard
    from casa24.analysis.milestones import Milestones
    from casa24.analysis.unusual import Unusual
    from casa24.analysis.week import WeekReport
    from casa24.core.timeseries import TimeSeries
    from casa24.record.history import History
    from casa24.record.workspace import Workspace

_LABEL = "label"
_MONTH = dt.timedelta(days=30)
_RANKS = dt.timedelta(days=40)
# The nightly run may be late; two missed ones are worth a word.
_FRESH = dt.timedelta(days=2)


def record(workspace: Workspace, asof: str | dt.date | None) -> tuple[History, dt.date]:
    """The record and its newest day that can be read. Raises NoSnapshot where there is none.

    What is wrong with newer days is said, and where nobody asked for a day, that the record is old.
    """
    history, now = open_history(workspace, asof=asof), today()
    newest = history.newest(None if asof else now)
    if newest.to_come is not None:
        what = tr("{day} lies in the future and is not heeded", day=newest.to_come)
        workspace.warn(f"{tr('Warning: {what}', what=what)}. {tr('`casa24 data check` says more.')}")
    for _, error in newest.unreadable:
        left_out = tr("It is left out of the answer.")
        workspace.warn(f"{tr('Warning: {what}', what=error.message)} {left_out} {error.advice}".rstrip())
    if newest.day != history.days[-1]:
        history = workspace.record(asof=newest.day)
    if asof is None and now - newest.day > _FRESH:
        workspace.warn(tr("Note: the newest day is {day}, {n} days ago.", day=newest.day, n=(now - newest.day).days))
    return history, newest.day


def growth_query(
    workspace: Workspace, artist: str | None, days: int, metrics: Sequence[str], *, asof: str | dt.date | None
) -> tuple[Growth, str | None]:
    """The growth of a period up to the newest day, and whose it is. Reads the period and 180 days before it."""
    from casa24.analysis.co_movement import LOOK_BACK
    from casa24.analysis.growth import growth
    from casa24.core.metrics import named_metrics

    history, last = record(workspace, asof)
    wanted = named_metrics((*workspace.registry.artist_series, *workspace.label_series), metrics)
    found = history.every_series(shifted(last, -LOOK_BACK - dt.timedelta(days=days)), last)
    result = growth(found, last, days, wanted=[item.key for item in wanted])
    if artist is None:
        return result, None
    whose = named(workspace, found, artist)
    return result.only(whose), workspace.label if whose is None else whose


def named(workspace: Workspace, found: Iterable[TimeSeries], query: str) -> str | None:
    """Who is meant, of the roster and those recorded; “label” is the label itself. Raises UnknownName."""
    known = _artists(workspace, found)
    with contextlib.suppress(UnknownName):
        return names.find(query, known, workspace.aliases)
    if names.key_of(query) == _LABEL:
        return None
    return names.find(query, known, workspace.aliases)


def _artists(workspace: Workspace, found: Iterable[TimeSeries]) -> list[str]:
    """The roster, and who else was recorded."""
    roster = (artist.name for artist in workspace.roster.artists)
    return list(dict.fromkeys([*roster, *(series.artist for series in found if series.artist is not None)]))


def unusual_query(workspace: Workspace, since: str | None, *, asof: str | dt.date | None) -> Unusual:
    """What was unusual since a day (else in 30 days), and what is still open. Reads 180 days more than that."""
    from casa24.analysis.co_movement import LOOK_BACK
    from casa24.analysis.unusual import unusual

    history, last = record(workspace, asof)
    first = parse_day(since, today=today()) if since else shifted(last, -_MONTH)
    if first > last:
        what = tr("--since {first} comes after the newest day, {last}.", first=first, last=last)
        raise UsageError(what, advice=tr("Give an earlier day."))
    return unusual(history.every_series(shifted(first, -LOOK_BACK), last), first, last)


def milestones_query(workspace: Workspace, artist: str | None, *, asof: str | dt.date | None) -> tuple[Milestones, str]:
    """Milestones and whose they are. Reads the whole record: what was reached once is reached."""
    from casa24.analysis.milestones import milestones

    history, last = record(workspace, asof)
    found = history.every_series()
    result = milestones(found, last)
    if artist is None:
        return result, workspace.label
    whose = named(workspace, found, artist)
    return result.only(whose), workspace.label if whose is None else whose


def compare_query(workspace: Workspace, artists: Sequence[str], *, asof: str | dt.date | None) -> Comparison:
    """Artists side by side on the newest day. Reads 30 days, and 180 before them. Raises UsageError."""
    from casa24.analysis.co_movement import LOOK_BACK
    from casa24.analysis.compare import compare

    history, last = record(workspace, asof)
    found = history.every_series(shifted(last, -LOOK_BACK - _MONTH), last)
    known = _artists(workspace, found)
    wanted = list(dict.fromkeys(names.find(query, known, workspace.aliases) for query in artists))
    if len(wanted) < 2:  # noqa: PLR2004 - one is compared with nobody
        raise UsageError(tr("One artist can be compared with nobody."), advice=tr("Give two or more artists."))
    return compare(found, wanted, last, _MONTH.days)


def leaderboard_query(workspace: Workspace, metric: str | None, *, asof: str | dt.date | None) -> Leaderboard:
    """The ranks of the newest day by one number, else the first window. Reads 40 days. Raises UnknownName."""
    from casa24.analysis.leaderboard import default_metric, leaderboard
    from casa24.core.metrics import named_metrics

    items = workspace.registry.artist_series
    found = named_metrics(items, [metric]) if metric else list(items)
    if metric and len(found) > 1:
        keys = ", ".join(item.key for item in found)
        raise UsageError(
            tr("{query} may be several numbers.", query=repr(metric)), advice=tr("Give one of {names}.", names=keys)
        )
    item = default_metric(found)
    if item is None:
        raise UsageError(tr("No installed source follows a number of artists."), advice=tr("See `casa24 sources`."))
    history, last = record(workspace, asof)
    return leaderboard(history.every_series(shifted(last, -_RANKS), last), item, last)


def week_query(workspace: Workspace, week: str | None, *, asof: str | dt.date | None) -> WeekReport:
    """A week, else the last complete one, or the first days of a record that has none. Raises BadDate.

    Reads the whole record, for the milestones.
    """
    from casa24.analysis.week import Week
    from casa24.queries.open_history import read
    from casa24.queries.weeks import week_of

    history, last = record(workspace, asof)
    try:
        chosen = Week.last_complete(last) if week is None else Week.parse(week)
    except ValueError:
        what = tr("{query} is no week.", query=repr(week))
        raise BadDate(what, advice=tr("Write it like {example}.", example="2025-W42")) from None
    if week is None and chosen.sunday < history.days[0]:
        chosen = Week.of(last)
    return week_of(workspace, read(history), chosen)
