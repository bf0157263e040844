"""The replay of every forecast: by hand, again by brute force, and its score."""

from __future__ import annotations

import datetime as dt
from statistics import fmean, linear_regression
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.analysis.backtest import Backtest, backtest, regression, ruler, scored
from casa24.analysis.daily import Daily, daily, every_daily
from casa24.analysis.forecast import Foresight, carried_on, forecasts, foresights
from casa24.analysis.prediction import Question, predict
from casa24.analysis.ranges import Ranges, Reach, at_least, edges
from casa24.analysis.walk_forward import HISTORY, Span, Tally, replay
from casa24.core.timeseries import TimeSeries
from tests.analysis.labels import ours
from tests.analysis.series import FANS, STARS, Value, series
from tests.making import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def days_of(*values: Value, gaps: Sequence[int] = (), artist: str = "Ana") -> Daily:
    found = daily(series(*values, gaps=gaps, artist=artist))
    assert found is not None
    return found


def replayed(found: Sequence[Daily], days: int, every: int = 1) -> list[Tally]:
    span = Span.of(found)
    assert span is not None
    return replay(found, Foresight({own.artist: own for own in found}).ranges(days), days, span.days(every))


def test_a_replay_of_a_few_days_with_numbers_done_by_hand() -> None:
    """64 days: 100 for 52 days, then 110 (a wave of 10 opens at place 52). 7 ahead, from places 45 … 56.

    From 45 … 51 the last is 100 and 110 comes, where place + 7 is 52 and more: from all of them, an error of 10.
    From 52 … 56 the last is 110, and so is what comes; but the wave may leave within 7 days: a chance of 7 in 60 when
    it is new, and that is left out. The mean error is 70 / 12.
    """
    (tally,) = replayed([days_of(*[100] * 52, *[110] * 12)], 7)
    assert (tally.errors, tally.naive) == ([10] * 7 + [0] * 5, [10] * 7 + [0] * 5)
    wobbling = [100 + number % 2 for number in range(40)] + [100] * 12 + [110] * 12
    score = backtest([days_of(*wobbling)], [7]).scores[0]
    assert (score.forecasts, score.to_no_change) == (12, 1.0)


def test_every_day_with_a_reading_is_an_origin_where_there_is_one_on_the_day_forecast_too() -> None:
    whole = replayed([days_of(*range(100))], 7)[0]
    assert len(whole.errors) == 100 - HISTORY - 7
    holes = replayed([days_of(*range(100), gaps=[50, 60])], 7)[0]
    # Days 50 and 60 are no origins, and nothing came seven days after 43 (too early anyway) and 53.
    assert len(holes.errors) == len(whole.errors) - 3


def test_only_one_of_so_many_days_may_be_asked_for() -> None:
    assert len(replayed([days_of(*range(100))], 7, every=8)[0].errors) == 6


# --- again, by brute force


def brute(found: Sequence[TimeSeries], days: int) -> dict[str | None, Tally]:
    """Every day's forecasts of one number, each from nothing but the points up to that day."""
    tallies: dict[str | None, Tally] = {own.artist: Tally() for own in found}
    first = min(own.usable[0].date for own in found)
    for back in range((DAY - first).days + 1):
        origin = DAY - dt.timedelta(days=back)
        known = [TimeSeries(own.artist, own.item, tuple(p for p in own.points if p.date <= origin)) for own in found]
        group = foresights(known, origin)
        for whole, part in zip(found, known, strict=True):
            values = {point.date: point.reading.value for point in whole.usable}
            actual, last = values.get(origin + dt.timedelta(days=days)), values.get(origin)
            if actual is None or last is None or (origin - whole.usable[0].date).days < HISTORY:
                continue
            (told,) = forecasts([part], group, origin, days)
            tally = tallies[whole.artist]
            tally.naive.append(abs(actual - last))
            if told.value is not None:
                tally.errors.append(abs(actual - told.value))
            for span in told.ranges:
                tally.ranges[span.level].append((span.low <= actual <= span.high, span.high - span.low))
    return tallies


_WALK = st.lists(st.sampled_from([-3, -1, 0, 0, 0, 1, 1, 2, 4, 40, -40]), min_size=70, max_size=110)


@given(walks=st.lists(_WALK, min_size=2, max_size=2), holes=st.sets(st.integers(1, 60), max_size=20))
def test_a_replay_done_again_by_brute_force_agrees(walks: list[list[int]], holes: set[int]) -> None:
    """From nothing but the points up to a day the same forecast is made as in the replay."""
    found = []
    for name, walk in zip(("Ana", "Ben"), walks, strict=True):
        values, value = [], 500
        for change in walk:
            value = max(0, value + change)
            values.append(value)
        found.append(series(*values, item=FANS, artist=name, gaps=sorted(holes) if name == "Ana" else ()))
    quick = dict(zip(("Ana", "Ben"), replayed(every_daily(found), 7), strict=True))
    slow = brute(found, 7)
    for name, tally in quick.items():
        assert sorted(tally.naive) == sorted(slow[name].naive)
        assert {level: sorted(held) for level, held in tally.ranges.items()} == {
            level: sorted(held) for level, held in slow[name].ranges.items()
        }


# --- how far a range reaches


def test_a_range_lies_between_ranks_of_the_errors_known() -> None:
    """Of 99 errors and very many stretches: 80 % lie between the 10th from below and the 10th from above."""
    errors = [float(number) for number in range(-49, 50)]
    assert edges(errors, 10_000) == [(-41, 41), (-82, 82)]
    # What a short record knows less well lies farther out.
    assert edges(errors, 5)[0] == (-45, 45)


def test_up_and_down_are_apart_and_the_wider_range_is_wider() -> None:
    (low, high), (lower, higher) = edges([0.0] * 80 + [float(number) for number in range(20)], 100)
    assert (low, lower) == (0, 0)
    assert higher >= 2 * high > 0


def test_a_range_reaches_at_least_one_and_the_wider_one_two() -> None:
    assert at_least([(0, 0), (0, 0)]) == {80: Reach(-1, 1), 95: Reach(-2, 2)}


def test_on_days_of_an_open_wave_nothing_is_learned() -> None:
    def learned(*values: int) -> Sequence[float]:
        own = days_of(*values)
        ranges = Ranges([own], 7, carried_on)
        ranges.learn(DAY)
        return ranges.errors_of(0)

    assert len(learned(*[100] * 30)) == 23
    # Of 15 days before the wave, 8 saw nothing of it and 7 did.
    assert learned(*[100] * 15, *[150] * 15) == [0.0] * 8 + [50.0] * 7


# --- rivals


def test_a_ruler_goes_on_by_the_mean_day_of_the_last_sixty() -> None:
    line = ruler(days_of(*range(0, 300, 3)), 30)
    assert (line[0], line[1], line[99]) == (0, 93, 387)
    assert ruler(days_of(*[0] * 40, *range(61)), 10)[-1] == 70


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=130), st.integers(7, 90))
def test_the_old_bots_line_is_least_squares_on_the_last_90_snapshots(values: list[int], days: int) -> None:
    last = values[-90:]
    slope, start = linear_regression(range(len(last)), last)
    assert regression(days_of(*values), days)[-1] == pytest.approx(start + slope * (len(last) - 1 + days), abs=1e-6)


# --- the score


def test_ours_stands_beside_no_change_and_the_ruler() -> None:
    (overall, followers) = backtest([days_of(*range(0, 300, 3))], [30]).scores
    assert (overall.to_no_change, overall.to_ruler, overall.ruler) == (0, None, 0)
    assert (followers.metric, followers.no_change) == ("fans", 30)
    slower = [round(100 * day**0.5) for day in range(200)]
    assert (backtest([days_of(*slower)], [30]).scores[0].to_ruler or 9) < 1


def test_every_series_counts_the_same_and_errors_are_in_its_own_steps() -> None:
    small, large = days_of(*range(100)), days_of(*range(0, 100_000, 1000), artist="Ben")
    assert [score.no_change for score in backtest([small, large], [7]).scores] == [7, 7]


def test_what_hardly_moves_is_not_scored_and_is_named() -> None:
    result = backtest([days_of(*[7] * 60, *[8] * 60)], [7])
    assert (result.scores, [(left.artist, left.changes) for left in result.left_out]) == ((), [("Ana", 1)])
    assert scored([days_of(*range(90))])[0] != []


def test_a_rating_is_neither_scored_nor_left_out() -> None:
    assert backtest(every_daily([series(*range(90), item=STARS)]), [7]) == backtest([], [7])


def test_what_is_too_short_to_be_judged_is_named() -> None:
    (left,) = backtest([days_of(*range(40))], [7]).left_out
    assert (left.artist, left.readings) == ("Ana", 40)


def test_nothing_is_scored_of_nothing() -> None:
    assert backtest([], [7, 30]) == Backtest(first=None, last=None, scores=(), left_out=())


def test_a_prediction_says_how_past_ones_did(shared: Path) -> None:
    found = [own for own in ours(shared) if own.item.field == "followers"]
    told = predict(found, Question(dt.date(2025, 10, 31), 7, artist="PYRO")).forecasts
    assert {forecast.artist for forecast in told} == {"PYRO"}
    past = next(forecast.past for forecast in told if forecast.source == "spotify")
    assert past is not None
    # One origin of eight.
    assert 12 <= past.forecasts <= 18
    assert 0 < past.held <= past.ranges
    assert past.error > 0
    assert fmean([past.error]) < 3 * past.no_change
