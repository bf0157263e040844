"""Test that a value which is suddenly missing for every artist is flagged as a change of the platform."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from casa24.collect.platform_changes import mark_changes
from tests.making import DAY, artist, flag, snapshot

if TYPE_CHECKING:
    from casa24.core.snapshot import Snapshot

YESTERDAY = DAY - dt.timedelta(days=1)


def day(*followers: int | None, why: str = "missing", when: dt.date = DAY, **more: Any) -> Snapshot:
    """Ana, Ben and Cleo: popularity 5 and these followers, or why not."""
    names = ("Ana", "Ben", "Cleo")[: len(followers)]
    flags = [
        flag(name, "spotify", "followers", code=why)
        for name, count in zip(names, followers, strict=True)
        if count is None
    ]
    artists = [
        artist(name, spotify={"followers": count, "popularity": 5})
        for name, count in zip(names, followers, strict=True)
    ]
    return snapshot(*artists, day=when, flags=flags, **more)


BEFORE = day(10, 20, 30, when=YESTERDAY)


def codes(marked: Snapshot) -> list[str]:
    return [
        marked.measurement(name, "spotify", "followers").code or ""
        for name in [record.name for record in marked.artists]
    ]


def test_a_value_that_no_artist_has_any_more_is_flagged_as_changed() -> None:
    marked = mark_changes(day(None, None, None), [BEFORE])
    assert codes(marked) == ["platform_changed"] * 3
    assert len(marked.flags) == 1, "one line says it"
    assert marked.measurement("Ana", "spotify", "popularity").value == 5


def test_a_value_that_one_artist_still_has_is_not_flagged_as_changed() -> None:
    fresh = day(None, None, 31)
    assert mark_changes(fresh, [BEFORE]) is fresh


@pytest.mark.parametrize("earlier", [[], [day(None, None, None, when=YESTERDAY)]])
def test_a_value_that_no_artist_ever_had_cannot_be_lost(earlier: list[Snapshot]) -> None:
    fresh = day(None, None, None)
    assert mark_changes(fresh, earlier) is fresh


def test_a_failure_of_another_kind_is_not_the_platforms_change() -> None:
    fresh = day(None, None, None, why="timeout")
    assert mark_changes(fresh, [BEFORE]) is fresh


def test_it_is_still_known_days_later_and_through_an_outage() -> None:
    lost = mark_changes(day(None, None, None, when=YESTERDAY), [day(1, 2, 3, when=YESTERDAY - dt.timedelta(days=1))])
    outage = day(None, None, None, why="timeout", when=YESTERDAY)
    assert codes(mark_changes(day(None, None, None), [lost])) == ["platform_changed"] * 3
    assert codes(mark_changes(day(None, None, None), [outage, BEFORE])) == ["platform_changed"] * 3


def test_one_artists_gap_in_a_run_for_that_artist_alone_proves_nothing() -> None:
    fresh = snapshot(
        artist("Ana", spotify={"followers": None, "popularity": 5}),
        artist("Ben", spotify={"followers": None, "popularity": None}),
        flags=[flag("Ana", "spotify", "followers", code="missing"), flag("Ben", "spotify", state="skipped")],
    )
    assert mark_changes(fresh, [BEFORE]) is fresh


def test_artists_that_never_had_a_value_prove_nothing_while_the_others_do_not_answer() -> None:
    """Ana had followers and times out today; Ben and Cleo never had any."""
    before = day(10, None, None, when=YESTERDAY)
    flags = [flag("Ana", "spotify", "followers", code="timeout")]
    flags += [flag(name, "spotify", "followers", code="missing") for name in ("Ben", "Cleo")]
    fresh = day(None, None, None)
    fresh = fresh.model_validate({**fresh.model_dump(by_alias=True), "flags": flags})
    assert mark_changes(fresh, [before]) is fresh


def test_a_single_artist_is_enough_if_there_are_no_others() -> None:
    before = snapshot(day=YESTERDAY, discord={"member_count": 64, "online": 9})
    fresh = snapshot(
        discord={"member_count": None, "online": 9}, flags=[flag(None, "discord", "member_count", code="missing")]
    )
    assert mark_changes(fresh, [before]).measurement(None, "discord", "member_count").code == "platform_changed"


def test_artists_without_an_account_do_not_count() -> None:
    fresh = day(None, None, None)
    flags = [flag(name, "spotify", "followers", code="missing") for name in ("Ana", "Ben")]
    flags.append(flag("Cleo", "spotify", "followers", "no_account"))
    homeless = fresh.model_validate({**fresh.model_dump(by_alias=True), "flags": flags})
    assert codes(mark_changes(homeless, [BEFORE])) == ["platform_changed", "platform_changed", "no_account"]


def test_no_more_days_are_read_than_needed() -> None:
    def days() -> Any:
        yield BEFORE
        pytest.fail("one day told it")

    assert codes(mark_changes(day(None, None, None), days())) == ["platform_changed"] * 3
