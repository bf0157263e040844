"""Test what a stored value means together with its flags."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from casa24.core.snapshot import Measurement, Snapshot, SourceRun, State, as_count
from tests.making import DAY, artist, flag, snapshot


def test_a_number_without_a_flag_is_measured() -> None:
    day = snapshot(artist(spotify={"followers": 0}))
    assert day.measurement("Ana", "spotify", "followers") == Measurement(0, State.MEASURED, 0, 0)
    assert day.measurement("Ana", "spotify", "followers").exact


@pytest.mark.parametrize(
    "raw",
    [-1, 1.5, "", "N/A", "12 ", "1,200", "-3", "1" * 16, 10**15, True, [], {}, None],
    ids=lambda raw: repr(raw)[:12],
)
def test_a_value_that_is_not_a_plain_count_is_not_a_number(raw: object) -> None:
    assert as_count(raw) is None


@pytest.mark.parametrize(("raw", "count"), [(0, 0), ("0", 0), ("976", 976), (10**15 - 1, 10**15 - 1)])
def test_listeners_are_a_text_on_disk_and_a_number_in_memory(raw: object, count: int) -> None:
    assert as_count(raw) == count


@pytest.mark.parametrize("raw", ["N/A", -4, 1.5, ["12"]])
def test_a_stored_value_that_is_not_a_count_is_reported_as_failed_never_guessed(raw: object) -> None:
    found = snapshot(artist(spotify={"followers": raw})).measurement("Ana", "spotify", "followers")
    assert (found.value, found.state, found.code) == (None, State.FAILED, "unreadable")


def test_a_value_that_was_not_recorded_was_not_tracked() -> None:
    day = snapshot(artist(spotify={"followers": 5}))
    for where in (("Ana", "spotify", "saves"), ("Ana", "youtube", "subscribers"), ("Zoe", "spotify", "followers")):
        assert day.measurement(*where).state is State.NOT_TRACKED
    assert day.measurement(None, "discord", "member_count").state is State.NOT_TRACKED


@pytest.mark.parametrize("state", [state for state in State if not state.has_value])
def test_a_flag_says_why_a_value_is_null(state: State) -> None:
    day = snapshot(
        artist(spotify={"followers": None}), flags=[flag("Ana", "spotify", "followers", state, code="why", detail="so")]
    )
    assert day.measurement("Ana", "spotify", "followers") == Measurement(None, state, code="why", detail="so")


def test_a_rounded_value_keeps_its_bounds() -> None:
    day = snapshot(
        artist(spotify={"monthly_listeners": "1200"}),
        flags=[flag("Ana", "spotify", "monthly_listeners", "rounded", low=1150, high=1249)],
    )
    found = day.measurement("Ana", "spotify", "monthly_listeners")
    assert (found.value, found.low, found.high, found.exact) == (1200, 1150, 1249, False)
    assert found.state is State.ROUNDED


def test_a_value_can_be_rounded_and_suspect_at_once() -> None:
    day = snapshot(
        artist(spotify={"followers": 100}),
        flags=[
            flag("Ana", "spotify", "followers", "rounded", low=95, high=104),
            flag("Ana", "spotify", "followers", "suspect", code="copied"),
        ],
    )
    found = day.measurement("Ana", "spotify", "followers")
    assert (found.state, found.low, found.high, found.code) == (State.SUSPECT, 95, 104, "copied")


def test_a_reason_for_a_gap_says_nothing_about_a_value_that_is_there() -> None:
    day = snapshot(artist(spotify={"followers": 7}), flags=[flag("*", "spotify")])
    assert day.measurement("Ana", "spotify", "followers").state is State.MEASURED


def test_the_most_specific_flag_counts() -> None:
    """An artist's own field, the artist, the field of everybody, everything of everybody: in this order."""
    places = [("Ana", "followers"), ("Ana", "*"), ("*", "followers"), ("*", "*")]
    for skipped in range(len(places)):
        flags = [flag(who, "spotify", metric, code=f"{who} {metric}") for who, metric in reversed(places[skipped:])]
        day = snapshot(artist(spotify={"followers": None}), flags=flags)
        assert day.measurement("Ana", "spotify", "followers").code == "{} {}".format(*places[skipped])


def test_a_flag_of_the_label_says_nothing_about_artists_nor_theirs_about_the_label() -> None:
    day = snapshot(
        artist("Ana", twitch={"followers": None}),
        flags=[flag(None, "twitch", code="label"), flag("*", "twitch", code="artists")],
        twitch={"followers": None},
    )
    assert day.measurement("Ana", "twitch", "followers").code == "artists"
    assert day.measurement(None, "twitch", "followers").code == "label"


def test_of_two_records_with_one_name_the_first_counts() -> None:
    day = snapshot(artist(spotify={"followers": 1}), artist(spotify={"followers": 2}))
    assert day.measurement("Ana", "spotify", "followers").value == 1


def test_reading_a_snapshot_does_not_change_it() -> None:
    day, same_day = snapshot(artist(spotify={"followers": 5})), snapshot(artist(spotify={"followers": 5}))
    before = day.model_dump()
    day.measurement("Ana", "spotify", "followers")
    assert day == same_day
    assert day.model_dump() == before
    with pytest.raises(ValidationError):
        day.date = DAY  # type: ignore[misc]  # the point


def test_every_time_is_utc() -> None:
    """A time without a zone is taken as UTC; times of different zones can be compared."""
    naive = SourceRun.model_validate({"collected_at": "2026-03-14T02:00:00"})
    earlier = SourceRun.model_validate({"collected_at": "2026-03-14T02:30:00+01:00"})
    assert naive.collected_at == dt.datetime(2026, 3, 14, 2, tzinfo=dt.UTC)
    assert earlier.collected_at < naive.collected_at
    assert f"{earlier.collected_at:%H:%M}" == "01:30"


def test_a_time_before_all_times_is_a_validation_error() -> None:
    with pytest.raises(ValidationError, match="out of range"):
        SourceRun.model_validate({"collected_at": "0001-01-01T00:00:00+10:00"})


def test_a_day_was_collected_when_its_newest_source_was() -> None:
    runs = {"spotify": {"collected_at": "2026-03-14T02:00:00Z"}, "youtube": {"collected_at": "2026-03-14T09:00:00Z"}}
    assert snapshot(sources=runs).collected_at == dt.datetime(2026, 3, 14, 9, tzinfo=dt.UTC)
    assert Snapshot(date=DAY).collected_at is None


def test_only_objects_are_sections() -> None:
    day = snapshot({"name": "Ana", "spotify": {"followers": 1}, "mood": "fine", "links": []}, motto="x", discord={})
    assert list(day.artists[0].sections) == ["spotify"]
    assert list(day.sections) == ["discord"]
