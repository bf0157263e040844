"""Which sources have gone silent, and since when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.outages import Silence, silences
from tests.making import SOURCES, artist, flag, snapshot

if TYPE_CHECKING:
    from casa24.core.snapshot import Snapshot

LAST = dt.date(2026, 3, 14)


def day(ago: int, followers: int | None = 50, *, state: str = "failed") -> Snapshot:
    """A day on which Spotify answered, and Instagram gave this number or none."""
    gap = [flag("Ana", "instagram", "followers", state, code="timeout")] if followers is None else []
    return snapshot(
        artist(spotify={"followers": 9}, instagram={"followers": followers}),
        day=LAST - dt.timedelta(days=ago),
        flags=gap,
    )


def silent(*days: Snapshot) -> list[tuple[str, int, dt.date | None]]:
    return [(silence.source, silence.days, silence.last) for silence in silences(days, SOURCES)]


def test_who_spoke_on_the_newest_day_is_not_silent() -> None:
    assert silent(day(0), day(1, None), day(2, None)) == []
    assert silent() == []


def test_the_recorded_days_without_a_number_are_counted_to_the_last_that_has_one() -> None:
    assert silent(day(0, None), day(1, None), day(2, None), day(3)) == [("instagram", 3, LAST - dt.timedelta(days=3))]


def test_a_day_nobody_recorded_is_not_counted() -> None:
    assert silent(day(0, None), day(9)) == [("instagram", 1, LAST - dt.timedelta(days=9))]


def test_a_source_that_never_spoke_is_silent_for_as_long_as_it_was_asked_in_vain() -> None:
    assert silent(day(0, None), day(1, None), day(2, None, state="skipped")) == [("instagram", 2, None)]


def test_a_source_that_was_never_set_up_is_missed_by_nobody() -> None:
    assert silent(day(0, None, state="skipped"), day(1, None, state="skipped")) == []


def test_a_source_whose_keys_went_is_silent_for_it_used_to_speak() -> None:
    assert silent(day(0, None, state="skipped"), day(1)) == [("instagram", 1, LAST - dt.timedelta(days=1))]


def test_a_source_last_heard_before_the_sixty_days_looked_at_is_given_up() -> None:
    def spoke(ago: int) -> list[Snapshot]:
        return [*(day(number, None, state="skipped") for number in range(ago)), day(ago)]

    assert silent(*spoke(59)) == [("instagram", 59, LAST - dt.timedelta(days=59))]
    assert silent(*spoke(60)) == []


def test_it_says_why_and_what_to_do() -> None:
    (found,) = silences([day(0, None), day(1)], SOURCES)
    assert isinstance(found, Silence)
    assert found.title == "Instagram"
    assert found.what == "Instagram did not answer in time"
    assert "docs/problems.md" in found.advice
