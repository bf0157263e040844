"""Ramps: slow climbs and slides, each told once, with its beginning, its pace and its end."""

from __future__ import annotations

import random

from casa24.analysis.ramps import Ramp, ramps
from casa24.analysis.unusual import unusual
from casa24.views.render import as_markdown
from casa24.views.unusual import unusual_page
from tests.analysis.series import CROWD, FANS, PLAYS, Value, ago, series
from tests.making import DAY


def only(*values: Value) -> Ramp:
    (found,) = ramps(series(*values, item=FANS))
    return found


def test_four_a_day_for_twenty_days_is_told_once_with_beginning_pace_and_end() -> None:
    climb = only(*[200] * 60, *range(204, 284, 4), *[280] * 30)
    assert (climb.first, climb.last, climb.old, climb.new) == (ago(49), ago(30), 200, 280)
    assert (climb.per_day, climb.usual, climb.ended) == (4.0, 0.0, True)


def test_two_a_day_down_for_a_month_is_told_once_too() -> None:
    slide = only(*[400] * 60, *range(398, 338, -2), *[340] * 30)
    assert (slide.change, slide.per_day) == (-60, -2.0)
    assert abs((slide.first - ago(59)).days) <= 1
    assert (slide.last, slide.ended) == (ago(30), True)


def test_a_ramp_that_goes_on_has_no_end_yet() -> None:
    climb = only(*[200] * 60, *range(204, 284, 4))
    assert (climb.first, climb.last, climb.ended) == (ago(19), DAY, False)


def test_a_ramp_is_told_on_the_first_day_it_goes_three_floors_up() -> None:
    assert ramps(series(*[200] * 60, 204, 208, 212)) == []
    assert only(*[200] * 60, 204, 208, 212, 216).new == 216


def test_what_goes_on_for_more_than_sixty_days_is_the_numbers_own_pace() -> None:
    assert len(ramps(series(*[200] * 60, *range(204, 1000, 4)))) == 1


def test_a_ramp_stands_out_from_a_number_that_grows_anyway() -> None:
    climb = only(*range(200, 260), *range(263, 343, 4), *range(340, 370))
    assert (climb.old, climb.new, climb.per_day, climb.usual) == (259, 339, 4.0, 1.0)


def test_a_steady_change_is_no_ramp() -> None:
    for step in (-7, 1, 4, 40):
        assert ramps(series(*range(3000, 3000 + 120 * step, step))) == []


def test_a_jump_is_no_ramp() -> None:
    assert ramps(series(*[200] * 60, *[300] * 60)) == []


def test_half_of_the_days_missing_hide_no_ramp() -> None:
    values = [*[200] * 60, *range(204, 284, 4), *[280] * 30]
    gaps = random.Random(24).sample(range(1, len(values) - 1), 50)
    (climb,) = ramps(series(*values, gaps=gaps))
    assert abs((climb.first - ago(49)).days) <= 4
    assert climb.new - climb.old >= 70


def test_a_number_that_declares_no_floor_has_no_ramps() -> None:
    assert ramps(series(*[200] * 60, *range(204, 284, 4), item=PLAYS)) == []
    assert ramps(series(item=CROWD)) == []


def test_a_ramp_is_told_in_words() -> None:
    told = unusual([series(*[200] * 60, *range(204, 284, 4), *[280] * 10)], ago(30), DAY)
    text = " ".join(as_markdown(unusual_page(told, "Ana")).split())
    assert "200 → 280" in text
    assert "+4 a day" in text
    assert unusual([series(*[200] * 60, *range(204, 284, 4), *[280] * 40)], ago(30), DAY).ramps == ()
