"""Test merging two snapshots of one day: the better reading wins, value by value."""

from __future__ import annotations

import datetime as dt
import time
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given

from casa24.core.flags import to_cells
from casa24.core.snapshot import Snapshot, State
from casa24.record.merge import combine, measured_anything, merge
from tests.making import DAY, artist, flag, gaps, snapshot, snapshots

# Best first; those in one line are equals, among which the later run wins.
RANKS = [[State.MEASURED], [State.ROUNDED], [State.SUSPECT], [State.HIDDEN, State.NOT_OFFERED], [State.FAILED]]
RANKS += [[State.SKIPPED]]
BETTER = [(better, worse) for high, low in combinations(RANKS, 2) for better in high for worse in low]
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
EQUAL = [(later, earlier) for rank in RANKS for later in rank for earlier in rank]


def reading(state: State, value: int, hour: int) -> Snapshot:
    flags = [] if state is State.MEASURED else [flag("Ana", "spotify", "followers", state, low=value, high=value + 9)]
    return snapshot(artist(spotify={"followers": value if state.has_value else None}), hour=hour, flags=flags)


def followers(day: Snapshot) -> tuple[int | None, State]:
    found = day.measurement("Ana", "spotify", "followers")
    return found.value, found.state


@pytest.mark.parametrize(("better", "worse"), BETTER)
@pytest.mark.parametrize("better_first", [True, False])
def test_the_better_reading_wins_whenever_it_came(better: State, worse: State, better_first: bool) -> None:
    first, second = (2, 9) if better_first else (9, 2)
    merged = merge(reading(better, 50, first), reading(worse, 70, second))
    assert followers(merged) == (50 if better.has_value else None, better)


@pytest.mark.parametrize(("later", "earlier"), EQUAL)
def test_at_equal_rank_the_later_one_wins(later: State, earlier: State) -> None:
    merged = merge(reading(later, 50, 9), reading(earlier, 70, 2))
    assert followers(merged) == (50 if later.has_value else None, later)


def test_a_failed_second_run_keeps_the_first_runs_numbers() -> None:
    sections: dict[str, Any] = {"spotify": {"followers": 50, "genres": ["pop"], "top_tracks": [{"name": "x"}]}}
    first = snapshot(artist(**sections), hour=2)
    second = snapshot(artist(spotify=dict.fromkeys(sections["spotify"])), hour=9, flags=[flag("*", "spotify")])
    merged = merge(first, second)
    assert merged.artists[0].sections == sections
    assert merged.flags == ()
    assert merged.sources["spotify"].collected_at.hour == 2


def test_a_second_run_fills_what_the_first_one_missed() -> None:
    first = snapshot(artist(spotify={"followers": None, "genres": ["pop"]}), flags=gaps("Ana", "spotify", "followers"))
    merged = merge(first, snapshot(artist(spotify={"followers": 0, "genres": ["rock"]}), hour=9))
    assert merged.artists[0].sections == {"spotify": {"followers": 0, "genres": ["rock"]}}
    assert merged.flags == ()


def test_lists_are_replaced_whole() -> None:
    first = snapshot(artist(spotify={"top_tracks": [{"name": "a", "plays": 5}, {"name": "b"}]}))
    second = snapshot(artist(spotify={"top_tracks": [{"name": "a"}]}), hour=9)
    assert merge(first, second).artists[0].sections["spotify"]["top_tracks"] == [{"name": "a"}]


def test_an_artist_collected_earlier_that_day_stays() -> None:
    both = snapshot(artist("Ana", spotify={"followers": 1}), artist("Ben", spotify={"followers": 2}))
    merged = merge(both, snapshot(artist("Ben", spotify={"followers": 3}), hour=9))
    assert {record.name: record.sections["spotify"]["followers"] for record in merged.artists} == {"Ana": 1, "Ben": 3}


def test_a_run_of_one_source_costs_the_others_nothing() -> None:
    """``--source youtube`` in the evening: Spotify was skipped, not lost."""
    morning = snapshot(artist(spotify={"followers": 50}, youtube={"subscribers": 5}), hour=2)
    evening = snapshot(
        artist(spotify={"followers": None}, youtube={"subscribers": 6}),
        hour=20,
        flags=[flag("*", "spotify", state="skipped")],
    )
    merged = merge(morning, evening)
    assert merged.artists[0].sections == {"spotify": {"followers": 50}, "youtube": {"subscribers": 6}}
    assert (merged.sources["spotify"].collected_at.hour, merged.sources["youtube"].collected_at.hour) == (2, 20)


def test_which_reading_is_later_is_decided_for_each_source() -> None:
    """A machine whose YouTube is newer and whose Spotify is older loses the one and wins the other."""

    def machine(spotify: int, youtube: int) -> Snapshot:
        runs = {"spotify": spotify, "youtube": youtube}
        sources = {name: {"collected_at": f"{DAY}T{hour:02}:00:00Z"} for name, hour in runs.items()}
        return snapshot(artist(spotify={"followers": spotify}, youtube={"subscribers": youtube}), sources=sources)

    merged = merge(machine(3, 20), machine(8, 9))
    assert merged.artists[0].sections == {"spotify": {"followers": 8}, "youtube": {"subscribers": 20}}


def test_a_kept_value_keeps_its_via() -> None:
    exact = snapshot(artist(spotify={"followers": 50}), hour=2, via="api")
    page = snapshot(
        artist(spotify={"followers": 50}), hour=9, via="page", flags=[flag("Ana", "spotify", state="rounded")]
    )
    assert merge(exact, page).sources["spotify"].via == "api"


def test_accounts_of_both_are_kept_the_newer_one_first() -> None:
    first = snapshot({"name": "Ana", "accounts": {"spotify": "old", "youtube": "y"}}, artist("Ben", spotify={}), hour=2)
    second = snapshot({"name": "Ana", "accounts": {"spotify": "new"}}, artist("Ben", spotify={}), hour=9)
    assert merge(second, first).artists[0].accounts == {"spotify": "new", "youtube": "y"}


def test_unknown_keys_and_sections_of_either_side_survive() -> None:
    first = snapshot(
        {**artist(tiktok={"likes": 5, "x": {"y": 1}}), "mood": "fine"}, motto="loud", mastodon={"posts": 1}
    )
    second = snapshot({**artist(spotify={"followers": 1}), "tier": 2}, hour=9, colour="green", flags=[flag("Ana", "z")])
    merged = merge(first, second)
    assert merged.artists[0].model_extra == {
        "mood": "fine", "tier": 2, "tiktok": {"likes": 5, "x": {"y": 1}}, "spotify": {"followers": 1},
    }  # fmt: skip
    assert merged.model_extra == {"motto": "loud", "colour": "green", "mastodon": {"posts": 1}}
    assert [flag.source for flag in merged.flags] == ["z"]


def test_a_reason_that_no_longer_holds_is_not_kept() -> None:
    """In the morning the plugin had not even a section; in the evening it measured."""
    morning = snapshot(artist(spotify={"followers": 1}), flags=[flag("*", "tiktok")])
    evening = snapshot(artist(tiktok={"likes": 5}), hour=9)
    assert merge(morning, evening).flags == ()


def test_two_different_days_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="cannot merge"):
        merge(snapshot(), snapshot(day=DAY + dt.timedelta(days=1)))


@given(snapshots(), snapshots())
def test_it_does_not_matter_who_merges(first: Snapshot, second: Snapshot) -> None:
    assume(first.collected_at != second.collected_at)
    assert merge(first, second) == merge(second, first)


@given(snapshots(), snapshots())
def test_merging_again_changes_nothing(first: Snapshot, second: Snapshot) -> None:
    """Whether the same run is stored twice, or the same two records are brought together again."""
    merged = combine(first, second)
    assert combine(merged, merged) is merged
    if (first.collected_at or NEVER) < (second.collected_at or NEVER):
        assert combine(merged, second) is merged


@given(snapshots(), snapshots())
def test_a_merge_loses_no_value_and_no_artist(first: Snapshot, second: Snapshot) -> None:
    merged = merge(first, second)
    assert {record.name for record in merged.artists} == {record.name for record in (*first.artists, *second.artists)}
    cells = to_cells(merged)
    for side in (first, second):
        for place, cell in to_cells(side).items():
            assert cell.value is None or cells[place].value is not None


@given(snapshots())
def test_new_timestamps_alone_are_no_change(day: Snapshot) -> None:
    later = day.model_dump(by_alias=True)
    for run in later["sources"].values():
        run["collected_at"] += dt.timedelta(hours=5)
    assert combine(day, Snapshot.model_validate({**later, "generator": "casa24 9.9"})) is day


def test_an_artist_without_any_account_is_no_change_either() -> None:
    day = snapshot({"name": "Ana", "accounts": {}}, artist("Ben", spotify={"followers": 1}))
    again = snapshot({"name": "Ana", "accounts": {}}, artist("Ben", spotify={"followers": 1}), hour=9)
    assert combine(day, again) is day


def test_a_new_value_is_a_change() -> None:
    day = snapshot(artist(spotify={"followers": 1}))
    assert combine(day, snapshot(artist(spotify={"followers": 2}), hour=9)).measurement(
        "Ana", "spotify", "followers"
    ).value == 2  # fmt: skip


@pytest.mark.parametrize(
    ("section", "measured"),
    [
        ({"followers": None}, False),
        ({}, False),
        ({"followers": 0}, True),
        ({"genres": []}, False),
        ({"server_name": "Sol"}, False),
        ({"top_tracks": [{"name": "Uno", "play_count": 7}]}, True),
        ({"top_tracks": [{"name": "Uno"}]}, False),
    ],
)
def test_zero_is_a_measurement_and_a_name_alone_is_none(section: dict[str, Any], measured: bool) -> None:
    assert measured_anything(snapshot(artist(spotify=section))) is measured


def test_a_thousand_artists_are_merged_quickly() -> None:
    def day(hour: int) -> Snapshot:
        artists = [artist(f"A{n}", spotify={"followers": n if n % hour else None}) for n in range(1000)]
        return snapshot(*artists, hour=hour, flags=[flag(f"A{n}", "spotify") for n in range(0, 1000, hour)])

    morning, evening = day(2), day(9)
    started = time.perf_counter()
    assert len(combine(morning, evening).artists) == 1000
    assert time.perf_counter() - started < 2
