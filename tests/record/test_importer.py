"""Test taking over another data folder's days: merged or byte for byte, all read before any is written."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from casa24.errors import NoSnapshot, StorageError, UsageError
from casa24.record.data_folder import DataFolder, dump
from casa24.record.importer import Import, Merged, carry_out, days_in, merge_into, plan_import
from casa24.record.unmatched_rows import Why
from tests.making import DAY, SERIES, artist, flag, gaps, old, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.snapshot import Snapshot

NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture
def own(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data", SERIES)


@pytest.fixture
def remote(tmp_path: Path) -> DataFolder:
    """The same label's record as another machine has it."""
    return DataFolder(tmp_path / "other", SERIES)


def content(folder: DataFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def half(answering: str, silent: str, *, hour: int, day: dt.date = DAY) -> Snapshot:
    """A night in which one of two platforms answered."""
    numbers: dict[str, Any] = {answering: {"followers": hour}, silent: {"followers": None}}
    return snapshot(artist(**numbers), hour=hour, day=day, flags=gaps("Ana", silent, "followers"))


def test_what_two_machines_measured_on_one_day_is_all_there(own: DataFolder, remote: DataFolder) -> None:
    own.save(half("spotify", "instagram", hour=2))
    remote.save(half("instagram", "spotify", hour=9))
    assert merge_into(own, remote.path) == Merged(new=(), changed=(DAY,), same=(), set_aside=())
    (ana,) = own.read(DAY).artists
    assert (ana.sections["spotify"], ana.sections["instagram"]) == ({"followers": 2}, {"followers": 9})
    assert own.table_file.read_text().splitlines()[1:] == ["Ana,2026-03-14,,2,,,,,9,"]
    assert own.latest_file.read_bytes() == own.file_of(DAY).read_bytes()


def test_the_result_is_the_same_whichever_machine_merges(own: DataFolder, remote: DataFolder, tmp_path: Path) -> None:
    own.save(half("spotify", "instagram", hour=2))
    remote.save(half("instagram", "spotify", hour=9))
    copy = DataFolder(shutil.copytree(own.path, tmp_path / "copy"), SERIES)
    merge_into(own, remote.path)
    merge_into(remote, copy.path)
    assert content(own) == content(remote)


def test_days_we_lack_are_taken_over_and_the_same_again_changes_nothing(own: DataFolder, remote: DataFolder) -> None:
    own.save(half("spotify", "instagram", hour=2))
    remote.save(half("spotify", "instagram", hour=2), half("spotify", "instagram", hour=3, day=NEXT))
    assert merge_into(own, remote.path) == Merged(new=(NEXT,), changed=(), same=(DAY,), set_aside=())
    before = content(own)
    assert merge_into(own, remote.path) == Merged(new=(), changed=(), same=(DAY, NEXT), set_aside=())
    assert content(own) == before


@pytest.mark.parametrize("shape", ["the folder", "its parent", "a loose folder", "one file", "latest alone"])
def test_days_are_found_in_every_kind_of_folder_or_file(
    own: DataFolder, remote: DataFolder, tmp_path: Path, shape: str
) -> None:
    day = half("spotify", "instagram", hour=2)
    place = {
        "the folder": remote.path,
        "its parent": tmp_path / "checkout",
        "a loose folder": remote.history,
        "one file": tmp_path / "kept.json",
        "latest alone": remote.path,
    }[shape]
    remote.save(day)
    shutil.copy(remote.latest_file, tmp_path / "kept.json")
    shutil.copytree(remote.path, tmp_path / "checkout" / "data")
    if shape == "latest alone":
        shutil.rmtree(remote.history)
    assert merge_into(own, place).new == (DAY,)
    assert own.read(DAY) == day


@pytest.mark.parametrize("damage", ["{", "[]", '{"date": "2020-01-01", "artists": []}', '{"schema": 99}'])
def test_nothing_is_taken_over_if_one_file_is_unusable(own: DataFolder, remote: DataFolder, damage: str) -> None:
    """Every such file is named at once; a day that is left out unnoticed would be lost."""
    remote.save(half("spotify", "instagram", hour=2))
    bad = [remote.file_of(NEXT), remote.file_of(NEXT + dt.timedelta(days=1))]
    for path in bad:
        path.write_text(damage, "utf-8")
    with pytest.raises(StorageError) as raised:
        merge_into(own, remote.path)
    assert all(str(path) in raised.value.message for path in bad)
    assert not own.path.exists()


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_a_place_without_a_day_is_an_error(own: DataFolder, tmp_path: Path, place: str) -> None:
    (tmp_path / "empty" / "historical").mkdir(parents=True)
    with pytest.raises(NoSnapshot) as raised:
        days_in(tmp_path / place, own)
    assert "historical/YYYY-MM-DD.json" in raised.value.advice


@pytest.mark.parametrize("part", ["", "historical"])
def test_the_own_record_is_not_merged_with_itself(own: DataFolder, part: str) -> None:
    own.save(half("spotify", "instagram", hour=2))
    with pytest.raises(UsageError, match="own record"):
        merge_into(own, own.path / part)


def test_a_day_that_measured_nothing_is_not_taken_over(own: DataFolder, remote: DataFolder) -> None:
    remote.save(half("spotify", "instagram", hour=2))
    remote.file_of(DAY).write_text(
        dump(snapshot(artist(spotify={"followers": None}), flags=[flag("*", "spotify")])), "utf-8"
    )
    assert merge_into(own, remote.path).same == (DAY,)
    assert not own.file_of(DAY).exists()


def test_an_old_layout_day_stays_as_it_is_where_the_other_adds_nothing(own: DataFolder, remote: DataFolder) -> None:
    """What is interpreted for the comparison must not be written: the record is not rewritten."""
    raw = dump(old(artist(spotify={"followers": 5}, youtube={"subscribers": 0}))).replace("  ", "\t")
    for folder in (own, remote):
        folder.history.mkdir(parents=True)
        folder.file_of(DAY).write_text(raw, "utf-8")
    assert merge_into(own, remote.path).same == (DAY,)
    assert own.file_of(DAY).read_text("utf-8") == raw


def test_false_zeros_of_an_old_layout_day_beat_no_number(own: DataFolder, remote: DataFolder) -> None:
    own.save(snapshot(artist(spotify={"followers": 5}), artist("Ben", spotify={"followers": 1})))
    remote.history.mkdir(parents=True)
    remote.file_of(DAY).write_text(
        dump(
            old(artist(spotify={"followers": 0}, youtube={"subscribers": 7}), artist("Ben", spotify={"followers": 1}))
        ),
        "utf-8",
    )
    merge_into(own, remote.path)
    ana, ben = own.read(DAY).artists
    assert (ana.sections["spotify"], ana.sections["youtube"]) == ({"followers": 5}, {"subscribers": 7})
    assert ben.sections["spotify"] == {"followers": 1}


def test_two_old_layout_days_become_one_that_needs_no_interpreting(own: DataFolder, remote: DataFolder) -> None:
    zero: dict[str, Any] = {"spotify": {"followers": 0}}
    for folder, numbers in ((own, zero), (remote, {"youtube": {"subscribers": 7}})):
        folder.history.mkdir(parents=True)
        folder.file_of(DAY).write_text(dump(old(artist(**numbers))), "utf-8")
    merge_into(own, remote.path)
    day = own.read(DAY)
    assert (day.schema_version, day.artists[0].sections["youtube"]) == (2, {"subscribers": 7})
    assert day.artists[0].sections["spotify"] == {"followers": None}


def write_old_folder(folder: DataFolder, *days: Snapshot, table: str = "") -> dict[dt.date, str]:
    """An old data folder, written by another hand: tabs, escapes, no final newline."""
    folder.history.mkdir(parents=True, exist_ok=True)
    texts = {day.date: json.dumps(json.loads(dump(day)), indent="\t") for day in days}
    for date, text in texts.items():
        folder.file_of(date).write_text(text, "utf-8")
    if table:
        folder.table_file.write_text(table, "utf-8")
    return texts


def import_into(own: DataFolder, remote: DataFolder, *, replace: bool = False) -> Import:
    plan = plan_import(own, remote.path, replace=replace)
    carry_out(own, plan, replace=replace)
    return plan


def test_an_old_record_is_imported_byte_for_byte_and_twice_changes_nothing(own: DataFolder, remote: DataFolder) -> None:
    table = "artist_name,date,followers\nÜnï,2026-03-14,5\nServer,2026-03-14,64\n"
    texts = write_old_folder(
        remote, old(artist("Ünï", spotify={"followers": 5})), old(artist("Ünï"), day=NEXT), table=table
    )
    import_into(own, remote)
    assert {day: own.file_of(day).read_text("utf-8") for day in own.days()} == texts
    assert own.latest_file.read_text("utf-8") == texts[NEXT]
    assert own.table_file.read_text("utf-8").splitlines()[1:] == ["Ünï,2026-03-14,,5,,,,,,", "Ünï,2026-03-15,,,,,,,,"]
    kept = own.path / "popularity_scores.unmatched.csv"
    assert kept.read_text("utf-8") == "artist_name,date,followers\nServer,2026-03-14,64\n"
    before = content(own)
    again = import_into(own, remote)
    assert (again.new, again.same, content(own)) == ((), (DAY, NEXT), before)


def test_a_day_of_ours_is_replaced_only_when_asked(own: DataFolder, remote: DataFolder) -> None:
    own.save(snapshot(artist(spotify={"followers": 9})))
    texts = write_old_folder(
        remote, old(artist(spotify={"followers": 5})), table="artist_name,date,followers\nAna,2026-03-14,5\n"
    )
    before = own.file_of(DAY).read_bytes()
    plan = import_into(own, remote)
    assert [day_file.day.date for day_file in plan.differing] == [DAY]
    assert own.file_of(DAY).read_bytes() == before
    assert [leftover.row for leftover in plan.leftover] == [("Ana", "2026-03-14", "5")], (
        "ours has other numbers: it is not lost"
    )
    assert import_into(own, remote, replace=True).leftover == ()
    assert own.file_of(DAY).read_text("utf-8") == texts[DAY]
    assert own.table_file.read_text("utf-8").splitlines()[1:] == ["Ana,2026-03-14,,5,,,,,,"]


def test_an_import_into_newer_days_leaves_the_newest_the_latest(own: DataFolder, remote: DataFolder) -> None:
    own.save(snapshot(artist(spotify={"followers": 9}), day=NEXT))
    write_old_folder(remote, old(artist(spotify={"followers": 5})))
    import_into(own, remote)
    assert own.latest_file.read_bytes() == own.file_of(NEXT).read_bytes()
    assert [line.split(",")[1] for line in own.table_file.read_text().splitlines()[1:]] == [str(DAY), str(NEXT)]


def test_a_crash_between_the_days_and_the_csv_is_healed_by_the_next_import(own: DataFolder, remote: DataFolder) -> None:
    write_old_folder(
        remote, *(old(artist(spotify={"followers": 5}), day=DAY + dt.timedelta(days=number)) for number in range(3))
    )
    import_into(own, remote)
    whole = content(own)
    own.file_of(NEXT).unlink()
    own.table_file.unlink()
    own.latest_file.unlink()
    import_into(own, remote)
    assert content(own) == whole


def test_the_labels_real_history_is_imported_whole(own: DataFolder, shared: Path) -> None:
    """182 days; of the CSV 65 rows of a server, one of an artist who had left, and runs that the day does not hold."""
    legacy = DataFolder(shared / "legacy-history", SERIES)
    plan = import_into(own, legacy)
    assert len(plan.new) == 182
    assert all(own.file_of(day).read_bytes() == legacy.file_of(day).read_bytes() for day in legacy.days())
    names = [leftover.artist for leftover in plan.leftover if leftover.why is Why.NO_ARTIST]
    assert (len(names), names.count("Discord Server"), names.count("pax")) == (66, 65, 1)
    assert {leftover.day for leftover in plan.leftover if leftover.why is Why.ONLY_ZEROS} == {
        *("2025-08-30", "2025-10-19", "2025-10-20", "2025-10-21", "2025-10-22")
    }
    assert len(plan.table.rows) == 901
    before = content(own)
    assert import_into(own, legacy).new == ()
    assert content(own) == before
