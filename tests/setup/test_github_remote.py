"""Which repository at GitHub a folder belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casa24.setup.github_remote import Repository, branch, origin, parse, root
from tests.repositories import git, repository_with_origin

if TYPE_CHECKING:
    from pathlib import Path

OURS = Repository("casa24records", "casa24.data")


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/casa24records/casa24.data",
        "https://github.com/casa24records/casa24.data.git",
        "https://github.com/casa24records/casa24.data/",
        "https://ghp_secret@github.com/casa24records/casa24.data.git",
        "https://user:ghp_secret@GitHub.com/casa24records/casa24.data.git",
        "http://www.github.com/casa24records/casa24.data",
        "git@github.com:casa24records/casa24.data.git",
        "ssh://git@github.com/casa24records/casa24.data.git",
        "ssh://git@github.com:22/casa24records/casa24.data",
        "ssh://git@ssh.github.com:443/casa24records/casa24.data.git",
    ],
)
def test_every_form_git_knows_leads_to_it(address: str) -> None:
    assert parse(address) == OURS


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://gitlab.com/casa24records/casa24",
        "https://github.com.example.org/casa24records/casa24",
        "https://example.org/github.com/casa24records/casa24",
        "https://github.com/casa24records",
        "https://github.com/casa24records/casa24/tree/main",
        "git@github.com:casa24records/../casa24",
        "https://github.com/own er/casa24",
        "https://github.com/owner/$(id)",
        "/srv/git/casa24.git",
    ],
)
def test_no_other_address_does(address: str) -> None:
    assert parse(address) is None


def test_a_folders_origin_is_read_from_its_git(tmp_path: Path) -> None:
    label = repository_with_origin(tmp_path / "label", "git@github.com:casa24records/casa24.data.git")
    (label / "deeper").mkdir()
    assert origin(label / "deeper") == OURS


def test_without_a_remote_there_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert origin(tmp_path) is None


def test_a_variable_of_git_does_not_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = repository_with_origin(tmp_path / "other", "https://github.com/somebody/else")
    (tmp_path / "label").mkdir()
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    assert origin(tmp_path / "label") is None


def test_without_git_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    label = repository_with_origin(tmp_path / "label", "git@github.com:o/r")
    assert origin(label) == Repository("o", "r")
    monkeypatch.setenv("PATH", "")
    assert origin(label) is None


def test_the_root_of_a_repository_is_found_from_a_folder_that_is_still_to_be_made(tmp_path: Path) -> None:
    assert root(tmp_path / "new" / "deeper") is None
    repository_with_origin(tmp_path, "git@github.com:ours/numbers.git")
    assert root(tmp_path / "new" / "deeper") == tmp_path.resolve()
    assert root(tmp_path) == tmp_path.resolve()


def test_without_a_repository_there_is_no_branch(tmp_path: Path) -> None:
    assert branch(tmp_path) is None
    assert branch(tmp_path / "nowhere") is None
