"""Test time series: artists over time, amendments, and how many files are read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.core.roster import Artist
from casa24.core.snapshot import State
from casa24.errors import UnknownName
from casa24.record.amendments import FILE_NAME, Action, Amendment, add_lines
from casa24.record.data_folder import DataFolder, dump
from casa24.record.history import History
from casa24.sources import registry
from tests.making import DAY, SERIES, artist, flag, old, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import TimeSeries

LABEL_SERIES = [series for source in registry.load().label_sources for series in source.series()]
FOLLOWERS = "spotify.followers"


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data", SERIES)


def put(folder: DataFolder, *days: Snapshot) -> None:
    folder.history.mkdir(parents=True, exist_ok=True)
    for day in days:
        folder.file_of(day.date).write_text(dump(day), "utf-8")


def fans(number: int | None, name: str = "Ana", **more: object) -> dict[str, object]:
    return {**artist(name, spotify={"followers": number}), **more}


def values(series: TimeSeries) -> list[tuple[int, int | None, str]]:
    """Days ago, value, state."""
    return [((DAY - point.date).days, point.reading.value, point.reading.state.value) for point in series.points]


def test_a_builder_lists_the_days_that_could_be_read(folder: DataFolder) -> None:
    put(folder, snapshot(fans(10), day=ago(3)), snapshot(fans(11), day=ago(1)), snapshot(fans(12), day=ago(0)))
    folder.file_of(ago(1)).write_text("{", "utf-8")
    gathering = History(folder).gather(since=ago(2))
    assert gathering.days == [ago(0)]
    assert History(folder).gather().days == [ago(3), ago(0)]


def test_a_series_holds_each_days_value_with_its_state_and_bounds(folder: DataFolder) -> None:
    put(
        folder,
        snapshot(fans(10), day=ago(3)),
        snapshot(fans(None), day=ago(2), flags=[flag("Ana", "spotify", "followers")]),
        snapshot(fans(1200), day=ago(0), flags=[flag("Ana", "spotify", "followers", "rounded", low=1150, high=1249)]),
    )
    series = History(folder).series("ana", FOLLOWERS)
    assert values(series) == [(3, 10, "measured"), (2, None, "failed"), (0, 1200, "rounded")]
    last = series.points[-1].reading
    assert (last.low, last.high) == (1150, 1249)
    assert [point.date for point in series.usable] == [ago(3), ago(0)]


def test_a_span_reads_one_file_for_each_of_its_days(folder: DataFolder, days_read: list[dt.date]) -> None:
    put(folder, *(snapshot(fans(number), day=ago(number)) for number in range(40)))
    assert len(History(folder).series("Ana", FOLLOWERS, since=ago(29)).points) == 30
    assert len(days_read) == 30


def test_an_artist_is_the_same_by_account_then_by_name_then_by_alias(folder: DataFolder) -> None:
    put(
        folder,
        old({"name": "Ana", "spotify": {"followers": 1}}, day=ago(5)),
        snapshot(fans(2), day=ago(4)),
        snapshot({**fans(3), "name": "Ana B"}, day=ago(3)),
        snapshot({"name": "Ana C", "spotify": {"followers": 4}}, day=ago(2)),
    )
    plain = History(folder)
    assert [value for _, value, _ in values(plain.series("Ana B", FOLLOWERS))] == [1, 2, 3]
    known = History(folder, (Artist("Anita", {"spotify": "spotify-Ana"}, aliases=("Ana", "Ana C")),))
    assert [value for _, value, _ in values(known.series("anita", FOLLOWERS))] == [1, 2, 3, 4]
    with pytest.raises(UnknownName):
        plain.series("Zoe", FOLLOWERS)


def test_two_artists_who_swap_names_are_told_apart_by_their_accounts(folder: DataFolder) -> None:
    put(
        folder,
        snapshot(fans(1), fans(50, "Ben"), day=ago(1)),
        snapshot({**fans(2), "name": "Ben"}, {**fans(51, "Ben"), "name": "Ana"}, day=ago(0)),
    )
    history = History(folder)
    assert [value for _, value, _ in values(history.series("Ben", FOLLOWERS))] == [1, 2]
    assert [value for _, value, _ in values(history.series("Ana", FOLLOWERS))] == [50, 51]


def test_the_labels_own_numbers_are_series_without_an_artist(folder: DataFolder) -> None:
    put(folder, snapshot(fans(1), day=ago(0), discord={"member_count": 60, "online_count": 9}))
    history = History(folder, label_series=LABEL_SERIES)
    found = {
        (series.artist, series.item.key): [point.reading.value for point in series.points]
        for series in history.every_series()
    }
    assert found[None, "discord.member_count"] == [60]
    assert found["Ana", FOLLOWERS] == [1]
    assert values(history.series(None, "discord.online_count")) == [(0, 9, "measured")]


def test_a_number_that_was_never_expected_has_no_series(folder: DataFolder) -> None:
    put(folder, snapshot(fans(1), day=ago(0), flags=[flag("Ana", "youtube", "*", "no_account")]))
    assert {series.item.source for series in History(folder).every_series()} == {"spotify"}


def test_as_of_a_day_nothing_later_was_ever_recorded(folder: DataFolder) -> None:
    put(folder, *(snapshot(fans(number), day=ago(number)) for number in range(5)))
    history = History(folder, until=ago(2))
    assert values(history.series("Ana", FOLLOWERS)) == [(4, 4, "measured"), (3, 3, "measured"), (2, 2, "measured")]
    assert history.day("latest", today=DAY) == ago(2)


def test_a_damaged_day_is_a_gap_and_costs_no_other(folder: DataFolder) -> None:
    put(folder, *(snapshot(fans(number), day=ago(number)) for number in range(3)))
    folder.file_of(ago(1)).write_text('{"date": ', "utf-8")
    assert [day for day, _, _ in values(History(folder).series("Ana", FOLLOWERS))] == [2, 0]


def test_of_two_records_of_an_artist_in_a_day_the_first_counts(folder: DataFolder) -> None:
    put(folder, snapshot(fans(1), fans(99), day=ago(0)))
    assert values(History(folder).series("Ana", FOLLOWERS)) == [(0, 1, "measured")]


@pytest.mark.parametrize("raw", [True, 1.5, -3, "many", [1], {"a": 1}])
def test_a_value_that_is_not_a_count_is_not_a_reading(folder: DataFolder, raw: object) -> None:
    put(folder, snapshot({**artist("Ana"), "spotify": {"followers": raw}}, day=ago(0)))
    (point,) = History(folder).series("Ana", FOLLOWERS).points
    assert (point.reading.value, point.reading.state, point.reading.code) == (None, State.FAILED, "unreadable")


# --- amendments


def amended(folder: DataFolder, *lines: Amendment, artists: tuple[Artist, ...] = ()) -> History:
    add_lines(folder.path / FILE_NAME, lines)
    return History(folder, artists, label_series=LABEL_SERIES)


def suspect(first: int, last: int, who: str = "*", metric: str = "*") -> Amendment:
    return Amendment(ago(first), ago(last), who, metric, Action.SUSPECT, "a copy")


def test_an_amended_value_is_there_with_its_reason_and_no_analysis_uses_it(folder: DataFolder) -> None:
    put(folder, *(snapshot(fans(number), day=ago(number), discord={"member_count": 7}) for number in range(3)))
    history = amended(folder, suspect(1, 1))
    series = history.series("Ana", FOLLOWERS)
    assert values(series) == [(2, 2, "measured"), (1, 1, "suspect"), (0, 0, "measured")]
    assert series.points[1].reading.detail == "a copy"
    assert [point.reading.value for point in series.usable] == [2, 0]
    assert values(history.series(None, "discord.member_count"))[1] == (1, 7, "suspect")


def test_only_the_values_a_line_applies_to_are_amended(folder: DataFolder) -> None:
    put(folder, snapshot(fans(1), fans(2, "Ben"), day=ago(0)))
    history = amended(folder, suspect(0, 0, "Ben", FOLLOWERS))
    assert values(history.series("Ana", FOLLOWERS)) == [(0, 1, "measured")]
    assert values(history.series("Ben", FOLLOWERS)) == [(0, 2, "suspect")]


def test_a_line_means_an_artist_by_every_name(folder: DataFolder) -> None:
    put(folder, snapshot({**fans(1), "name": "ana b"}, day=ago(0)))
    history = amended(folder, suspect(0, 0, "Ana"), artists=(Artist("Ana", aliases=("Ana B",)),))
    assert values(history.series("Ana", FOLLOWERS)) == [(0, 1, "suspect")]


def test_keep_removes_doubts_and_leaves_rounding(folder: DataFolder) -> None:
    doubts = [flag("Ana", "spotify", "followers", state, low=0, high=4) for state in ("rounded", "suspect")]
    put(folder, snapshot(fans(0), day=ago(0), flags=doubts))
    keep = Amendment(ago(0), None, "Ana", FOLLOWERS, Action.KEEP)
    assert values(amended(folder).series("Ana", FOLLOWERS)) == [(0, 0, "suspect")]
    assert values(amended(folder, keep).series("Ana", FOLLOWERS)) == [(0, 0, "rounded")]


def test_keep_makes_an_old_zero_a_reading(folder: DataFolder) -> None:
    known = {"name": "Ana", "spotify": {"followers": 0, "popularity_score": 0}}
    put(folder, old({"name": "Ana", "spotify": {"followers": 9}}, day=ago(1)), old(known, day=ago(0)))
    assert values(amended(folder).series("Ana", FOLLOWERS))[1] == (0, None, "failed")
    keep = Amendment(ago(0), ago(0), "Ana", FOLLOWERS, Action.KEEP)
    assert values(amended(folder, keep).series("Ana", FOLLOWERS))[1] == (0, 0, "measured")


def test_raw_is_the_record_as_collected(folder: DataFolder) -> None:
    put(folder, old({"name": "Ana", "spotify": {"followers": 0}}, day=ago(1)), snapshot(fans(3), day=ago(0)))
    amended(folder, suspect(1, 0))
    series = History(folder, raw=True).series("Ana", FOLLOWERS)
    assert values(series) == [(1, 0, "measured"), (0, 3, "measured")]


def test_the_files_stay_as_they_were(folder: DataFolder) -> None:
    put(folder, snapshot(fans(3), day=ago(0)))
    before = folder.file_of(ago(0)).read_bytes()
    amended(folder, suspect(0, 0)).every_series()
    assert folder.file_of(ago(0)).read_bytes() == before


# --- the real record


def test_the_labels_first_six_months_are_58_series(shared: Path) -> None:
    history = History(DataFolder(shared / "legacy-history", SERIES), label_series=LABEL_SERIES)
    found = {(series.artist, series.item.key): series for series in history.every_series()}
    assert len(found) == 58
    zacko = found["ZACKO", "spotify.monthly_listeners"]
    assert {point.reading.value for point in zacko.usable} == {0}
    assert len(found["bo.wlie", "instagram.followers"].usable) == 17
