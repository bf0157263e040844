"""`casa24 data import` as a new label uses it: into the right folder, and nothing of it is found fault with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.record.data_folder import DataFolder, dump
from tests.making import DAY, SERIES, artist, old

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def on_one_line(shown: str) -> str:
    return " ".join(shown.split())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["data", *arguments])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A label's folder without a record, entered."""
    (tmp_path / "label").mkdir()
    monkeypatch.chdir(tmp_path / "label")
    (tmp_path / "label" / "casa24.toml").write_text("", "utf-8")
    return tmp_path / "label"


@pytest.fixture
def legacy(tmp_path: Path) -> Path:
    """An old day with a zero that was no answer."""
    folder = DataFolder(tmp_path / "old", SERIES)
    folder.history.mkdir(parents=True)
    day = old(artist(spotify={"followers": 5}, youtube={"subscribers": 0}))
    folder.file_of(DAY).write_text(dump(day), "utf-8")
    return folder.path


def test_a_check_finds_no_fault_with_the_csv_an_import_wrote(here: Path, shared: Path) -> None:
    assert run("import", str(shared / "legacy-history")).exit_code == 0
    kinds = {finding["kind"] for finding in json.loads(run("check", "--format", "json").stdout)["findings"]}
    assert "copied_day" in kinds
    assert "table" not in kinds


def test_outside_a_labels_folder_nothing_is_imported_unless_the_target_is_named(
    legacy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    done = run("import", str(legacy))
    assert (done.exit_code, "no casa24.toml here or above" in done.stderr) == (2, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert run("import", str(legacy), "--data-dir", "here").exit_code == 0
    assert (tmp_path / "elsewhere" / "here" / "historical" / f"{DAY}.json").exists()


def test_an_import_says_which_folder_it_writes_to(here: Path, legacy: Path) -> None:
    answer = json.loads(run("import", str(legacy), "--dry-run", "--format", "json").stdout)
    assert answer["into"] == str(here / "data")
    assert f"The record: {here / 'data'}" in run("import", str(legacy)).stdout.replace("\n", "")


def test_rows_kept_aside_are_counted_as_the_file_holds_them(here: Path, legacy: Path) -> None:
    rows = "artist_name,date,followers\nZoe,2026-03-14,1\nZoe,2026-03-14,1\nZoe,2026-03-14,2\n"
    (legacy / "popularity_scores.csv").write_text(rows, "utf-8")
    shown = run("import", str(legacy)).stdout
    assert "3 of 3 rows of the CSV are in no snapshot" in shown
    assert "Repeats among them, which are kept once: 1." in on_one_line(shown)
    assert (here / "data" / "popularity_scores.unmatched.csv").read_text("utf-8").count("Zoe") == 2


def test_rows_kept_aside_by_a_part_of_the_record_go_when_the_rest_brings_their_day(here: Path, legacy: Path) -> None:
    """Of a whole day nothing is left aside, and no empty file either."""
    rows = "artist_name,date,popularity_score,followers\nAna,2026-03-14,,5\nZoe,2026-03-14,,1\n"
    (legacy / "popularity_scores.csv").write_text(rows, "utf-8")
    whole = (legacy / "historical" / f"{DAY}.json").rename(legacy / "later.json")
    foreign = old(artist("Ben", spotify={"followers": 2}), day=DAY.replace(day=1))
    (legacy / "historical" / f"{foreign.date}.json").write_text(dump(foreign), "utf-8")
    run("import", str(legacy))
    kept = here / "data" / "popularity_scores.unmatched.csv"
    assert kept.read_text("utf-8") == rows
    done = run("import", str(whole))
    assert "left out there now that a day holds them: 1" in on_one_line(done.stdout)
    assert kept.read_text("utf-8") == rows.replace("Ana,2026-03-14,,5\n", "")
    (legacy / "popularity_scores.csv").write_text("", "utf-8")
    kept.write_text("artist_name,date,popularity_score,followers\nAna,2026-03-14,,5\n", "utf-8")
    assert run("import", str(legacy)).exit_code == 0
    assert not kept.exists()
