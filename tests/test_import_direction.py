"""Test that the code names no platform where it must not, and that sources import no slow library at the top."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casa24.sources import registry

SOURCE = Path(__file__).parents[1] / "src" / "casa24"


@pytest.mark.parametrize("folder", ["analysis", "setup/doctor"])
def test_analysis_and_doctor_name_no_platform(folder: str) -> None:
    """A new platform must get every answer without a line changed there."""
    names = re.compile("|".join(source.name for source in registry.load().sources), re.IGNORECASE)
    offenders = [path.name for path in (SOURCE / folder).glob("*.py") if names.search(path.read_text("utf-8"))]
    assert offenders == []


def test_sources_import_no_slow_library_at_the_top() -> None:
    """`show` loads every source for its declarations: it must not pay for their HTTP and HTML libraries."""
    top = re.compile(r"^(?:import|from) (httpx|selectolax|stamina|casa24\.web)\b", re.MULTILINE)
    offenders = [path.name for path in (SOURCE / "sources").glob("*.py") if top.search(path.read_text("utf-8"))]
    assert offenders == []
