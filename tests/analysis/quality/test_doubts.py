"""A 0 that the record speaks against is stored with its value and a doubt, on the night it comes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.quality.doubts import doubt_zeros
from casa24.core.snapshot import State
from casa24.record.amendments import Action, Amendment
from tests.making import DAY, SERIES, artist, flag, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casa24.core.snapshot import Snapshot


def day(followers: int | None, ago: int = 0) -> Snapshot:
    flags = [flag("Ana", "spotify", "followers")] if followers is None else []
    ana = artist("Ana", spotify={"followers": followers})
    return snapshot(ana, day=DAY - dt.timedelta(days=ago), flags=flags)


def before(*followers: int | None) -> list[Snapshot]:
    """The days before, newest first."""
    return [day(count, place) for place, count in enumerate(followers, 1)]


def noting(read: list[dt.date], days: list[Snapshot]) -> Iterator[Snapshot]:
    """These days; which of them are asked for is noted."""
    for day in days:
        read.append(day.date)
        yield day


def told(marked: Snapshot) -> tuple[int | None, State, str]:
    reading = marked.measurement("Ana", "spotify", "followers")
    return reading.value, reading.state, reading.code


@pytest.mark.parametrize(
    ("earlier", "doubted"),
    [
        ([5], True),
        ([4], False),
        ([], False),
        ([0, 0, 0, 945, 945], True),
        ([None, None, 596], True),
        ([2, 2, 2, 9, 9], False),
        # Only the last 14 that were none count.
        ([1] * 14 + [900] * 40, False),
        # So far back nobody looks.
        ([0] * 60 + [900] * 14, False),
    ],
)
def test_a_zero_is_doubted_where_half_of_the_last_fourteen_were_five_or_more(
    earlier: Sequence[int | None], doubted: bool
) -> None:
    marked = doubt_zeros(day(0), before(*earlier), SERIES)
    assert told(marked) == ((0, State.SUSPECT, "sudden_zero") if doubted else (0, State.MEASURED, ""))


def test_what_is_no_zero_is_left_alone_and_nothing_is_read_for_it() -> None:
    read: list[dt.date] = []
    earlier = noting(read, before(9, 9))
    for fresh in (day(7), day(None)):
        assert doubt_zeros(fresh, earlier, SERIES) is fresh
    assert read == []


def test_no_more_days_are_read_than_it_takes() -> None:
    read: list[dt.date] = []
    doubt_zeros(day(0), noting(read, before(*[9] * 50)), SERIES)
    assert len(read) == 15


def test_a_doubtful_value_of_before_proves_nothing() -> None:
    suspect = snapshot(
        artist("Ana", spotify={"followers": 900}),
        day=DAY - dt.timedelta(days=1),
        flags=[flag("Ana", "spotify", "followers", "suspect")],
    )
    assert told(doubt_zeros(day(0), [suspect], SERIES))[1] is State.MEASURED


def test_whoever_looked_and_kept_it_is_not_asked_again() -> None:
    keep = Amendment(DAY, None, "Ana", "spotify.followers", Action.KEEP)
    assert told(doubt_zeros(day(0), before(9), SERIES, decided=lambda _place: keep))[1] is State.MEASURED


def test_where_the_control_account_is_silent_no_zero_of_that_source_is_believed() -> None:
    marked = doubt_zeros(day(0), [], SERIES, silent={"spotify"})
    assert told(marked) == (0, State.SUSPECT, "control_silent")
    assert told(doubt_zeros(day(0), [], SERIES, silent={"youtube"}))[1] is State.MEASURED


def test_other_flags_and_other_artists_stay_as_they_were() -> None:
    fresh = snapshot(
        artist("Ana", spotify={"followers": 0, "genres": None}),
        artist("Ben", spotify={"followers": 0}),
        flags=[flag("Ana", "spotify", "genres"), flag("Zoe", "gone", "x")],
    )
    marked = doubt_zeros(fresh, before(9), SERIES)
    assert told(marked)[1] is State.SUSPECT
    assert marked.measurement("Ben", "spotify", "followers").state is State.MEASURED
    assert {(flag.artist, flag.metric) for flag in marked.flags} == {
        ("Ana", "genres"),
        ("Ana", "followers"),
        ("Zoe", "x"),
    }
