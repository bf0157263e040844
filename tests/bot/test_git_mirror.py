"""A record that lives in a repository elsewhere: a real one, on disk, that others push to."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest

from casa24.bot.git_mirror import GitMirror
from casa24.errors import StorageError, UsageError
from tests.bot.conftest import lay_down, running, today
from tests.repositories import git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.discord_server import Said


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A label's repository as it lies at GitHub, with 40 days up to yesterday."""
    place = lay_down(tmp_path / "elsewhere", 40, yesterday())
    git(place, "init", "-q", "-b", "main")
    git(place, "add", "--all")
    git(place, "commit", "-qm", "the record")
    git(tmp_path, "clone", "-q", "--bare", str(place), "origin.git")
    git(place, "remote", "add", "origin", str(tmp_path / "origin.git"))
    return tmp_path / "origin.git"


def yesterday() -> dt.date:
    return today() - dt.timedelta(days=1)


def push_today(place: Path) -> None:
    """The nightly run."""
    lay_down(place, 41)
    git(place, "add", "--all")
    git(place, "commit", "-qm", "data: today")
    git(place, "push", "-q", "origin", "main")


def mirror_of(origin: Path, tmp_path: Path, clock: Clock) -> GitMirror:
    mirror = GitMirror(f"file://{origin}", tmp_path / "bot" / "record", clock=clock)
    mirror.prepare()
    return mirror


def test_what_was_pushed_is_answered_with_after_five_minutes_at_the_latest(origin: Path, tmp_path: Path) -> None:
    clock = Clock()
    mirror = mirror_of(origin, tmp_path, clock)

    async def scene() -> list[str]:
        async with running(mirror.folder, mirror=mirror) as server:
            titles = [(await server.ask("artist", name="ana")).embed["title"]]
            push_today(tmp_path / "elsewhere")
            for seconds in (299, 301):
                clock.now = seconds
                titles.append((await server.ask("artist", name="ana")).embed["title"])
            return titles

    first, soon, later = asyncio.run(scene())
    assert first == soon
    assert f"on {yesterday()}" in first
    assert f"on {today()}" in later
    assert git(mirror.folder, "rev-list", "--count", "HEAD").strip() == "1"


def test_a_history_that_was_rewritten_is_followed(origin: Path, tmp_path: Path) -> None:
    clock = Clock()
    mirror = mirror_of(origin, tmp_path, clock)
    place = tmp_path / "elsewhere"
    lay_down(place, 41)
    git(place, "add", "--all")
    git(place, "commit", "-q", "--amend", "-m", "all anew")
    git(place, "push", "-q", "--force", "origin", "main")
    clock.now = 400

    async def scene() -> Said:
        async with running(mirror.folder, mirror=mirror) as server:
            return await server.ask("stats")

    assert f" on {today()}" in asyncio.run(scene()).embed["title"]


def test_a_repository_out_of_reach_is_answered_from_what_is_there_and_told(origin: Path, tmp_path: Path) -> None:
    clock = Clock()
    mirror = mirror_of(origin, tmp_path, clock)
    away = origin.with_name("away.git")

    async def scene() -> list[str]:
        async with running(mirror.folder, mirror=mirror) as server:
            shutil.move(origin, away)
            clock.now = 400
            footers = [(await server.ask("stats")).embed["footer"]["text"]]
            shutil.move(away, origin)
            clock.now = 800
            return [*footers, (await server.ask("stats")).embed["footer"]["text"]]

    broken, mended = asyncio.run(scene())
    assert " · 1 day old · not refreshed since " in broken
    assert broken.endswith(" UTC")
    assert mended.endswith(" · 1 day old")


def test_what_somebody_changed_in_the_clone_does_not_stay(origin: Path, tmp_path: Path) -> None:
    """It is a mirror: nothing is written there but by git."""
    clock = Clock()
    mirror = mirror_of(origin, tmp_path, clock)
    (mirror.folder / "casa24.toml").write_text("[label\n", "utf-8")
    clock.now = 400

    async def scene() -> Said:
        async with running(mirror.folder, mirror=mirror) as server:
            return await server.ask("stats")

    assert "Our label" in asyncio.run(scene()).embed["title"]


def test_a_clone_that_is_there_is_used_again_even_for_another_address(origin: Path, tmp_path: Path) -> None:
    mirror_of(origin, tmp_path, Clock())
    moved = shutil.move(origin, tmp_path / "moved.git")
    mirror = GitMirror(f"file://{moved}", tmp_path / "bot" / "record")
    mirror.prepare()
    assert git(mirror.folder, "remote", "get-url", "origin").strip() == f"file://{moved}"


@pytest.mark.parametrize("url", ["", "--upload-pack=touch x", "ext::sh -c touch"])
def test_what_is_no_address_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no address of a git repository"):
        GitMirror(url, tmp_path)


def test_a_repository_nobody_can_read_is_said_without_its_password(tmp_path: Path) -> None:
    mirror = GitMirror("https://me:canary-secret@127.0.0.1:1/x.git", tmp_path / "record")
    with pytest.raises(StorageError, match="could not be cloned") as caught:
        mirror.prepare()
    assert "canary-secret" not in caught.value.message + caught.value.advice


def test_a_folder_that_holds_something_else_is_left_alone(origin: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bot" / "record"
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(StorageError, match="something else than a clone"):
        GitMirror(f"file://{origin}", folder).prepare()
    assert (folder / "mine.txt").read_text("utf-8") == "mine"
