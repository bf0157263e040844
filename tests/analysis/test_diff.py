"""Two days compared, on invented days and on the label's own record."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from casa24.analysis.diff import Change, Diff, diff, match
from casa24.config import loading
from casa24.core.snapshot import Measurement, Snapshot, State
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.sources import registry
from tests.making import DAY, SERIES, TIKTOK, artist, flag, snapshot, snapshots

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casa24.core.metrics import Series

NEXT = DAY + dt.timedelta(days=1)
LABEL = tuple(series for source in registry.load().label_sources for series in source.series())
ROSTER = """
[[artists]]
name = "PYRO"
youtube_id = "UCY8fZcLURY9LvYJ_fqh91VQ"
"""


def over(days: Sequence[Snapshot], series: Sequence[Series], label: Sequence[Series] = ()) -> Diff:
    first, second = days
    return diff(first, second, series, label)


def compare(old: dict[str, Any], new: dict[str, Any], *flags: dict[str, Any]) -> Change:
    """Ana's followers on two days; flags with ``day="old"`` belong to the first."""
    days = {"old": [], "new": []}  # type: dict[str, list[dict[str, Any]]]
    for about in flags:
        days[about.get("day", "new")].append(about)
    first = snapshot(artist(spotify=old), flags=days["old"])
    second = snapshot(artist(spotify=new), day=NEXT, flags=days["new"])
    (change,) = diff(first, second, [SERIES[1]]).changes
    return change


def rounded(low: int, high: int, day: str) -> dict[str, Any]:
    return flag("Ana", "spotify", "followers", "rounded", low=low, high=high, day=day)


def test_a_change_is_new_minus_old() -> None:
    change = compare({"followers": 357}, {"followers": 523})
    assert (change.artist, change.source, change.metric, change.title) == ("Ana", "spotify", "followers", "Followers")
    assert (change.change, change.change_low, change.change_high, change.percent) == (166, 166, 166, 46.5)


@pytest.mark.parametrize(
    ("old", "new", "percent"),
    [(49, 98, None), (50, 100, 100.0), (50, 0, -100.0), (0, 5, None), (7, 8, None), (200, 200, 0)],
)
def test_a_percentage_needs_a_base_of_fifty(old: int, new: int, percent: float | None) -> None:
    assert compare({"followers": old}, {"followers": new}).percent == percent


def test_a_rounded_end_gives_bounds_and_no_percentage() -> None:
    change = compare({"followers": 1400}, {"followers": 976}, rounded(1350, 1449, "old"))
    assert (change.change, change.change_low, change.change_high) == (-424, -473, -374)
    assert change.percent is None
    assert not change.old.exact
    assert change.new.exact


def test_two_rounded_ends_widen_the_bounds() -> None:
    change = compare({"followers": 1000}, {"followers": 1200}, rounded(950, 1049, "old"), rounded(1150, 1249, "new"))
    assert (change.change, change.change_low, change.change_high) == (200, 101, 299)
    assert compare({"followers": 1000}, {"followers": 1200}, rounded(1150, 1249, "new")).percent is None


@pytest.mark.parametrize("gap", ["old", "new"])
def test_a_gap_at_either_end_is_no_change_and_never_minus_a_hundred_percent(gap: str) -> None:
    old, new = ({"followers": None if gap == end else 100} for end in ("old", "new"))
    change = compare(old, new, flag("Ana", "spotify", "followers", code="timeout", day=gap))
    assert (change.change, change.change_low, change.percent) == (None, None, None)
    point: Measurement = getattr(change, gap)
    assert (point.value, point.state, point.code, point.exact) == (None, State.FAILED, "timeout", False)


@pytest.mark.parametrize("state", ["no_account", "not_tracked"])
def test_where_neither_day_has_anything_to_say_there_is_no_line(state: str) -> None:
    days = [
        snapshot(artist(spotify={"followers": None}), day=day, flags=[flag("Ana", "spotify", state=state)])
        for day in (DAY, NEXT)
    ]
    assert over(days, SERIES).changes == ()


def test_a_plugins_metric_is_compared_like_any_other() -> None:
    days = [snapshot(artist(tiktok={"likes": likes}), day=day) for day, likes in ((DAY, 100), (NEXT, 150))]
    (change,) = over(days, (*SERIES, TIKTOK)).changes
    assert (change.source, change.change, change.percent) == ("tiktok", 50, 50.0)


def test_the_labels_own_numbers_come_last_without_a_name() -> None:
    days = [
        snapshot(artist(spotify={"followers": 1}), day=day, discord={"member_count": members})
        for day, members in ((DAY, 61), (NEXT, 64))
    ]
    changes = over(days, SERIES, LABEL).changes
    assert [(change.artist, change.change) for change in changes] == [("Ana", 0), (None, 3)]


def test_totals_count_only_artists_read_on_both_days() -> None:
    """A label total that falls because an artist left, or was not read, tells of nobody's audience."""
    first = [("Ana", 100), ("Ben", 50), ("Cleo", 900), ("Dan", 5000)]
    second = [("Ana", 110), ("Ben", 40), ("Cleo", None), ("Eve", 7000)]
    days = [
        snapshot(*(artist(name, spotify={"followers": count}) for name, count in content), day=day)
        for day, content in ((DAY, first), (NEXT, second))
    ]
    (total,) = over(days, SERIES).totals
    assert total.artists == ("Ana", "Ben")
    assert (total.old, total.new, total.change) == (150, 150, 0)


def test_people_may_follow_several_artists_views_are_counted_once() -> None:
    sections = [{"subscribers": 30, "total_views": 1000}, {"subscribers": 20, "total_views": 500}]
    days = [
        snapshot(*(artist(f"A{n}", youtube=section) for n, section in enumerate(sections)), day=day)
        for day in (DAY, NEXT)
    ]
    audience, views = over(days, SERIES).totals
    assert (audience.unique_people, audience.old_at_least, audience.old) == (True, 30, 50)
    assert (views.unique_people, views.old_at_least, views.old) == (False, 1500, 1500)


def test_a_total_of_rounded_values_knows_its_bounds() -> None:
    first = snapshot(
        artist("Ana", spotify={"followers": 1400}),
        artist("Ben", spotify={"followers": 10}),
        flags=[flag("Ana", "spotify", "followers", "rounded", low=1350, high=1449)],
    )
    second = snapshot(artist("Ana", spotify={"followers": 976}), artist("Ben", spotify={"followers": 11}), day=NEXT)
    (total,) = diff(first, second, SERIES).totals
    assert (total.change, total.change_low, total.change_high) == (-423, -472, -373)
    assert (total.old_at_least, total.old_at_most) == (1350, 1459)


def test_a_suspect_reading_counts_in_no_total_and_has_no_per_cent() -> None:
    doubt = [flag("Cleo", "spotify", "followers", "suspect")]
    days = [
        snapshot(*(artist(name, spotify={"followers": count}) for name in ("Ana", "Ben", "Cleo")), day=day, flags=doubt)
        for day, count in ((DAY, 100), (NEXT, 200))
    ]
    result = diff(days[0], days[1], SERIES)
    assert [total.artists for total in result.totals] == [("Ana", "Ben")]
    assert [change.percent for change in result.changes] == [100.0, 100.0, None]


def test_scores_have_no_total_and_one_artist_is_none() -> None:
    score = [artist(name, spotify={"popularity_score": 5}) for name in ("Ana", "Ben")]
    assert diff(snapshot(*score), snapshot(*score, day=NEXT), SERIES).totals == ()
    ana = artist(spotify={"followers": 5})
    assert diff(snapshot(ana), snapshot(ana, day=NEXT), SERIES).totals == ()


def test_who_joined_and_who_left_is_said_and_not_counted() -> None:
    first = snapshot(artist("Ana", spotify={"followers": 1}), artist("Ben", spotify={"followers": 2}))
    second = snapshot(artist("Cleo", spotify={"followers": 3}), artist("Ana", spotify={"followers": 1}), day=NEXT)
    result = diff(first, second, SERIES)
    assert (result.joined, result.left) == (("Cleo",), ("Ben",))
    assert {change.artist for change in result.changes} == {"Ana"}


def test_an_artist_is_the_same_by_account_then_by_name_then_by_alias() -> None:
    first = snapshot(artist("Ana", spotify={}), {"name": "Bén"}, {"name": "Old Cleo"}, {"name": "Dan"})
    renamed = {"name": "Ana María", "accounts": {"spotify": "spotify-Ana"}}
    second = snapshot(renamed, {"name": "ben"}, {"name": "Cleo"}, {"name": "Eve"}, day=NEXT)
    assert match(first, second, {"Cleo": ["old cleo"]}) == [
        ("Ana María", "Ana", "Ana María"),
        ("ben", "Bén", "ben"),
        ("Cleo", "Old Cleo", "Cleo"),
        ("Eve", None, "Eve"),
        ("Dan", "Dan", None),
    ]


def test_a_renamed_artist_keeps_their_numbers_under_the_new_name() -> None:
    first = snapshot(artist("Ana", spotify={"followers": 50}))
    renamed = {"name": "Zoe", "accounts": {"spotify": "spotify-Ana"}, "spotify": {"followers": 60}}
    result = diff(first, snapshot(renamed, day=NEXT), SERIES)
    assert (result.joined, result.left) == ((), ())
    assert [(change.artist, change.change) for change in result.changes] == [("Zoe", 10)]


def test_no_two_artists_are_matched_with_the_same_one() -> None:
    first = snapshot(artist("Ana", spotify={}))
    twice = [{"name": name, "accounts": {"spotify": "spotify-Ana"}} for name in ("Ana", "Ana 2")]
    assert match(first, snapshot(*twice, day=NEXT), {}) == [("Ana", "Ana", "Ana"), ("Ana 2", None, "Ana 2")]


def test_one_artists_part_has_no_totals_and_nobody_else() -> None:
    days = [
        snapshot(
            *(artist(name, spotify={"followers": 60}) for name in ("Ana", "Ben")), artist(f"New {day.day}"),
            day=day, discord={"member_count": 1},
        )
        for day in (DAY, NEXT)
    ]  # fmt: skip
    part = over(days, SERIES, LABEL).only("Ana")
    assert [change.artist for change in part.changes] == ["Ana"]
    assert (part.totals, part.joined, part.left) == ((), (), ())
    assert over(days, SERIES).only("New 15").joined == ("New 15",)


@given(snapshots(), snapshots())
def test_a_change_lies_within_its_bounds_whatever_was_recorded(earlier: Snapshot, later: Snapshot) -> None:
    for change in diff(earlier, later, (*SERIES, TIKTOK), LABEL).changes:
        if change.change is None:
            assert change.percent is None
        else:
            assert change.change_low is not None
            assert change.change_high is not None
            assert change.change_low <= change.change_high


def test_a_thousand_artists_are_compared_in_no_time() -> None:
    sections = {item.source: {} for item in SERIES}  # type: dict[str, dict[str, int]]
    for item in SERIES:
        sections[item.source][item.field] = 60
    days = [snapshot(*(artist(f"A{n}", **sections) for n in range(1000)), day=day) for day in (DAY, NEXT)]
    started = time.perf_counter()
    assert len(over(days, SERIES).changes) == 1000 * len(SERIES)
    assert time.perf_counter() - started < 2


@pytest.fixture
def history(shared: Path, tmp_path: Path) -> History:
    file = tmp_path / "casa24.toml"
    file.write_text(ROSTER, "utf-8")
    roster = loading.read(file).resolve(registry.load())
    return History(DataFolder(shared / "legacy-history", SERIES), roster.artists)


def between(history: History, old: str, new: str) -> Diff:
    return over(history.on(dt.date.fromisoformat(old), dt.date.fromisoformat(new)), SERIES, LABEL)


def test_the_labels_october(history: History) -> None:
    result = between(history, "2025-10-01", "2025-10-17")
    found = {(change.artist, f"{change.source}.{change.metric}"): change for change in result.changes}
    casa = found["Casa 24", "spotify.followers"]
    assert (casa.old.value, casa.new.value, casa.change, casa.percent) == (357, 523, 166, 46.5)
    listeners = found["Casa 24", "spotify.monthly_listeners"]
    assert (listeners.old.value, listeners.new.value, listeners.percent) == (1400, 976, None)
    assert (listeners.change_low, listeners.change_high) == (976 - 1449, 976 - 1350)
    assert found["ZACKO", "spotify.monthly_listeners"].change == 0
    assert found[None, "discord.member_count"].change == 3
    assert (result.joined, result.left) == ((), ())
    assert ("Casa 24Beats", "spotify.followers") not in found
    assert ("ZACKO", "youtube.subscribers") not in found


@pytest.mark.parametrize("who", [("bo.wlie", "instagram"), ("Mango Blade", "youtube"), ("PYRO", "youtube")])
def test_what_was_broken_all_october_has_no_reading_at_either_end(history: History, who: tuple[str, str]) -> None:
    changes = [
        change
        for change in between(history, "2025-10-01", "2025-10-17").changes
        if (change.artist, change.source) == who
    ]
    assert len(changes) == (2 if who[1] == "instagram" else 3)
    assert {point.state for change in changes for point in (change.old, change.new)} == {State.FAILED}
    assert {(change.change, change.percent) for change in changes} == {(None, None)}


def test_the_labels_totals_are_like_for_like(history: History) -> None:
    """Each total is the sum of the lines above it that have a number on both days, and of no others."""
    result = between(history, "2025-10-01", "2025-10-17")
    totals = {(total.source, total.metric): total for total in result.totals}
    followers = totals["spotify", "followers"]
    assert (followers.old, followers.new, len(followers.artists)) == (1123, 1423, 7)
    assert "bo.wlie" not in totals["instagram", "followers"].artists
    assert "Mango Blade" not in totals["youtube", "total_views"].artists
    for place, total in totals.items():
        lines = [change for change in result.changes if (change.source, change.metric) == place and change.artist]
        assert total.change == sum(change.change or 0 for change in lines)
        assert set(total.artists) == {change.artist for change in lines if change.change is not None}


def test_casa_24beats_joins_and_pax_leaves(history: History) -> None:
    joins, leaves = between(history, "2025-07-25", "2025-07-26"), between(history, "2025-08-22", "2025-08-23")
    assert (joins.joined, joins.left) == (("Casa 24Beats",), ())
    assert (leaves.joined, leaves.left) == ((), ("pax",))
    both = between(history, "2025-07-25", "2025-08-23")
    assert (both.joined, both.left) == (("Casa 24Beats",), ("pax",))
    assert not {"pax", "Casa 24Beats"} & {change.artist for change in both.changes}
    assert not {"pax", "Casa 24Beats"} & {name for total in both.totals for name in total.artists}
