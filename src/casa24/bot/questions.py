"""Answer the bot's questions with the page the terminal shows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.calendar import shifted
from casa24.analysis.co_movement import LOOK_BACK
from casa24.bot.chart import draw, panel_of
from casa24.bot.service import Answer
from casa24.queries import days, forecasts, questions
from casa24.views.day import artist_page
from casa24.views.forecast import prediction_page
from casa24.views.growth import growth_page
from casa24.views.milestones import milestones_page
from casa24.views.ranking import comparison_page, leaderboard_page
from casa24.views.stats import stats_page
from casa24.views.unusual import unusual_page
from casa24.views.week import week_page
from casa24.views.words import metric as metric_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casa24.analysis.forecast import Forecast
    from casa24.bot.service import Record
    from casa24.core.timeseries import TimeSeries

_MONTH = 30
_SEASON = 90
# People first: a number of each of these kinds is drawn.
_DRAWN = ("audience", "window", "total")


def stats(record: Record) -> Answer:
    """The label at a glance."""
    workspace, asof = record.workspace, record.asof
    grown, _ = questions.growth_query(workspace, None, _MONTH, _looked_at(record), asof=asof)
    board = questions.leaderboard_query(workspace, None, asof=asof)
    return Answer(stats_page(grown, board, workspace.label))


def growth(record: Record, period: int = _MONTH, artist: str | None = None) -> Answer:
    """What grew."""
    wanted = [] if artist else _looked_at(record)
    result, whose = questions.growth_query(record.workspace, artist, period, wanted, asof=record.asof)
    page = growth_page(result, record.workspace.label, whose=whose)
    return Answer(page, _chart(record, result.artist, period) if result.artist else None)


def predict(record: Record, artist: str | None = None, days: int = _MONTH) -> Answer:
    """What is foreseen: a value, its range, and how past ones did."""
    result, whose = forecasts.predict_query(record.workspace, artist, (), days, record.asof)
    page = prediction_page(result, whose)
    artists = {told.artist for told in result.forecasts}
    (name,) = artists if len(artists) == 1 and artist else (None,)
    return Answer(page, _chart(record, name, _SEASON, result.forecasts) if name else None)


def artist(record: Record, name: str) -> Answer:
    """One artist in full."""
    history = record.workspace.record(asof=record.asof)
    day = days.day_query(record.workspace, history, "latest", artist=name, nearest=False)
    return Answer(artist_page(day), _chart(record, day.artists[0].name, _SEASON))


def compare(record: Record, artists: tuple[str, ...]) -> Answer:
    """Artists side by side."""
    return Answer(comparison_page(questions.compare_query(record.workspace, artists, asof=record.asof)))


def leaderboard(record: Record, metric: str | None = None) -> Answer:
    """Who stands where."""
    result = questions.leaderboard_query(record.workspace, metric, asof=record.asof)
    return Answer(leaderboard_page(result, record.workspace.label))


def week(record: Record, week: str | None = None) -> Answer:
    """The label's week."""
    return Answer(week_page(questions.week_query(record.workspace, week, asof=record.asof), record.workspace.label))


def unusual(record: Record) -> Answer:
    """What jumped, and what is open."""
    return Answer(
        unusual_page(questions.unusual_query(record.workspace, None, asof=record.asof), record.workspace.label)
    )


def milestones(record: Record, artist: str | None = None) -> Answer:
    """What was reached, and what comes next."""
    result, whose = questions.milestones_query(record.workspace, artist, asof=record.asof)
    return Answer(milestones_page(result, whose))


def _looked_at(record: Record) -> list[str]:
    """The numbers worth a line in a chat: people, and what adds up."""
    workspace = record.workspace
    items = (*workspace.registry.artist_series, *workspace.label_series)
    return [item.key for item in items if item.metric.kind in _DRAWN or item in workspace.label_series]


def _chart(record: Record, artist: str, days: int, forecasts: Sequence[Forecast] = ()) -> bytes | None:
    """A picture of an artist's people and plays; None where nothing was read in these days."""
    last = record.asof
    first = last - dt.timedelta(days=days)
    found = record.workspace.record(asof=last).every_series(shifted(first, -LOOK_BACK), last)
    shown = _drawn(
        [series for series in found if series.artist == artist and any(p.date >= first for p in series.usable)]
    )
    if not shown:
        return None
    told = {(forecast.source, forecast.metric): forecast for forecast in forecasts if forecast.refusal is None}
    panels = [
        panel_of(
            series, metric_name(series.item), first, last, forecast=told.get((series.item.source, series.item.field))
        )
        for series in shown
    ]  # fmt: skip
    return draw(artist, panels, record.workspace.roster.label.color, first, last)


def _drawn(series: Sequence[TimeSeries]) -> list[TimeSeries]:
    """The first series of each kind worth looking at."""
    firsts = (next((number for number in series if number.item.metric.kind == kind), None) for kind in _DRAWN)
    return [series for series in firsts if series is not None]
