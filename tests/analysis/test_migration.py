"""What is odd in an old record is said when it is taken over."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.migration import oddities
from tests.making import DAY, artist, old, snapshot

if TYPE_CHECKING:
    from casa24.core.snapshot import Snapshot

TITLES = {"spotify": "Spotify", "youtube": "YouTube"}


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def told(*days: Snapshot) -> list[tuple[str, str, int, str, str]]:
    found = oddities(days, TITLES)
    return [(oddity.what, oddity.who, oddity.days, f"{oddity.first:%d}", f"{oddity.last:%d}") for oddity in found]


def grown(number: int, *more: dict[str, object], name: str = "Ana") -> Snapshot:
    return old(artist(name, spotify={"followers": 50 + number}), *more, day=day(number))


def test_a_record_without_oddities_has_none() -> None:
    assert told(grown(0), grown(1), grown(2)) == []
    assert told() == []


def test_days_without_a_snapshot() -> None:
    assert told(grown(0), grown(3), grown(4), grown(6)) == [
        ("no snapshot", "", 2, "15", "16"),
        ("no snapshot", "", 1, "19", "19"),
    ]


def test_a_day_on_which_nothing_at_all_moved() -> None:
    same = artist(spotify={"followers": 50, "top_tracks": [{"name": "Uno"}]})
    assert told(old(same, day=day(0)), old(same, day=day(1)), grown(2)) == [
        ("every value as the day before: copied?", "", 1, "15", "15")
    ]


def test_an_artist_who_came_later_and_one_who_left() -> None:
    early, late = artist("Ben", spotify={"followers": 60}), artist("Cleo", spotify={"followers": 70})
    assert told(grown(0, early), grown(1), grown(2, late)) == [
        ("recorded only on some days", "Ben", 1, "14", "14"),
        ("recorded only on some days", "Cleo", 1, "16", "16"),
    ]


def test_zeros_of_a_known_account_and_of_one_nobody_knows() -> None:
    ben = artist("Ben", youtube={"subscribers": 0})
    first, second = artist(youtube={"subscribers": 0}), artist(youtube={"subscribers": 7})
    days = [old(first, ben, day=day(0)), old(second, ben, day=day(1))]
    assert told(*days) == [
        ("nothing but zeros: no account, or never an answer", "Ben, YouTube", 2, "14", "15"),
        ("the old collector wrote 0 where it got no answer", "Ana, YouTube", 1, "14", "14"),
    ]


def test_listeners_that_were_rounded_or_not_found() -> None:
    days = [
        old(artist(spotify={"followers": 50 + number, "monthly_listeners": text}), day=day(number))
        for number, text in enumerate(("976", "1200", "N/A"))
    ]
    assert told(*days) == [
        ("rounded by the page the old collector read", "Ana, Spotify", 1, "15", "15"),
        ("the old collector found no number (N/A)", "Ana, Spotify", 1, "16", "16"),
    ]


def test_days_of_todays_layout_say_themselves_what_is_missing() -> None:
    assert (
        told(snapshot(artist(spotify={"followers": 0})), snapshot(artist(spotify={"followers": 1}), day=day(1))) == []
    )
