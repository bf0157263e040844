"""Answer ``predict`` and ``backtest``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.errors import UsageError
from casa24.queries.days import member, span
from casa24.queries.open_history import read
from casa24.queries.questions import record
from casa24.record.workspace import today
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casa24.analysis.backtest import Backtest
    from casa24.analysis.prediction import Prediction
    from casa24.record.workspace import Workspace

_TAUGHT_BY = dt.timedelta(days=3 * 365)


def predict_query(
    workspace: Workspace, artist: str | None, metrics: Sequence[str], days: int, asof: str | dt.date | None
) -> tuple[Prediction, str]:
    """Forecasts as of a day, and whose. Raises NoSnapshot where nothing is recorded, UnknownName or UsageError."""
    from casa24.analysis.forecast import LONGEST, SHORTEST
    from casa24.analysis.prediction import Question, predict
    from casa24.core.metrics import named_metrics

    if not SHORTEST <= days <= LONGEST:
        advice = tr("Give {least} to {most}.", least=SHORTEST, most=LONGEST)
        raise UsageError(tr("{days} days cannot be forecast.", days=days), advice=advice)
    history, newest = record(workspace, asof)
    # What older days would teach of errors, newer ones know better; and ten years would take seconds.
    oldest = shifted(newest, -_TAUGHT_BY)
    wanted = None
    if metrics:
        wanted = frozenset(item.key for item in named_metrics(workspace.registry.artist_series, metrics))
    age = (today() - newest).days if asof is None else 0
    question = Question((history.until if asof else None) or newest, days, age, artist, wanted)
    found = read(history, oldest if history.days[0] < oldest else None, wants=question.wants)
    who = None if artist is None else member(workspace, history, found.members, artist)
    if artist is not None and who is None:
        what, advice = tr("The label's own numbers are not forecast."), tr("Name an artist, or none for all of them.")
        raise UsageError(what, advice=advice)
    return predict(found.series, question._replace(artist=who)), workspace.label if who is None else who


def backtest_query(workspace: Workspace, since: str | None, until: str | None, horizons: str) -> Backtest:
    """Every forecast the record could have had, scored. Raises UsageError for horizons that are none."""
    from casa24.analysis.backtest import backtest
    from casa24.analysis.daily import every_daily

    days = _horizons(horizons)
    history, _ = record(workspace, None)
    first, last = span(history, since, until)
    return backtest(every_daily(read(history).series), days, first, last)


def _horizons(text: str) -> list[int]:
    from casa24.analysis.forecast import LONGEST, SHORTEST

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and SHORTEST <= int(part) <= LONGEST for part in parts):
        advice = tr("Write them like 7,30; each {least} to {most}.", least=SHORTEST, most=LONGEST)
        raise UsageError(tr("{text} are no days to forecast.", text=repr(text)), advice=advice)
    return sorted({int(part) for part in parts})
