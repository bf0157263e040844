"""A label's folder in which all is well: recorded every night, committed, pushed, with a workflow that goes on."""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from casa24 import __version__
from casa24.record.data_folder import DataFolder
from casa24.setup.doctor.areas import Area
from tests.making import SERIES, artist, snapshot
from tests.repositories import git
from tests.setup.doctor.healthy_keys import NAMES, NOW, Internet, context, look, roster, says

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.checkup import Checkup
    from casa24.config.loading import Roster
    from casa24.core.snapshot import Snapshot
    from casa24.setup.doctor.context import CheckupContext

TODAY = NOW.date()
WORKFLOW = files("casa24.setup").joinpath("templates", "update-data.yml").read_text("utf-8")
LOCAL = (Area.CONFIGURATION, Area.RECORD, Area.REPOSITORY, Area.WORKFLOW, Area.VERSION)


def ago(days: int) -> dt.date:
    """A day so many days before the examination."""
    return TODAY - dt.timedelta(days=days)


def night(days: int, *, flags: Iterable[dict[str, Any]] = (), **numbers: dict[str, Any]) -> Snapshot:
    """What was collected so many days ago, a few hours after midnight."""
    given = {"spotify": {"followers": 100 - days}, **numbers}
    return snapshot(*(artist(name, **given) for name in NAMES), day=ago(days), flags=flags)


@dataclass
class Folder:
    """The folder; ``index``: the package index's newest version."""

    path: Path
    monkeypatch: pytest.MonkeyPatch
    index: str = __version__

    @property
    def data(self) -> DataFolder:
        """Its record."""
        return DataFolder(self.path / "data", SERIES)

    @property
    def workflow(self) -> Path:
        """Its nightly workflow."""
        return self.path / ".github" / "workflows" / "update-data.yml"

    def commit(self, days: int = 0, message: str = "data", *, push: bool = True) -> None:
        """Commit everything, so many days ago, and push it."""
        when = f"{NOW - dt.timedelta(days=days):%Y-%m-%dT%H:%M:%S}Z"
        self.monkeypatch.setenv("GIT_COMMITTER_DATE", when)
        git(self.path, "add", "--all")
        git(self.path, "commit", "-q", "--allow-empty", "-m", message)
        if push:
            git(self.path, "push", "-q", "-u", "origin", "main")

    def examine(self, *areas: Area, label: Roster | None = None, now: dt.datetime = NOW, **more: Any) -> Checkup:
        """Look at these areas, else at all that lies in the folder."""
        return look(self.context(label=label, now=now, **more), *(areas or LOCAL))

    def context(self, *, label: Roster | None = None, now: dt.datetime = NOW, **more: Any) -> CheckupContext:
        """The set-up, healthy but for what is given."""
        internet = Internet({"pypi.org": says(200, {"info": {"version": self.index}})})
        found = context(internet, label=label or roster(), now=now)
        given: dict[str, Any] = {"folder": self.path, "data_dir": self.data.path, **more}
        return replace(found, **given)


def lay_down(place: Path, monkeypatch: pytest.MonkeyPatch, *, committed: int = 0) -> Folder:
    """The folder with thirty nights, the last commit of which was made so many days ago."""
    monkeypatch.setenv("HOME", str(place))
    shutil.copytree(_made(committed), place, dirs_exist_ok=True)
    folder = Folder(place / "label", monkeypatch)
    git(folder.path, "remote", "set-url", "origin", str(place / "origin.git"))
    return folder


@cache
def _made(committed: int) -> Path:
    """Such a folder, to be copied: git takes longer to make one than most tests take to look at it."""
    place = Path(tempfile.mkdtemp(prefix="casa24-healthy-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(place))
        folder = Folder(place / "label", monkeypatch)
        folder.path.mkdir()
        git(place, "init", "-q", "--bare", "-b", "main", "origin.git")
        git(folder.path, "init", "-q", "-b", "main")
        git(folder.path, "remote", "add", "origin", str(place / "origin.git"))
        (folder.path / ".gitignore").write_text(".env\n", "utf-8")
        folder.workflow.parent.mkdir(parents=True)
        folder.workflow.write_text(WORKFLOW, "utf-8")
        folder.data.save(*(night(days) for days in range(committed, committed + 31)))
        folder.commit(committed)
        git(folder.path, "remote", "set-head", "origin", "main")
    return place


def unreachable(_request: httpx.Request) -> httpx.Response:
    """Nobody is there."""
    raise httpx.ConnectError("no network")
