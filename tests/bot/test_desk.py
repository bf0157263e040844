"""What the bot keeps of a record, and when it looks again."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from casa24.bot import questions
from casa24.bot.desk import Answer, Desk
from casa24.bot.kept import KeptHistory
from casa24.storage import DataFolder, dump
from casa24.workspace import open_workspace
from tests.bot.conftest import ROSTER, night, today
from tests.making import SERIES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def counted(monkeypatch: pytest.MonkeyPatch) -> list[dt.date]:
    """The days read from disk from now on."""
    read: list[dt.date] = []
    real = DataFolder.read

    def counting(folder: DataFolder, day: dt.date) -> Any:
        read.append(day)
        return real(folder, day)

    monkeypatch.setattr(DataFolder, "read", counting)
    return read


def test_a_question_asked_again_is_not_computed_again(label: Path) -> None:
    asked: list[str] = []

    def question(record: Any, *, what: str) -> Answer:
        asked.append(what)
        return questions.stats(record)

    async def scene() -> None:
        desk = Desk(label / "casa24.toml")
        for what in ("a", "a", "b", "a"):
            await desk.ask(question, what=what)
        lay_one_more(label)
        await desk.ask(question, what="a")
        desk.close()

    asyncio.run(scene())
    assert asked == ["a", "b", "a"]


def lay_one_more(label: Path) -> None:
    """The newest day is completed."""
    file = DataFolder(label / "data", SERIES).file_of(today())
    file.write_text(dump(night(today(), 61)), "utf-8")


def test_a_day_that_changed_is_read_again_and_no_other(label: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> tuple[int, list[dt.date]]:
        desk = Desk(label / "casa24.toml")
        read = counted(monkeypatch)
        await desk.ask(questions.growth)
        first = len(read)
        read.clear()
        lay_one_more(label)
        await desk.ask(questions.growth)
        desk.close()
        return first, list(read)

    first, again = asyncio.run(scene())
    assert first == 60
    assert again == [today()]


def test_what_changes_in_the_roster_or_the_amendments_is_seen(label: Path) -> None:
    async def scene() -> tuple[str, str, str]:
        desk = Desk(label / "casa24.toml")
        before = (await desk.ask(questions.artist, name="ben")).embed.text
        (label / "casa24.toml").write_text(ROSTER.replace('"Our label"', '"Another"'), "utf-8")
        named = (await desk.ask(questions.stats)).embed.title
        head = "first_date,last_date,artist,metric,action,reason"
        amendment = f"{head}\n{today()},{today()},Ben,spotify.followers,suspect,seen\n"
        (label / "data" / "amendments.csv").write_text(amendment, "utf-8")
        after = (await desk.ask(questions.artist, name="ben")).embed.text
        desk.close()
        return before, named, after

    before, named, after = asyncio.run(scene())
    assert named.startswith("Another on ")
    assert "**Spotify · Followers** 90 " in before
    assert "**Spotify · Followers** 90 ?" in after


def test_a_span_cut_out_of_what_is_kept_is_what_would_have_been_read(label: Path) -> None:
    workspace = open_workspace(label / "casa24.toml", None)
    kept = KeptHistory(workspace.folder, workspace.roster.artists, label_series=workspace.label_series)
    fresh = workspace.record()
    for since, until in ((None, None), (20, 3), (5, None), (None, 58), (90, 70)):
        span = [None if ago is None else today() - dt.timedelta(days=ago) for ago in (since, until)]
        assert kept.every_series(*span) == fresh.every_series(*span)
