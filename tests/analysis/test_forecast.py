"""Forecasts: by hand, against a brute-force replay, and on the label's real months."""

from __future__ import annotations

import datetime as dt
from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.analysis.backtest import Backtest, backtest, scored
from casa24.analysis.daily import Daily, by_number, daily, every_daily
from casa24.analysis.forecast import (
    Assumption,
    Errors,
    Forecast,
    Refusal,
    errors_of,
    forecasts,
    mean_gain,
    point,
    quantile,
    reach,
)
from casa24.analysis.prediction import Question, predict
from casa24.analysis.quality.cleaning import cleaned
from casa24.analysis.quality.copies import Copies
from casa24.analysis.replay import Tally, origins, regression, replay
from casa24.history import History
from casa24.storage import DataFolder
from casa24.timeseries import TimeSeries
from tests.analysis.series import CROWD, FANS, PLAYS, STARS, Value, ago, series
from tests.making import DAY, SERIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TODAY = ago(0)


def foresee(*found: TimeSeries, days: int = 7, asof: dt.date = TODAY) -> Forecast:
    """The forecast of the first of these; the others are other artists' of the same number."""
    return forecasts(found, by_number(found), asof, days)[0]


def ranges(told: Forecast) -> list[tuple[int, int, int]]:
    return [(one.level, one.low, one.high) for one in told.ranges]


def days_of(*values: Value) -> Daily:
    found = daily(series(*values))
    assert found is not None
    return found


# --- by hand


def test_a_worked_example_with_numbers_done_by_hand() -> None:
    """23 days, 7 ahead.

    The values are 10, 11, …, 32: a step of 1 every day, and none of 5, so no episode ever. On the last day,
    for 7 days ahead, the errors |y(t + 7) - y(t)| are known for t = day 0 … day 15: sixteen times 7.
    80 %: the ceil(17 × 0.8) = 14th smallest of them, 7. 95 %: the ceil(17 × 0.95) = 17th, of which there are only
    sixteen: the largest, 7. The value is the last one, 32; the ranges are 32 - 7 … 32 + 7.
    """
    told = foresee(series(*range(10, 33)))
    assert (told.value, told.assumes, told.refusal) == (32, Assumption.NO_CHANGE, None)
    assert ranges(told) == [(80, 25, 39), (95, 25, 39)]
    assert told.pooled is False


def test_a_worked_example_of_errors_that_differ() -> None:
    """16 errors, done by hand: the value stands at 100 for 20 days, then is 101, 103, 106 (no step of 5: no episode).

    For 7 days ahead t + 7 = day 7 … day 22. y(t): 100 throughout, for t <= 15; y(t + 7) is 100 thirteen times,
    then 101, 103, 106: errors 0 × 13, 1, 3, 6. 80 %: the 14th smallest, 1. 95 %: the 17th, so the largest, 6.
    """
    told = foresee(series(*[100] * 20, 101, 103, 106))
    assert (told.value, ranges(told)) == (106, [(80, 105, 107), (95, 100, 112)])


def test_a_worked_example_of_a_burst_that_leaves_the_window() -> None:
    """40 listeners for 40 days, then +80 on day 40 and +50 on day 42: events of 30 and more, more than 60 in all.

    The window is 28 days: the first leaves on day 68, the second on day 70. From day 45 (value 170): 22 days ahead
    (day 67) both are still there; 23 days ahead (day 68) the first has left, 170 - 80; 25 days ahead both, 40.
    """
    found = series(*[40] * 40, 120, 120, 170, 170, 170, 170, item=CROWD)
    assert [foresee(found, days=ahead).value for ahead in (20, 22, 23, 24, 25, 30)] == [170, 170, 90, 90, 40, 40]
    told = foresee(found, days=25)
    assert told.assumes is Assumption.DEPARTURES
    assert [((gone.date - TODAY).days, gone.amount) for gone in told.departures] == [(23, 80), (25, 50)]
    # The range reaches down from the baseline, and up from the last value: by the largest of its 21 errors, 130.
    assert (told.ranges[1].low, told.ranges[1].high) == (0, 300)


def test_what_was_to_leave_by_the_day_of_the_last_reading_is_not_expected_again() -> None:
    """As above; but on day 68 the first is still there: it stayed. The second leaves on day 70."""
    stayed = series(*[40] * 40, 120, 120, *[170] * 27, item=CROWD)
    assert [(gone.date - TODAY).days for gone in foresee(stayed).departures] == [2]
    silent = series(*[40] * 40, 120, 120, *[170] * 25, None, None, item=CROWD)
    assert [(gone.date - TODAY).days for gone in foresee(silent).departures] == [0, 2]


def test_an_audience_keeps_a_wave_for_a_fortnight_and_then_loses_it() -> None:
    found = series(*[100] * 60, 150, 150)
    assert [foresee(found, days=ahead).value for ahead in (7, 14, 15, 30)] == [150, 150, 100, 100]
    assert foresee(found, days=15).assumes is Assumption.EPISODE
    assert foresee(found, days=14).baseline == 100


def test_a_counter_goes_on_by_its_mean_gain_without_its_extremes() -> None:
    """60 gains: 54 of 2 and 6 of 200. A tenth on either side, 6, is drawn in to the next: all are 2."""
    gains = [2] * 54 + [200] * 6
    values = [0]
    for gain in gains:
        values.append(values[-1] + gain)
    assert mean_gain(values, 60) == 2
    told = foresee(series(*values, item=PLAYS), days=10)
    assert (told.value, told.gain, told.assumes) == (values[-1] + 20, 2.0, Assumption.GAIN)


def test_a_score_stays_as_it_is() -> None:
    assert foresee(series(*[3] * 40, 9, item=STARS)).value == 9


# --- what is unknown


def test_without_a_reading_in_the_last_seven_days_there_is_no_forecast() -> None:
    fresh = series(*range(40))
    for age, refusal in ((7, None), (8, Refusal.STALE)):
        assert foresee(fresh, asof=TODAY + dt.timedelta(days=age)).refusal is refusal
    assert foresee(series(None, None)).refusal is Refusal.NO_READING
    assert foresee(series()).refusal is Refusal.NO_READING


def test_the_days_since_the_last_reading_lie_ahead_of_it_too() -> None:
    """Three days without an answer: 7 days after today are 10 days after the last reading."""
    waited = foresee(series(*range(40), None, None, None))
    assert waited.ranges == foresee(series(*range(40)), days=10).ranges
    assert waited.last_date == ago(3)


def test_a_short_record_leans_on_the_other_artists_errors_and_says_so() -> None:
    """Ten days of 100 know 3 errors; Ben's 40 days of 200, 201, … know 33 relative ones, of 7 / 200 and less."""
    short, long = series(*[100] * 10), series(*range(200, 240), artist="Ben")
    told = foresee(short, long)
    assert (told.pooled, told.refusal) == (True, None)
    assert told.ranges[0].low < 100 < told.ranges[0].high
    assert foresee(short).refusal is Refusal.TOO_SHORT
    assert foresee(short, series(*range(200, 240), artist="Ben", item=STARS)).refusal is Refusal.TOO_SHORT


def test_a_doubtful_value_is_never_the_last() -> None:
    assert foresee(series(*[50] * 30, "900?")).value == 50


@pytest.mark.parametrize("count", [1, 5, 14, 15, 16, 99])
def test_a_quantile_is_one_of_the_errors_by_the_rule(count: int) -> None:
    errors = [float(number) for number in range(1, count + 1)]
    for level in (80, 95):
        assert quantile(errors, level) == min(ceil((count + 1) * level / 100), count)


def test_a_range_reaches_at_least_one_and_a_pool_scales_with_the_value() -> None:
    assert reach([0.0] * 15, [], 100) == ({80: 1.0, 95: 1.0}, False)
    assert reach([0.0] * 14, [0.5] * 15, 100) == ({80: 50.0, 95: 50.0}, True)
    assert reach([0.0] * 14, [0.5] * 14, 100) is None


def test_on_days_of_an_open_episode_nothing_is_learned() -> None:
    calm, wave = days_of(*[100] * 30), days_of(*[100] * 15, *[150] * 15)
    assert len(errors_of(calm, 7).absolute) == 23
    # The 15 days before the wave, but for those the episode is open on: t = 0 … 14.
    assert errors_of(wave, 7).absolute == [0.0] * 8 + [50.0] * 7


def test_more_than_thirty_days_ahead_says_that_nothing_was_verified() -> None:
    found = series(*[100] * 120)
    assert [foresee(found, days=ahead).verified for ahead in (30, 31, 90)] == [True, False, False]


# --- no leak


@given(st.lists(st.integers(0, 300), min_size=20, max_size=60), st.lists(st.integers(0, 5000), min_size=1, max_size=9))
def test_what_comes_later_changes_no_forecast(past: list[int], future: list[int]) -> None:
    """Not the filled values, not the episodes: all that a forecast is made of, day by day."""
    whole = series(*past, *future)
    known = TimeSeries("Ana", FANS, whole.points[: len(past)])
    then, alone = daily(whole), daily(known)
    assert then is not None
    assert alone is not None
    assert (then.values[: len(past)], then.open[: len(past)], then.read[: len(past)]) == (
        alone.values,
        alone.open,
        alone.read,
    )
    asof = known.points[-1].date
    told = foresee(known, asof=asof)
    place, few = len(past) - 1, Errors(then, 7)
    for at in range(len(past)):
        few.learn(at)
    if told.value is not None:
        assert told.value == max(0, round(point(then, place, 7).value))
        assert few.absolute == errors_of(alone, 7).absolute


# --- the replay, done again by brute force


def brute(found: Sequence[TimeSeries], days: int) -> dict[tuple[str | None, str], Tally]:
    """Every Saturday's forecasts, each from nothing but the points up to that day."""
    good, _ = scored(every_daily(found))
    keys = [(one.artist, one.item.key) for one in good]
    chosen = [one for one in found if (one.artist, one.item.key) in keys]
    tallies = {key: Tally() for key in keys}
    for saturday in origins(good, None, None):
        known = [
            TimeSeries(one.artist, one.item, tuple(point for point in one.points if point.date <= saturday))
            for one in chosen
        ]
        for whole, part in zip(chosen, known, strict=True):
            actual = {point.date: point.reading.value for point in whole.usable}.get(saturday + dt.timedelta(days=days))
            usable = part.usable
            if actual is None or not usable or (saturday - usable[0].date).days < 45:
                continue
            tally = tallies[whole.artist, whole.item.key]
            others = [one for one in known if one.item.key == whole.item.key and one is not part]
            _brute_one(tally, part, others, actual, saturday, days)
    return tallies


def _brute_one(
    tally: Tally, part: TimeSeries, others: Sequence[TimeSeries], actual: int, saturday: dt.date, days: int
) -> None:
    # The replay forecasts from the filled series: the last reading is carried to the origin.
    last = part.usable[-1]
    moved = type(last)(saturday, last.reading)
    filled = part if last.date == saturday else TimeSeries(part.artist, part.item, (*part.points, moved))
    told = forecasts([filled], by_number([filled, *others]), saturday, days)[0]
    tally.naive.append(abs(actual - (last.reading.value or 0)))
    for one in told.ranges:
        tally.ranges[one.level].append((one.low <= actual <= one.high, one.high - one.low))


@pytest.mark.parametrize("days", [7, 30])
def test_a_brute_force_replay_of_the_real_record_agrees(shared: Path, days: int) -> None:
    found = real(shared)
    good, _ = scored(every_daily(found))
    quick = {
        (good[number].artist, good[number].item.key): tally
        for number, tally in replay(good, origins(good, None, None), days).items()
    }
    slow = brute(found, days)
    assert {key: tally.naive for key, tally in quick.items()} == {key: tally.naive for key, tally in slow.items()}
    assert {key: dict(tally.ranges) for key, tally in quick.items()} == {
        key: dict(tally.ranges) for key, tally in slow.items()
    }
    assert sum(len(tally.naive) for tally in slow.values()) > 100


def test_the_old_bots_line_is_least_squares_on_the_last_90_snapshots() -> None:
    line = days_of(*range(0, 300, 3))
    assert regression(line, 99, 7) == pytest.approx(297 + 21)
    # 10 of 0, then 90 on a line of their own: the ten are not seen.
    assert regression(days_of(*[0] * 10, *range(90)), 99, 30) == pytest.approx(119)


def test_a_replay_of_a_few_days_with_numbers_done_by_hand() -> None:
    """64 days; 2026-03-14 is a Saturday, and the last day. 7 ahead, origins with 45 days behind them: places 49 and 56.

    (Saturdays are places 63, 56, 49, …; 63 has no day behind it.) 100 for 52 days, then 110 (an episode of 10 opens
    at place 52) and it stays. Origin 49: last 100, came 110 (place 56), error 10. Origin 56: last 110, kept for a
    fortnight, came 110, error 0. Mean 5, as for no change; the steps: 10 in 63 days. 5 / (10 / 63) = 31.5.
    """
    values = [100] * 52 + [110] * 12
    saturdays = origins([days_of(*values)], None, None)
    assert saturdays[-1] == DAY
    (tally,) = replay([days_of(*values)], saturdays, 7).values()
    assert (tally.errors, tally.naive) == ([10, 0], [10, 0])
    wobbling = [100 + number % 2 for number in range(40)] + values[40:]
    score = backtest([days_of(*wobbling)], [7]).scores[0]
    assert (score.forecasts, score.to_no_change) == (2, 1.0)


def test_what_hardly_moves_or_is_given_in_steps_is_not_scored_and_is_named() -> None:
    still = days_of(*[7] * 60, *[8] * 60)
    result = backtest([still], [7])
    assert (result.scores, [(one.artist, one.changes) for one in result.left_out]) == ((), [("Ana", 1)])
    assert scored([days_of(*range(90))])[0] != []


def test_nothing_is_scored_of_nothing() -> None:
    assert backtest([], [7, 30]) == Backtest(first=None, last=None, scores=(), left_out=())


# --- the real record


def real(shared: Path) -> list[TimeSeries]:
    history = History(DataFolder(shared / "legacy-history", SERIES))
    copies = Copies()
    found = list(history.gather(watch=copies.add).series())
    return cleaned(found, copies.days, history.amendments, lambda name: frozenset({name}))


def test_on_the_labels_six_months_waves_are_told_from_growth(shared: Path) -> None:
    """At most 0.88 × “no change” 7 days ahead and 0.70 × 30 days ahead; four of five 80 % ranges hold at 7 days."""
    result = backtest(every_daily(real(shared)), [7, 30])
    week, month = (next(one for one in result.scores if one.days == days and not one.metric) for days in (7, 30))
    assert week.to_no_change is not None
    assert month.to_no_change is not None
    assert week.to_no_change <= 0.88
    assert month.to_no_change <= 0.70
    assert week.error < 0.5 * week.regression
    assert (week.coverage[0].share or 0) >= 0.80
    assert {one.artist for one in result.left_out} >= {"ZACKO"}


def test_a_prediction_says_how_past_ones_did(shared: Path) -> None:
    found = [one for one in real(shared) if one.item.field == "followers"]
    told = predict(found, Question(dt.date(2025, 10, 31), 7, artist="PYRO")).forecasts
    assert {one.artist for one in told} == {"PYRO"}
    past = next(one.past for one in told if one.source == "spotify")
    assert past is not None
    assert past.forecasts == 18
    assert 0 < past.held <= past.ranges


# --- anything


_VALUES = st.one_of(
    st.none(),
    st.integers(0, 12),
    st.integers(0, 100_000),
    st.builds(lambda value: (value, max(0, value - 50), value + 49), st.integers(0, 5000)),
    st.integers(0, 900).map(lambda value: f"{value}?"),
)


@given(
    st.lists(st.lists(_VALUES, max_size=80), min_size=1, max_size=3),
    st.sampled_from([FANS, CROWD, PLAYS, STARS]),
    st.integers(7, 90),
)
def test_any_record_gets_whole_numbers_or_a_reason(records: list[list[Value]], item: object, days: int) -> None:
    found = [
        series(*values, item=item, artist=f"Artist {number}")  # type: ignore[arg-type]
        for number, values in enumerate(records)
    ]
    for told in predict(found, Question(TODAY, days, wanted=frozenset({found[0].item.key}))).forecasts:
        assert (told.value is None) == (told.refusal is not None)
        if told.value is not None:
            assert told.value >= 0
            low, high = told.ranges
            assert 0 <= high.low <= low.low <= low.high <= high.high
    backtest(every_daily(found), [7, 30])
