"""`casa24 data check` as its owner uses it: what is said, what is asked, what is written."""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.record.amendments import FILE_NAME, HEADER
from casa24.record.data_folder import DataFolder, dump
from tests.making import DAY, SERIES, artist, old, snapshot
from tests.terminal import typing

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

HEAD = ",".join(HEADER)
ODD = "[bold]\x1b[2J=1+1\nline"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["data", "check", *arguments])


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def put(folder: Path, followers: list[int], who: str = "Ana", **more: Any) -> None:
    """A day a number, oldest first."""
    data = DataFolder(folder / "data", SERIES)
    data.history.mkdir(parents=True, exist_ok=True)
    for place, count in enumerate(reversed(followers)):
        day = snapshot(artist(who, spotify={"followers": count}, **more), day=ago(place))
        data.file_of(day.date).write_text(dump(day), "utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A label with two runs of zeros nobody believes."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path, [*[9] * 5, 0, 0, 9, 9, 0])
    return tmp_path


def amendments(folder: Path) -> list[str]:
    path = folder / "data" / FILE_NAME
    return path.read_text("utf-8").splitlines() if path.exists() else []


def test_an_undecided_error_ends_with_1_and_says_how_to_decide(here: Path) -> None:
    done = run()
    assert done.exit_code == 1
    assert "Ana: Spotify · Followers: 0" in done.stdout
    assert "2 open, 3 to know. `casa24 data check --amend` asks" in done.stdout
    assert amendments(here) == []


def test_amending_all_that_is_certain_leaves_none_open_and_again_adds_nothing(here: Path) -> None:
    done = run("--amend", "--yes")
    assert (done.exit_code, "No open error" in done.stdout) == (0, True)
    assert f"{FILE_NAME}: 2 lines added." in done.stderr
    first, *lines = amendments(here)
    assert first == HEAD
    assert [line.split(",")[:5] for line in lines] == [
        [f"{ago(4)}", f"{ago(3)}", "Ana", "spotify.followers", "suspect"],
        [f"{ago(0)}", f"{ago(0)}", "Ana", "spotify.followers", "suspect"],
    ]
    again = run("--amend", "--yes")
    assert (again.exit_code, "Nothing to amend" in again.stderr) == (0, True)
    assert amendments(here) == [first, *lines]


def test_where_nobody_can_be_asked_nothing_is_written(here: Path) -> None:
    done = run("--amend")
    assert (done.exit_code, "Add --yes" in done.stderr) == (2, True)
    assert amendments(here) == []


def test_each_error_is_asked_about_and_the_answers_are_noted(here: Path) -> None:
    with typing("data", "check", "--amend", env=dict(os.environ), cwd=here) as terminal:
        terminal.answer("1 of 2: Ana", "x")
        terminal.answer("Please answer with a, k, l or all.", "k")
        terminal.answer("2 of 2: Ana", "a")
        assert terminal.end() == 0
    _, kept, amended = amendments(here)
    assert kept == f'{ago(4)},{ago(3)},Ana,spotify.followers,keep,"looked at, true"'
    assert amended.startswith(f"{ago(0)},{ago(0)},Ana,spotify.followers,suspect,")


def test_leaving_is_no_answer_and_all_is_for_the_rest(here: Path) -> None:
    with typing("data", "check", "--amend", env=dict(os.environ), cwd=here) as terminal:
        terminal.answer("1 of 2", "")
        terminal.answer("2 of 2", "all")
        assert terminal.end() == 1
    assert len(amendments(here)) == 2


def test_ctrl_c_while_it_asks_writes_nothing(here: Path) -> None:
    with typing("data", "check", "--amend", env=dict(os.environ), cwd=here) as terminal:
        terminal.answer("1 of 2", "a")
        terminal.wait_for("2 of 2")
        assert terminal.interrupt() == 130
    assert amendments(here) == []


def test_what_is_amended_is_shown_with_a_mark(here: Path) -> None:
    run("--amend", "--yes")
    shown = CliRunner().invoke(app, ["show"]).stdout
    assert "0 ?" in shown


def test_the_answer_is_there_for_programs_too(here: Path) -> None:
    found = json.loads(run("--format", "json").stdout)
    assert [(finding["level"], finding["kind"], finding["days"]) for finding in found["findings"]][:2] == [
        ("error", "false_zero", 2),
        ("error", "false_zero", 1),
    ]
    head, *rows = run("--format", "csv").stdout.splitlines()
    assert head == "level,kind,artist,metric,first,last,days,values,what,sure,decided,advice"
    assert len(rows) == len(found["findings"])
    assert "### To decide" in run("--format", "md").stdout


def test_since_leaves_out_what_was_over_before(here: Path) -> None:
    found = json.loads(run("--since", str(ago(1)), "--format", "json").stdout)
    assert [finding["first"] for finding in found["findings"] if finding["level"] == "error"] == [str(ago(0))]
    assert run("--since", "whenever").exit_code == 2


def test_a_record_that_is_not_there_is_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run()
    assert (done.exit_code, "0 days looked at" in done.stdout, "No open error" in done.stdout) == (0, True, True)


def test_a_name_from_outside_does_nothing_on_the_terminal_nor_in_the_amendments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, [*[9] * 5, 0], ODD)
    done = run("--amend", "--yes")
    assert "\x1b" not in done.stdout + done.stderr
    assert "[bold]\\x1b[2J=1+1" in done.stdout
    assert done.exit_code == 0
    assert run().exit_code == 0
    assert "\x1b" not in run("--format", "csv").stdout


def test_bad_files_of_every_kind_are_findings_never_a_traceback(here: Path) -> None:
    history = here / "data" / "historical"
    (history / f"{ago(20)}.json").mkdir()
    (history / f"{ago(21)}.json").symlink_to("/etc/hostname")
    (history / f"{ago(22)}.json").write_bytes(b"\x00" * 9)
    (history / "2999-01-01.json").write_text(dump(snapshot(artist("Ana"), day=dt.date(2999, 1, 1))), "utf-8")
    (history / "2020.zip").write_bytes(b"PK")
    (here / "data" / FILE_NAME).write_text("a,b\n\x1b[2J,,,,,\n", "utf-8")
    (here / "data" / "popularity_scores.csv").write_text('artist_name,date,x\n"open', "utf-8")
    done = run()
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "\x1b" not in done.stdout
    kinds = [finding["kind"] for finding in json.loads(run("--format", "json").stdout)["findings"]]
    assert (kinds.count("damaged_file"), kinds.count("amendments"), "future" in kinds) == (5, 2, True)


def test_old_zeros_that_are_kept_become_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = DataFolder(tmp_path / "data", SERIES)
    data.history.mkdir(parents=True)
    for place, count in enumerate([0, 7]):
        day = old({"name": "Ana", "instagram": {"followers": count}, "spotify": {"followers": 5}}, day=ago(place))
        data.file_of(day.date).write_text(dump(day), "utf-8")
    assert "no reading" in CliRunner().invoke(app, ["show"]).stdout
    (tmp_path / "data" / FILE_NAME).write_text(f"{HEAD}\n{ago(0)},,Ana,instagram.*,keep,true\n", "utf-8")
    assert run().exit_code == 0
    assert "no reading" not in CliRunner().invoke(app, ["show"]).stdout


def test_what_is_decided_is_no_longer_listed_as_to_decide(here: Path) -> None:
    assert "To decide" in run().stdout
    shown = run("--amend", "--yes").stdout
    assert "To decide" not in shown
    assert "Decided" in shown


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_days_behind_a_link_that_leads_out_of_the_folder_are_nobodys(here: Path, tmp_path: Path) -> None:
    """Whatever lies there would be packed, pruned and committed."""
    days = here / "data" / "historical"
    days.rename(here / "elsewhere")
    days.symlink_to(here / "elsewhere")
    done = run()
    assert done.exit_code == 1
    assert "is a link out of the data folder." in done.stderr


def test_yes_alone_is_no_answer_to_anything(here: Path) -> None:
    done = run("--yes")
    assert (done.exit_code, "--yes belongs to --amend." in done.stderr) == (2, True)


def test_an_empty_record_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    assert "Nothing is recorded yet." in run().stdout
