"""Test packing, moving and unpacking old days: nothing is lost, and everything is read as before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.errors import StorageError, UnreadableSnapshot, UsageError
from casa24.record import archive as archive_module
from casa24.record import files
from casa24.record.archive import archive, closed_years, restore
from casa24.record.data_folder import DataFolder, dump
from casa24.record.history import History
from casa24.record.importer import carry_out, plan_import
from casa24.record.year_archive import Archives
from tests.making import SERIES, artist, old, snapshot, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.snapshot import Snapshot

TODAY = dt.date(2026, 3, 14)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Days of three years, one of them in the old layout with its own way to write JSON."""
    folder = DataFolder(tmp_path / "data", SERIES)
    for number, day in enumerate([dt.date(2024, 5, 1), dt.date(2025, 1, 1), dt.date(2025, 12, 31), TODAY]):
        folder.save(snapshot(artist("Ana", spotify={"followers": number}), day=day))
    odd = old({"name": "Ana é", "spotify": {"followers": 3}}, day=dt.date(2024, 5, 2))
    folder.file_of(odd.date).write_bytes(dump(odd).replace("  ", "\t").encode() + b"\n\n")
    folder.rebuild_table()
    return folder


def everything(folder: DataFolder) -> dict[str, bytes]:
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def readings(folder: DataFolder) -> list[tuple[dt.date, int | None]]:
    series = History(folder).series("Ana", "spotify.followers")
    return [(point.date, point.reading.value) for point in series.points]


def pack_closed(folder: DataFolder) -> None:
    archive(folder, closed_years(folder, TODAY))


def test_closed_years_become_a_file_each_and_are_read_as_before(folder: DataFolder) -> None:
    days, before = folder.days(), readings(folder)
    packed = archive(folder, closed_years(folder, TODAY))
    assert [path.name for path in packed.files] == ["2024.zip", "2025.zip"]
    assert sorted(path.name for path in folder.history.iterdir()) == ["2024.zip", "2025.zip", f"{TODAY}.json"]
    assert (folder.days(), readings(folder)) == (days, before)


def test_what_is_unpacked_is_what_was_packed_byte_for_byte(folder: DataFolder) -> None:
    before = everything(folder)
    pack_closed(folder)
    assert restore(folder).kept == ()
    assert everything(folder) == before


def test_the_same_days_make_the_same_file_whenever_they_are_packed(folder: DataFolder) -> None:
    pack_closed(folder)
    first = (folder.history / "2025.zip").read_bytes()
    restore(folder)
    pack_closed(folder)
    assert (folder.history / "2025.zip").read_bytes() == first


def test_only_the_years_asked_for_are_unpacked(folder: DataFolder) -> None:
    pack_closed(folder)
    restore(folder, [2024])
    assert sorted(path.name for path in folder.history.iterdir() if path.suffix == ".zip") == ["2025.zip"]
    with pytest.raises(UsageError, match="2024"):
        restore(folder, [2024, 2025])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(day=snapshots(), ending=st.sampled_from([b"", b"\n", b" \n\n"]))
def test_any_day_is_unpacked_as_it_was_packed(
    tmp_path_factory: pytest.TempPathFactory, day: Snapshot, ending: bytes
) -> None:
    folder = DataFolder(tmp_path_factory.mktemp("label") / "data", SERIES)
    folder.history.mkdir(parents=True)
    for number in range(2):
        dated = day.model_copy(update={"date": dt.date(2025, 1, 1 + number)})
        folder.file_of(dated.date).write_bytes(dump(dated).encode("utf-8", "backslashreplace") + ending)
    before = everything(folder)
    archive(folder, folder.days())
    assert folder.read(dt.date(2025, 1, 1)).date == dt.date(2025, 1, 1)
    restore(folder)
    assert everything(folder) == before


def test_an_open_year_grows_by_what_is_older_than_a_span(folder: DataFolder) -> None:
    span = dt.timedelta(days=90)
    archive(folder, closed_years(folder, dt.date(2026, 3, 1), span))
    assert folder.loose_days() == [dt.date(2025, 12, 31), TODAY]
    archive(folder, closed_years(folder, dt.date(2026, 5, 1), span))
    assert folder.loose_days() == [TODAY]
    assert folder.archives.members(folder.history / "2025.zip").keys() == {dt.date(2025, 1, 1), dt.date(2025, 12, 31)}


def test_the_newest_day_stays_a_file_of_its_own(folder: DataFolder) -> None:
    archive(folder, closed_years(folder, dt.date(2030, 1, 1)))
    assert folder.loose_days() == [TODAY]


def test_a_day_that_cannot_be_read_is_left_for_its_owner_to_see(folder: DataFolder) -> None:
    bad = folder.file_of(dt.date(2025, 1, 1))
    bad.write_text("{", "utf-8")
    done = archive(folder, closed_years(folder, TODAY))
    assert done.damaged == (dt.date(2025, 1, 1),)
    assert bad.read_text("utf-8") == "{"


def test_a_day_collected_again_after_it_was_packed_is_the_newer_one(folder: DataFolder) -> None:
    day = dt.date(2025, 1, 1)
    pack_closed(folder)
    folder.save(
        snapshot(artist("Ana", spotify={"followers": 9}), artist("Ben", spotify={"followers": 7}), day=day, hour=9)
    )
    assert {record.name for record in folder.read(day).artists} == {"Ana", "Ben"}
    assert restore(folder).kept == (day,)
    assert {record.name for record in folder.read(day).artists} == {"Ana", "Ben"}
    pack_closed(folder)
    assert {record.name for record in DataFolder(folder.path, SERIES).read(day).artists} == {"Ana", "Ben"}


class _Crash(BaseException):
    """The machine went off."""


@pytest.mark.parametrize("step", range(8))
def test_a_crash_at_any_step_loses_nothing_and_the_next_run_goes_on(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    before = {day: folder.content(day) for day in folder.days()}
    left = [step]

    def crashing(whole: object) -> object:
        def call(*arguments: object, **more: object) -> object:
            if not left[0]:
                raise _Crash
            left[0] -= 1
            return whole(*arguments, **more)  # type: ignore[operator]

        return call

    monkeypatch.setattr(archive_module, "_pack_year", crashing(archive_module._pack_year))  # noqa: SLF001 - the steps
    monkeypatch.setattr(archive_module, "_remove", crashing(archive_module._remove))  # noqa: SLF001
    try:
        pack_closed(folder)
    except _Crash:
        pass
    else:
        assert step >= 6
    monkeypatch.undo()
    fresh = DataFolder(folder.path, SERIES)
    assert {day: fresh.content(day) for day in fresh.days()} == before
    pack_closed(fresh)
    assert DataFolder(folder.path, SERIES).loose_days() == [TODAY]
    assert {day: fresh.content(day) for day in fresh.days()} == before


def test_a_file_that_cannot_be_written_whole_leaves_the_days_where_they_are(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_sync", full)
    days = folder.loose_days()
    with pytest.raises(StorageError, match="No space left"):
        pack_closed(folder)
    assert folder.loose_days() == days
    assert [path.name for path in folder.history.iterdir() if path.suffix != ".json"] == []


# --- elsewhere


def test_what_is_moved_to_another_folder_comes_back_byte_for_byte(folder: DataFolder, tmp_path: Path) -> None:
    before = everything(folder)
    archive(folder, closed_years(folder, TODAY), tmp_path / "cellar")
    assert folder.days() == [TODAY]
    assert sorted(path.name for path in (tmp_path / "cellar").iterdir()) == ["2024.zip", "2025.zip"]
    carry_out(folder, plan_import(folder, tmp_path / "cellar"))
    assert {name: content for name, content in everything(folder).items() if name in before} == before


def test_another_folders_archive_keeps_what_it_held(folder: DataFolder, tmp_path: Path) -> None:
    cellar = tmp_path / "cellar"
    archive(folder, [dt.date(2025, 1, 1)], cellar)
    archive(folder, [dt.date(2025, 12, 31)], cellar)
    assert len(Archives(cellar).days()) == 2


def test_the_record_itself_is_no_other_folder(folder: DataFolder) -> None:
    for place in (folder.path, folder.history, folder.path / "deep" / "down"):
        with pytest.raises(UsageError, match="in the record itself"):
            archive(folder, folder.days(), place)


# --- damaged archives


def test_a_damaged_member_costs_its_day_and_no_other(folder: DataFolder) -> None:
    pack_closed(folder)
    path = folder.history / "2025.zip"
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    fresh = DataFolder(folder.path, SERIES)
    with pytest.raises(UnreadableSnapshot, match=r"2025-01-01 in .*2025\.zip is damaged"):
        fresh.read(dt.date(2025, 1, 1))
    assert fresh.read(dt.date(2025, 12, 31)).date == dt.date(2025, 12, 31)
    with pytest.raises(UnreadableSnapshot):
        restore(fresh)
    assert path.exists()


def test_an_archive_that_is_none_is_not_written_over(folder: DataFolder) -> None:
    (folder.history / "2024.zip").write_bytes(b"not a zip")
    assert dt.date(2024, 5, 1) in folder.days()
    with pytest.raises(UnreadableSnapshot, match=r"2024\.zip is no archive"):
        pack_closed(folder)
    assert (folder.history / "2024.zip").read_bytes() == b"not a zip"
    assert dt.date(2024, 5, 1) in folder.loose_days()


# --- the commands


def run(folder: DataFolder, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["data", "archive", *arguments, "--data-dir", str(folder.path)])
    return done.exit_code, done.stderr


def test_the_command_says_what_it_does_and_a_dry_run_does_nothing(folder: DataFolder) -> None:
    before = everything(folder)
    assert "4 days, 2024-05-01 … 2025-12-31: would be packed into" in run(folder, "--dry-run")[1]
    assert everything(folder) == before
    assert "4 days, 2024-05-01 … 2025-12-31: packed into" in run(folder)[1]
    assert run(folder) == (0, "Nothing to pack.\n")
    assert "unpacked, byte for byte" in run(folder, "--restore")[1]
    assert run(folder, "--restore") == (0, "Nothing is packed.\n")
    assert everything(folder) == before


def test_only_the_years_asked_for_are_packed(folder: DataFolder) -> None:
    before = everything(folder)
    code, output = run(folder, "1999")
    assert (code, "There is nothing to pack of 1999." in output, everything(folder) == before) == (2, True, True)
    assert "2024-05-01 and 2024-05-02: packed into" in run(folder, "2024")[1]
    assert (folder.history / "2024.zip").exists()
    assert not (folder.history / "2025.zip").exists()


def test_the_command_says_how_to_get_days_back_from_another_folder(folder: DataFolder, tmp_path: Path) -> None:
    assert f"casa24 data import {tmp_path / 'cellar'}" in run(folder, "--to", str(tmp_path / "cellar"))[1]


@pytest.mark.parametrize("span", ["90", "0d", "-3d", "3 months", ""])
def test_a_span_that_is_none_is_an_error(folder: DataFolder, span: str) -> None:
    code, output = run(folder, "--older-than", span)
    assert (code, "Write it like 90d" in output) == (2, True)
