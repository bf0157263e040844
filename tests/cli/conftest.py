"""A label whose platforms are played, and what a run of its `casa24 collect` leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casa24.demo import KEYS, lay_down
from tests.internet import Internet, internet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Internet]:
    with internet(tmp_path) as found:
        yield found


@pytest.fixture
def label(tmp_path: Path) -> Path:
    """A label's folder with a roster the demo's platforms know."""
    folder = tmp_path / "label"
    lay_down(folder)
    with (folder / "casa24.toml").open("a", encoding="utf-8") as file:
        file.write("\n[web]\npause = 0\nconcurrency = 16\nbackoff = 0.01\n")
    return folder


@pytest.fixture
def env(world: Internet, tmp_path: Path) -> dict[str, str]:
    """Keys, the way into the played internet, and a temporary folder of the test's own."""
    (tmp_path / "temporary").mkdir()
    return {**world.environ, **KEYS, "TMPDIR": str(tmp_path / "temporary")}
