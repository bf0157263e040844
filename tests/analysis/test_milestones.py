"""Milestones: once, and only when certain; the next one, and when."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.milestones import Ahead, milestones, organic_pace, rungs
from tests.analysis.legacy import every_series
from tests.analysis.series import CROWD, PLAYS, STARS, Value, series
from tests.making import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.metrics import Series


def reached(*values: Value, item: Series = PLAYS) -> list[tuple[int, int]]:
    """Each milestone that was reached within the record, and how many days ago; oldest first."""
    found = milestones([series(*values, item=item)], DAY).reached
    return [(one.rung, (DAY - one.reached).days) for one in reversed(found) if not one.before]


def ahead(*values: Value, item: Series = PLAYS) -> Ahead:
    (one,) = milestones([series(*values, item=item)], DAY).ahead
    return one


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
    assert {one.rung: one.before for one in found} == {100: True, 250: True, 500: False}


def test_a_first_reading_that_may_be_there_already_leaves_it_open_when() -> None:
    (one, *_) = milestones([series((1000, 950, 1049), 1010, item=PLAYS)], DAY).reached
    assert (one.rung, one.reached, one.before) == (1000, DAY, True)


def test_nothing_is_reached_inside_an_open_episode() -> None:
    assert reached(400, 400, 520, 530, item=CROWD) == []


def test_when_a_wave_is_over_the_first_day_after_it_counts() -> None:
    # It rises over 500, comes back to 460, which ends it, and grows slowly past 500 by itself.
    assert reached(450, 560, 460, 480, 500, 510, item=CROWD) == [(500, 1)]


def test_a_wave_that_closes_above_a_milestone_reaches_it_on_the_day_it_closes() -> None:
    assert reached(490, 560, 505, 505, item=CROWD) == [(500, 1)]


def test_what_has_stayed_for_half_a_year_is_reached() -> None:
    assert reached(400, *[520] * 180, item=CROWD) == []
    assert reached(400, *[520] * 182, item=CROWD) == [(500, 1)]


def test_a_score_has_no_milestones() -> None:
    result = milestones([series(90, 100, item=STARS)], DAY)
    assert (result.reached, result.ahead) == ((), ())


def test_the_next_one_comes_at_the_pace_of_the_last_sixty_days() -> None:
    one = ahead(*range(60, 91))
    assert (one.rung, one.distance, one.pace, one.when) == (100, 10, 1.0, DAY + dt.timedelta(days=10))


def test_a_day_that_is_over_is_no_forecast() -> None:
    # Ten to go at one a day, counted from a reading 15 days old.
    assert ahead(*range(60, 91), *[None] * 15).when == DAY + dt.timedelta(days=1)


def test_jumps_are_no_pace() -> None:
    calm = [200 + number // 2 for number in range(20)]
    jumped = series(*calm, *[value + 100 for value in calm], item=CROWD)
    # From the tenth-and-ninth day before the jump to the last: the jump itself is left out.
    assert organic_pace(jumped, DAY) == pytest.approx(18 / 39)


def test_older_growth_is_no_pace() -> None:
    assert organic_pace(series(*range(100), *[100] * 61, item=PLAYS), DAY) == pytest.approx(0)


@pytest.mark.parametrize(
    "values", [[90] * 30, list(range(120, 90, -1))[:30], [50] * 29 + [51]], ids=["flat", "falling", "in four years"]
)
def test_what_does_not_come_within_two_years_is_not_in_sight(values: list[int]) -> None:
    assert ahead(*values).when is None
    assert ahead(*values).pace is not None


def test_two_weeks_are_the_least_to_judge_by() -> None:
    assert ahead(*range(50, 64)).pace is None
    assert ahead(*range(50, 65)).pace == 1.0


def test_inside_a_wave_the_way_is_counted_without_it() -> None:
    one = ahead(*[400] * 20, 520, 521, item=CROWD)
    assert (one.value, one.own, one.rung, one.distance) == (521, 401, 500, 99)


def test_a_rounded_value_on_the_milestone_is_perhaps_there() -> None:
    one = ahead(*[900] * 20, (1000, 950, 1049))
    assert (one.rung, one.distance, one.when) == (1000, 0, None)


def test_who_is_not_recorded_any_more_has_nothing_ahead() -> None:
    gone = series(*range(90, 95), artist="Ben", gaps=[4])
    assert [one.artist for one in milestones([series(1), gone], DAY).ahead] == ["Ana"]


def test_no_wave_gave_casa_24_its_thousand_listeners(shared: Path) -> None:
    result = milestones(every_series(shared), dt.date(2025, 10, 31)).only("Casa 24")
    listeners = [one for one in result.reached if one.metric == "monthly_listeners"]
    assert max(one.rung for one in listeners) == 500
    assert all(one.before for one in listeners)


def test_the_newest_milestone_stands_first(shared: Path) -> None:
    days = [one.reached for one in milestones(every_series(shared), dt.date(2025, 10, 31)).reached]
    assert days == sorted(days, reverse=True)
