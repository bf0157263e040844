"""Doubtful values grouped by reason, in a day and in a comparison; missing ones stand in test_day.py."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given

from casa24.analysis.day import describe_day
from casa24.analysis.diff import diff, with_doubts
from casa24.analysis.reasons import Doubtful, doubtful
from casa24.core.snapshot import Snapshot, State
from casa24.views.day import label_page, sentences
from casa24.views.diff import diff_page
from casa24.views.page import Lines, Page
from tests.making import DAY, SERIES, SOURCES, artist, flag, snapshot, snapshots

NEXT = DAY + dt.timedelta(days=1)


def doubt(who: str | None, source: str, metric: str, detail: str = "a copy", code: str = "amended") -> dict[str, Any]:
    return flag(who, source, metric, "suspect", code=code, detail=detail)


def found(*artists: dict[str, Any], flags: list[dict[str, Any]], **more: Any) -> list[Doubtful]:
    return doubtful(snapshot(*artists, flags=flags, **more), SOURCES)


def block(page: Page, title: str) -> tuple[str, ...]:
    return next((part.lines for part in page.blocks if isinstance(part, Lines) and part.title == title), ())


def test_values_doubted_for_one_reason_are_said_once() -> None:
    artists = [artist(name, spotify={"followers": 5, "genres": ["x"]}) for name in ("Ana", "Ben")]
    flags = [doubt(name, "spotify", field) for name in ("Ana", "Ben") for field in ("followers", "genres")]
    (reason,) = found(*artists, flags=flags)
    assert (reason.artists, reason.metrics, reason.state) == (("Ana", "Ben"), ("Followers", "Genres"), State.SUSPECT)
    assert sentences(reason) == ["Spotify, Ana, Ben (Followers, Genres): marked as not to be used: a copy."]


def test_another_reason_or_platform_is_another_line_in_the_sources_order() -> None:
    ana = artist("Ana", youtube={"subscribers": 3}, spotify={"followers": 5, "popularity_score": 0})
    flags = [doubt("Ana", "youtube", "subscribers"), doubt("Ana", "spotify", "followers"),
             doubt("Ana", "spotify", "popularity_score", "", "sudden_zero")]  # fmt: skip
    assert [(group.title, group.code) for group in found(ana, flags=flags)] == [
        ("Spotify", "amended"), ("Spotify", "sudden_zero"), ("YouTube", "amended"),
    ]  # fmt: skip


def test_a_zero_doubted_when_it_was_collected_comes_with_an_advice() -> None:
    (reason,) = found(artist(spotify={"followers": 0}), flags=[doubt("Ana", "spotify", "followers", "", "sudden_zero")])
    assert "casa24 data check" in reason.advice


def test_the_labels_own_number_can_be_doubtful_too() -> None:
    (reason,) = found(flags=[doubt(None, "discord", "member_count")], discord={"member_count": 5})
    assert sentences(reason) == ["Discord (Members): marked as not to be used: a copy."]


def test_what_is_rounded_or_missing_is_not_doubtful() -> None:
    ana = artist(spotify={"followers": None, "monthly_listeners": 1200, "popularity_score": "x"})
    flags = [flag("Ana", "spotify", "followers"), doubt("Ana", "spotify", "popularity_score"),
             doubt("Ana", "spotify", "followers"),
             flag("Ana", "spotify", "monthly_listeners", "rounded", low=1150, high=1249)]  # fmt: skip
    assert found(ana, flags=flags) == []


def test_of_a_plugin_that_is_gone_nothing_is_said() -> None:
    assert found(artist(tiktok={"likes": 5}), flags=[doubt("Ana", "tiktok", "likes")]) == []


def test_a_reason_that_ends_with_a_stop_ends_with_one() -> None:
    (reason,) = found(artist(spotify={"followers": 5}), flags=[doubt("Ana", "spotify", "followers", "They were down.")])
    assert sentences(reason)[0].endswith("not to be used: They were down.")


def test_a_day_shows_what_is_doubtful_below_what_is_missing() -> None:
    artists = [artist("Ana", spotify={"followers": 5}), artist("Ben", spotify={"followers": None})]
    day = snapshot(
        *artists, flags=[doubt("Ana", "spotify", "followers"), flag("Ben", "spotify", "followers", code="timeout")]
    )
    page = label_page(describe_day(day, SOURCES), "Us")
    assert [part.title for part in page.blocks][-2:] == ["Missing", "Doubtful"]
    assert block(page, "Doubtful") == ("Spotify, Ana (Followers): marked as not to be used: a copy.",)
    assert describe_day(day, SOURCES, only=["Ben"]).doubtful == ()


def test_a_comparison_says_which_days_readings_are_doubtful_and_why() -> None:
    old = snapshot(artist("Ana", spotify={"followers": 5}), flags=[doubt("Ana", "spotify", "followers", "a copy")])
    both = [artist("Ana", spotify={"followers": 5}), artist("Ben", spotify={"followers": 0})]
    new = snapshot(*both, day=NEXT, flags=[doubt("Ana", "spotify", "followers", "down")])
    result = with_doubts(diff(old, new, SERIES), SOURCES)
    assert block(diff_page(result, "Us"), "Doubtful") == (
        f"{DAY}: Spotify, Ana (Followers): marked as not to be used: a copy.",
        f"{NEXT}: Spotify, Ana (Followers): marked as not to be used: down.",
    )
    assert with_doubts(diff(old, new, SERIES).only("Ben"), SOURCES).old_doubtful == ()
    assert block(diff_page(with_doubts(diff(old, old, SERIES, ()), ()), "Us"), "Doubtful") == ()


@given(snapshots())
def test_every_suspect_reading_of_a_day_stands_in_a_group(day: Snapshot) -> None:
    told = {place for reason in doubtful(day, SOURCES) for place in reason.places}
    for name in dict.fromkeys(record.name for record in day.artists):
        for item in SERIES:
            if day.measurement(name, item.source, item.field).state is State.SUSPECT:
                assert (item.source, name, item.metric.title) in told
