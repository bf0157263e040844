"""Growth: by dates, with its bounds, and what moved in a wave told apart."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.growth import Grown, Growth, growth, sparkline
from tests.analysis.legacy import every_series
from tests.analysis.series import CROWD, FANS, PLAYS, STARS, Value, ago, series, stood
from tests.making import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.timeseries import TimeSeries


def one(*values: Value, days: int = 7, before: tuple[Value, ...] = ()) -> Grown:
    """The only row there is; ``values``: a value a day, up to the last."""
    (row,) = growth([stood(*before, *values)], DAY, days).rows
    return row


def ask(*found: TimeSeries, days: int = 7) -> Growth:
    return growth(found, DAY, days)


def test_a_period_goes_by_dates_not_by_files() -> None:
    # Of ten days only every second has a file: seven days back is still the eighth day.
    row = one(*range(100, 110), days=7, before=())
    assert (row.old.value, row.new.value, row.change) == (102, 109, 7)
    sparse = series(*range(100, 110), gaps=[1, 2, 4, 6])
    (row,) = ask(sparse).rows
    assert (row.first, row.old.value, row.change, row.per_day) == (ago(6), 103, 6, 1.0)


def test_the_first_and_last_usable_readings_count_with_their_days() -> None:
    row = one(None, "99?", 10, 11, 12, 14, None, "99?")
    assert (row.first, row.last, row.change, row.per_day) == (ago(5), ago(2), 4, 1.33)


def test_one_reading_is_no_change() -> None:
    (row,) = ask(series(None, None, 10, None)).rows
    assert (row.first, row.last, row.change, row.percent, row.per_day, row.waves) == (
        ago(1),
        ago(1),
        None,
        None,
        None,
        (),
    )


@pytest.mark.parametrize(
    ("values", "percent"), [((49, 51), None), ((50, 51), 2.0), ((0, 3), None), ((50, (60, 55, 64)), None)]
)
def test_a_percentage_wants_a_base_of_fifty_and_exact_ends(values: tuple[Value, ...], percent: float | None) -> None:
    assert one(*values).percent == percent


def test_a_rounded_end_gives_bounds() -> None:
    row = one((1000, 950, 1049), (1100, 1050, 1149))
    assert (row.change, row.change_low, row.change_high) == (100, 1, 199)


def test_what_an_open_episode_holds_is_told_apart_with_who_moved_too() -> None:
    ana, ben = stood(100, 100, 140, 139), stood(50, 50, 90, 90, artist="Ben")
    first, second = ask(ana, ben).rows
    assert first.waves
    assert (first.change, first.waves[0].size, first.own, first.waves[0].since) == (39, 40, -1, ago(1))
    assert (first.waves[0].open, first.waves[0].others) == (True, ("Ben",))
    assert second.waves
    assert second.waves[0].others == ("Ana",)


def test_what_leaves_again_in_the_period_is_told_apart_too() -> None:
    row = one(140, 140, 101, 101, days=3, before=(100, 100))
    assert row.waves
    assert (row.change, row.waves[0].size, row.own, row.waves[0].open) == (-39, -40, 1, False)


def test_what_a_fall_has_paid_back_is_no_part_of_the_wave() -> None:
    row = one(100, 160, 130)
    assert row.waves
    assert (row.change, row.waves[0].size, row.own) == (30, 30, 0)


def test_who_fell_on_the_same_day_did_not_rise_together() -> None:
    row, _ = ask(stood(100, 160, 150), stood(100, 100, 90, artist="Ben")).rows
    assert row.waves
    assert row.waves[0].others == ()


def test_a_rise_of_before_the_period_is_no_part_of_its_change() -> None:
    row = one(140, 141, days=1, before=(100, 140))
    assert (row.change, row.waves) == (1, ())


def test_what_has_stayed_for_sixty_days_is_growth() -> None:
    row = one(100, *[140] * 61, days=61)
    assert (row.waves, row.own, row.change) == ((), 40, 40)
    assert [(stayed.size, stayed.since, stayed.closed) for stayed in row.stayed] == [(40, ago(60), ago(0))]
    # The day before it is a wave still.
    assert [(wave.size, wave.open) for wave in one(100, *[140] * 60, days=60).waves] == [(40, True)]
    # It was a wave when the period began, and has not left since: no part of the change is its leaving.
    assert one(*[140] * 41, days=40, before=(100, *[140] * 42)).waves == ()


def test_the_top_growers_are_found_by_the_window_and_without_waves() -> None:
    found = [
        stood(900, 901, item=FANS),
        stood(100, 140, item=CROWD),
        stood(100, 103, item=CROWD, artist="Ben"),
        stood(100, 110, item=CROWD, artist="Cleo"),
        stood(100, 90, item=CROWD, artist="Dora"),
        stood(100, 102, item=CROWD, artist="Eve"),
        stood(100, 101, item=CROWD, artist="Finn"),
    ]
    result = ask(*found)
    assert result.top_metric == "moon.crowd"
    assert [(row.artist, row.own) for row in result.top] == [("Cleo", 10), ("Ben", 3), ("Eve", 2)], "three, no more"


def test_totals_compare_like_with_like_and_people_are_not_summed() -> None:
    full = [series(*[10] * 8), series(*[20] * 7, 22, artist="Ben")]
    late = series(*[5] * 3, artist="Cleo")
    gone = series(*[9] * 4, *[None] * 4, artist="Dora", gaps=range(4, 8))
    (total,) = ask(*full, late, gone).totals
    assert total.artists == ("Ana", "Ben")
    assert (total.old, total.old_at_least, total.old_at_most) == (30, 20, 30)
    assert (total.change, total.new_at_least) == (2, 22)
    result = ask(*full, late, gone)
    assert (result.joined, result.left) == (("Cleo",), ("Dora",))


def test_who_was_recorded_before_the_period_did_not_join_in_it() -> None:
    away = series(*[5] * 12, artist="Cleo", gaps=[4, 5])
    assert ask(series(*[1] * 12), away).joined == ()


def test_scores_have_no_total_and_counters_are_summed() -> None:
    found = [series(1, 2, item=item, artist=name) for item in (STARS, PLAYS) for name in ("Ana", "Ben")]
    (total,) = ask(*found).totals
    assert (total.metric, total.old_at_least, total.new_at_least) == ("plays", 2, 4)


def test_a_number_nobody_could_read_is_named_with_its_last_reading() -> None:
    result = ask(series(7, *[None] * 8), series(*[None] * 9, artist="Ben"))
    assert [(number.artist, number.since) for number in result.unread] == [("Ana", ago(8)), ("Ben", None)]
    assert result.rows == ()


def test_one_artists_growth_has_no_totals_and_nobody_else() -> None:
    result = ask(series(10, 11), series(10, 11, artist="Ben")).only("Ben")
    assert ([row.artist for row in result.rows], result.totals, result.top, result.artist) == (["Ben"], (), (), "Ben")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ((1, 2, 3, 4, 5, 6, 7, 8), "▁▂▃▄▅▆▇█"),
        ((5, 5, 5), "▁▁▁"),
        ((1, None, "9?", 2), "▁  █"),
        ((None, 3, None), " ▁ "),
        (tuple(range(40)), "▁▁▂▃▄▄▅▆▇█"),
        ((), " "),
    ],
)
def test_a_sparkline_has_a_space_where_there_is_no_reading(values: tuple[Value, ...], line: str) -> None:
    found = series(*values)
    assert sparkline(found.usable, ago(max(len(values) - 1, 0)), DAY) == line


def test_the_label_casa_24_is_in_an_episode_with_mango_blade(shared: Path) -> None:
    result = growth(every_series(shared), dt.date(2025, 10, 31), 30)
    (row,) = (row for row in result.only("Casa 24").rows if row.metric == "followers" and row.source == "spotify")
    assert row.waves
    assert (row.change, row.waves[0].size, row.waves[0].since) == (167, 180, dt.date(2025, 10, 13))
    assert row.waves[0].others == ("Mango Blade",)


def test_the_labels_views_do_not_fall_when_pax_leaves(shared: Path) -> None:
    result = growth(every_series(shared), dt.date(2025, 9, 15), 30)
    assert result.left == ("pax",)
    (views,) = (total for total in result.totals if total.metric == "total_views")
    assert views.change > 0
    assert "pax" not in views.artists


def test_one_wave_that_left_and_another_that_came_are_told_apart() -> None:
    """Of both together nobody could say since when, or with whom."""
    row = one(140, *[100] * 30, *[160] * 5, days=35, before=(100,) * 40)
    assert [(wave.since, wave.size, wave.open) for wave in row.waves] == [(ago(35), -40, False), (ago(4), 60, True)]
    assert (row.change, row.in_waves, row.own) == (20, 20, 0)
