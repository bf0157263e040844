"""Run git safely: without prompts or hooks, and within a time limit."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 10.0
# What a repository's own configuration could run.
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks")
_USER = re.compile(r"^([a-z+]+://)[^/@]*@", re.IGNORECASE)


def installed() -> bool:
    """Whether there is a git to ask."""
    return shutil.which("git") is not None


def ask(folder: Path, *arguments: str, patience: float = _PATIENCE) -> str | None:
    """The answer of one git command in ``folder``; None where it failed, or took longer than ``patience`` (seconds)."""
    # A variable such as GIT_DIR would lead it to another repository.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ = {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, a list of arguments
            [shutil.which("git") or "git", *_SAFE, *arguments],
            cwd=folder, env=environ, timeout=patience, capture_output=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def last_commit(folder: Path, below: Path | None = None) -> dt.datetime | None:
    """When the last commit was made, of all or of what lies below a folder; None where there is none."""
    text = ask(folder, "log", "-1", "--format=%ct", *(["--", str(below)] if below else []))
    return dt.datetime.fromtimestamp(int(text), dt.UTC) if text and text.isdecimal() else None


def without_user(url: str) -> str:
    """A remote's address without user and password."""
    return _USER.sub(r"\1", url)


def holds_password(url: str) -> bool:
    """Whether a remote's address carries a password or token: `https://TOKEN@…`, not `git@github.com:…`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.password) or (parts.scheme in {"http", "https"} and bool(parts.username))
