"""Define the common fixtures: no credentials of the machine, the demo, and the shared folder if there is one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.cli.output import choose_language
from casa24.core.reserved import REQUEST_TOKEN, REQUEST_URL
from casa24.record.data_folder import DataFolder
from casa24.sources import registry
from casa24.text.i18n import speak

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Generator

    from casa24.core.snapshot import Snapshot

SHARED = os.environ.get("CASA24_SHARED", "")
_CREDENTIALS = (
    *registry.load().credential_names,
    "WORKER_API_URL",
    "WORKER_API_KEY",
    REQUEST_URL,
    REQUEST_TOKEN,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="Fail where a test is skipped (continuous integration).")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With --no-skips a skip is a failure: a test that is never run guards nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --no-skips was given: {report.longrepr}"
    return report


@pytest.fixture
def shared() -> Path:
    """The folder of real replies and real history; read in place, never copied."""
    if not SHARED:
        pytest.skip("CASA24_SHARED is not set")
    folder = Path(SHARED).resolve()
    assert folder.is_dir(), f"CASA24_SHARED names {folder}, which is no folder"
    return folder


@pytest.fixture(scope="session")
def the_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `casa24 demo` makes, made once: to be read, or copied and changed."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["demo"])
    assert done.exit_code == 0, done.stderr
    return folder / "casa24-demo"


@pytest.fixture
def demo(the_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo's folder, which is the working directory."""
    folder = tmp_path / "casa24-demo"
    shutil.copytree(the_demo, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def days_read(monkeypatch: pytest.MonkeyPatch) -> list[dt.date]:
    """The days whose files are read from now on, as they are."""
    read: list[dt.date] = []
    read_day = DataFolder.read

    def read_and_note(folder: DataFolder, day: dt.date) -> Snapshot:
        read.append(day)
        return read_day(folder, day)

    monkeypatch.setattr(DataFolder, "read", read_and_note)
    return read


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the machine's credentials, proxies and GitHub Actions from every test, and reset the language."""
    speak("en")
    choose_language(None)
    for name in (*_CREDENTIALS, "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
