"""Milestones: once, and only when certain; the next one, and when."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.milestones import Ahead, milestones, rungs
from tests.analysis.legacy import every_series
from tests.analysis.series import CROWD, FANS, PLAYS, STARS, Value, series, stood
from tests.making import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.metrics import Series


def reached(*values: Value, item: Series = PLAYS) -> list[tuple[int, int]]:
    """Each milestone that was reached within the record, and how many days ago; oldest first."""
    found = milestones([stood(*values, item=item) if values else series()], DAY).reached
    return [(milestone.rung, (DAY - milestone.reached).days) for milestone in reversed(found) if not milestone.before]


def ahead(*values: Value, item: Series = PLAYS) -> Ahead:
    (following,) = milestones([series(*values, item=item)], DAY).ahead
    return following


def test_the_milestones_are_1_2_and_a_half_and_5_times_the_powers_of_ten() -> None:
    assert list(islice(rungs(), 9)) == [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((99, 100, 101), [(100, 1)]),
        # Once: a fall back takes nothing away, and the next rise gives nothing new.
        ((99, 100, 90, 101), [(100, 2)]),
        ((99, 600), [(100, 0), (250, 0), (500, 0)]),
        # A doubtful value does not count, a gap is bridged.
        ((99, "150?", None, 101), [(100, 0)]),
        # 1,000 rounded may be 950.
        ((99, 900, (1000, 950, 1049)), [(100, 1), (250, 1), (500, 1)]),
        ((900, (1000, 950, 1049), (1100, 1050, 1149)), [(1000, 0)]),
        ((), []),
    ],
)
def test_a_milestone_is_reached_on_the_first_day_that_is_certain(
    values: tuple[Value, ...], found: list[tuple[int, int]]
) -> None:
    assert reached(*values) == found


def test_what_the_record_begins_with_was_reached_before() -> None:
    found = milestones([series(300, 500, item=PLAYS)], DAY).reached
    assert {milestone.rung: milestone.before for milestone in found} == {100: True, 250: True, 500: False}


def test_a_first_reading_that_may_be_there_already_leaves_it_open_when() -> None:
    (milestone, *_) = milestones([series((1000, 950, 1049), 1010, item=PLAYS)], DAY).reached
    assert (milestone.rung, milestone.reached, milestone.before) == (1000, DAY, True)


def test_nothing_is_reached_inside_an_open_episode() -> None:
    assert reached(400, 400, 520, 530, item=CROWD) == []


def test_when_a_wave_is_over_the_first_day_after_it_counts() -> None:
    # It rises over 500, comes back to 460, which ends it, and grows slowly past 500 by itself.
    assert reached(450, 560, 460, 480, 500, 510, item=CROWD) == [(500, 1)]


def test_a_wave_that_closes_above_a_milestone_reaches_it_on_the_day_it_closes() -> None:
    assert reached(490, 560, 505, 505, item=CROWD) == [(500, 1)]


def test_what_has_stayed_for_sixty_days_is_reached() -> None:
    assert reached(400, *[520] * 60, item=CROWD) == []
    assert reached(400, *[520] * 61, item=CROWD) == [(500, 0)]


def test_a_score_has_no_milestones() -> None:
    result = milestones([series(90, 100, item=STARS)], DAY)
    assert (result.reached, result.ahead) == ((), ())


def test_the_next_one_comes_between_two_days() -> None:
    """10 to go at one a day, and never more than a day off: 30 days' range shrinks with the root of the days."""
    told = ahead(*range(250, 491))
    assert (told.rung, told.distance, told.pace) == (500, 10, 1.0)
    assert told.earliest is not None
    assert told.latest is not None
    assert DAY < told.earliest <= DAY + dt.timedelta(days=10) <= told.latest < DAY + dt.timedelta(days=13)


def test_the_more_a_number_wavers_the_longer_the_span() -> None:
    calm = [1950 + 2 * day for day in range(240)]
    restless = [number + 8 * (day // 9 % 3 - 1) for day, number in enumerate(calm)]
    spans = [_days(ahead(*values, calm[-1], item=FANS)) for values in (calm, restless)]
    assert spans[0] < spans[1]


def _days(told: Ahead) -> int:
    assert told.earliest is not None
    assert told.latest is not None
    return (told.latest - told.earliest).days


def test_a_day_that_is_over_is_no_forecast() -> None:
    # Two to go at one a day, counted from a reading six days old.
    told = ahead(*range(250, 499), *[None] * 6)
    assert told.earliest == DAY + dt.timedelta(days=1)
    assert (told.latest or DAY) > DAY


def test_from_a_reading_of_more_than_a_week_ago_there_is_no_day() -> None:
    assert ahead(*range(250, 499), *[None] * 7).earliest is not None
    assert ahead(*range(250, 499), *[None] * 8).earliest is None


def test_a_window_of_days_has_no_day_however_steady_it_grows() -> None:
    told = ahead(*range(1000, 2400, 10), item=CROWD)
    assert (told.rung, told.distance, told.earliest, told.latest) == (2500, 110, None, None)


def test_a_trend_that_the_last_fortnight_does_not_bear_out_gives_no_day() -> None:
    assert ahead(*range(250, 480), *[479] * 15, item=FANS).earliest is None


def test_there_is_no_day_inside_a_wave() -> None:
    told = ahead(*range(250, 480), *range(520, 530), item=FANS)
    assert (told.own, told.rung, told.earliest) == (489, 500, None)


@pytest.mark.parametrize(
    "values", [[90] * 60, list(range(150, 90, -1)), [50] * 59 + [51]], ids=["flat", "falling", "in four years"]
)
def test_what_does_not_come_within_two_years_is_not_in_sight(values: list[int]) -> None:
    told = ahead(*values)
    assert (told.earliest, told.latest) == (None, None)
    assert told.pace is not None


def test_two_weeks_are_the_least_to_judge_by() -> None:
    assert ahead(*range(50, 64)).pace is None
    assert ahead(*range(50, 65)).pace == 1.0


def test_inside_a_wave_the_way_is_counted_without_it() -> None:
    told = ahead(*[400] * 20, 520, 521, item=CROWD)
    assert (told.value, told.own, told.rung, told.distance) == (521, 401, 500, 99)


def test_a_rounded_value_on_the_milestone_is_perhaps_there() -> None:
    told = ahead(*[900] * 20, (1000, 950, 1049))
    assert (told.rung, told.distance, told.earliest) == (1000, None, None)


def test_who_is_not_recorded_any_more_has_nothing_ahead() -> None:
    gone = series(*range(90, 95), artist="Ben", gaps=[4])
    assert [following.artist for following in milestones([series(1), gone], DAY).ahead] == ["Ana"]


def test_no_wave_gave_casa_24_its_thousand_listeners(shared: Path) -> None:
    result = milestones(every_series(shared), dt.date(2025, 10, 31)).only("Casa 24")
    listeners = [milestone for milestone in result.reached if milestone.metric == "monthly_listeners"]
    assert max(milestone.rung for milestone in listeners) == 500
    assert all(milestone.before for milestone in listeners)


def test_the_newest_milestone_stands_first(shared: Path) -> None:
    days = [milestone.reached for milestone in milestones(every_series(shared), dt.date(2025, 10, 31)).reached]
    assert days == sorted(days, reverse=True)
