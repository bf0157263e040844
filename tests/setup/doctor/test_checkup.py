"""The examination as a whole: one area's crash costs no other, its time is bounded, and offline means offline."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.checkup import Checkup, Line
from casa24.cli.output import console
from casa24.core.findings import Level
from casa24.setup.doctor import checkup
from casa24.setup.doctor.areas import ONLINE, Area
from casa24.setup.doctor.checkup import examine
from casa24.views.checkup import checkup_page
from casa24.views.formats import Format
from casa24.views.render import as_text
from casa24.views.terminal import to_terminal
from tests.setup.doctor.healthy_folder import LOCAL, Folder, lay_down
from tests.setup.doctor.healthy_keys import KEYS, WORKER, Internet, context, look, only_one, roster, says, wrong

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return lay_down(tmp_path, monkeypatch)


@pytest.mark.parametrize("area", [Area.CONFIGURATION, Area.CREDENTIALS, Area.RECORD, Area.REPOSITORY, Area.WORKFLOW])
def test_a_crash_in_one_area_is_one_line_and_costs_no_other(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, area: Area
) -> None:
    def crash(_patient: object) -> list[object]:
        raise ZeroDivisionError(KEYS["YOUTUBE_API_KEY"])

    monkeypatch.setitem(checkup._LOCAL, area, crash)  # noqa: SLF001
    found = folder.examine(*LOCAL, Area.CREDENTIALS)
    (line,) = wrong(found)
    assert (line.area, line.level) == (area, Level.BROKEN)
    assert line.what == f"The {area} could not be examined: ZeroDivisionError"
    assert "--debug" in line.advice
    assert {line.area for line in found.lines} == {*LOCAL, Area.CREDENTIALS}


def test_only_what_is_asked_for_is_looked_at(folder: Folder) -> None:
    assert {line.area for line in folder.examine(Area.RECORD, Area.VERSION).lines} == {"record", "version"}


def test_offline_asks_nobody_anything() -> None:
    internet = Internet()
    found = look(context(internet, label=roster(worker=WORKER), offline=True))
    assert internet.requests == []
    assert not {line.area for line in found.lines} & {area.value for area in ONLINE}


def test_platforms_that_hang_end_with_the_examinations_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_LEAST", 1.0)

    async def hang(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    whom = context(Internet(dict.fromkeys(("spotify", "googleapis", "facebook", "discord", "pypi"), hang)))
    whom.roster = roster()
    started = time.monotonic()
    found = asyncio.run(examine(whom, [Area.PLATFORMS], deadline=0))
    assert time.monotonic() - started < 8
    assert found.lines
    assert {line.level for line in found.lines} == {Level.WARNING}


def test_what_is_broken_decides_how_it_ends() -> None:
    def lines(*levels: Level) -> tuple[Line, ...]:
        return tuple(Line(area="record", level=level, what="w", advice="", link="") for level in levels)

    def code(*levels: Level, interrupted: bool = False) -> int:
        return Checkup.of(lines(*levels), interrupted=interrupted).exit_code

    assert (code(), code(Level.OK), code(Level.OK, Level.WARNING)) == (0, 0, 0)
    assert (code(Level.WARNING, Level.BROKEN, Level.OK), code(Level.OK, interrupted=True)) == (1, 130)


def test_a_line_is_harmless_wherever_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A name from outside: markup, an escape, a formula."""
    line = Line(area="platforms", level=Level.BROKEN, what="[bold]\x1b[31m=1+1", advice="<b>@all</b>", link="")
    page = checkup_page(Checkup.of((line,), interrupted=False), "L")
    to_terminal(page, console())
    shown = capsys.readouterr().out
    assert "[bold]\\x1b[31m=1+1" in shown
    assert max(map(len, shown.splitlines())) <= 80
    markdown = as_text(page, Checkup.of((line,), interrupted=False), Format.MD)
    assert "\x1b" not in markdown
    assert "&lt;b>@&#8203;all" in markdown


def test_where_nothing_was_found_nothing_is_called_well() -> None:
    whom = context(keys={}, label=roster(WORKER), offline=True)
    page = checkup_page(look(whom, Area.CREDENTIALS), "L")
    assert "There was nothing to look at." in as_text(page, look(whom, Area.CREDENTIALS), Format.MD)


def test_one_thing_that_is_broken_is_one() -> None:
    """In Spanish the word itself tells."""
    for number, said in ((1, "1 broken, 0 to look at."), (2, "2 broken, 0 to look at.")):
        line = Line(area="record", level=Level.BROKEN, what="w", advice="", link="")
        found = Checkup.of((line,) * number, interrupted=False)
        assert said in as_text(checkup_page(found, "L"), found, Format.MD)


def test_no_key_is_shown_whatever_is_wrong_with_all_of_them() -> None:
    wrong_keys = {name: f"canary-{number}-{name.lower()}" for number, name in enumerate(KEYS)}
    whom = context(Internet({"": says(400, " ".join(wrong_keys.values()))}), keys=wrong_keys)
    found = look(whom, Area.CREDENTIALS, Area.PLATFORMS)
    assert len(wrong(found)) > 3
    assert "canary" not in found.model_dump_json()


def test_a_healthy_folder_has_nothing_wrong_in_any_form(folder: Folder) -> None:
    found = folder.examine()
    assert (found.worst, found.exit_code, found.count(Level.WARNING)) == (Level.OK, 0, 0)
    folder.data.latest_file.unlink()
    (folder.path / ".env").write_text("x", "utf-8")
    assert only_one(folder.examine(Area.REPOSITORY), Level.WARNING).what == "1 file of the record is not committed"
