"""What can be wrong with a label's folder, each trouble alone: casa24.toml, record, repository, workflow, version."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import os
from typing import TYPE_CHECKING

import pytest

from casa24 import config
from casa24.config import Artist, Config, Roster
from casa24.doctor import repository
from casa24.doctor.areas import Area
from casa24.errors import ConfigError
from casa24.findings import Level
from casa24.sources import registry
from casa24.sources.registry import Broken
from tests.doctor.healthy_folder import LOCAL, TODAY, WORKFLOW, Folder, ago, lay_down, night, unreachable
from tests.doctor.healthy_keys import NOW, Internet, fine, only_one, roster, wrong
from tests.making import flag
from tests.repositories import git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return lay_down(tmp_path, monkeypatch)


def test_a_healthy_folder_is_said_to_be_one(folder: Folder) -> None:
    assert fine(folder.examine()) == [
        "casa24.toml: 3 artists",
        "31 days recorded; the newest is 2026-11-22",
        f"The remote origin: {folder.path.parent / 'origin.git'}",
        "update-data.yml runs every day (02:30 UTC)",
        "update-data.yml may do what it has to",
        "The last commit with data: today",
        "casa24 0.1.0, the newest",
    ]


# casa24.toml


def test_a_mistake_in_casa24_toml_is_broken_and_the_rest_is_looked_at(folder: Folder) -> None:
    (folder.path / "casa24.toml").write_text('[[artists]]\nname = 5\n[label]\nname = ""\n', "utf-8")
    with pytest.raises(ConfigError) as trouble:
        Config(folder.path / "casa24.toml", {"artists": [{"name": 5}]}).resolve(registry.load())
    found = folder.examine(roster=None, trouble=trouble.value)
    line = only_one(found, Level.BROKEN)
    assert (line.area, line.what.startswith("casa24.toml: ")) == ("configuration", True)
    assert "the platforms are asked then" in line.advice
    assert {one.area for one in found.lines} == {area.value for area in LOCAL}


def test_a_casa24_toml_that_is_not_there_cannot_be_corrected(folder: Folder) -> None:
    with pytest.raises(ConfigError) as trouble:
        config.read(folder.path / "nowhere")
    line = only_one(folder.examine(Area.CONFIGURATION, roster=None, trouble=trouble.value), Level.BROKEN)
    assert (line.what, line.advice) == ("nowhere: there is no such file", "Give the path of a casa24.toml.")


def test_a_folder_in_place_of_casa24_toml_is_said_to_be_one(folder: Folder) -> None:
    with pytest.raises(ConfigError) as trouble:
        config.read(folder.path)
    line = only_one(folder.examine(Area.CONFIGURATION, roster=None, trouble=trouble.value), Level.BROKEN)
    assert (line.what, "this is a folder" in line.advice) == ("label: cannot be read: Is a directory", True)


def test_a_casa24_toml_one_may_not_read_wants_rights(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **_more: object) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    (folder.path / "casa24.toml").write_text("", "utf-8")
    monkeypatch.setattr(type(folder.path), "open", refuse)
    with pytest.raises(ConfigError) as trouble:
        config.read(folder.path / "casa24.toml")
    line = only_one(folder.examine(Area.CONFIGURATION, roster=None, trouble=trouble.value), Level.BROKEN)
    assert line.what == "casa24.toml: cannot be read: Permission denied"
    assert "`chmod u+r casa24.toml`" in line.advice


def test_a_key_nobody_knows_is_a_warning(folder: Folder) -> None:
    known = Config(None, {"artists": [{"name": "Ana", "tiktok_id": "a"}]}).resolve(registry.load())
    line = only_one(folder.examine(Area.CONFIGURATION, label=known), Level.WARNING)
    assert "tiktok_id" in line.what


@pytest.mark.parametrize("artists", [(), (Artist("Ana", {"spotify": "a"}, left=ago(3)),)])
def test_nobody_to_collect_is_a_warning(folder: Folder, artists: tuple[Artist, ...]) -> None:
    line = only_one(folder.examine(Area.CONFIGURATION, label=Roster(artists=artists)), Level.WARNING)
    assert "no artist to collect today" in line.what


def test_a_package_that_gives_no_source_is_named(folder: Folder) -> None:
    known = dataclasses.replace(registry.load(), broken=(Broken("moon", "casa24-moon", "ImportError: no rocket"),))
    (line,) = wrong(folder.examine(Area.CONFIGURATION, registry=known))
    assert (line.level, "moon of casa24-moon is left out" in line.what) == (Level.WARNING, True)


# The record


def test_a_record_one_may_not_write_to_is_broken(folder: Folder) -> None:
    for path in sorted(folder.data.path.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder.data.path.rmdir()
    folder.data.path.write_text("a file", "utf-8")
    line = only_one(folder.examine(Area.RECORD), Level.BROKEN)
    assert "no folder one may write to" in line.what


def test_an_empty_record_is_a_warning_that_says_how_to_begin(folder: Folder) -> None:
    line = only_one(folder.examine(Area.RECORD, data_dir=folder.path / "data2"), Level.WARNING)
    assert (line.what, line.advice) == ("Nothing is recorded in data2/ yet", "Run `casa24 collect`.")


@pytest.mark.parametrize(("hours", "level"), [(35, None), (37, Level.BROKEN), (24 * 9, Level.BROKEN)])
def test_a_nightly_record_that_stopped_is_broken_after_36_hours(
    folder: Folder, hours: int, level: Level | None
) -> None:
    newest = folder.data.read(TODAY).collected_at
    assert newest is not None
    found = folder.examine(Area.RECORD, now=newest + dt.timedelta(hours=hours))
    lines = [line for line in found.lines if "The newest day is" in line.what]
    assert [line.level for line in lines] == ([level] if level else [])


def test_a_record_collected_by_hand_may_be_two_days_old(folder: Folder) -> None:
    folder.workflow.unlink()
    assert fine(folder.examine(Area.RECORD, now=NOW + dt.timedelta(hours=40)))
    line = only_one(folder.examine(Area.RECORD, now=NOW + dt.timedelta(hours=50)), Level.WARNING)
    assert "it cannot be asked today" in line.advice


def test_days_that_are_missing_in_between_are_named(folder: Folder) -> None:
    for days in (3, 7):
        folder.data.file_of(ago(days)).unlink()
    line = only_one(folder.examine(Area.RECORD), Level.WARNING)
    assert line.what == "2 days of the last 30 are missing: 2026-11-15, 2026-11-19"


def test_a_damaged_day_is_named(folder: Folder) -> None:
    folder.data.file_of(ago(12)).write_text("{", "utf-8")
    line = only_one(folder.examine(Area.RECORD), Level.WARNING)
    assert line.what == "Damaged in data/historical: 2026-11-10.json"
    assert "git checkout" in line.advice


def test_a_day_of_a_newer_casa24_asks_for_an_update(folder: Folder) -> None:
    folder.data.file_of(ago(12)).write_text('{"schema": 99}', "utf-8")
    line = only_one(folder.examine(Area.RECORD), Level.WARNING)
    assert "newer casa24" in line.what


def test_a_platform_that_is_silent_for_three_days_is_broken(folder: Folder) -> None:
    for days in range(5):
        folder.data.file_of(ago(days)).unlink()
        silent = days < 3
        flags = [flag("*", "youtube", code="unauthorized")] if silent else []
        folder.data.save(night(days, flags=flags, youtube={"subscribers": None if silent else 5}))
    line = only_one(folder.examine(Area.RECORD), Level.BROKEN)
    assert line.what.startswith("YouTube: no number for 3 days: YouTube refused the credentials")


# The repository


def test_without_git_the_repository_is_not_looked_at(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder.path))
    line = only_one(folder.examine(Area.REPOSITORY), Level.WARNING)
    assert "git is not installed" in line.what


def test_a_folder_without_a_repository_has_its_record_here_only(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    line = only_one(folder.examine(Area.REPOSITORY, folder=tmp_path / "bare"), Level.WARNING)
    assert "No git repository" in line.what


def test_a_repository_without_a_remote_has_its_record_here_only(folder: Folder) -> None:
    git(folder.path, "remote", "remove", "origin")
    line = only_one(folder.examine(Area.REPOSITORY), Level.WARNING)
    assert "no remote" in line.what


def test_a_token_in_the_remotes_address_is_told_and_not_shown(folder: Folder) -> None:
    git(folder.path, "remote", "set-url", "origin", "https://ana:canary-token@github.com/ana/label.git")
    found = folder.examine(Area.REPOSITORY)
    line = only_one(found, Level.WARNING)
    assert "holds a password or token" in line.what
    assert "canary" not in found.model_dump_json()
    assert "https://github.com/ana/label.git" in line.advice


def test_no_branch_is_a_warning(folder: Folder) -> None:
    git(folder.path, "checkout", "-q", "--detach")
    assert "No branch is checked out" in only_one(folder.examine(Area.REPOSITORY), Level.WARNING).what


def test_another_branch_than_the_nights_is_a_warning(folder: Folder) -> None:
    git(folder.path, "switch", "-q", "-c", "try")
    line = only_one(folder.examine(Area.REPOSITORY), Level.WARNING)
    assert line.what == "The branch is try, the repository's own is main"


def test_uncommitted_data_are_a_warning_and_other_files_are_not(folder: Folder) -> None:
    (folder.path / "notes.txt").write_text("mine", "utf-8")
    assert fine(folder.examine(Area.REPOSITORY))
    folder.data.file_of(ago(-1)).write_text("{}", "utf-8")
    line = only_one(folder.examine(Area.REPOSITORY), Level.WARNING)
    assert line.what == "1 file of the record is not committed"


def test_a_committed_env_file_is_broken(folder: Folder) -> None:
    (folder.path / ".env").write_text("YOUTUBE_API_KEY=canary", "utf-8")
    git(folder.path, "add", "--force", ".env")
    folder.commit()
    line = only_one(folder.examine(Area.REPOSITORY), Level.BROKEN)
    assert "whoever sees the repository can read your keys" in line.what
    assert "renew every key" in line.advice


def test_a_repository_that_grew_large_is_a_warning(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "LARGE_MB", 1)
    (folder.path / "film.bin").write_bytes(os.urandom(2_000_000))
    folder.commit()
    assert "The repository takes 2 MB" in only_one(folder.examine(Area.REPOSITORY), Level.WARNING).what


# The workflow


def test_without_a_workflow_it_is_run_by_hand(folder: Folder) -> None:
    folder.workflow.unlink()
    (line,) = fine(folder.examine(Area.WORKFLOW))
    assert "run by hand" in line


@pytest.mark.parametrize(
    ("change", "level", "what"),
    [
        (lambda text: text.replace("    - cron:", "    # - cron:"), Level.WARNING, "has no schedule"),
        (lambda text: text.replace("30 2 * * *", "30 2 * * 1"), Level.WARNING, "does not run every day (30 2 * * 1)"),
        (lambda text: text.replace("contents: write", "contents: read"), Level.BROKEN, "may not write contents"),
        (lambda text: text.replace("      issues: write", "      #"), Level.WARNING, "may not write issues"),
        (lambda text: _without(text, "permissions", ": write #"), Level.WARNING, "no permissions"),
    ],
    ids=["no schedule", "not daily", "no contents", "no issues", "no permissions"],
)  # fmt: skip
def test_what_a_workflow_lacks_is_told(folder: Folder, change: Callable[[str], str], level: Level, what: str) -> None:
    folder.workflow.write_text(change(WORKFLOW), "utf-8")
    assert what in only_one(folder.examine(Area.WORKFLOW), level).what


def _without(text: str, *parts: str) -> str:
    return "\n".join(line for line in text.splitlines() if not any(part in line for part in parts))


def test_a_job_that_cannot_prove_itself_to_the_worker_is_broken(folder: Folder) -> None:
    folder.workflow.write_text(_without(WORKFLOW, "id-token", "WORKER_API_KEY"), "utf-8")
    label = roster(worker="https://keys.example.workers.dev")
    assert "cannot prove itself" in only_one(folder.examine(Area.WORKFLOW, label=label), Level.BROKEN).what


@pytest.mark.parametrize(("days", "level"), [(44, None), (45, Level.WARNING), (59, Level.WARNING), (60, Level.BROKEN)])
def test_before_github_switches_an_idle_schedule_off_somebody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, level: Level | None
) -> None:
    folder = lay_down(tmp_path, monkeypatch, committed=days)
    found = folder.examine(Area.WORKFLOW)
    if level is None:
        assert fine(found)[-1] == "The last commit with data: 44 days ago"
    else:
        assert f"No commit for {days} days" in only_one(found, level).what


def test_a_record_that_grows_uncommitted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Perhaps a .gitignore names it: the nights are green, and nothing is kept."""
    folder = lay_down(tmp_path, monkeypatch, committed=5)
    folder.data.save(*(night(days) for days in range(5)))
    line = only_one(folder.examine(Area.WORKFLOW), Level.WARNING)
    assert "The record grows, but its last commit was 5 days ago" in line.what


# The version


def test_a_newer_casa24_is_a_warning(folder: Folder) -> None:
    folder.index = "99.0"
    line = only_one(folder.examine(Area.VERSION), Level.WARNING)
    assert ("casa24 99.0 is out" in line.what, "pip install --upgrade" in line.advice) == (True, True)


@pytest.mark.parametrize("index", ["99.0rc1", "0.0.1", "", "x" * 9])
def test_a_release_that_is_none_or_older_is_no_news(folder: Folder, index: str) -> None:
    folder.index = index
    assert fine(folder.examine(Area.VERSION)) == ["casa24 0.1.0, the newest"]


def test_an_index_that_does_not_answer_is_no_trouble(folder: Folder) -> None:
    found = folder.examine(Area.VERSION, transport=Internet({"pypi.org": unreachable}))
    assert fine(found) == ["casa24 0.1.0 (whether there is a newer one is not known)"]
