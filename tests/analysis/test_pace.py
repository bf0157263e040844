"""The recent pace of a number: what is expected of a day, and what stands out from it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.analysis.daily import daily
from casa24.analysis.pace import mean_gain, paces
from tests.analysis.series import FANS, PLAYS, series

if TYPE_CHECKING:
    from casa24.core.metrics import Kind, Series


def pace(kind: Kind, *changes: float) -> float:
    """The pace after these changes, one a day."""
    return paces(kind, [(1, change, False) for change in changes])[-1]


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        # The median week: none before there is one.
        ("audience", [5] * 6, 0),
        ("audience", [5] * 7, 5),
        # A purge of four days is in fewer than half of the weeks.
        ("audience", [0] * 40 + [-30] * 4, 0),
        ("audience", [1, 0, 0, 2, 0, 0, 4] * 4, 1),
        # Posts come now and then, but every week.
        ("count", [0, 0, 0, 0, 0, 0, 7] * 4, 1),
        ("window", [9] * 50 + [1, 2, 3, 4, 5, 6, 700], 4),
        ("total", [2] * 54 + [200] * 6, 2),
        ("score", [3] * 30, 0),
    ],
)
def test_the_pace_of_each_kind_of_number(kind: Kind, changes: list[float], expected: float) -> None:
    assert pace(kind, *changes) == expected


def test_what_is_older_than_sixty_days_is_no_pace() -> None:
    assert pace("audience", *[9] * 40, *[2] * 60) == 2
    assert pace("total", *[9] * 40, *[2] * 60) == 2


def test_what_came_over_a_gap_is_spread_over_its_days() -> None:
    assert paces("audience", [(1, 3, False)] * 10 + [(7, 21, False)])[-1] == 3
    assert paces("total", [(1, 3, False)] * 10 + [(7, 21, False)])[-1] == 3


def test_a_rounded_number_that_stands_still_has_not_stopped() -> None:
    """Subscribers in steps of 10, one step every five days: 2 a day."""
    step = [(1, 0, True)] * 4 + [(1, 10, True)]
    assert paces("audience", step * 8)[-1] == 2


@pytest.mark.parametrize("item", [FANS, PLAYS])
def test_half_of_the_days_missing_bend_no_gain(item: Series) -> None:
    """A counter that gains 40 to 60 a day, half of its days unread: within 3 % of what it is with all of them."""
    chance = random.Random(24)
    far = []
    for _ in range(20):
        values = [1000]
        for _ in range(120):
            values.append(values[-1] + chance.randint(40, 60))
        gaps = chance.sample(range(1, 120), 60)
        whole, half = daily(series(*values, item=item)), daily(series(*values, item=item, gaps=gaps))
        assert whole is not None
        assert half is not None
        far.append(half.pace[-1] / whole.pace[-1] - 1)
    assert max(map(abs, far)) < 0.03


def test_the_extremes_on_either_side_are_drawn_in() -> None:
    assert mean_gain([0, *[5] * 8, 1000]) == 5
    assert mean_gain([1, 2, 3]) == 2


def test_it_is_a_tenth_on_either_side_that_is_drawn_in() -> None:
    # Of 19 the greatest only, to 19; of 20 the two greatest, to 20.
    assert mean_gain([*[0] * 17, 19, 1000]) == 2
    assert mean_gain([*[0] * 17, 20, 1000, 2000]) == 3


def test_nothing_has_no_mean() -> None:
    assert mean_gain([]) == 0


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=90), st.sampled_from(["audience", "window", "total"]))
def test_a_pace_lies_between_the_least_and_the_most_of_its_changes(changes: list[int], kind: Kind) -> None:
    assert min(0, *changes) - 1e-9 <= pace(kind, *changes) <= max(0, *changes) + 1e-9
