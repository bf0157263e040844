"""Forecasts done by hand, what is unknown, and that nothing later leaks into one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.analysis.backtest import backtest
from casa24.analysis.daily import daily, every_daily
from casa24.analysis.forecast import Assumption, Forecast, Refusal, aim, forecasts, foresights
from casa24.analysis.prediction import Question, predict
from casa24.core.timeseries import TimeSeries
from tests.analysis.series import CROWD, FANS, PLAYS, STARS, Value, ago, series
from tests.making import DAY

if TYPE_CHECKING:
    from casa24.core.metrics import Series

TODAY = ago(0)


def foresee(*found: TimeSeries, days: int = 7, asof: dt.date = TODAY) -> Forecast:
    """The forecast of the first of these; the others are other artists' of the same number."""
    return forecasts(found, foresights(found, asof), asof, days)[0]


def ranges(told: Forecast) -> list[tuple[int, int, int]]:
    return [(found.level, found.low, found.high) for found in told.ranges]


# --- by hand


def test_a_steady_change_goes_on() -> None:
    """23 days, 7 ahead.

    The values are 10, 11, …, 32: every week brings 7, and so does the next: 39. On the last day the errors of the
    days 0 … 15 are known: 7 on each of the first seven, when no week was over and no change was expected, then nine
    times 0. Two stretches of 7 days are too few to trust the ranks, so the extremes count: the range goes from the
    least reach, 1 down, to 7 up; the wider one twice as far.
    """
    told = foresee(series(*range(10, 33)))
    assert (told.value, told.gain, told.assumes, told.refusal) == (39, 1.0, Assumption.STEADY, None)
    assert ranges(told) == [(80, 38, 46), (95, 37, 53)]
    assert told.pooled is False


def test_a_steady_fall_goes_on_too_but_never_below_nothing() -> None:
    falling = series(*range(500, 180, -2))
    assert [foresee(falling, days=days).value for days in (7, 30, 90)] == [182 - 14, 182 - 60, 2]
    assert foresee(series(*range(80, 5, -1)), days=60).value == 0


def test_what_moves_now_and_then_is_expected_to_stand_still() -> None:
    """A follower every twenty days: most weeks bring none."""
    told = foresee(series(*[100 + day // 20 for day in range(70)]), days=30)
    assert (told.value, told.gain, told.assumes) == (103, None, Assumption.NO_CHANGE)


def test_how_far_it_was_off_is_how_far_a_range_reaches() -> None:
    """It stands at 100 for 100 days, and once in ten days at 98.

    Seven days ahead, nine of ten errors are 0, but from the odd days on 2 up, and to them 2 down.
    """
    told = foresee(series(*[98 if day % 10 == 0 else 100 for day in range(100)]))
    assert (told.value, ranges(told)) == (100, [(80, 98, 102), (95, 96, 104)])


def test_a_burst_leaves_a_window_when_its_days_are_over() -> None:
    """40 listeners for 40 days, then +80 on day 40 and +50 on day 42: events of 30 and more, more than 60 in all.

    The window is 28 days: the first leaves on day 68, the second on day 70. From day 52 (value 170): 15 days ahead
    (day 67) both are still there; 16 days ahead (day 68) the first has left, 170 - 80; 18 days ahead both, 40.
    """
    found = series(*[40] * 40, 120, 120, *[170] * 11, item=CROWD)
    assert [foresee(found, days=ahead).value for ahead in (7, 15, 16, 17, 18, 30)] == [170, 170, 90, 90, 40, 40]
    told = foresee(found, days=18)
    assert told.assumes is Assumption.DEPARTURES
    assert [((gone.date - TODAY).days, gone.amount) for gone in told.departures] == [(16, 80), (18, 50)]
    # The range reaches from below what would be left without the wave to above what would come with it.
    assert told.ranges[0].low < 40
    assert told.ranges[0].high > 170


def test_a_window_keeps_half_of_last_weeks_pace_for_ten_days() -> None:
    """20 a day: half of it, 10, for 7 days and for 10, and not for longer."""
    found = series(*range(10_000, 11_000, 20), item=CROWD)
    assert [(told := foresee(found, days=days)).value for days in (7, 10, 30)] == [11_050, 11_080, 11_080]
    assert (told.assumes, told.gain) == (Assumption.MOMENTUM, 20)


def test_what_was_to_leave_by_the_day_of_the_last_reading_is_not_expected_again() -> None:
    """As above; but on day 68 the first is still there: it stayed. The second leaves on day 70."""
    stayed = series(*[40] * 40, 120, 120, *[170] * 27, item=CROWD)
    assert [(gone.date - TODAY).days for gone in foresee(stayed).departures] == [2]
    silent = series(*[40] * 40, 120, 120, *[170] * 25, None, None, item=CROWD)
    assert [(gone.date - TODAY).days for gone in foresee(silent).departures] == [0, 2]


def test_the_older_a_wave_of_followers_the_sooner_it_is_expected_to_leave() -> None:
    """It leaves on any day until it would have stayed, 60 days after it came: within 15 of the last 30, one in two."""
    before = [100] * 60 + [160] * 20 + [100] * 60
    waves = {age: series(*before, *[160] * (age + 1)) for age in (0, 30, 50)}
    assert [foresee(waves[30], days=days).value for days in (7, 15, 30)] == [160, 130, 100]
    assert [foresee(wave, days=15).value for wave in waves.values()] == [145, 130, 100]
    told = foresee(waves[30], days=15)
    assert (told.assumes, told.leaving, told.baseline) == (Assumption.EPISODE, 30, 100)


def test_a_rise_leaves_as_often_as_earlier_ones_of_the_series_did() -> None:
    """One left after 20 days, one stayed: of a third, half is expected to leave."""
    one_of_two = series(*[100] * 60, *[160] * 20, *[100] * 60, *[160] * 61, *[220] * 31)
    assert foresee(one_of_two, days=30).value == 190


def test_a_first_rise_is_not_expected_to_leave_but_the_range_knows_that_it_may() -> None:
    told = foresee(series(*[100] * 60, *[160] * 31), days=30)
    assert (told.value, told.assumes) == (160, Assumption.NO_CHANGE)
    assert told.ranges[0].low < 100


def test_what_has_stayed_for_sixty_days_is_never_forecast_away() -> None:
    hit = series(*[100] * 60, *[160] * 61)
    assert [foresee(hit, days=days).value for days in (7, 30, 90)] == [160, 160, 160]
    assert foresee(hit, days=30).ranges[0].low > 130


def test_the_fall_of_a_wave_is_not_mirrored_upwards() -> None:
    """One of +60 came and left long ago; with another one open, none is expected on top of it."""
    told = foresee(series(*[100] * 10, *[160] * 20, *[100] * 300, *[160] * 10), days=30)
    assert told.ranges[0].low <= 100
    assert told.ranges[0].high <= 165


def test_a_counter_goes_on_by_its_mean_gain_without_its_extremes() -> None:
    """60 gains: 54 of 2 and 6 of 200. A tenth on either side, 6, is drawn in to the next: all are 2."""
    values = [0]
    for gain in [2] * 54 + [200] * 6:
        values.append(values[-1] + gain)
    told = foresee(series(*values, item=PLAYS), days=10)
    assert (told.value, told.gain, told.assumes) == (values[-1] + 20, 2.0, Assumption.GAIN)


def test_a_score_stays_as_it_is() -> None:
    assert foresee(series(*[3] * 40, 9, item=STARS)).value == 9


def test_an_artist_who_gains_five_a_day_is_not_forecast_back_to_where_she_began() -> None:
    assert foresee(series(*range(175, 1002, 5)), days=30).value == 1150


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
    assert (waited.value, waited.last_date) == (foresee(series(*range(40)), days=10).value, ago(3))


def test_a_short_record_leans_on_the_other_artists_errors_and_says_so() -> None:
    """Ten days of 100 know 3 errors; Ben's 40 days of 200, 201, … know 33."""
    short, long = series(*[100] * 5, *[101] * 5), series(*range(200, 240), artist="Ben")
    told = foresee(short, long)
    assert (told.pooled, told.refusal) == (True, None)
    assert told.ranges[0].low < (told.value or 0) < told.ranges[0].high
    assert foresee(short).refusal is Refusal.TOO_SHORT
    assert foresee(short, series(*range(200, 240), artist="Ben", item=STARS)).refusal is Refusal.TOO_SHORT


def test_borrowed_errors_are_in_units_of_what_each_number_moves_a_day() -> None:
    """Ben moves ten times as much as Ana: so do his errors, and she borrows a tenth of them."""
    wobble = [0, 3, 1, 4, 1, 5, 9, 2, 6, 5]
    ana, ben = (
        series(*[1000 + times * wobble[day % 10] for day in range(20)], artist=name)
        for name, times in (("Ana", 1), ("Ben", 10))
    )
    ours, theirs = ([told.high - told.low for told in foresee(*both).ranges] for both in ((ana, ben), (ben, ana)))
    assert [round(far / near) for near, far in zip(ours, theirs, strict=True)] == [10, 10]


def test_a_doubtful_value_is_never_the_last() -> None:
    assert foresee(series(*[50] * 30, "900?")).value == 50


def test_more_than_thirty_days_ahead_says_that_nothing_was_verified() -> None:
    found = series(*[100] * 120)
    assert [foresee(found, days=ahead).verified for ahead in (30, 31, 90)] == [True, False, False]


# --- no leak


@pytest.mark.parametrize("item", [FANS, CROWD, PLAYS])
@given(past=st.lists(st.integers(0, 300), min_size=20, max_size=60), future=st.lists(st.integers(0, 5000), max_size=9))
def test_what_comes_later_changes_no_forecast(item: Series, past: list[int], future: list[int]) -> None:
    """Not the filled values, not the episodes, not the pace: all that a forecast is made of, day by day."""
    whole = series(*past, *future, item=item)
    known = TimeSeries("Ana", item, whole.points[: len(past)])
    then, alone = daily(whole), daily(known)
    assert then is not None
    assert alone is not None
    length = len(past)
    assert (then.values[:length], then.open[:length], then.read[:length]) == (alone.values, alone.open, alone.read)
    assert then.pace[:length] == alone.pace
    told = foresee(known, asof=known.points[-1].date)
    if told.value is not None:
        assert told.value == round(aim(then, length - 1, 7).value)


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
def test_any_record_gets_whole_numbers_or_a_reason(records: list[list[Value]], item: Series, days: int) -> None:
    found = [series(*values, item=item, artist=f"Artist {number}") for number, values in enumerate(records)]
    for told in predict(found, Question(DAY, days, wanted=frozenset({found[0].item.key}))).forecasts:
        assert (told.value is None) == (told.refusal is not None)
        if told.value is not None:
            assert told.value >= 0
            low, high = told.ranges
            assert 0 <= high.low <= low.low <= told.value <= low.high <= high.high
            assert (high.low, high.high) != (low.low, low.high)
    backtest(every_daily(found), [7, 30])
