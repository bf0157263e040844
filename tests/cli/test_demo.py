"""`casa24 demo`: a first run without keys or network."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from casa24 import demo
from casa24.config import loading
from casa24.sources import registry
from tests.internet import casa24

ENV = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ} | {"PYTHONUTF8": "1"}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "data").mkdir()
    return folder, casa24("demo", env=ENV | {"HTTPS_PROXY": "http://127.0.0.1:9"}, cwd=folder)


Run = tuple[Path, "subprocess.CompletedProcess[str]"]


def test_seventeen_days_are_collected_and_the_last_is_shown(first_run: Run) -> None:
    folder, done = first_run
    assert done.returncode == 0, done.stderr
    days = sorted(path.stem for path in (folder / "casa24-demo" / "data" / "historical").iterdir())
    assert (len(days), days[0], days[-1]) == (17, "2025-10-01", "2025-10-17")
    assert "Casa 24 Records (demo) on 2025-10-17" in done.stdout
    assert "Every number above is invented." in done.stderr


def test_the_word_demo_stands_in_every_file(first_run: Run) -> None:
    folder, _ = first_run
    files = [path for path in (folder / "casa24-demo").rglob("*") if path.is_file()]
    assert len(files) == 20
    assert [path.name for path in files if "demo" not in path.read_text("utf-8")] == []


def test_every_row_of_the_csv_says_that_it_is_a_demo(first_run: Run) -> None:
    table = first_run[0] / "casa24-demo" / "data" / "popularity_scores.csv"
    assert all("(demo)" in row for row in table.read_text("utf-8").splitlines()[1:])


def test_nothing_else_is_touched(first_run: Run) -> None:
    folder, _ = first_run
    assert sorted(path.name for path in folder.iterdir()) == ["casa24-demo", "data"]
    assert list((folder / "data").iterdir()) == []


def test_the_commands_it_ends_with_work_literally(first_run: Run) -> None:
    folder, done = first_run
    place, *commands = [line.strip() for line in done.stderr.splitlines() if line.startswith("  ")]
    assert place == "cd casa24-demo"
    assert [re.search(r"(show|diff) .*", line)[0] for line in commands] == [  # type: ignore[index]
        "show --artist PYRO",
        "diff 2025-10-01 2025-10-17",
    ]
    for line in commands:
        shown = subprocess.run(
            shlex.split(line), cwd=folder / "casa24-demo", env=ENV, capture_output=True, encoding="utf-8", check=False
        )
        assert shown.returncode == 0, shown.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the path is quoted for POSIX shells")
def test_started_from_a_path_it_names_that_path(tmp_path: Path) -> None:
    """In a shell that does not know `casa24`, the commands must work all the same."""
    script = Path(sysconfig.get_path("scripts")) / "casa24"
    done = subprocess.run(
        [script, "demo"], cwd=tmp_path, env={**ENV, "PATH": os.defpath}, capture_output=True, text=True, check=True
    )
    assert f"{script} show --artist PYRO" in done.stderr


def test_the_demo_again_changes_nothing(first_run: Run) -> None:
    folder, done = first_run
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = casa24("demo", env=ENV, cwd=folder)
    assert again.stdout == done.stdout
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "casa24-demo").mkdir()
    (tmp_path / "casa24-demo" / "novel.txt").write_text("Chapter one", "utf-8")
    done = casa24("demo", env=ENV, cwd=tmp_path)
    assert done.returncode == 2
    assert "is there already and is no demo" in done.stderr
    assert [path.name for path in (tmp_path / "casa24-demo").iterdir()] == ["novel.txt"]


def test_it_plays_the_labels_own_roster(tmp_path: Path) -> None:
    ours = loading.read(ROOT / "casa24.toml").resolve(registry.load())
    played = loading.read(demo.lay_down(tmp_path / "casa24-demo")).resolve(registry.load())
    assert [artist.accounts for artist in played.artists] == [artist.accounts for artist in ours.artists]
    assert [artist.aliases for artist in played.artists] == [(artist.name,) for artist in ours.artists]
