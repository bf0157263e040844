"""What every test can rely on: no network, no credentials of the machine, the shared folder where there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casa24 import oidc
from casa24.sources import registry

if TYPE_CHECKING:
    from collections.abc import Generator

SHARED = os.environ.get("CASA24_SHARED", "")
_CREDENTIALS = (
    *registry.load().credential_names,
    "WORKER_API_URL",
    "WORKER_API_KEY",
    oidc.REQUEST_URL,
    oidc.REQUEST_TOKEN,
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


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the machine's credentials, proxies, or that it may run under GitHub Actions."""
    for name in (*_CREDENTIALS, "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
