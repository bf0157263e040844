"""`casa24 collect` where the disk says no: full, taken by another run, without rights, something else in the place."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casa24.record.data_folder import DataFolder
from casa24.record.files import hold
from tests.internet import Internet, casa24
from tests.launching import FEW_RIGHTS, casa24_after, clock, little_space
from tests.making import DAY, SERIES, artist, snapshot

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    import httpx

LATER_THAT_DAY = clock(f"{DAY} 20:00:00")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and permissions of a process are POSIX")


@pytest.fixture
def data(label: Path) -> DataFolder:
    """The label's folder with a day recorded long ago."""
    folder = DataFolder(label / "data", SERIES)
    folder.save(snapshot(artist(spotify={"followers": 5})))
    return folder


def content(folder: DataFolder) -> dict[str, bytes]:
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def kept(env: dict[str, str]) -> list[Path]:
    """The files in the temporary folder that hold what could not be stored."""
    return sorted(Path(env["TMPDIR"]).glob("casa24-kept-*/*"))


def assert_told(done: subprocess.CompletedProcess[str], words: str) -> None:
    """An error with these words and an advice, and nothing a user cannot read."""
    assert done.returncode == 1, done.stderr
    assert words in " ".join(done.stderr.split())
    assert "\n  → " in done.stderr
    assert "Traceback" not in done.stderr


def assert_table(done: subprocess.CompletedProcess[str]) -> None:
    """The day's numbers are printed, and nothing is said of files."""
    assert "Casa 24 (demo)                4         555" in done.stdout
    assert "Written" not in done.stdout
    assert "no file was written" not in done.stdout


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """These permissions, for a while."""
    before = stat.S_IMODE(path.stat().st_mode)
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


@pytest.mark.parametrize(("size", "words"), [(0, "The lock for"), (2000, "could not be written (File too large).")])
def test_a_disk_too_full_for_the_day_still_gives_the_table(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str], size: int, words: str
) -> None:
    """With 0 there is not even a temporary folder one can write to, and so no lock."""
    before = content(data)
    done = casa24_after(little_space(size), "collect", env=env, cwd=label)
    assert_told(done, words)
    assert_told(done, "Nor could this run's readings be kept elsewhere: ")
    assert_table(done)
    assert content(data) == before
    assert kept(env) == []
    assert list(Path(env["TMPDIR"]).glob("casa24-kept-*")) == []


def test_where_nothing_could_be_stored_json_is_json_and_says_so(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    done = casa24_after(little_space(2000), "collect", "--format", "json", env=env, cwd=label)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["written"], answer["measured"]) == (1, [], True)
    assert answer["day"]["artists"][0]["name"] == "Casa 24 (demo)"


def test_a_disk_too_full_for_the_csv_alone_keeps_the_day_and_the_next_run_heals(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    for number in range(3):
        many = [artist(f"Artist {place}", spotify={"followers": place}) for place in range(400)]
        data.save(snapshot(*many, day=DAY + dt.timedelta(days=number)))
    before = content(data)
    size = len(before["popularity_scores.csv"]) - 1
    done = casa24_after(little_space(size), "collect", env=env, cwd=label)
    assert_told(done, "popularity_scores.csv could not be written (File too large).")
    assert_table(done)
    after = content(data)
    (added,) = after.keys() - before.keys()
    assert {name: after[name] for name in before} == before
    assert [path.read_bytes() for path in kept(env)] == [after[added]]
    assert casa24("collect", env=env, cwd=label).returncode == 0
    assert content(data)["latest.json"] == after[added]
    assert not data.rebuild_table().changed


def test_what_could_not_be_stored_is_kept_and_the_advice_brings_it_back(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    """The right to write is taken away while the platforms are asked."""
    before = content(data)

    def take_away(_request: httpx.Request) -> None:
        data.history.chmod(0o555)

    world.play = take_away
    done = casa24_after(FEW_RIGHTS, "collect", env=env, cwd=label)
    data.history.chmod(0o755)
    (file,) = kept(env)
    assert_told(
        done, f"This run's readings are kept in {file}: once data can be written to, run `casa24 data merge {file}`"
    )
    assert_table(done)
    assert content(data) == before
    assert casa24("data", "merge", str(file), env=env, cwd=label).returncode == 0
    day = data.days()[-1].isoformat()
    assert file.name == f"{day}.json"
    assert f"PYRO (demo),{day},11,798,932,92,5727,12,948,9" in data.table_file.read_text("utf-8").splitlines()


def test_where_another_run_holds_the_folder_too_long_the_readings_are_kept(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", env["TMPDIR"])
    before = content(data)
    with hold(data.path):
        done = casa24("collect", env=env, cwd=label)
    assert_told(done, "Another casa24 is writing to")
    assert_table(done)
    assert content(data) == before
    assert [json.loads(path.read_text("utf-8"))["discord"]["member_count"] for path in kept(env)] == [64]


def test_a_save_that_worked_keeps_nothing_elsewhere(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    assert casa24("collect", env=env, cwd=label).returncode == 0
    assert kept(env) == []


@pytest.mark.parametrize("name", ["data", "data/historical"])
def test_a_file_where_a_folder_should_be_is_said_before_anybody_is_asked(
    world: Internet, label: Path, env: dict[str, str], name: str
) -> None:
    (label / name).parent.mkdir(exist_ok=True)
    (label / name).write_text("a file", "utf-8")
    done = casa24("collect", env=env, cwd=label)
    assert_told(done, f"{name} is no folder one may write to.")
    assert world.seen == []
    assert (label / name).read_text("utf-8") == "a file"


@pytest.mark.parametrize(
    ("name", "bits"),
    [("data", 0o555), ("data", 0o666), ("data", 0), ("data/historical", 0o555), ("data/historical", 0o333)],
)
def test_a_folder_one_may_not_write_to_is_said_before_anybody_is_asked(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str], name: str, bits: int
) -> None:
    before = content(data)
    with mode(label / name, bits):
        done = casa24_after(FEW_RIGHTS, "collect", env=env, cwd=label)
    assert_told(done, f"{name} is no folder one may write to.")
    assert world.seen == []
    assert content(data) == before


def test_a_folder_that_cannot_be_made_is_said_before_anybody_is_asked(
    world: Internet, label: Path, env: dict[str, str]
) -> None:
    with mode(label, 0o555):
        done = casa24_after(FEW_RIGHTS, "collect", env=env, cwd=label)
    assert_told(done, f"{label} is no folder one may write to.")
    assert world.seen == []


@pytest.mark.parametrize("name", [f"historical/{DAY}.json", "popularity_scores.csv", "latest.json"])
def test_a_file_one_may_not_read_is_not_taken_for_a_damaged_one(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str], name: str
) -> None:
    before = content(data)
    with mode(data.path / name, 0):
        done = casa24_after(FEW_RIGHTS + LATER_THAT_DAY, "collect", env=env, cwd=label)
    assert_told(done, f"{name} may not be read.")
    assert world.seen == []
    assert content(data) == before


def test_a_file_that_becomes_unreadable_during_the_run_is_not_taken_for_a_damaged_one_either(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    before = content(data)

    def hide(_request: httpx.Request) -> None:
        data.file_of(DAY).chmod(0)

    world.play = hide
    done = casa24_after(FEW_RIGHTS + LATER_THAT_DAY, "collect", env=env, cwd=label)
    data.file_of(DAY).chmod(0o644)
    assert_told(done, f"{DAY}.json may not be read.")
    assert_table(done)
    assert content(data) == before
    assert [path.name for path in kept(env)] == [f"{DAY}.json"]


def test_files_one_may_only_read_are_replaced_whole_and_stay_so(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    files = [data.file_of(DAY), data.table_file, data.latest_file]
    for file in files:
        file.chmod(0o444)
    done = casa24_after(FEW_RIGHTS + LATER_THAT_DAY, "collect", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    stored = data.read(DAY)
    assert stored.measurement("Ana", "spotify", "followers").value == 5
    assert stored.measurement("PYRO (demo)", "spotify", "followers").value == 798
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o444] * 3
    assert data.latest_file.read_bytes() == files[0].read_bytes()
    assert not data.rebuild_table().changed


def test_folders_in_place_of_files_are_set_aside_with_all_they_hold(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    files = [data.file_of(DAY), data.table_file, data.latest_file]
    for file in files:
        file.unlink()
        file.mkdir()
        (file / "inside").write_text("somebody's", "utf-8")
    done = casa24_after(LATER_THAT_DAY, "collect", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("was set aside as data/") == 3
    aside = [file.with_name(f"{file.stem}.old-1{file.suffix}") for file in files]
    assert [(folder / "inside").read_text("utf-8") for folder in aside] == ["somebody's"] * 3
    assert data.latest_file.read_bytes() == files[0].read_bytes()
    assert not data.rebuild_table().changed


def test_an_earlier_day_that_cannot_be_understood_does_not_cost_the_answer(
    world: Internet, label: Path, data: DataFolder, env: dict[str, str]
) -> None:
    newer = '{"date": "2026-03-14", "schema": 3, "artists": {"Ana": {}}}'
    data.file_of(DAY).write_text(newer, "utf-8")
    done = casa24_after(clock(f"{DAY + dt.timedelta(days=1)} 02:00:00"), "collect", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    assert "Casa 24 (demo)                4         555" in done.stdout
    assert data.file_of(DAY).read_text("utf-8") == newer
