"""Test the export: what is read back is what the record says, and no existing file is lost."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.core.roster import Artist
from casa24.errors import UnknownName, UsageError
from casa24.record import export as export_module
from casa24.record.amendments import FILE_NAME, Action, Amendment, add_lines
from casa24.record.data_folder import DataFolder, dump
from casa24.record.export import Row, export
from casa24.record.history import History
from casa24.sources import registry
from casa24.text.escape import safe_cell
from tests.making import DAY, SERIES, artist, flag, snapshot, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.snapshot import Snapshot

LABEL_SERIES = [series for source in registry.load().label_sources for series in source.series()]
ENDINGS = [".csv", ".jsonl", ".sqlite", ".parquet"]


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def put(folder: DataFolder, *days: Snapshot) -> None:
    folder.history.mkdir(parents=True, exist_ok=True)
    for day in days:
        folder.file_of(day.date).write_bytes(dump(day).encode("utf-8", "backslashreplace"))


def history(folder: DataFolder, artists: tuple[Artist, ...] = (), **more: Any) -> History:
    return History(folder, artists, label_series=LABEL_SERIES, **more)


def read(path: Path) -> list[tuple[Any, ...]]:
    """The rows of a file, whatever its format: dates as texts, missing values as None."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert tuple(head) == Row._fields
        return [(*row[:4], *(int(cell) if cell else None for cell in row[4:7]), row[7]) for row in rows]
    if path.suffix == ".jsonl":
        return [tuple(json.loads(line).values()) for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as base:
            return base.execute("SELECT * FROM readings ORDER BY rowid").fetchall()
    return [(str(row[0]), *row[1:]) for row in duckdb.read_parquet(str(path)).fetchall()]


def expected(record: History) -> list[tuple[Any, ...]]:
    """Return the rows that the record's series give, day by day."""
    rows = [
        (
            *(str(point.date), series.artist or "", series.item.source, series.item.field),
            *(point.reading.value, point.reading.low, point.reading.high, point.reading.state.value),
        )
        for series in record.every_series()
        for point in series.points
        if not point.reading.state.silent
    ]
    return sorted(rows, key=lambda row: row[:4])


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Ana, rounded, missing and measured; Ben, who left; the label's server."""
    folder = DataFolder(tmp_path / "data", SERIES)
    rounded = flag("Ana", "spotify", "followers", "rounded", low=1150, high=1249)
    put(
        folder,
        snapshot(
            artist("Ana", spotify={"followers": 1200}),
            artist("Ben", spotify={"followers": 2}),
            day=ago(2),
            flags=[rounded],
        ),
        snapshot(artist("Ana", spotify={"followers": None}), day=ago(1), flags=[flag("Ana", "spotify", "followers")]),
        snapshot(
            artist("Ana", spotify={"followers": 0}), day=ago(0), discord={"member_count": 7, "online_count": None}
        ),
    )
    return folder


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_format_has_one_row_for_each_number_and_day_with_its_state(
    folder: DataFolder, tmp_path: Path, ending: str
) -> None:
    done = export(history(folder), tmp_path / f"out{ending}")
    assert read(tmp_path / f"out{ending}") == [
        (f"{ago(2)}", "Ana", "spotify", "followers", 1200, 1150, 1249, "rounded"),
        (f"{ago(2)}", "Ben", "spotify", "followers", 2, 2, 2, "measured"),
        (f"{ago(1)}", "Ana", "spotify", "followers", None, None, None, "failed"),
        (f"{ago(0)}", "Ana", "spotify", "followers", 0, 0, 0, "measured"),
        (f"{ago(0)}", "", "discord", "member_count", 7, 7, 7, "measured"),
    ]
    assert (done.rows, done.artists, done.first, done.last) == (5, 2, ago(2), ago(0))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(days=st.lists(snapshots(), min_size=1, max_size=3), ending=st.sampled_from(ENDINGS))
def test_any_record_comes_back_as_its_series_say(
    tmp_path_factory: pytest.TempPathFactory, days: list[Snapshot], ending: str
) -> None:
    place = tmp_path_factory.mktemp("label")
    folder = DataFolder(place / "data", SERIES)
    put(folder, *(day.model_copy(update={"date": ago(number)}) for number, day in enumerate(days)))
    export(history(folder), place / f"out{ending}")
    wanted = expected(history(folder))
    if ending == ".csv":
        wanted = sorted(((row[0], safe_cell(row[1]), *row[2:]) for row in wanted), key=lambda row: row[:4])
    assert sorted(read(place / f"out{ending}"), key=lambda row: row[:4]) == wanted


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_labels_six_months_come_back(shared: Path, tmp_path: Path, ending: str) -> None:
    record = history(DataFolder(shared / "legacy-history", SERIES))
    export(record, tmp_path / f"out{ending}")
    assert sorted(read(tmp_path / f"out{ending}"), key=lambda row: row[:4]) == expected(record)


def test_an_export_of_one_artist_has_only_that_artists_rows(folder: DataFolder, tmp_path: Path) -> None:
    export(history(folder), tmp_path / "ben.csv", "ben")
    assert [row[1] for row in read(tmp_path / "ben.csv")] == ["Ben"]
    with pytest.raises(UnknownName):
        export(history(folder), tmp_path / "zoe.csv", "Zoe")
    assert not (tmp_path / "zoe.csv").exists()


def test_an_artist_of_two_names_is_one_artist(folder: DataFolder, tmp_path: Path) -> None:
    known = (Artist("Anita", aliases=("Ana",)),)
    export(history(folder, known), tmp_path / "out.csv", "ana")
    assert {row[1] for row in read(tmp_path / "out.csv")} == {"Anita"}


def test_an_export_of_a_span_has_only_its_days(folder: DataFolder, tmp_path: Path) -> None:
    export(history(folder), tmp_path / "out.csv", span=(ago(1), ago(1)))
    assert {row[0] for row in read(tmp_path / "out.csv")} == {str(ago(1))}


def test_amended_values_are_exported_as_suspect_and_raw_ones_are_not(folder: DataFolder, tmp_path: Path) -> None:
    add_lines(folder.path / FILE_NAME, [Amendment(ago(0), ago(0), "Ana", "*", Action.SUSPECT, "x")])
    for raw, state in ((False, "suspect"), (True, "measured")):
        export(history(folder, raw=raw), tmp_path / f"{raw}.csv")
        assert next(row[7] for row in read(tmp_path / f"{raw}.csv") if row[0] == str(ago(0))) == state


def test_a_name_no_spreadsheet_may_run_is_only_a_name(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", SERIES)
    put(folder, snapshot(artist("=SUM(A1)", spotify={"followers": 1}), day=ago(0)))
    export(history(folder), tmp_path / "out.csv")
    assert read(tmp_path / "out.csv")[0][1] == "'=SUM(A1)"
    export(history(folder), tmp_path / "out.jsonl")
    assert read(tmp_path / "out.jsonl")[0][1] == "=SUM(A1)"


# --- no existing file is lost


def test_a_file_that_is_there_is_left_unless_it_may_be_replaced(folder: DataFolder, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="is there already"):
        export(history(folder), target)
    assert target.read_text("utf-8") == "mine"
    export(history(folder), target, replace=True)
    assert len(read(target)) == 5
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        export(history(folder), tmp_path / "folder.csv", replace=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_goes_wrong_in_the_middle_leaves_the_old_file_whole(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    target = tmp_path / f"out{ending}"
    target.write_text("mine", "utf-8")
    whole = export_module.rows_of

    def breaking(*arguments: Any) -> Any:
        yield next(whole(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(export_module, "rows_of", breaking)
    with pytest.raises(KeyboardInterrupt):
        export(history(folder), target, replace=True)
    assert target.read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir() if "tmp" in path.suffix] == []


def test_an_unknown_ending_is_an_error_that_names_the_known_ones(folder: DataFolder, tmp_path: Path) -> None:
    for name in ("out", "out.xlsx"):
        with pytest.raises(UsageError, match="has no ending casa24 writes") as caught:
            export(history(folder), tmp_path / name)
        assert ".parquet" in caught.value.advice


def test_without_duckdb_parquet_says_what_to_install(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match="not installed") as caught:
        export(history(folder), tmp_path / "out.parquet")
    assert 'pip install "casa24[analytics]"' in caught.value.advice
    assert list(tmp_path.glob("*.parquet")) == []


def test_the_command_says_what_is_in_the_file(folder: DataFolder, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    command = ["data", "export", str(target), "--data-dir", str(folder.path)]
    done = CliRunner().invoke(app, [*command, "--since", str(ago(1)), "--until", str(ago(0))])
    assert (done.exit_code, done.stderr) == (0, f"{target}: 3 rows, 1 artist, {ago(1)} … {ago(0)}.\n")
    again = CliRunner().invoke(app, command)
    assert (again.exit_code, "add --replace" in again.stderr) == (2, True)
    assert CliRunner().invoke(app, [*command, "--replace", "--raw", "--artist", "Ana"]).exit_code == 0
