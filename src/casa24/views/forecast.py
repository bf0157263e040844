"""Render forecasts and their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.forecast import Refusal
from casa24.text.i18n import count, day, tr
from casa24.views.page import Grid, Lines, Page, Row, grid, grouped, without_empty
from casa24.views.text import a_day, number, plain
from casa24.views.words import metric

if TYPE_CHECKING:
    from casa24.analysis.backtest import Backtest, Coverage, Score
    from casa24.analysis.forecast import Forecast
    from casa24.analysis.prediction import Prediction

_OLD = 7
_FEW = 3
_NONE = ("", "")


def prediction_page(result: Prediction, label: str) -> Page:
    """A row a number; then, in sentences, what the values assume and what cannot be said."""
    heading = tr("{label}: {n} days after {day}", label=label, n=result.days, day=day(result.asof))
    told = [forecast for forecast in result.forecasts if forecast.refusal is None]
    blocks: list[Grid | Lines] = []
    if told:
        rows = (
            (
                forecast.artist or "",
                (
                    metric(forecast),
                    number(forecast.last or 0),
                    number(forecast.value or 0),
                    *_ranges(forecast),
                    _past(forecast),
                ),
            )
            for forecast in told
        )
        table = grouped("Number | >Now | >Then | >80 % | >95 % | >Held", rows)
        blocks.append(without_empty(table, len(table.columns) - 1))
    notes = [*_assumptions(told), *_refusals(result), *_cautions(result, told)]
    if any(_past(forecast) for forecast in told):
        notes.append(tr("Held: how many of the past 80 % ranges, made the same way, held what came."))
    if not result.forecasts:
        notes = [tr("Nothing can be forecast: nothing is recorded."), *notes]
    if notes:
        blocks.append(Lines(tuple(notes)))
    return Page(heading, _tidy(result), tuple(blocks))


def _ranges(forecast: Forecast) -> tuple[str, ...]:
    return tuple(f"{number(found.low)}…{number(found.high)}" for found in forecast.ranges)


def _past(forecast: Forecast) -> str:
    """How many of the past 80 % ranges held: ``86 %``."""
    if forecast.past is None or not forecast.past.ranges or not forecast.verified:
        return ""
    return f"{100 * forecast.past.held / forecast.past.ranges:.0f} %"


def _assumptions(told: list[Forecast]) -> list[str]:
    """What the values rest on: once for all that go on or stay as they are, and one by one for waves."""
    lines = []
    if any(forecast.gain is None and not forecast.leaving for forecast in told):
        lines.append(tr("Where nothing else is said, no change is expected."))
    if any(forecast.gain is not None and forecast.kind != "window" for forecast in told):
        lines.append(tr("What changed steadily in the last 60 days goes on at that pace."))
    if any(forecast.gain is not None and forecast.kind == "window" for forecast in told):
        lines.append(tr("What counts a window of days keeps half of last week's pace for ten days."))
    alone = len({forecast.artist for forecast in told}) == 1
    for forecast in told:
        texts = [*(_pace(forecast) if alone else ()), *_wave(forecast)]
        lines += [f"{forecast.artist}, {metric(forecast)}: {text}." for text in texts]
    return lines


def _pace(forecast: Forecast) -> list[str]:
    return [] if forecast.gain is None else [tr("{gain} a day", gain=a_day(forecast.gain))]


def _wave(forecast: Forecast) -> list[str]:
    """What is expected of the open wave a number is in."""
    if forecast.baseline is None:
        return []
    if forecast.departures:
        leaving = "; ".join(f"{number(gone.amount)} ({day(gone.date)})" for gone in forecast.departures)
        return [tr("an open burst leaves the window: {leaving}", leaving=leaving)]
    baseline = number(forecast.baseline)
    if forecast.leaving:
        text = tr(
            "an unusual rise is open, from {baseline}: {leaving} of it should have left by then",
            baseline=baseline, leaving=number(forecast.leaving),
        )  # fmt: skip
        return [text]
    return [tr("an unusual rise is open, from {baseline}: it may leave", baseline=baseline)]


def _refusals(result: Prediction) -> list[str]:
    words = {
        Refusal.NO_READING: tr("no reading yet"),
        Refusal.STALE: tr("no reading in the last 7 days"),
        Refusal.TOO_SHORT: tr("too short a record for a range"),
    }
    groups: dict[tuple[Refusal, str], list[str]] = {}
    for forecast in result.forecasts:
        if forecast.refusal is not None:
            groups.setdefault((forecast.refusal, forecast.artist or ""), []).append(metric(forecast))
    return [
        f"{artist} ({', '.join(names)}): {tr('no forecast')}: {words[why]}." for (why, artist), names in groups.items()
    ]


def _cautions(result: Prediction, told: list[Forecast]) -> list[str]:
    lines = []
    if any(not forecast.verified for forecast in told):
        lines.append(tr("More than 30 days ahead the ranges are not verified: no such forecast could be checked yet."))
    if pooled := [f"{forecast.artist}, {metric(forecast)}" for forecast in told if forecast.pooled]:
        names = "; ".join(pooled) if len(pooled) <= _FEW else tr("{n} numbers", n=len(pooled))
        lines.append(tr("Ranges that rest on all artists' errors, the own record being short: {names}.", names=names))
    if result.age > _OLD:
        lines.append(count(result.age, "The newest day is 1 day old.", "The newest day is {n} days old."))
    return lines


def _tidy(result: Prediction) -> Grid:
    rows: list[Row] = []
    for forecast in result.forecasts:
        bounds = {found.level: (str(found.low), str(found.high)) for found in forecast.ranges}
        numbers = (
            str(forecast.days),
            plain(forecast.last),
            plain(forecast.value),
            *bounds.get(80, _NONE),
            *bounds.get(95, _NONE),
        )
        why = (forecast.assumes.value, forecast.refusal.value if forecast.refusal else "")
        rows.append((forecast.artist or "", forecast.source, forecast.metric, str(forecast.asof), *numbers, *why))
    numbers_heads = ">days | >last | >value | >low80 | >high80 | >low95 | >high95"
    return grid(f"artist | source | metric | asof | {numbers_heads} | assumes | refusal", rows)


def backtest_page(result: Backtest, label: str) -> Page:
    """A table a horizon: overall, then a row a number, beside “no change” and a ruler."""
    if not result.scores:
        text = tr("Nothing can be scored yet: it takes 45 days of a number that moves.")
        return Page(tr("{label}: past forecasts", label=label), _scores_tidy(result), (Lines((text,)),))
    blocks: list[Grid | Lines] = []
    for days in dict.fromkeys(score.days for score in result.scores):
        own = [score for score in result.scores if score.days == days]
        title = tr("{n} days ahead", n=days)
        heads = "Number | >n | >Error | >÷ no change | >÷ ruler | >80 % | >95 %"
        blocks.append(grid(heads, [_score_row(score) for score in own], title=title, heads=frozenset({0})))
    lines = [
        tr("Error: in steps of each series (its mean change a day); ÷: by that of another forecast, 1 is as good."),
        tr("No change: the last value. Ruler: the mean gain of the last 60 days goes on."),
        tr("80 %, 95 %: how many of the ranges held. Rules and labels are of one author, who knew the first months."),
    ]
    if result.left_out:
        names = "; ".join(f"{series.artist}, {metric(series)}" for series in result.left_out)
        lines.append(tr("Left out, too short or too still: {names}.", names=names))
    blocks.append(Lines(tuple(lines)))
    span = f"{result.first} … {result.last}" if result.first else ""
    return Page(f"{tr('{label}: past forecasts', label=label)}, {span}", _scores_tidy(result), tuple(blocks))


def _score_row(score: Score) -> Row:
    return (
        metric(score) if score.title else tr("All, every series alike"),
        str(score.forecasts),
        f"{score.error:.2f}",
        _ratio(score.to_no_change),
        _ratio(score.to_ruler),
        *(_held(found) for found in score.coverage),
    )


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _held(found: Coverage) -> str:
    return "–" if found.share is None else f"{100 * found.share:.0f} %"


def _scores_tidy(result: Backtest) -> Grid:
    rows: list[Row] = [
        (
            str(score.days), score.source, score.metric, str(score.series), str(score.forecasts), plain(score.error),
            plain(score.to_no_change), plain(score.to_ruler), plain(score.to_regression),
            *(text for found in score.coverage for text in (str(found.held), str(found.ranges), plain(found.width))),
        )
        for score in result.scores
    ]  # fmt: skip
    heads = (
        ">days | source | metric | >series | >forecasts | >error | >to_no_change | >to_ruler | >to_regression | "
        ">held80 | >ranges80 | >width80 | >held95 | >ranges95 | >width95"
    )
    return grid(heads, rows)
