"""``predict`` and ``backtest``: the record read once, cleaned, and asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.quality.cleaning import cleaned
from casa24.analysis.quality.copies import Copies
from casa24.asking.days import asked, member, span
from casa24.asking.questions import record
from casa24.errors import UsageError
from casa24.workspace import today

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from casa24.analysis.backtest import Backtest
    from casa24.analysis.prediction import Prediction
    from casa24.history import History
    from casa24.timeseries import Members, TimeSeries
    from casa24.workspace import Workspace


def clean_series(history: History, since: dt.date | None = None) -> tuple[list[TimeSeries], Members]:
    """The record's series as an analysis takes them, and who is who in it."""
    copies = Copies()
    gathering = history.gather(since, watch=copies.add)
    names = {one.name: frozenset(one.keys) for one in gathering.members.all}
    found = cleaned(gathering.series(), copies.days, history.amendments, lambda name: names.get(name, frozenset()))
    return found, gathering.members


def predicted(
    workspace: Workspace, artist: str | None, metrics: Sequence[str], days: int, asof: str | None
) -> tuple[Prediction, str]:
    """Forecasts as of a day, and whose. Raises NoSnapshot where nothing is recorded, UnknownName or UsageError."""
    from casa24.analysis.forecast import LONGEST, SHORTEST
    from casa24.analysis.prediction import Question, predict
    from casa24.metrics import named_metrics

    if not SHORTEST <= days <= LONGEST:
        raise UsageError(f"{days} days cannot be forecast.", advice=f"Give {SHORTEST} to {LONGEST}.")
    history, newest = record(workspace, asof)
    series, members = clean_series(history)
    who = None if artist is None else member(workspace, history, members, artist)
    wanted = None
    if metrics:
        wanted = frozenset(item.key for item in named_metrics(workspace.registry.artist_series, metrics))
    age = (today() - newest).days if asof is None else 0
    told = predict(series, Question((history.until if asof else None) or newest, days, age, who, wanted))
    return told, workspace.label if who is None else who


def replayed(workspace: Workspace, since: str | None, until: str | None, horizons: str) -> Backtest:
    """Every forecast the record could have had, scored. Raises UsageError for horizons that are none."""
    from casa24.analysis.backtest import backtest
    from casa24.analysis.daily import every_daily

    days = _horizons(horizons)
    history = asked(workspace)
    first, last = span(history, since, until)
    series, _ = clean_series(history)
    return backtest(every_daily(series), days, first, last)


def _horizons(text: str) -> list[int]:
    from casa24.analysis.forecast import LONGEST, SHORTEST

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and SHORTEST <= int(part) <= LONGEST for part in parts):
        advice = f"Write them like 7,30; each {SHORTEST} to {LONGEST}."
        raise UsageError(f"{text!r} are no days to forecast.", advice=advice)
    return sorted({int(part) for part in parts})
