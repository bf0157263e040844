"""What the bot keeps of a record, and when it looks again."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from casa24.bot import questions
from casa24.bot.cached_record import KeptHistory
from casa24.bot.service import Answer, RecordService
from casa24.record.data_folder import DataFolder, dump
from casa24.record.workspace import open_workspace
from tests.bot.conftest import ROSTER, night, today
from tests.making import SERIES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from casa24.views.embed import EmbedText


def test_a_question_asked_again_is_not_computed_again(label: Path) -> None:
    asked: list[str] = []

    def question(record: Any, *, what: str) -> Answer:
        asked.append(what)
        return questions.stats(record)

    async def scene() -> None:
        desk = RecordService(label / "casa24.toml")
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


def test_a_day_that_changed_is_read_again_and_no_other(label: Path, days_read: list[dt.date]) -> None:
    async def scene() -> tuple[int, list[dt.date]]:
        desk = RecordService(label / "casa24.toml")
        days_read.clear()
        await desk.ask(questions.growth)
        first = len(days_read)
        days_read.clear()
        lay_one_more(label)
        await desk.ask(questions.growth)
        desk.close()
        return first, list(days_read)

    first, again = asyncio.run(scene())
    assert first == 60
    assert again == [today()]


def test_what_changes_in_the_roster_or_the_amendments_is_seen(label: Path) -> None:
    async def scene() -> tuple[str, str, str]:
        desk = RecordService(label / "casa24.toml")
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


def test_a_day_in_the_future_is_not_answered_with_and_named(label: Path) -> None:
    """Somebody's wrong clock must not make every other day an old one."""

    async def asked() -> EmbedText:
        desk = RecordService(label / "casa24.toml")
        told = (await desk.ask(questions.stats)).embed
        desk.close()
        return told

    before = asyncio.run(asked())
    future = dt.date(2131, 1, 1)
    DataFolder(label / "data", SERIES).file_of(future).write_text(dump(night(future, 99)), "utf-8")
    after = asyncio.run(asked())
    assert (after.title, after.text, after.fields) == (before.title, before.text, before.fields)
    assert after.footer == f"{before.footer} · 2131-01-01 lies in the future and is not heeded"


def test_a_damaged_day_is_logged_once_for_each_state_of_the_record(
    label: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (label / "data" / "historical" / f"{today()}.json").write_text("{", "utf-8")

    async def scene() -> None:
        desk = RecordService(label / "casa24.toml")
        for _ in range(3):
            await desk.ask(questions.unusual)
        desk.close()

    asyncio.run(scene())
    assert [line.getMessage().count(f"{today()}.json") for line in caplog.records if line.name == "casa24.bot"] == [1]
