"""What is claimed of any label, measured on two real ones and on artists who never were.

Limits, not the best that was reached: what is reached stands in docs/forecasts.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.ramps import every_ramp
from tests.analysis.labels import (
    FOLLOWERS,
    LISTENERS,
    PEOPLE,
    Found,
    alarms,
    growers,
    hits,
    labelled,
    others,
    ours,
    overall,
    spans,
)
from tests.benchmarks.forecasts import measured

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa24.core.timeseries import TimeSeries

    Label = Callable[[Path], tuple[TimeSeries, ...]]


@pytest.mark.parametrize(
    ("label", "keys", "days", "at_most"),
    [
        (others, {FOLLOWERS}, 30, 0.34),
        (others, {FOLLOWERS}, 9, 0.40),
        (others, {LISTENERS}, 30, 1.00),
        (others, {LISTENERS}, 9, 0.88),
        (ours, PEOPLE, 7, 0.92),
        (ours, PEOPLE, 14, 0.88),
        (ours, PEOPLE, 30, 0.77),
    ],
)
def test_a_forecast_is_better_than_no_change_on_both_labels(
    shared: Path, label: Label, keys: frozenset[str], days: int, at_most: float
) -> None:
    assert (overall(label(shared), days, keys).to_no_change or 9) <= at_most


@pytest.mark.parametrize(("label", "days"), [(others, 9), (others, 30), (ours, 7), (ours, 14), (ours, 30)])
def test_ranges_hold_as_often_as_they_say_on_both_labels(shared: Path, label: Label, days: int) -> None:
    inner, outer = overall(label(shared), days).coverage
    assert inner.share is not None
    assert outer.share is not None
    assert 0.75 <= inner.share <= 0.93
    assert outer.share >= 0.88
    assert (outer.width or 0) > (inner.width or 0)


@pytest.mark.parametrize("seed", [24, 2024])
def test_steady_growth_is_forecast_and_raises_no_alarm(seed: int) -> None:
    found = growers(seed)
    assert (overall(found, 30).to_no_change or 9) <= 0.5
    assert alarms(found) <= 0.1
    assert len(every_ramp(found)) / len(found) <= 0.1


@pytest.mark.parametrize("seed", [24, 2024])
def test_a_hit_that_stays_is_never_forecast_away(seed: int) -> None:
    for days in (9, 30):
        assert (overall(hits(seed), days).to_no_change or 9) <= 1.1


def test_a_growing_label_has_hardly_an_event_and_no_wave_of_most_of_its_followers(shared: Path) -> None:
    followers = [series for series in others(shared) if series.item.key == FOLLOWERS]
    assert alarms(followers) <= 0.1


def test_every_major_labelled_event_is_found_and_none_without_a_label(shared: Path) -> None:
    assert labelled(shared) == Found(hit=46, missed=0, false=0)


@pytest.mark.parametrize(("label", "every"), [(others, 14), (ours, 1)])
def test_of_the_spans_given_for_milestones_seven_of_ten_hold(shared: Path, label: Label, every: int) -> None:
    assert spans(label(shared), every).share >= 0.7


def test_the_page_on_forecasts_says_what_is_measured(shared: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "forecasts.md").read_text("utf-8")
    assert [line for line in measured(shared) if line not in page.splitlines()] == []
