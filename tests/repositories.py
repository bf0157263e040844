"""Run git for tests: on disk, with an author, without the machine's own settings."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PERSON = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

_GIT = shutil.which("git") or "git"


def git(folder: Path, *arguments: str) -> str:
    """Run a git command in ``folder``, which must succeed; return its output."""
    environ = {**os.environ, **PERSON, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        [_GIT, *arguments], cwd=folder, env=environ, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    return done.stdout


def repository_with_origin(folder: Path, address: str) -> Path:
    """Make an empty repository whose remote ``origin`` has this address."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", address)
    return folder
