"""`week` as a person types it: which week, how much of it was recorded, and nothing twice."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.record.amendments import FILE_NAME, Action, Amendment, add_lines
from casa24.record.data_folder import DataFolder, dump
from tests.making import SERIES, artist, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# A Wednesday.
FIRST = dt.date(2026, 3, 11)


def week(*arguments: str) -> tuple[int, str]:
    """The exit code, and what is said, on one line."""
    done = CliRunner().invoke(app, ["week", *arguments])
    return done.exit_code, " ".join(f"{done.stdout} {done.stderr}".split())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(here: Path, days: Iterable[int]) -> None:
    data = DataFolder(here / "data", SERIES)
    data.history.mkdir(parents=True)
    for place in days:
        day = FIRST + dt.timedelta(days=place)
        data.file_of(day).write_text(dump(snapshot(artist("Ana", spotify={"followers": 5 + place}), day=day)), "utf-8")


@pytest.mark.parametrize("amended", [False, True])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2025-W43", "Recorded on 5 of 7 days; 20 and 21 Oct repeat the day before: `casa24 data check`."),
        ("2025-W41", "Recorded on 7 of 7 days. "),
        ("2025-W25", "Recorded on 6 of 7 days; 22 Jun repeats the day before: `casa24 data check`."),
    ],
)
def test_days_that_repeat_the_day_before_are_not_counted_as_recorded(
    shared: Path, here: Path, name: str, said: str, amended: bool
) -> None:
    shutil.copytree(shared / "legacy-history", here / "data")
    if amended:
        assert CliRunner().invoke(app, ["data", "check", "--amend", "--yes"]).exit_code in {0, 1}
    assert said in week("--week", name)[1]


def test_copied_days_their_owner_kept_are_days_like_any_other(shared: Path, here: Path) -> None:
    shutil.copytree(shared / "legacy-history", here / "data")
    kept = Amendment(dt.date(2025, 10, 21), None, "*", "*", Action.KEEP)
    add_lines(here / "data" / FILE_NAME, [kept])
    assert "Recorded on 6 of 7 days; 20 Oct repeats the day before" in week("--week", "2025-W43")[1]


def test_the_labels_october_wave_stands_there_once(shared: Path, here: Path) -> None:
    shutil.copytree(shared / "legacy-history", here / "data")
    _, told = week("--week", "2025-W42")
    assert "Casa 24, Spotify · Followers: 523 (+180 since it rose at once" in told
    assert "Casa 24 +180" not in told
    assert "23 Oct 2025, Spotify · Monthly listeners: Casa 24 -455" in week("--week", "2025-W43")[1]
    shown = CliRunner().invoke(app, ["week", "--week", "2025-W42", "--format", "json"]).stdout
    assert len(json.loads(shown)["movements"]) == 2


def test_no_week_is_not_the_last_one(here: Path) -> None:
    put(here, range(14))
    code, said = week("--week", "")
    assert (code, said.endswith("Error: '' is no week. → Write it like 2025-W42.")) == (2, True)


@pytest.mark.parametrize("name", ["2026-W10", "2026-W13", "2020-W01"])
def test_a_week_outside_the_record_is_answered_with_what_it_spans(here: Path, name: str) -> None:
    put(here, range(9))
    code, said = week("--week", name)
    assert code == 0
    assert "Nothing was recorded in this week. The record spans 11 Mar 2026 … 19 Mar 2026." in said


@pytest.mark.parametrize(("days", "name"), [(1, "2026-W11"), (4, "2026-W11"), (5, "2026-W11"), (6, "2026-W11")])
def test_a_record_without_a_whole_week_shows_the_days_it_has(here: Path, days: int, name: str) -> None:
    put(here, range(days))
    _, said = week()
    assert name in said
    assert f"Recorded on {min(days, 5)} of 7 days." in said


def test_without_copies_it_says_only_how_many_days_were_recorded(here: Path) -> None:
    put(here, range(5))
    assert "repeat" not in week()[1]
