"""Test ``popularity_scores.csv``, the label's table."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.record.csv_table import ForeignTable, Table
from casa24.text.escape import safe_cell
from tests.making import DAY, SERIES, TIKTOK, artist, flag, snapshot, snapshots

if TYPE_CHECKING:
    from casa24.core.snapshot import Snapshot

HEADER = (
    "artist_name,date,popularity_score,followers,monthly_listeners,youtube_subscribers,youtube_total_views,"
    "youtube_video_count,instagram_followers,instagram_media_count"
)
NEXT = DAY + dt.timedelta(days=1)


def lines(table: Table) -> list[str]:
    return table.text().splitlines()


def test_the_ten_columns_are_in_the_labels_order() -> None:
    assert Table.build([], SERIES).text() == f"{HEADER}\n"


def test_a_plugins_columns_follow_as_source_and_field() -> None:
    table = Table.build([snapshot(artist(tiktok={"likes": 5}))], (*SERIES, TIKTOK))
    assert lines(table) == [f"{HEADER},tiktok_likes", "Ana,2026-03-14,,,,,,,,,5"]


def test_listeners_are_a_number_and_unknown_is_empty() -> None:
    spotify = {"popularity_score": 0, "followers": None, "monthly_listeners": "976"}
    day = snapshot(artist(spotify=spotify, youtube={"subscribers": "N/A"}), flags=[flag("Ana", "spotify", "followers")])
    assert lines(Table.build([day], SERIES))[1] == "Ana,2026-03-14,0,,976,,,,,"


def test_a_rounded_or_suspect_value_is_written_as_recorded() -> None:
    flags = [flag("Ana", "spotify", "followers", state) for state in ("rounded", "suspect")]
    day = snapshot(artist(spotify={"followers": 1200}), flags=flags)
    assert lines(Table.build([day], SERIES))[1] == "Ana,2026-03-14,,1200,,,,,,"


def test_there_is_one_row_an_artist_and_date_and_none_for_discord() -> None:
    artists = [artist("Ben", spotify={"followers": 1}), artist("Ana"), artist("Ben", spotify={"followers": 2})]
    table = Table.build([snapshot(*artists, discord={"member_count": 64})], SERIES)
    assert [line.split(",")[0] for line in lines(table)[1:]] == ["Ben", "Ana"]


def test_the_same_day_again_replaces_its_rows_and_no_others() -> None:
    first = snapshot(artist("Ana", spotify={"followers": 1}), artist("Ben", spotify={"followers": 2}))
    second = snapshot(artist("Ana", spotify={"followers": 3}), day=NEXT)
    table = Table.build([first, second], SERIES).with_days([snapshot(artist("Ben", spotify={"followers": 9}))], SERIES)
    assert lines(table)[1:] == ["Ben,2026-03-14,,9,,,,,,", "Ana,2026-03-15,,3,,,,,,"]


def test_rows_are_sorted_by_date_and_within_a_day_in_the_snapshots_order() -> None:
    late = snapshot(artist("Cleo"), artist("Ana"), day=NEXT)
    table = Table.build([late], SERIES).with_days([snapshot(artist("Ben"))], SERIES)
    assert [line.split(",")[:2] for line in lines(table)[1:]] == [
        ["Ben", "2026-03-14"], ["Cleo", "2026-03-15"], ["Ana", "2026-03-15"],
    ]  # fmt: skip


def test_the_column_of_a_plugin_that_is_gone_keeps_its_numbers() -> None:
    """The plugin was uninstalled at noon: its row of the morning is not emptied."""
    table = Table.build([snapshot(artist(tiktok={"likes": 5}))], (*SERIES, TIKTOK))
    again = table.with_days([snapshot(artist(tiktok={"likes": 5}, spotify={"followers": 1}))], SERIES)
    again = again.with_days([snapshot(artist(spotify={"followers": 2}), day=NEXT)], SERIES)
    assert lines(again)[1:] == ["Ana,2026-03-14,,1,,,,,,,5", "Ana,2026-03-15,,2,,,,,,,"]


@pytest.mark.parametrize("name", ["=SUM(A1)", "+1", "-x", "@me", "\tx", "\rx", "\nx"])
def test_no_name_is_a_formula(name: str) -> None:
    (row,) = list(csv.reader(io.StringIO(Table.build([snapshot(artist(name))], SERIES).text(), newline="")))[1:]
    assert row[0].startswith("'")
    assert safe_cell(name).startswith("'")


@pytest.mark.parametrize("name", ["Ana", "'x", "A=B", "1+1", "–dash", "bo.wlie", ""])
def test_a_harmless_name_is_written_unchanged(name: str) -> None:
    assert safe_cell(name) == name


@given(st.lists(snapshots(), max_size=3))
def test_a_table_is_the_same_after_reading_it(days: list[Snapshot]) -> None:
    dated = [day.model_copy(update={"date": DAY + dt.timedelta(days=n)}) for n, day in enumerate(days)]
    table = Table.build(dated, (*SERIES, TIKTOK))
    again = Table.parse(table.text())
    assert again == table
    assert again.text() == table.text()
    for day in dated:
        assert again.with_days([day], (*SERIES, TIKTOK)).text() == table.text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "date,artist_name\n",
        "artist_name,date,x,x\n",
        f"{HEADER[: HEADER.index(',instagram')]}\nAna,2026-03-14,1,2,3,4,5,6\nBen,2026-03-15,1,2,3,4,5,6,7,8\n",
        "artist_name,date\nAna,2026-03-14\nAna,2026-03-14\n",
        "artist_name,date\nAna,14.3.2026\n",
        "artist_name,date\nAna,20260314\n",
        "artist_name,date\nAna\n",
        "artist_name,date\n\n",
        "artist_name,date\nA\rB,2026-03-14\n",
        f'artist_name,date\n"{"x" * 200_000}",2026-03-14\n',
    ],
    ids=range(12),
)
def test_a_table_casa24_did_not_write_is_foreign(text: str) -> None:
    with pytest.raises(ForeignTable):
        Table.parse(text)


def test_windows_line_ends_of_a_checkout_are_no_reason_to_throw_a_table_away() -> None:
    table = Table.build([snapshot(artist(spotify={"followers": 1}))], SERIES)
    assert Table.parse(table.text().replace("\n", "\r\n")) == table
