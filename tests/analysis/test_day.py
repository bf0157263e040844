"""One day as it is looked at."""

from __future__ import annotations

import datetime as dt
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from casa24.analysis.day import Day, ListDay, SourceDay, describe_day
from casa24.analysis.reasons import Missing, missing
from casa24.core.snapshot import Snapshot, State
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from tests.making import DAY, SERIES, SOURCES, artist, flag, gaps, snapshot, snapshots

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = DAY - dt.timedelta(days=1)


def of(day: Day, name: str, source: str) -> SourceDay:
    (found,) = [
        part for artist in day.artists if artist.name == name for part in artist.sources if part.source == source
    ]  # fmt: skip
    return found


def shelf(section: dict[str, Any], title: str, source: str = "spotify") -> ListDay:
    day = describe_day(snapshot(artist("Ana", **{source: section})), SOURCES)
    (found,) = [listing for listing in of(day, "Ana", source).lists if listing.title == title]
    return found


def lost(*artists: dict[str, Any], flags: list[dict[str, Any]], **more: Any) -> list[Missing]:
    return missing(snapshot(*artists, flags=flags, **more), SOURCES)


def test_a_day_shows_every_artist_and_number_in_the_order_of_the_file_and_the_sources() -> None:
    day = describe_day(snapshot(artist("Cleo"), artist("Ana", youtube={"subscribers": 5})), SOURCES)
    assert [artist.name for artist in day.artists] == ["Cleo", "Ana"]
    assert [part.source for part in day.artists[0].sources] == ["spotify", "youtube", "instagram"]
    assert [number.point.value for number in of(day, "Ana", "youtube").numbers] == [5, None, None]
    assert (day.date, day.since) == (DAY, None)
    assert day.collected_at == dt.datetime(2026, 3, 14, 2, tzinfo=dt.UTC)


def test_changes_are_counted_from_the_day_before_by_account() -> None:
    before = snapshot(artist("Ana", spotify={"followers": 50}), day=BEFORE, discord={"member_count": 60})
    renamed = {"name": "Zoe", "accounts": {"spotify": "spotify-Ana"}, "spotify": {"followers": 60}}
    day = describe_day(
        snapshot(renamed, artist("Ben", spotify={"followers": 1}), discord={"member_count": 64}), SOURCES, before=before
    )
    changed = of(day, "Zoe", "spotify").numbers[1].change
    assert changed is not None
    assert (changed.change, day.since) == (10, BEFORE)
    assert of(day, "Ben", "spotify").numbers[1].change is None
    assert day.label[0].numbers[0].change is not None
    assert day.label[0].numbers[0].change.change == 4


def test_one_artist_alone_without_the_label() -> None:
    full = snapshot(artist("Ana", spotify={"followers": None}), artist("Ben", spotify={"followers": None}),
                    flags=[*gaps("Ana", "spotify", "followers"), flag("Ben", "spotify", "followers", code="not_found")],
                    discord={"member_count": 64})  # fmt: skip
    day = describe_day(full, SOURCES, only=["Ana"])
    assert [artist.name for artist in day.artists] == ["Ana"]
    assert day.label == ()
    assert [gap.artists for gap in day.missing] == [("Ana",)]


def test_a_label_wide_platform_is_shown_where_it_was_recorded() -> None:
    assert describe_day(snapshot(), SOURCES).label == ()
    (server,) = describe_day(snapshot(discord={"member_count": 64, "online_count": None}), SOURCES).label
    assert [number.point.value for number in server.numbers] == [64, None]


def test_an_account_is_a_link() -> None:
    part = of(describe_day(snapshot(artist(spotify={"followers": 1})), SOURCES), "Ana", "spotify")
    assert part.account == "spotify-Ana"
    assert part.url is not None
    assert part.url.endswith("spotify-Ana")


def test_a_list_that_was_not_read_is_not_an_empty_list() -> None:
    assert shelf({"top_tracks": None}, "Top tracks").entries is None
    assert shelf({}, "Top tracks").entries is None
    assert shelf({"top_tracks": []}, "Top tracks").entries == ()


def test_a_list_of_texts_has_labels_and_one_of_objects_numbers_and_links() -> None:
    assert [entry.label for entry in shelf({"genres": ["pop", "rock"]}, "Genres").entries or ()] == ["pop", "rock"]
    track = {"name": "Song", "popularity": 5, "track_id": "abcDEF123", "play_count": "12"}
    (entry,) = shelf({"top_tracks": [track]}, "Top tracks").entries or ()
    assert (entry.label, entry.numbers) == ("Song", {"Popularity": 5, "Plays": 12})
    assert entry.url == "https://open.spotify.com/track/abcDEF123"


@pytest.mark.parametrize("video", ["a b", "x)](evil", "../", "", None, 5, "é", "\x1b[31m", ["x"]])
def test_an_id_that_is_no_plain_id_becomes_no_link(video: object) -> None:
    (entry,) = shelf({"top_videos": [{"title": "x", "video_id": video}]}, "Most viewed videos", "youtube").entries or ()
    assert entry.url is None


@pytest.mark.parametrize("raw", ["text", 5, {"a": 1}])
def test_what_is_no_list_was_edited_by_hand_and_is_left_out(raw: object) -> None:
    assert shelf({"top_tracks": raw}, "Top tracks").entries is None
    assert shelf({"top_tracks": [raw, {"name": None}, None]}, "Top tracks").entries is not None


def test_what_is_missing_for_one_reason_is_said_once_with_advice() -> None:
    artists = [artist(name, spotify={"followers": None, "genres": None}) for name in ("Ana", "Ben")]
    (gap,) = lost(*artists, flags=[flag("*", "spotify", code="unauthorized")])
    assert (gap.artists, gap.metrics, gap.state) == (("Ana", "Ben"), ("Followers", "Genres"), State.FAILED)
    assert (gap.what, gap.advice) == (
        "Spotify refused the credentials", "Renew them: see docs/keys.md.",
    )  # fmt: skip


def test_different_reasons_are_different_lines_in_the_sources_order() -> None:
    artists = [artist(name, youtube={"subscribers": None}, spotify={"followers": None}) for name in ("Ana", "Ben")]
    flags = [flag("Ana", "youtube", code="timeout"), flag("Ben", "youtube", code="not_found"),
             flag("*", "spotify", code="rate_limited", detail="until 07:00 UTC")]  # fmt: skip
    found = lost(*artists, flags=flags)
    assert [(gap.title, gap.code) for gap in found] == [
        ("Spotify", "rate_limited"), ("YouTube", "timeout"), ("YouTube", "not_found"),
    ]  # fmt: skip
    assert found[0].what.endswith(": until 07:00 UTC")


@pytest.mark.parametrize(
    ("state", "code"), [("no_account", "no_account"), ("skipped", "not_asked"), ("not_tracked", "x")]
)
def test_what_nobody_expected_is_not_missing(state: str, code: str) -> None:
    flags = [flag("Ana", "spotify", state=state, code=code)]
    assert lost(artist(spotify={"followers": None}), flags=flags) == []


def test_the_sections_of_plugins_that_are_gone_miss_nothing() -> None:
    gone = [flag("Ana", "tiktok"), flag("Ana", "spotify", "saves")]
    assert lost(artist(tiktok={"likes": None}, spotify={"saves": None}), flags=gone) == []


def test_a_code_nobody_knows_is_shown_as_it_is() -> None:
    (gap,) = lost(artist(spotify={"followers": None}), flags=[flag("Ana", "spotify", code="solar_flare")])
    assert (gap.what, gap.advice) == ("solar_flare", "")


def test_a_gap_of_the_label_names_no_artist() -> None:
    (gap,) = lost(flags=[flag(None, "discord", code="timeout")], discord={"member_count": None})
    assert (gap.title, gap.artists, gap.metrics) == ("Discord", (), ("Members",))


@given(snapshots(), snapshots())
def test_every_day_that_reads_can_be_looked_at(earlier: Snapshot, later: Snapshot) -> None:
    day = describe_day(earlier, SOURCES, before=later)
    assert [artist.name for artist in day.artists] == [record.name for record in earlier.artists]


def test_a_thousand_artists_are_looked_at_in_no_time() -> None:
    many = [artist(f"A{n}", spotify={"followers": n or None, "genres": []}) for n in range(1000)]
    days = [snapshot(*many, day=day) for day in (BEFORE, DAY)]
    started = time.perf_counter()
    assert len(describe_day(days[1], SOURCES, before=days[0]).artists) == 1000
    assert time.perf_counter() - started < 3


def test_every_day_of_the_labels_record_can_be_looked_at(shared: Path) -> None:
    history = History(DataFolder(shared / "legacy-history", SERIES))
    days = history.on(*history.days)
    for before, day in pairwise(days):
        looked = describe_day(day, SOURCES, before=before)
        assert len(looked.artists) in {8, 9}
        assert {gap.code for gap in looked.missing} <= {"old_zero", "old_na"}
    last = describe_day(days[-1], SOURCES)
    assert {(gap.title, gap.artists) for gap in last.missing} >= {("Instagram", ("bo.wlie",))}


def test_of_two_records_with_one_name_the_first_is_shown() -> None:
    twice = snapshot(artist("Ana", spotify={"followers": 5}), artist("Ana", spotify={"followers": 9}))
    (shown,) = describe_day(twice, SOURCES, only=["Ana"]).artists
    values = [number.point.value for part in shown.sources for number in part.numbers if number.metric == "followers"]
    assert values[0] == 5
