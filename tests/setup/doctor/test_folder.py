"""What can be wrong with a label's folder, each trouble alone: casa24.toml, record, repository, workflow, version."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from casa24.config import loading
from casa24.config.loading import Config, Roster
from casa24.core.findings import Level
from casa24.core.roster import Artist
from casa24.errors import ConfigError
from casa24.setup.doctor import crons, repository, workflow_file
from casa24.setup.doctor.areas import Area
from casa24.sources import registry
from casa24.sources.registry import Broken
from tests.making import flag
from tests.repositories import git
from tests.setup.doctor.healthy_folder import LOCAL, TODAY, WORKFLOW, Folder, ago, lay_down, night, unreachable
from tests.setup.doctor.healthy_keys import NOW, Internet, fine, look, only_one, roster, wrong

if TYPE_CHECKING:
    from collections.abc import Callable


WORKFLOWS = (*(Path(__file__).parents[3] / ".github" / "workflows").glob("*.yml"),)


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
    assert {line.area for line in found.lines} == {area.value for area in LOCAL}


def test_a_casa24_toml_that_is_not_there_cannot_be_corrected(folder: Folder) -> None:
    with pytest.raises(ConfigError) as trouble:
        loading.read(folder.path / "nowhere")
    line = only_one(folder.examine(Area.CONFIGURATION, roster=None, trouble=trouble.value), Level.BROKEN)
    assert (line.what, line.advice) == ("nowhere: there is no such file", "Give the path of a casa24.toml.")


def test_a_folder_in_place_of_casa24_toml_is_said_to_be_one(folder: Folder) -> None:
    with pytest.raises(ConfigError) as trouble:
        loading.read(folder.path)
    line = only_one(folder.examine(Area.CONFIGURATION, roster=None, trouble=trouble.value), Level.BROKEN)
    assert (line.what, "this is a folder" in line.advice) == ("label: cannot be read: Is a directory", True)


def test_a_casa24_toml_one_may_not_read_wants_rights(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **_more: object) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    (folder.path / "casa24.toml").write_text("", "utf-8")
    monkeypatch.setattr(type(folder.path), "open", refuse)
    with pytest.raises(ConfigError) as trouble:
        loading.read(folder.path / "casa24.toml")
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
    # What the record says needs no roster.
    for whom in (folder.context(), folder.context(roster=None)):
        line = only_one(look(whom, Area.RECORD), Level.BROKEN)
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


def test_a_repository_of_another_user_is_none_that_is_missing(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git calls dubious ownership: a folder copied by root, a drive of another machine."""
    distrust = tmp_path / "bin" / "git"
    distrust.parent.mkdir()
    distrust.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n', "utf-8")
    distrust.chmod(0o755)
    monkeypatch.setenv("PATH", str(distrust.parent), prepend=os.pathsep)
    line = only_one(folder.examine(), Level.WARNING)
    assert line.what == "Git does not open the repository: it is another user's"
    assert f"`git config --global --add safe.directory {folder.path}`" in line.advice


@pytest.mark.parametrize(("commits", "what"), [(1, "1 commit was never pushed"), (2, "2 commits were never pushed")])
def test_commits_that_were_never_pushed_are_told(folder: Folder, commits: int, what: str) -> None:
    for _ in range(commits):
        folder.commit(push=False)
    assert only_one(folder.examine(), Level.WARNING).what == f"{what}: the nights run without what is in them"


def test_a_branch_that_was_pushed_without_following_it_is_well(folder: Folder) -> None:
    git(folder.path, "branch", "-q", "--unset-upstream")
    assert fine(folder.examine(Area.REPOSITORY))


def test_a_branch_that_was_never_pushed_is_told(folder: Folder) -> None:
    git(folder.path, "remote", "remove", "origin")
    git(folder.path, "remote", "add", "origin", "https://github.com/ana/label.git")
    line = only_one(folder.examine(), Level.WARNING)
    assert line.what == "The branch main was never pushed: its record is on this machine only"
    assert "`git push -u origin main`" in line.advice


@pytest.mark.parametrize("ignore", ["data/", "*.json", "data/historical"])
def test_a_record_git_is_told_to_ignore_is_broken(folder: Folder, ignore: str) -> None:
    """The nights are green, and nothing of them is kept."""
    (folder.path / ".gitignore").write_text(f".env\n{ignore}\n", "utf-8")
    folder.commit()
    line = only_one(folder.examine(), Level.BROKEN)
    assert (line.area, line.what) == (
        "repository",
        "Git is told to ignore the record (data/): no day of it is committed",
    )


def test_a_record_that_grows_ignored_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay_down(tmp_path, monkeypatch, committed=5)
    (folder.path / ".gitignore").write_text(".env\ndata/historical\n", "utf-8")
    folder.data.save(*(night(days) for days in range(5)))
    folder.commit()
    git(folder.path, "checkout", "-q", "HEAD~", "--", "data")
    git(folder.path, "commit", "-q", "--amend", "-m", "no data")
    git(folder.path, "push", "-q", "--force")
    assert "told to ignore the record" in only_one(folder.examine(), Level.BROKEN).what


def test_an_ignored_record_that_is_collected_by_hand_is_a_warning(folder: Folder) -> None:
    (folder.path / ".gitignore").write_text(".env\ndata/\n", "utf-8")
    folder.workflow.unlink()
    folder.commit()
    assert "told to ignore" in only_one(folder.examine(), Level.WARNING).what


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


def test_at_github_a_label_without_a_workflow_is_collected_by_nobody(folder: Folder) -> None:
    folder.workflow.unlink()
    git(folder.path, "remote", "set-url", "origin", "git@github.com:ana/label.git")
    line = only_one(folder.examine(), Level.WARNING)
    assert line.what == "No workflow runs `casa24 collect`: nothing is collected at night"
    assert "`casa24 init`" in line.advice


@pytest.mark.parametrize("staged", [False, True], ids=["untracked", "staged"])
def test_a_workflow_in_no_commit_runs_for_nobody(folder: Folder, *, staged: bool) -> None:
    folder.workflow.rename(folder.workflow.with_name("nightly.yml"))
    git(folder.path, "rm", "-q", "--cached", str(folder.workflow))
    git(folder.path, "commit", "-q", "-m", "the workflow gets another name")
    git(folder.path, "push", "-q")
    if staged:
        git(folder.path, "add", "--all")
    line = only_one(folder.examine(), Level.WARNING)
    assert line.what == "GitHub does not know nightly.yml yet"
    assert "`git add .github/workflows/nightly.yml`, commit and push" in line.advice
    assert not any("runs every day" in line.what for line in folder.examine().lines)


def test_a_workflow_git_is_told_to_ignore_runs_for_nobody(folder: Folder) -> None:
    folder.workflow.rename(folder.workflow.with_name("nightly.yml"))
    (folder.path / ".gitignore").write_text(".env\nnightly.yml\n", "utf-8")
    folder.commit()
    line = only_one(folder.examine(), Level.WARNING)
    assert line.what == "GitHub does not know nightly.yml yet: git is told to ignore it"
    assert "`git add --force .github/workflows/nightly.yml`" in line.advice


@pytest.mark.parametrize(
    "cron",
    ["99 99 * * *", "30 2 * *", "30 2 * * * *", "@daily", "30 2 0 * *", "30 2 5-1 * *", "*/0 2 * * *", "a b * * *",
     "30 2 * foo *", "-1 2 * * *", "30, 2 * * *", "30 2 L * *", "30 2 lw * *", "30 2 * * 5L", "30 2 * * mon#1",
     "30 2 * * sat-sun", "30 2 * * 8", "30 2 ? * *", "30 2 30 2 *", "30 24 * * *"],
)  # fmt: skip
def test_a_schedule_that_is_no_time_is_broken(folder: Folder, cron: str) -> None:
    folder.workflow.write_text(WORKFLOW.replace("30 2 * * *", cron), "utf-8")
    what = f"update-data.yml has a schedule that is no time ({cron}): GitHub runs nothing of it"
    assert only_one(folder.examine(), Level.BROKEN).what == what


@pytest.mark.parametrize(
    ("schedule", "when"),
    [
        (("5 14 * * *",), "14:05 UTC"),
        (("*/30 2,14 */1 1-12 sun-sat",), "*/30 2,14 */1 1-12 sun-sat"),
        (("10 3 * * MON-FRI", "20 9 * JAN-DEC 6,0"), "03:10 UTC"),
        (("0 5 * * 1-7",), "05:00 UTC"),
        (("0 0/6 * * *",), "0 0/6 * * *"),
        (("15 4 1-15 * *", "15 4 16-31 jan-jul *", "0 4 16/1 8-12 *"), "04:15 UTC"),
        (("15 4 13 * 0-6",), "04:15 UTC"),
    ],
)
def test_every_way_to_write_every_day_is_one(folder: Folder, schedule: tuple[str, ...], when: str) -> None:
    line = '    - cron: "{}"\n'
    text = WORKFLOW.replace('    - cron: "30 2 * * *"', "".join(line.format(cron) for cron in schedule))
    folder.workflow.write_text(text, "utf-8")
    assert f"update-data.yml runs every day ({when})" in fine(folder.examine(Area.WORKFLOW))


@pytest.mark.parametrize(
    "cron", ["30 2 1 * *", "30 2 1-30 * *", "30 2 * 1-11 *", "30 2 */2 * *", "0 5 * * sat,sun", "30 2 29 2 *"]
)
def test_a_day_that_is_left_out_is_a_warning(folder: Folder, cron: str) -> None:
    folder.workflow.write_text(WORKFLOW.replace("30 2 * * *", cron), "utf-8")
    assert f"does not run every day ({cron})" in only_one(folder.examine(), Level.WARNING).what


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("    runs-on:", "\truns-on:", 21),
        ("    runs-on: ubuntu", "    runs-on ubuntu", 21),
        ("    timeout-minutes: 30", "   timeout-minutes: 30", 22),
        ("name: Collect\n", "name: Collect: the night\n", 20),
        ('"30 2 * * *"', '"30 2 * * *', 5),
        ('"30 2 * * *"', "* * * * *", 5),
        ("permissions: {}", "permissions: {", 8),
        ("permissions: {}", "permissions: {]", 8),
        ("permissions: {}", "permissions: {} none", 8),
        ("name: Update Spotify Data", "name: @casa24", 1),
        ("concurrency:", "<<<<<<< HEAD\nconcurrency:", 14),
    ],
    ids=["tab", "colon", "dedent", "two colons", "quote", "star", "brace", "bracket", "behind", "at", "merge"],
)
def test_a_workflow_that_is_no_yaml_is_broken_whatever_it_says(
    folder: Folder, right: str, wrong: str, line: int
) -> None:
    broken = WORKFLOW.replace(right, wrong, 1)
    with pytest.raises(YAMLError):
        YAML(typ="safe").load(broken)
    folder.workflow.write_text(broken, "utf-8")
    found = only_one(folder.examine(), Level.BROKEN)
    assert found.what == f"update-data.yml cannot be read from line {line} on: GitHub runs nothing of it"


def test_no_form_of_yaml_is_called_broken() -> None:
    forms = """\
---
"on": {schedule: [{cron: "0 1 * * *"}],
  push: }   # over two lines
'name' : it's #1, [really] {so}
anchored: &all
    deeper: &other 5
again: {all: *all, other: *other}
list:
- one: 1
  two: "a \\" quote
    that goes on"
-
  - - nested
  - 'it''s'
- |-
   any: thing: "goes
   \there
- >2
    folded
plain: a text
  that goes on
  and on
  # a remark
url: https://example.org
tagged: !!str "5"
tab:\tbetween \t# and behind\t
\t
? in full
: value
"""
    YAML(typ="safe").load(forms.replace("\t", " "))
    found = _read(forms)
    assert (found.fault, found.crons) == (0, ("0 1 * * *",))
    assert _read(f"{forms}? key\n: - [\n").fault == forms.count("\n") + 2
    assert [_read(path.read_text("utf-8")).fault for path in WORKFLOWS] == [0] * len(WORKFLOWS)


def _read(text: str) -> workflow_file.Workflow:
    return workflow_file.read(Path("nightly.yml"), text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: a\njobs: &jobs\n  all: *jobs\n", 2),
        ("name: a\njobs: *jobs\n", 2),
        ("name: a\n? [b]\n: c\n", 2),
        ("name: a\n---\nname: b\n", 2),
        ("name: a\nb: \x00\n", 2),
        ("[" * 60_000, 1),
        ("- " * 60_000, 1),
        ("{a: " * 20_000, 1),
    ],
    ids=["circle", "no anchor", "key", "two documents", "character", "brackets", "dashes", "braces"],
)
def test_what_no_workflow_is_names_its_line_and_ends_nothing(text: str, line: int) -> None:
    assert _read(text).fault == line


def test_a_workflow_that_grows_without_bound_when_unfolded_is_read_at_once() -> None:
    """A billion laughs: nine lines of ten aliases each, and as many jobs as there is room for."""
    laughs = "".join(f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 10)}]\n" for level in range(1, 10))
    jobs = "".join(f"  j{number}: {{steps: *x9, permissions: *rights}}\n" for number in range(2_000))
    whole = f"x0: &x0 casa24 remark\n{laughs}r: &rights {{contents: write}}\njobs:\n{jobs}"
    started = time.perf_counter()
    found = _read(f"{whole}  last: {{steps: [{{run: casa24 collect}}], permissions: {{issues: write}}}}\n")
    assert time.perf_counter() - started < 10
    assert (found.fault, found.rights, found.anywhere) == (0, frozenset({"issues"}), frozenset({"issues", "contents"}))


@pytest.mark.parametrize(
    "cron", [f"{'9' * 5_000} 2 * * *", "9" * 5_000, f"{'1,' * 5_000}1 2 * * 1#1", "² 2 * * *"], ids=range(4)
)
def test_no_text_is_too_odd_to_be_no_time(cron: str) -> None:
    assert list(crons.runs(cron)) == []


def test_a_schedule_of_thousands_of_times_is_read_at_once() -> None:
    schedule = "".join(f"    - cron: {number % 60} 2 1 1 *\n" for number in range(4_000))
    started = time.perf_counter()
    assert not _read(f"on:\n  schedule:\n{schedule}").daily
    assert time.perf_counter() - started < 10


def test_a_file_too_large_for_a_workflow_is_left_alone(folder: Folder) -> None:
    folder.workflow.write_text(f"{WORKFLOW}#{'x' * 128 * 1024}\n", "utf-8")
    assert not any("update-data.yml" in line.what for line in folder.examine(Area.WORKFLOW).lines)


def test_of_two_workflows_the_broken_one_is_not_passed_over_for_one_without_a_schedule(folder: Folder) -> None:
    folder.workflow.with_name("by-hand.yml").write_text("on: push\njobs: {a: {steps: [{run: casa24 collect}]}}\n")
    folder.workflow.write_text(WORKFLOW.replace("permissions: {}", "permissions: {"), "utf-8")
    assert "update-data.yml cannot be read from line 8 on" in only_one(folder.examine(), Level.BROKEN).what


@pytest.mark.parametrize("on", ["on: push", "on: [push]", "on:", "on: {schedule: {cron: 0 1 * * *}}", "schedule: []"])
def test_a_schedule_that_stands_nowhere_github_looks_is_none(folder: Folder, on: str) -> None:
    folder.workflow.write_text(
        f"{on}\njobs: {{a: {{permissions: write-all, steps: [{{run: casa24 collect}}]}}}}\n", "utf-8"
    )
    assert "has no schedule" in only_one(folder.examine(Area.WORKFLOW), Level.WARNING).what


def test_rights_that_an_alias_repeats_are_rights(folder: Folder) -> None:
    text = WORKFLOW.replace("permissions: {}", "permissions: &all {contents: write, issues: write, id-token: write}")
    start, end = text.index("    permissions:\n"), text.index("    steps:")
    folder.workflow.write_text(f"{text[:start]}    permissions: *all\n{text[end:]}", "utf-8")
    assert "update-data.yml may do what it has to" in fine(folder.examine(Area.WORKFLOW))


def test_a_remark_in_a_script_collects_nothing(folder: Folder) -> None:
    other_job = "  other:\n    steps:\n      - run: |\n          # casa24 collect\n          echo\n"
    folder.workflow.write_text(WORKFLOW.replace("jobs:\n", f"jobs:\n{other_job}"), "utf-8")
    assert "update-data.yml may do what it has to" in fine(folder.examine(Area.WORKFLOW))


def test_what_another_job_may_do_the_one_that_collects_may_not(folder: Folder) -> None:
    other_job = (
        "  other:\n    permissions:\n      contents: write\n    runs-on: ubuntu-latest\n    steps: [{run: echo}]\n"
    )
    mine = WORKFLOW.replace("contents: write", "contents: read").replace("jobs:\n", f"jobs:\n{other_job}")
    folder.workflow.write_text(mine, "utf-8")
    assert "may not write contents" in only_one(folder.examine(), Level.BROKEN).what


def test_a_failure_may_be_told_by_another_job(folder: Folder) -> None:
    other_job = "  tell:\n    permissions:\n      issues: write\n    runs-on: ubuntu-latest\n    steps: [{run: echo}]\n"
    text = WORKFLOW.replace("      issues: write", "      #").replace("jobs:\n", f"jobs:\n{other_job}")
    folder.workflow.write_text(text, "utf-8")
    assert "update-data.yml may do what it has to" in fine(folder.examine(Area.WORKFLOW))


@pytest.mark.parametrize(
    "permissions",
    [
        "permissions: write-all",
        "permissions: {contents: write, issues: write}",
        "permissions:\n  contents: write\n  issues: write",
    ],
)
def test_a_job_that_names_no_permissions_has_the_workflows(folder: Folder, permissions: str) -> None:
    text = _without(WORKFLOW, "    permissions", ": write #").replace("permissions: {}", permissions)
    folder.workflow.write_text(text, "utf-8")
    assert "update-data.yml may do what it has to" in fine(folder.examine(Area.WORKFLOW))


def test_jobs_in_braces_are_jobs(folder: Folder) -> None:
    schedule = 'on:\n  schedule:\n    - cron: "1 2 * * *"\npermissions: {}\n'
    rights = "permissions: {contents: write, issues: write}"
    text = f"{schedule}jobs: {{a: {{{rights}, steps: [{{run: casa24 collect}}]}}}}\n"
    folder.workflow.write_text(text, "utf-8")
    assert "update-data.yml may do what it has to" in fine(folder.examine(Area.WORKFLOW))


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


def test_a_record_of_which_nothing_was_ever_committed_is_told(folder: Folder) -> None:
    git(folder.path, "rm", "-q", "-r", "--cached", "data")
    git(folder.path, "commit", "-q", "--amend", "-m", "all but the record")
    line = only_one(folder.examine(Area.WORKFLOW), Level.WARNING)
    assert line.what == "The record grows, but no day of it was ever committed"


def test_a_record_that_grows_uncommitted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
