"""Test the README's chapter for a new label: run its commands in their order, in a real terminal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casa24.demo import KEYS
from casa24.record.data_folder import DataFolder
from tests.internet import internet
from tests.repositories import PERSON, git
from tests.terminal import typing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.internet import Internet

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a terminal is made the POSIX way")
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
CHAPTER = README.partition("\n## From nothing to a nightly record in ten minutes")[2].partition("\n## ")[0]
BASH = shutil.which("bash") or "bash"
# By .ci/wheel.py, with the wheel and a fresh environment.
INSTALL = "python3 -m venv casa24-env && . casa24-env/bin/activate && pip install -q casa24"
PYRO = "https://open.spotify.com/artist/5BsYYsSnFsE9SoovY7aQV0 https://www.youtube.com/@pyro0201"


def commands() -> list[str]:
    """Every line of the chapter that is to be copied into a terminal."""
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```", CHAPTER, re.DOTALL | re.MULTILINE)
    return [line.strip() for block in blocks for line in block.splitlines()]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Internet]:
    with internet(tmp_path) as found:
        yield found


def test_a_new_label_that_copies_the_chapter_has_its_first_day_at_github(world: Internet, tmp_path: Path) -> None:
    """The platforms, GitHub (a repository on disk under its address) and the user are simulated."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "github.git")
    install, init, *rest, doctor = commands()
    assert (install, init, doctor) == (INSTALL, "casa24 init my-label", "casa24 doctor")
    env = {
        **world.environ,
        **PERSON,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{tmp_path / 'github.git'}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/OWNER/REPOSITORY.git",
    }
    with typing(*init.split()[1:], env=env, cwd=tmp_path) as terminal:
        terminal.answer("The label's name", "My Label")
        terminal.answer("Its language", "")
        terminal.answer("(y/n)", "y")
        terminal.answer("Worker", "")
        terminal.answer("Discord", "")
        terminal.answer("An artist's links", PYRO)
        terminal.wait_for("PYRO (demo): ")
        terminal.answer("An artist's links", "")
        assert terminal.end() == 0
    (folder_listing,) = re.findall(r"^```text\n(.*?)^```", CHAPTER, re.DOTALL | re.MULTILINE)
    assert folder_listing in terminal.shown
    keys = "".join(f"{name}={value}\n" for name, value in KEYS.items())
    (tmp_path / "my-label" / ".env").write_text(keys, "utf-8")

    done = subprocess.run(
        [BASH, "-euxc", "\n".join(rest)], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "My Label on " in done.stdout
    pushed = git(tmp_path / "github.git", "ls-tree", "-r", "--name-only", "main").splitlines()
    (day,) = DataFolder(tmp_path / "my-label" / "data").days()
    assert set(pushed) == {
        ".gitignore", ".github/workflows/update-data.yml", "casa24.toml",
        "data/.gitkeep", "data/latest.json", "data/popularity_scores.csv", f"data/historical/{day}.json",
    }  # fmt: skip
