"""Find the GitHub repository that a folder belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from casa24.setup import git

HOST = "https://github.com"

# https://github.com/o/r.git, https://TOKEN@…, git@github.com:o/r.git, ssh://git@github.com:22/o/r
_ADDRESS = re.compile(
    r"(?:https?://(?:[^/@]*@)?(?:www\.)?github\.com/|(?:ssh://)?git@(?:ssh\.)?github\.com(?::[0-9]+/|[:/]))"
    r"(?P<owner>[A-Za-z0-9-]+)/(?P<name>[A-Za-z0-9._-]+?)(?:\.git)?/?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at GitHub."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


PLACEHOLDER = Repository("OWNER", "REPOSITORY")
"""Stands where no remote says it."""


def parse(address: str) -> Repository | None:
    """The repository a remote's address leads to; None where it is not at GitHub."""
    found = _ADDRESS.fullmatch(address.strip())
    return Repository(found["owner"], found["name"]) if found else None


def origin(folder: Path) -> Repository | None:
    """The repository ``origin`` leads to from ``folder``; None without git, remote, or at another host."""
    url = git.ask(folder, "config", "--get", "remote.origin.url")
    return parse(url) if url else None


def branch(folder: Path) -> str | None:
    """The branch whose workflow GitHub runs, as far as git knows: what was cloned as the default, else HEAD's."""
    default = git.ask(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    return default.removeprefix("origin/") if default else git.ask(folder, "symbolic-ref", "--short", "HEAD")


def root(folder: Path) -> Path | None:
    """The root of the git repository that a folder, new or existing, lies in; None where it lies in none."""
    there = next((place for place in (folder, *folder.resolve().parents) if place.is_dir()), folder)
    found = git.ask(there, "rev-parse", "--show-toplevel")
    return Path(found) if found else None
