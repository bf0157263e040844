"""Another data folder's days: merged by the rule for the same day again; all are read before any is written."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from casa24.errors import NoSnapshot, StorageError, UsageError
from casa24.migration import Merged, days_in, merge_into
from casa24.storage import DataFolder, dump
from tests.making import DAY, SERIES, artist, flag, gaps, old, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.models import Snapshot

NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture
def own(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data", SERIES)


@pytest.fixture
def other(tmp_path: Path) -> DataFolder:
    """The same label's record as another machine has it."""
    return DataFolder(tmp_path / "other", SERIES)


def content(folder: DataFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def half(source: str, other: str, *, hour: int, day: dt.date = DAY) -> Snapshot:
    """A night in which one of two platforms answered."""
    numbers: dict[str, Any] = {source: {"followers": hour}, other: {"followers": None}}
    return snapshot(artist(**numbers), hour=hour, day=day, flags=gaps("Ana", other, "followers"))


def test_what_two_machines_measured_on_one_day_is_all_there(own: DataFolder, other: DataFolder) -> None:
    own.save(half("spotify", "instagram", hour=2))
    other.save(half("instagram", "spotify", hour=9))
    assert merge_into(own, other.path) == Merged(new=(), changed=(DAY,), same=(), set_aside=())
    (ana,) = own.read(DAY).artists
    assert (ana.sections["spotify"], ana.sections["instagram"]) == ({"followers": 2}, {"followers": 9})
    assert own.table_file.read_text().splitlines()[1:] == ["Ana,2026-03-14,,2,,,,,9,"]
    assert own.latest_file.read_bytes() == own.file_of(DAY).read_bytes()


def test_it_does_not_matter_who_merges_whom(own: DataFolder, other: DataFolder, tmp_path: Path) -> None:
    own.save(half("spotify", "instagram", hour=2))
    other.save(half("instagram", "spotify", hour=9))
    copy = DataFolder(shutil.copytree(own.path, tmp_path / "copy"), SERIES)
    merge_into(own, other.path)
    merge_into(other, copy.path)
    assert content(own) == content(other)


def test_days_we_lack_are_taken_over_and_the_same_again_changes_nothing(own: DataFolder, other: DataFolder) -> None:
    own.save(half("spotify", "instagram", hour=2))
    other.save(half("spotify", "instagram", hour=2), half("spotify", "instagram", hour=3, day=NEXT))
    assert merge_into(own, other.path) == Merged(new=(NEXT,), changed=(), same=(DAY,), set_aside=())
    before = content(own)
    assert merge_into(own, other.path) == Merged(new=(), changed=(), same=(DAY, NEXT), set_aside=())
    assert content(own) == before


@pytest.mark.parametrize("shape", ["the folder", "its parent", "a loose folder", "one file", "latest alone"])
def test_days_are_found_however_they_lie(own: DataFolder, other: DataFolder, tmp_path: Path, shape: str) -> None:
    day = half("spotify", "instagram", hour=2)
    place = {
        "the folder": other.path,
        "its parent": tmp_path / "checkout",
        "a loose folder": other.history,
        "one file": tmp_path / "kept.json",
        "latest alone": other.path,
    }[shape]
    other.save(day)
    shutil.copy(other.latest_file, tmp_path / "kept.json")
    shutil.copytree(other.path, tmp_path / "checkout" / "data")
    if shape == "latest alone":
        shutil.rmtree(other.history)
    assert merge_into(own, place).new == (DAY,)
    assert own.read(DAY) == day


@pytest.mark.parametrize("damage", ["{", "[]", '{"date": "2020-01-01", "artists": []}', '{"schema": 99}'])
def test_one_unusable_file_and_nothing_is_taken_over(own: DataFolder, other: DataFolder, damage: str) -> None:
    """Every such file is named at once; a day that is left out unnoticed would be lost."""
    other.save(half("spotify", "instagram", hour=2))
    bad = [other.file_of(NEXT), other.file_of(NEXT + dt.timedelta(days=1))]
    for path in bad:
        path.write_text(damage, "utf-8")
    with pytest.raises(StorageError) as told:
        merge_into(own, other.path)
    assert all(str(path) in told.value.message for path in bad)
    assert not own.path.exists()


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_a_place_without_a_day_is_an_error(own: DataFolder, tmp_path: Path, place: str) -> None:
    (tmp_path / "empty" / "historical").mkdir(parents=True)
    with pytest.raises(NoSnapshot) as told:
        days_in(tmp_path / place, own)
    assert "historical/YYYY-MM-DD.json" in told.value.advice


@pytest.mark.parametrize("part", ["", "historical"])
def test_the_own_record_is_not_merged_with_itself(own: DataFolder, part: str) -> None:
    own.save(half("spotify", "instagram", hour=2))
    with pytest.raises(UsageError, match="own record"):
        merge_into(own, own.path / part)


def test_a_day_that_measured_nothing_is_not_taken_over(own: DataFolder, other: DataFolder) -> None:
    other.save(half("spotify", "instagram", hour=2))
    other.file_of(DAY).write_text(
        dump(snapshot(artist(spotify={"followers": None}), flags=[flag("*", "spotify")])), "utf-8"
    )
    assert merge_into(own, other.path).same == (DAY,)
    assert not own.file_of(DAY).exists()


def test_an_old_layout_day_stays_as_it_is_where_the_other_adds_nothing(own: DataFolder, other: DataFolder) -> None:
    """What is interpreted for the comparison must not be written: the record is not rewritten."""
    raw = dump(old(artist(spotify={"followers": 5}, youtube={"subscribers": 0}))).replace("  ", "\t")
    for folder in (own, other):
        folder.history.mkdir(parents=True)
        folder.file_of(DAY).write_text(raw, "utf-8")
    assert merge_into(own, other.path).same == (DAY,)
    assert own.file_of(DAY).read_text("utf-8") == raw


def test_false_zeros_of_an_old_layout_day_beat_no_number(own: DataFolder, other: DataFolder) -> None:
    own.save(snapshot(artist(spotify={"followers": 5}), artist("Ben", spotify={"followers": 1})))
    other.history.mkdir(parents=True)
    other.file_of(DAY).write_text(
        dump(
            old(artist(spotify={"followers": 0}, youtube={"subscribers": 7}), artist("Ben", spotify={"followers": 1}))
        ),
        "utf-8",
    )
    merge_into(own, other.path)
    ana, ben = own.read(DAY).artists
    assert (ana.sections["spotify"], ana.sections["youtube"]) == ({"followers": 5}, {"subscribers": 7})
    assert ben.sections["spotify"] == {"followers": 1}


def test_two_old_layout_days_become_one_that_needs_no_interpreting(own: DataFolder, other: DataFolder) -> None:
    zero: dict[str, Any] = {"spotify": {"followers": 0}}
    for folder, numbers in ((own, zero), (other, {"youtube": {"subscribers": 7}})):
        folder.history.mkdir(parents=True)
        folder.file_of(DAY).write_text(dump(old(artist(**numbers))), "utf-8")
    merge_into(own, other.path)
    day = own.read(DAY)
    assert (day.schema_version, day.artists[0].sections["youtube"]) == (2, {"subscribers": 7})
    assert day.artists[0].sections["spotify"] == {"followers": None}
