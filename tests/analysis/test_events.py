"""Events: what is news, and what small numbers do by themselves."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.episodes import companions, episodes, open_episode
from casa24.analysis.events import Event, events, every_event
from casa24.history import History
from casa24.storage import DataFolder
from tests.analysis.series import CROWD, FANS, PLAYS, Value, ago, series
from tests.making import SERIES

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.timeseries import TimeSeries


def told(found: list[Event]) -> list[tuple[int, int, int, int]]:
    """Of each: how many days ago it began and ended, before, after."""
    today = ago(0)
    return [((today - one.first).days, (today - one.last).days, one.old, one.new) for one in found]


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
        # A gap is bridged, a doubtful value is not there.
        ((10, None, None, 20), [(0, 0, 10, 20)]),
        ((10, "99?", 10, 10), []),
        ((), []),
        ((7,), []),
    ],
)
def test_an_event_is_a_step_of_at_least_the_floor_its_metric_declares(
    values: tuple[Value, ...], found: list[tuple[int, int, int, int]]
) -> None:
    assert told(events(series(*values))) == found


def test_a_rounded_value_is_an_event_only_as_far_as_it_is_certain() -> None:
    rounded = (1000, 950, 1049)
    assert events(series(930, rounded, item=CROWD)) == []
    assert told(events(series(890, rounded, item=CROWD))) == [(0, 0, 890, 1000)]
    assert events(series(rounded, (1000, 980, 1080), item=CROWD)) == []


def test_a_metric_without_a_floor_has_no_events() -> None:
    assert events(series(1, 10_000, item=PLAYS)) == []


# --- episodes


def test_an_episode_lasts_from_its_first_rise_until_the_value_is_back() -> None:
    (one,) = episodes(series(100, 120, 120, 150, 130, 108, 108))
    assert (one.first, one.baseline, one.closed, one.value) == (ago(5), 100, ago(1), 108)
    assert [(rise.size, rise.left) for rise in one.rises] == [(20, 0), (30, 8)]


def test_falls_pay_back_the_oldest_rises_first() -> None:
    found = open_episode(series(100, 150, 190, 160))
    assert found is not None
    assert [(rise.size, rise.left) for rise in found.rises] == [(50, 20), (40, 40)]
    assert (found.baseline, found.value, found.above, found.closed) == (100, 160, 60, None)


def test_an_episode_that_begins_small_keeps_its_first_baseline() -> None:
    """7 up, then 40 up the next day: on the first day it could be over already."""
    found = open_episode(series(155, 162, 202))
    assert found is not None
    assert (found.baseline, found.first) == (155, ago(1))


def test_a_small_rise_that_does_not_go_on_is_over_the_next_day() -> None:
    (one,) = episodes(series(155, 162, 162))
    assert one.closed == ago(0)


def test_a_slow_rise_is_no_episode() -> None:
    assert episodes(series(*range(100, 200, 4))) == []


def test_whoever_moved_the_same_way_on_the_same_days_is_named() -> None:
    ana = series(100, 120, 120, 120, item=FANS, artist="Ana")
    ben = series(200, 200, 230, 230, item=FANS, artist="Ben")
    cleo = series(50, 60, 40, 40, item=FANS, artist="Cleo")
    found = companions(every_event([ana, ben, cleo]))
    named = {(one.artist, one.rise): others for one, others in found.items()}
    assert named == {("Ana", True): ("Cleo",), ("Cleo", True): ("Ana",), ("Cleo", False): (), ("Ben", True): ()}


# --- the real record


def real(shared: Path) -> list[TimeSeries]:
    return History(DataFolder(shared / "legacy-history", SERIES)).every_series()


def test_all_major_labelled_events_are_hit_and_no_event_is_without_a_label(shared: Path) -> None:
    found = every_event(real(shared))
    with (shared / "events.csv").open(encoding="utf-8", newline="") as file:
        labels = [row for row in csv.DictReader(file) if row["metric"].startswith("spotify.")]
    hits = {number: [one for one in found if _fits(one, row)] for number, row in enumerate(labels)}
    major = [number for number, row in enumerate(labels) if row["severity"] == "major"]
    assert len(major) == 46
    assert [labels[number] for number in major if not hits[number]] == []
    explained = {one for own in hits.values() for one in own}
    assert [one for one in found if one not in explained] == []


def _fits(one: Event, row: dict[str, str]) -> bool:
    start, end = (dt.date.fromisoformat(row[key]) for key in ("start", "end"))
    same = (one.artist, f"{one.source}.{one.metric}") == (row["artist"], row["metric"])
    return same and one.first <= end and one.last >= start and one.rise == (not row["size"].startswith("-"))
