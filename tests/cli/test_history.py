"""`casa24 history`, and what `--asof`, `--raw` and amendments do to every reader."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.record.amendments import FILE_NAME, HEADER
from tests.cli.test_record import ENV
from tests.terminal import typing

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def legacy(shared: Path, here: Path) -> Path:
    """The label's own record, where one may add amendments to it."""
    shutil.copytree(shared / "legacy-history", here / "data")
    return here / "data"


def amend(data: Path, *lines: str) -> None:
    (data / FILE_NAME).write_text("\n".join([",".join(HEADER), *lines]) + "\n", "utf-8")


def readings(*arguments: str) -> dict[str, dict[str, Any]]:
    """By date, of the one metric asked for."""
    done = run("history", *arguments, "--format", "json")
    assert done.exit_code == 0, done.stderr
    (course,) = json.loads(done.stdout)["courses"]
    return {reading["date"]: reading for reading in course["readings"]}


def test_a_series_is_shown_as_a_plot_and_a_table(demo: Path) -> None:
    shown = run("history", "pyro", "youtube.subscribers").stdout
    assert shown.splitlines()[0] == "PYRO (demo), 2025-10-01 … 2025-10-17"
    assert "92 ┤                •\n" in shown
    assert "2025-10-17      92       +1" in shown
    assert "Spotify" not in shown


def test_unless_a_metric_is_named_the_people_reached_are_shown(demo: Path) -> None:
    shown = run("history", "pyro").stdout
    titles = [line for line in shown.splitlines() if " · " in line and ":" not in line]
    assert titles == [
        "Spotify · Followers", "Spotify · Monthly listeners", "YouTube · Subscribers", "Instagram · Followers",
    ]  # fmt: skip
    assert "Also recorded: spotify.popularity_score" in shown


def test_the_labels_own_numbers_are_called_label_unless_an_artist_is_called_so(demo: Path) -> None:
    assert "Discord · Members" in run("history", "Label").stdout
    for day in (demo / "data" / "historical").iterdir():
        day.write_text(day.read_text("utf-8").replace("PYRO (demo)", "LABEL"), "utf-8")
    assert "Discord" not in run("history", "label").stdout


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["Mango Blode"], "Mango Blade (demo)"),
        (["pyro", "followerz"], "There are: spotify.popularity_score, spotify.followers"),
        (["label", "spotify.followers"], "There are: discord.member_count"),
        (["pyro", "--since", "nonsense"], "Write it like 2025-10-17"),
        (["pyro", "--asof", ""], "Write it like 2025-10-17"),
        (["pyro", "--since", "2025-10-09", "--until", "2025-10-03"], "Give the earlier day to --since"),
    ],
)
def test_a_question_nobody_can_answer_says_what_would_be_one(demo: Path, arguments: list[str], answer: str) -> None:
    done = run("history", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert answer in done.stderr


def test_a_span_is_read_and_no_more(demo: Path) -> None:
    """That the last day is damaged, nobody sees who does not ask for it."""
    (demo / "data" / "historical" / "2025-10-16.json").write_text("{", "utf-8")
    assert list(readings("pyro", "spotify.followers", "--since", "2025-10-03", "--until", "2025-10-05")) == [
        "2025-10-03", "2025-10-04", "2025-10-05",
    ]  # fmt: skip
    assert list(readings("pyro", "spotify.followers", "--since", "latest")) == ["2025-10-17"]
    done = run("history", "pyro", "--since", "2026-01-01", "--until", "2026-02-01")
    assert (done.exit_code, "The record goes from 2025-10-01 to 2025-10-17." in done.stderr) == (1, True)


def test_days_without_a_snapshot_and_damaged_ones_are_gaps_that_are_named(demo: Path) -> None:
    days = demo / "data" / "historical"
    (days / "2025-10-04.json").unlink()
    (days / "2025-10-05.json").unlink()
    (days / "2025-10-09.json").write_text("{", "utf-8")
    shown = run("history", "pyro", "youtube.subscribers").stdout
    assert "2 days without a snapshot: 2025-10-04 … 2025-10-05.\n" in shown
    assert "1 day whose file cannot be read: 2025-10-09.\n" in shown
    assert "88 ┤•••\n" in shown


def test_an_artist_who_was_not_there_then_is_answered_with_their_last_day(legacy: Path) -> None:
    done = run("history", "pax", "--since", "2025-10-01")
    assert (done.exit_code, "pax was not recorded in these days." in done.stderr) == (2, True)
    assert "The last day is 2025-08-22." in done.stderr


def test_an_artist_is_found_by_an_earlier_name(demo: Path) -> None:
    for day in sorted((demo / "data" / "historical").iterdir())[:5]:
        day.write_text(day.read_text("utf-8").replace("PYRO (demo)", "Pyromaniac"), "utf-8")
    assert len(readings("pyromaniac", "spotify.followers")) == 17


def test_without_a_record_history_says_how_to_begin(here: Path) -> None:
    done = run("history", "Ana")
    assert (done.exit_code, "casa24 collect" in done.stderr) == (1, True)


def test_csv_is_tidy_and_holds_every_reading(demo: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("history", "bo.wlie", "followers", "--format", "csv").stdout)))
    assert len(rows) == 2 * 17
    assert {row["source"] for row in rows} == {"spotify", "instagram"}
    assert [row["value"] for row in rows if row["source"] == "instagram"][-6:] == [""] * 6
    assert {row["code"] for row in rows if row["value"] == ""} == {"not_readable"}


@pytest.mark.parametrize("artist", ["pyro", "bo.wlie", "label", "ARANDA"])
def test_the_page_fits_80_columns_in_a_pipe(demo: Path, artist: str) -> None:
    shown = run("history", artist).stdout
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "\x1b" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own is POSIX's")
def test_in_a_narrower_terminal_the_plot_is_narrower(legacy: Path) -> None:
    with typing("history", "casa 24", "spotify.followers", env=ENV | {"COLUMNS": "50"}, cwd=legacy.parent) as terminal:
        assert terminal.end() == 0
    assert "one column = 5 days" in terminal.shown
    assert max(len(line) for line in terminal.shown.splitlines() if "┤" in line or "└" in line) <= 50


def test_an_output_without_dots_gets_stars_and_no_false_doubt(demo: Path) -> None:
    env = {name: value for name, value in ENV.items() if name != "PYTHONUTF8"} | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "casa24", "history", "pyro", "youtube.subscribers"],
        env=env, cwd=demo, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "92 |                *\n" in done.stdout
    assert "* measured" in done.stdout
    assert "?" not in done.stdout.partition("* measured")[0].partition("\n\n")[2].partition("\n")[2]


def test_what_an_old_failure_wrote_as_zero_is_a_gap_and_with_raw_a_zero(legacy: Path) -> None:
    told = readings("bo.wlie", "instagram.followers")
    assert (told["2025-10-17"]["value"], told["2025-10-17"]["state"]) == (None, "failed")
    assert told["2025-09-08"]["value"] == 596
    assert not any(reading["value"] == 0 for reading in told.values())
    assert readings("bo.wlie", "instagram.followers", "--raw")["2025-10-17"]["value"] == 0
    plot = run("history", "bo.wlie", "instagram.followers").stdout.partition("└")[0]
    assert "596 ┤" in plot
    assert "589 ┤" in plot


def test_a_copied_day_that_was_amended_shows_its_doubt_and_the_reason(legacy: Path) -> None:
    amend(legacy, "2025-06-22,2025-06-22,*,*,suspect,a copy of 2025-06-21")
    span = ("--since", "2025-06-20", "--until", "2025-06-24")
    shown = run("history", "casa 24", "spotify.followers", *span).stdout
    assert "362 ┤••?\n" in shown
    assert "• measured, ? doubtful\n" in shown
    assert "2025-06-22   362 ?            amended: a copy of 2025-06-21" in shown
    raw = run("history", "casa 24", "spotify.followers", "--raw", *span).stdout
    assert "362 ┤•••\n" in raw
    assert "amended" not in raw


def test_show_and_diff_say_what_is_amended_and_with_raw_do_not(legacy: Path) -> None:
    amend(legacy, "2025-06-22,,PYRO,spotify.followers,suspect,a copy of 2025-06-21")
    sentence = "Spotify, PYRO (Followers): marked as not to be used: a copy of 2025-06-21."
    shown = run("show", "--date", "2025-06-22").stdout
    assert f"Doubtful\n{sentence}\n" in shown
    assert " ?" in shown
    compared = run("diff", "2025-06-21", "2025-06-22", "--artist", "pyro").stdout
    assert f"Doubtful\n2025-06-22: {sentence}"[:80] in compared
    for command in (["show", "--date", "2025-06-22"], ["diff", "2025-06-21", "2025-06-22"]):
        raw = run(*command, "--raw").stdout
        assert ("Doubtful" in raw, "?" in raw) == (False, False)
    assert (
        json.loads(run("show", "--date", "2025-06-22", "--format", "json").stdout)["doubtful"][0]["code"] == "amended"
    )


def test_with_raw_an_old_zero_is_shown_as_it_was_collected(legacy: Path) -> None:
    told, raw = (
        json.loads(run("show", "-a", "bo.wlie", "--date", "2025-10-17", "--format", "json", *more).stdout)
        for more in ([], ["--raw"])
    )
    for day, value in ((told, None), (raw, 0)):
        (own,) = [part["numbers"] for part in day["artists"][0]["sources"] if part["source"] == "instagram"]
        assert [reading["point"]["value"] for reading in own if reading["metric"] == "followers"] == [value]
    compared = run("diff", "2025-10-01", "2025-10-17", "-a", "bo.wlie", "--raw", "--format", "csv").stdout
    assert "bo.wlie,instagram,followers,0,0,0" in compared


def test_asof_is_as_if_nothing_had_come_after(demo: Path) -> None:
    assert "on 2025-10-09" in run("show", "--asof", "2025-10-09").stdout
    assert "2025-10-01 → 2025-10-09" in run("diff", "2025-10-01", "--asof", "2025-10-09").stdout
    assert list(readings("pyro", "spotify.followers", "--asof", "2025-10-03"))[-1] == "2025-10-03"
    assert "on 2025-10-17" in run("show", "--asof", "latest").stdout


def test_asof_a_day_without_a_snapshot_the_newest_before_it_is_the_latest(demo: Path) -> None:
    (demo / "data" / "historical" / "2025-10-09.json").unlink()
    assert "on 2025-10-08" in run("show", "--asof", "2025-10-09").stdout
    done = run("show", "--date", "2025-10-12", "--asof", "2025-10-09")
    assert (done.exit_code, "Nearest: 2025-10-08." in done.stderr) == (1, True)


@pytest.mark.parametrize("command", [["show"], ["diff", "2025-10-01"], ["history", "pyro"]])
def test_asof_before_the_first_day_says_which_that_is(demo: Path, command: list[str]) -> None:
    done = run(*command, "--asof", "2024-01-01")
    assert (done.exit_code, "The first day is 2025-10-01." in done.stderr) == (1, True)
    assert "Nothing was recorded up to 2024-01-01." in done.stderr


@pytest.mark.parametrize("command", [["show"], ["diff", "2025-10-01"], ["history", "pyro"]])
def test_an_amendment_nobody_understands_is_said_once_and_the_others_are_heeded(demo: Path, command: list[str]) -> None:
    amend(
        demo / "data", "2025-10-17,,PYRO,spotify.followers,burn,x", "2025-10-17,,PYRO,spotify.followers,suspect,a copy"
    )
    done = run(*command)
    assert done.exit_code == 0
    assert done.stderr.count("amendments.csv, line 2") == 1
    assert "798 ?" in done.stdout
    assert "amendments.csv" not in run(*command, "--raw").stderr


def test_the_history_of_an_artist_loads_nothing_that_only_asking_needs(demo: Path) -> None:
    after = "print({'asyncio', 'httpx', 'ssl', 'selectolax', 'stamina'} & {*sys.modules}, file=sys.stderr)"
    code = f"import sys; from casa24.cli import main\ntry: main()\nfinally: {after}"
    done = subprocess.run(
        [sys.executable, "-c", code, "history", "pyro"],
        env=ENV, cwd=demo, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stderr == "set()\n"


@pytest.mark.parametrize("command", [["show"], ["diff", "2025-10-01"]])
def test_a_day_is_shown_without_what_only_a_history_needs(demo: Path, command: list[str]) -> None:
    """Start-up time is a feature."""
    late = "{'casa24.analysis.history', 'casa24.views.plot', 'casa24.views.history'}"
    after = f"print({late} & {{*sys.modules}}, file=sys.stderr)"
    code = f"import sys; from casa24.cli import main\ntry: main()\nfinally: {after}"
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=ENV, cwd=demo, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stderr == "set()\n"


def test_names_and_reasons_from_outside_do_nothing_on_the_terminal(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name as only a file that somebody edited can hold it: the roster refuses it."""
    for day in (demo / "data" / "historical").iterdir():
        day.write_text(day.read_text("utf-8").replace("PYRO (demo)", "=X[bold]\\u001b[31m"), "utf-8")
    amend(demo / "data", '2025-10-17,,*,*,suspect,"\x1b[2J[red]"')
    monkeypatch.chdir(demo.parent)
    question = ["history", "=x", "followers", "--data-dir", "casa24-demo/data"]
    for form in ("table", "json", "csv", "md"):
        done = run(*question, "--format", form)
        assert done.exit_code == 0
        assert "\x1b" not in done.stdout + done.stderr
    assert "=X[bold]\\x1b[31m, 2025-10-01" in run(*question).stdout
    assert "amended: \\x1b[2J[red]" in run(*question).stdout


def test_the_shell_completes_metrics(demo: Path) -> None:
    env = ENV | {"_CASA24_COMPLETE": "complete_bash", "COMP_WORDS": "casa24 history PYRO you", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-m", "casa24"], env=env | os.environ, cwd=demo, capture_output=True, text=True, check=False
    )
    assert "youtube.subscribers" in done.stdout
