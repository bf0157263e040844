"""Test rows of an old CSV that no snapshot has: each is found with its reason, and none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casa24.errors import StorageError
from casa24.record.unmatched_rows import OldTable, Why
from tests.making import DAY, SERIES, artist, old

if TYPE_CHECKING:
    from pathlib import Path

EIGHT = (
    "artist_name,date,popularity_score,followers,monthly_listeners,"
    "youtube_subscribers,youtube_total_views,youtube_video_count"
)
ANA = artist(
    spotify={"popularity_score": 3, "followers": 50, "monthly_listeners": "N/A"},
    youtube={"subscribers": 0, "total_views": 0, "video_count": 0},
    instagram={"followers": 9, "media_count": 4},
)
SNAPSHOTS = {DAY.isoformat(): old(ANA, artist("Ben", spotify={"followers": 0}))}


def table(tmp_path: Path, *rows: str, header: str = EIGHT) -> OldTable:
    path = tmp_path / "popularity_scores.csv"
    path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    return OldTable.read(path)


@pytest.mark.parametrize(
    "row",
    [
        "Ana,2026-03-14,3,50,N/A,0,0,0",
        "Ana,2026-03-14,3,50,,0,0,0,9,4",
        "ANA,2026-03-14,3,50,N/A,0,0,0,9,4",
        '"Ana",2026-03-14,"3",50,N/A,0,0,0',
        "Ben,2026-03-14,,0,,,,",
        "Ben,2026-03-14,,,,,,",
        "Ana,2026-03-14,3,50,,,,,9,4",
    ],
)
def test_a_row_that_the_snapshot_has_is_not_a_leftover(tmp_path: Path, row: str) -> None:
    """Columns that were appended under the old header, too; N/A and nothing are both no number.

    A zero the old collector wrote for no answer is left out of the table casa24 writes: both agree with the day.
    """
    assert table(tmp_path, row).leftovers(SNAPSHOTS, SERIES) == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Ana,2026-03-15,3,50,N/A,0,0,0", Why.NO_DAY),
        ("Ana,14/03/2026,3,50,N/A,0,0,0", Why.NO_DAY),
        ("Discord Server,2026-03-14,0,64,16,0,0,0,0,0", Why.NO_ARTIST),
        ("Ana,2026-03-14,3,51,N/A,0,0,0", Why.OTHER_NUMBERS),
        ("Ana,2026-03-14,3,50,N/A,0,0,0,9,5", Why.OTHER_NUMBERS),
        ("Ana,2026-03-14,0,0,N/A,0,0,0,0,0", Why.ONLY_ZEROS),
        ("Ana,2026-03-14,3,50,N/A,0,0,0,9,4,77", Why.OTHER_NUMBERS),
        ("Ana", Why.NO_DAY),
    ],
)
def test_any_other_row_is_a_leftover_with_its_reason(tmp_path: Path, row: str, why: Why) -> None:
    (found,) = table(tmp_path, row).leftovers(SNAPSHOTS, SERIES)
    assert (found.why, ",".join(found.row)) == (why, row)


def test_rows_are_kept_once_and_no_spreadsheet_runs_them(tmp_path: Path) -> None:
    found = table(tmp_path, "=1+1,2020-01-01,1", "Ana,2020-01-01,1", "Ana,2020-01-01,1")
    rows = [leftover.row for leftover in found.leftovers(SNAPSHOTS, SERIES)]
    kept = OldTable(found.header).with_rows(rows)
    assert kept.text().splitlines()[1:] == ["'=1+1,2020-01-01,1", "Ana,2020-01-01,1"]
    assert kept.with_rows(rows).text() == kept.text()
    path = tmp_path / "kept.csv"
    path.write_text(kept.text(), "utf-8")
    assert OldTable.read(path).with_rows(rows).text() == kept.text()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name,day\n", "does not begin with artist_name,date"),
        (b"\xff\xfe\x00", "is not saved as UTF-8 text"),
        (b'artist_name,date\n"Ana', "is no CSV: line 2 cannot be read"),
    ],
)
def test_an_invalid_table_is_reported_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "popularity_scores.csv"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=rf"popularity_scores\.csv {why}"):
        OldTable.read(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_table_without_rows(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "popularity_scores.csv"
    path.write_bytes(content)
    assert OldTable.read(path) == OldTable(("artist_name", "date"))


def test_a_table_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert table(tmp_path, "Ana,2026-03-15,3", header="\ufeff" + EIGHT).header[0] == "artist_name"
