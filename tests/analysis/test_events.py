"""Events: what is news, and what small numbers do by themselves."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.episodes import companions, episodes, open_episode
from casa24.analysis.events import Event, events, every_event
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from tests.analysis.series import CROWD, FANS, PLAYS, Value, ago, series, stood
from tests.making import SERIES

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.timeseries import TimeSeries


def told(found: list[Event]) -> list[tuple[int, int, int, int]]:
    """Of each: how many days ago it began and ended, before, after."""
    today = ago(0)
    return [((today - event.first).days, (today - event.last).days, event.old, event.new) for event in found]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((10, 14, 14), []),
        ((10, 15, 15), [(1, 1, 10, 15)]),
        ((1000, 1009, 1009), []),
        ((1000, 1010, 1010), [(1, 1, 1000, 1010)]),
        ((100, 95, 95), [(1, 1, 100, 95)]),
        # Steps in one direction at most three days apart are one event...
        ((10, 20, 20, 20, 30), [(3, 0, 10, 30)]),
        # ...and four days apart are two.
        ((10, 20, 20, 20, 20, 30), [(4, 4, 10, 20), (0, 0, 20, 30)]),
        # Up and down are never one.
        ((10, 20, 10), [(1, 1, 10, 20), (0, 0, 20, 10)]),
        # Over a gap the floor is counted per day; a doubtful value is not there.
        ((10, None, None, 24), []),
        ((10, None, None, 25), [(0, 0, 10, 25)]),
        ((10, "99?", 10, 10), []),
        ((), []),
        ((7,), []),
    ],
)
def test_an_event_is_a_step_of_at_least_the_floor_its_metric_declares(
    values: tuple[Value, ...], found: list[tuple[int, int, int, int]]
) -> None:
    assert told(events(stood(*values) if values else series())) == found


def test_a_day_like_the_days_before_is_no_event() -> None:
    """40 a day with a little to and fro: 45 is such a day, 90 is none."""
    days = [40, 37, 43, 41, 38, 42, 40, 39] * 8
    fans = list(accumulate(days, initial=2000))
    assert events(series(*fans, fans[-1] + 45)) == []
    assert told(events(series(*fans, fans[-1] + 90))) == [(0, 0, fans[-1], fans[-1] + 90)]


def test_a_gap_in_a_steady_rise_is_no_jump() -> None:
    fans = list(accumulate([40, 37, 43, 41, 38, 42, 40, 39] * 8, initial=2000))
    assert events(series(*fans, gaps=range(40, 45))) == []


def test_a_steady_fall_is_no_event_either() -> None:
    assert events(series(*range(2000, 1000, -12))) == []


def test_a_number_that_stood_still_may_catch_up() -> None:
    """A platform that shows the same number for three days, and then all of it at once."""
    fans = list(accumulate([12] * 30, initial=500))
    assert events(series(*fans, *[fans[-1]] * 3, fans[-1] + 4 * 12)) == []


def test_the_first_week_of_a_steady_rise_has_no_events() -> None:
    assert events(series(*range(500, 560, 12))) == []


def test_events_follow_each_other_for_ten_days_and_no_more() -> None:
    fans = [100] * 60 + list(range(130, 100 + 30 * 13, 30))
    assert [(first, last) for first, last, _, _ in told(events(series(*fans)))] == [(11, 2), (1, 0)]


def test_a_rounded_value_is_an_event_only_as_far_as_it_is_certain() -> None:
    rounded = (1000, 950, 1049)
    assert events(stood(930, rounded, item=CROWD)) == []
    assert told(events(stood(890, rounded, item=CROWD))) == [(0, 0, 890, 1000)]
    assert events(stood(rounded, (1000, 980, 1080), item=CROWD)) == []


def test_a_metric_without_a_floor_has_no_events() -> None:
    assert events(stood(1, 10_000, item=PLAYS)) == []


# --- episodes


def test_an_episode_lasts_from_its_first_rise_until_the_value_is_back() -> None:
    (episode,) = episodes(stood(100, 120, 120, 150, 130, 108, 108))
    assert (episode.first, episode.baseline, episode.closed, episode.value) == (ago(5), 100, ago(1), 108)
    assert [(rise.size, rise.left) for rise in episode.rises] == [(20, 0), (30, 8)]


def test_falls_pay_back_the_oldest_rises_first() -> None:
    found = open_episode(stood(100, 150, 190, 160))
    assert found is not None
    assert [(rise.size, rise.left) for rise in found.rises] == [(50, 20), (40, 40)]
    assert (found.baseline, found.value, found.above, found.closed) == (100, 160, 60, None)


def test_an_episode_that_begins_small_keeps_its_first_baseline() -> None:
    """7 up, then 40 up the next day: on the first day it could be over already."""
    found = open_episode(stood(155, 162, 202))
    assert found is not None
    assert (found.baseline, found.first) == (155, ago(1))


def test_a_small_rise_that_does_not_go_on_is_over_the_next_day() -> None:
    (episode,) = episodes(stood(155, 162, 162))
    assert episode.closed == ago(0)


def test_what_is_still_there_after_sixty_days_has_stayed() -> None:
    values = (100, *[140] * 60)
    (still_open,) = episodes(stood(*values))
    assert (still_open.closed, still_open.above) == (None, 40)
    (over,) = episodes(stood(*values, 141))
    assert (over.stayed, over.closed, over.left) == (True, ago(0), 40)


def test_what_stays_is_the_baseline_of_what_comes_after() -> None:
    """A hit stays; half way a wave comes, and leaves."""
    first, second = episodes(stood(100, *[140] * 40, *[200] * 25, 140, 140))
    assert (first.stayed, first.baseline, first.left) == (True, 100, 40)
    assert (second.stayed, second.baseline, second.closed, second.left) == (False, 140, ago(1), 0)


def test_half_a_wave_that_was_paid_back_stays_with_the_rest() -> None:
    (episode,) = episodes(stood(100, *[200] * 30, *[150] * 40))
    assert (episode.stayed, [(rise.size, rise.left) for rise in episode.rises]) == (True, [(100, 50)])


def test_a_slow_rise_is_no_episode() -> None:
    assert episodes(series(*range(100, 200, 4))) == []


def test_whoever_moved_the_same_way_on_the_same_days_is_named() -> None:
    ana = stood(100, 120, 120, 120, item=FANS, artist="Ana")
    ben = stood(200, 200, 230, 230, item=FANS, artist="Ben")
    cleo = stood(50, 60, 40, 40, item=FANS, artist="Cleo")
    found = companions(every_event([ana, ben, cleo]))
    named = {(event.artist, event.rise): others for event, others in found.items()}
    assert named == {("Ana", True): ("Cleo",), ("Cleo", True): ("Ana",), ("Cleo", False): (), ("Ben", True): ()}


# --- the real record


def real(shared: Path) -> list[TimeSeries]:
    return History(DataFolder(shared / "legacy-history", SERIES)).every_series()


def test_all_major_labelled_events_are_hit_and_no_event_is_without_a_label(shared: Path) -> None:
    found = every_event(real(shared))
    with (shared / "events.csv").open(encoding="utf-8", newline="") as file:
        labels = [row for row in csv.DictReader(file) if row["metric"].startswith("spotify.")]
    hits = {number: [event for event in found if _fits(event, row)] for number, row in enumerate(labels)}
    major = [number for number, row in enumerate(labels) if row["severity"] == "major"]
    assert len(major) == 46
    assert [labels[number] for number in major if not hits[number]] == []
    explained = {event for own in hits.values() for event in own}
    assert [event for event in found if event not in explained] == []


def _fits(event: Event, row: dict[str, str]) -> bool:
    start, end = (dt.date.fromisoformat(row[key]) for key in ("start", "end"))
    same = (event.artist, f"{event.source}.{event.metric}") == (row["artist"], row["metric"])
    return same and event.first <= end and event.last >= start and event.rise == (not row["size"].startswith("-"))
