"""Test removing one platform's values from old days, with a flag that says so."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.core.snapshot import State
from casa24.record import unmatched_rows
from casa24.record.archive import archive
from casa24.record.data_folder import DataFolder, dump
from casa24.record.history import History
from casa24.record.prune import prune
from casa24.record.workspace import today
from casa24.sources import registry
from tests.making import SERIES, artist, flag, old, snapshot
from tests.terminal import typing

if TYPE_CHECKING:
    from pathlib import Path

YOUTUBE = registry.load().find("youtube")
DISCORD = registry.load().find("discord")
LIMIT = today() - dt.timedelta(days=30)


def ago(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An old day, one a day too young, and one of the old collector's."""
    folder = DataFolder(tmp_path / "data", SERIES)
    for days in (31, 30, 400):
        ana = artist(
            "Ana",
            spotify={"followers": 5},
            youtube={"subscribers": 1200, "total_views": 0, "video_count": None, "top_videos": [{"title": "One"}]},
        )
        flags = [
            flag("Ana", "youtube", "subscribers", "rounded", low=1200, high=1209),
            flag("Ana", "youtube", "video_count"),
            flag("Ben", "youtube", "*", "no_account"),
        ]
        ben = artist("Ben", spotify={"followers": 6})
        folder.save(snapshot(ana, ben, day=ago(days), flags=flags, discord={"member_count": 60}))
    legacy = old(
        {"name": "Ana", "spotify": {"followers": 3}, "youtube": {"subscribers": 9, "total_views": 0}}, day=ago(500)
    )
    folder.file_of(legacy.date).write_text(dump(legacy), "utf-8")
    folder.rebuild_table()
    return folder


def everything(folder: DataFolder) -> dict[str, bytes]:
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def test_every_value_of_the_platform_is_gone_from_old_days_and_from_no_other(folder: DataFolder) -> None:
    young = folder.content(ago(30))
    done = prune(folder, YOUTUBE, LIMIT)
    assert done.days == (ago(500), ago(400), ago(31))
    section = folder.read(ago(31)).section("Ana", "youtube")
    assert section == {"subscribers": None, "total_views": None, "video_count": None, "top_videos": None}
    assert folder.read(ago(31)).section("Ana", "spotify") == {"followers": 5}
    assert folder.content(ago(30)) == young
    assert b"1200" not in folder.content(ago(31))


def test_a_flag_in_the_day_says_that_values_were_pruned(folder: DataFolder) -> None:
    prune(folder, YOUTUBE, LIMIT)
    for date in (ago(31), ago(500)):
        (day,) = History(folder).on(date)
        reading = day.measurement("Ana", "youtube", "total_views")
        assert (reading.value, reading.state, reading.code) == (None, State.SKIPPED, "pruned")
    (day,) = History(folder).on(ago(31))
    assert day.measurement("Ben", "youtube", "subscribers").state is State.NO_ACCOUNT
    shown = CliRunner().invoke(app, ["show", "--date", str(ago(31)), "--data-dir", str(folder.path)]).stdout
    assert "removed by the label, as the platform's terms may ask" in " ".join(shown.split())


def test_pruning_again_changes_nothing(folder: DataFolder) -> None:
    prune(folder, YOUTUBE, LIMIT)
    before = everything(folder)
    done = prune(folder, YOUTUBE, LIMIT)
    assert (done.days, done.written) == ((), ())
    assert everything(folder) == before


def test_the_csv_is_that_of_the_pruned_days(folder: DataFolder) -> None:
    prune(folder, YOUTUBE, LIMIT)
    text = folder.table_file.read_text("utf-8")
    assert f"Ana,{ago(31)},,5,,,,,," in text
    assert f"Ana,{ago(30)},,5,,1200,0,,," in text
    assert folder.rebuild_table().changed is False


def test_unmatched_rows_lose_the_values_too(folder: DataFolder) -> None:
    beside = folder.path / unmatched_rows.FILE_NAME
    beside.write_text(
        f"artist_name,date,popularity_score\nAna,{ago(90)},1,2,3,44,55,66\nAna,{ago(3)},1,2,3,44\n", "utf-8"
    )
    prune(folder, YOUTUBE, LIMIT)
    assert beside.read_text("utf-8").splitlines()[1:] == [f"Ana,{ago(90)},1,2,3,,,", f"Ana,{ago(3)},1,2,3,44"]


def test_packed_years_lose_the_values_too(folder: DataFolder) -> None:
    archive(folder, [ago(400), ago(500)])
    loose = folder.content(ago(400))
    assert b"1200" in loose
    prune(folder, YOUTUBE, LIMIT)
    fresh = DataFolder(folder.path, SERIES)
    assert b"1200" not in fresh.content(ago(400))
    assert fresh.read(ago(400)).section("Ana", "spotify") == {"followers": 5}
    assert ago(400) not in fresh.loose_days()


def test_the_newest_day_is_the_latest_again(folder: DataFolder) -> None:
    prune(folder, YOUTUBE, today() + dt.timedelta(days=1))
    assert folder.latest_file.read_bytes() == folder.content(ago(30))


def test_the_labels_own_platform_can_be_pruned(folder: DataFolder) -> None:
    prune(folder, DISCORD, LIMIT)
    (day,) = History(folder).on(ago(31))
    assert day.measurement(None, "discord", "member_count").code == "pruned"
    assert day.measurement("Ana", "spotify", "followers").value == 5


def test_a_day_that_cannot_be_read_is_named_and_left(folder: DataFolder) -> None:
    folder.file_of(ago(400)).write_text("{", "utf-8")
    done = prune(folder, YOUTUBE, LIMIT)
    assert done.damaged == (ago(400),)
    assert folder.file_of(ago(400)).read_text("utf-8") == "{"


# --- the command


def run(folder: DataFolder, *arguments: str) -> tuple[int, str]:
    command = [
        "data",
        "prune",
        "--source",
        "youtube",
        "--older-than",
        "30d",
        "--data-dir",
        str(folder.path),
        *arguments,
    ]
    done = CliRunner().invoke(app, command)
    return done.exit_code, done.stderr


def test_a_dry_run_says_what_would_be_removed_and_without_an_answer_nothing_is(folder: DataFolder) -> None:
    before = everything(folder)
    assert "would lose their YouTube values" in run(folder, "--dry-run")[1]
    code, output = run(folder)
    assert (code, "Add --yes" in output) == (2, True)
    assert everything(folder) == before


def test_values_are_removed_only_after_the_owner_says_yes(folder: DataFolder) -> None:
    before = everything(folder)
    command = ("data", "prune", "--source", "youtube", "--older-than", "30d", "--data-dir", str(folder.path))
    for answer, code in (("n", 1), ("y", 0)):
        with typing(*command, env=dict(os.environ), cwd=folder.path) as terminal:
            terminal.answer("gone for good. Go on?", answer)
            assert terminal.end() == code
        assert (everything(folder) == before) is (answer == "n")


def test_pruning_names_the_files_that_were_set_aside(folder: DataFolder) -> None:
    (folder.path / "popularity_scores.old-1.csv").write_text("x", "utf-8")
    code, output = run(folder, "--yes")
    assert (code, "popularity_scores.old-1.csv was set aside" in output) == (0, True)
    assert "git still holds" in output


def test_an_unknown_source_is_an_error(folder: DataFolder) -> None:
    done = CliRunner().invoke(app, ["data", "prune", "--source", "moon", "--older-than", "30d", "--yes"])
    assert (done.exit_code, "no source called 'moon'" in done.stderr) == (2, True)
