"""What a job of GitHub Actions is told of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.collection import Collection
from casa24.analysis.day import describe_day
from casa24.cli.job import tell_job
from casa24.cli.workspace import open_workspace
from casa24.views.collected import collected_page
from tests.making import SOURCES, artist, flag, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_doubtful_zero_is_an_annotation_as_a_gap_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doubt = flag("Ana", "spotify", "followers", "suspect", code="sudden_zero")
    day = describe_day(snapshot(artist("Ana", spotify={"followers": 0}), flags=[doubt]), SOURCES)
    result = Collection(day=day, measured=True, failed=False, interrupted=False, dry_run=False, written=(), warnings=())
    tell_job(open_workspace(None, tmp_path), result, collected_page(result, "Us"))
    told = capsys.readouterr().err
    assert "::warning::Spotify, Ana (Followers): 0, where there were more before. → Look at the platform." in told
