"""`casa24 predict` and `casa24 backtest` as people ask them, of any record."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.record.data_folder import DataFolder, dump
from tests.making import DAY, SERIES, artist, flag, snapshot, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from casa24.core.snapshot import Snapshot


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data-dir", str(folder)])


def put(folder: Path, *days: Snapshot) -> None:
    data = DataFolder(folder, SERIES)
    data.history.mkdir(parents=True, exist_ok=True)
    for day in days:
        data.file_of(day.date).write_bytes(dump(day).encode("utf-8", "backslashreplace"))


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty days: Ana grows by one, Ben's answers ended ten days ago, Cleo has just joined."""
    monkeypatch.chdir(tmp_path)
    for number in range(60):
        ana = artist("Ana", spotify={"followers": 200 - number, "monthly_listeners": str(90 - number)})
        ben = artist("Ben", spotify={"followers": None if number < 10 else 300})
        cleo = [artist("Cleo", spotify={"followers": 9})] if number < 2 else []
        flags = [flag("Ben", "spotify", "followers")] if number < 10 else []
        put(tmp_path / "data", snapshot(ana, ben, *cleo, day=ago(number), flags=flags))
    return tmp_path / "data"


def test_the_labels_own_numbers_are_refused_and_not_taken_for_everybodys(folder: Path) -> None:
    done = run(folder, "predict", "--artist", "label")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "The label's own numbers are not forecast." in done.stderr


def test_a_replay_names_the_newest_day_that_cannot_be_read(folder: Path) -> None:
    (folder / "historical" / f"{DAY}.json").write_text("{", "utf-8")
    assert f"{DAY}.json is damaged" in run(folder, "backtest").stderr


def test_a_forecast_has_a_value_two_ranges_and_what_it_assumes(folder: Path) -> None:
    shown = " ".join(run(folder, "predict", "--days", "7").stdout.split())
    assert "Our label: 7 days after 14 Mar 2026" in shown
    assert "Spotify · Followers 200 207 206…214 205…221" in shown
    assert "Where nothing else is said, no change is expected." in shown
    assert "Ben (Spotify · Followers): no forecast: no reading in the last 7 days." in shown
    assert "Ranges that rest on all artists' errors, the own record being short: Cleo, Spotify · Followers." in shown


def test_programs_get_the_same(folder: Path) -> None:
    told = json.loads(run(folder, "predict", "--days", "7", "--format", "json").stdout)
    assert (told["asof"], told["days"]) == (str(DAY), 7)
    ana = next(
        forecast for forecast in told["forecasts"] if forecast["artist"] == "Ana" and forecast["metric"] == "followers"
    )
    assert (ana["value"], ana["assumes"], ana["refusal"]) == (207, "steady_change", None)
    head, first, *_ = run(folder, "predict", "--days", "7", "--format", "csv").stdout.splitlines()
    assert head == "artist,source,metric,asof,days,last,value,low80,high80,low95,high95,assumes,refusal"
    assert first == f"Ana,spotify,followers,{DAY},7,200,207,206,214,205,221,steady_change,"


def test_as_of_a_day_it_is_what_that_day_would_have_said(folder: Path) -> None:
    told = json.loads(run(folder, "predict", "--days", "7", "--asof", str(ago(20)), "--format", "json").stdout)
    ana = next(
        forecast for forecast in told["forecasts"] if forecast["artist"] == "Ana" and forecast["metric"] == "followers"
    )
    assert (told["asof"], ana["last"], ana["value"]) == (str(ago(20)), 180, 187)


def test_one_artist_gets_every_number_and_a_metric_only_that(folder: Path) -> None:
    only = json.loads(run(folder, "predict", "--artist", "ana", "--metric", "followers", "--format", "json").stdout)
    assert [(forecast["artist"], forecast["metric"]) for forecast in only["forecasts"]] == [("Ana", "followers")]


def test_far_ahead_it_says_that_nothing_is_verified(folder: Path) -> None:
    assert "not verified" in run(folder, "predict", "--days", "31").stdout
    assert "not verified" not in run(folder, "predict", "--days", "30").stdout


def test_it_speaks_spanish(folder: Path) -> None:
    shown = run(folder, "predict", "--days", "7", "--lang", "es").stdout
    assert "7 días después del 14 mar 2026" in shown
    assert "no se espera cambio" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("predict", "--days", "6"), "Give 7 to 90"),
        (("predict", "--days", "91"), "Give 7 to 90"),
        (("predict", "--artist", "Zoe"), "no artist called 'Zoe'"),
        (("predict", "--metric", "moons"), "no metric called 'moons'"),
        (("predict", "--asof", "never"), "'never' is no date"),
        (("backtest", "--days", "7,x"), "Write them like 7,30"),
        (("backtest", "--days", ""), "Write them like 7,30"),
        (("backtest", "--since", "2027-01-01"), "no snapshot in these days"),
    ],
)
def test_a_question_that_is_none_says_what_would_be_one(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(folder, *arguments)
    assert done.exit_code in {1, 2}
    assert said in done.stderr


def test_past_forecasts_are_scored_and_what_cannot_be_is_named(folder: Path) -> None:
    shown = " ".join(run(folder, "backtest", "--days", "7").stdout.split())
    assert "7 days ahead" in shown
    assert "Left out, too short or too still: Ben, Spotify · Followers; Cleo, Spotify · Followers." in shown
    told = json.loads(run(folder, "backtest", "--days", "7", "--format", "json").stdout)
    overall = told["scores"][0]
    # A number that grows by one each day is 7 further after a week: followers go on so, and of a window half of it.
    assert (overall["error"], overall["no_change"], overall["to_no_change"]) == (1.75, 7, 0.25)
    # A ruler and the line of least squares know it, and nothing can be held against 0.
    assert [overall[key] for key in ("ruler", "to_ruler", "regression", "to_regression")] == [0, None, 0, None]


def test_of_no_record_it_says_so(tmp_path: Path) -> None:
    for command in ("predict", "backtest"):
        done = run(tmp_path, command)
        assert (done.exit_code, "Nothing is recorded" in done.stderr) == (1, True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(days=st.lists(snapshots(), min_size=1, max_size=4), form=st.sampled_from(["table", "json", "csv", "md"]))
def test_of_any_record_there_is_an_answer(
    tmp_path_factory: pytest.TempPathFactory, days: list[Snapshot], form: str
) -> None:
    folder = tmp_path_factory.mktemp("label") / "data"
    put(folder, *(day.model_copy(update={"date": ago(20 * number)}) for number, day in enumerate(days)))
    for command in (("predict",), ("backtest",)):
        done = run(folder, *command, "--format", form)
        assert done.exit_code == 0, done.stderr
        assert done.stdout.strip()
        assert not {"NaN", "Infinity", "nan", "inf"} & set(done.stdout.replace(",", " ").replace(":", " ").split())


def test_where_nothing_was_ever_read_that_is_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record being old is no reason to say nothing else."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "data", snapshot({"name": "Ana", "accounts": {}}))
    shown = run(tmp_path / "data", "predict", "--artist", "Ana").stdout
    assert "Nothing can be forecast: nothing is recorded." in shown


def test_beyond_what_was_checked_nothing_is_said_to_have_held(folder: Path) -> None:
    assert "Held" in run(folder, "predict", "--days", "7").stdout
    held = run(folder, "predict", "--days", "7").stdout.count(" of ")
    beyond = run(folder, "predict", "--days", "40").stdout
    assert held > 0
    assert "More than 30 days ahead the ranges are not verified" in beyond
    assert [line for line in beyond.splitlines() if " of " in line and "…" in line] == []


def test_a_stray_file_from_long_ago_costs_no_time(folder: Path) -> None:
    """Between it and the record lie 700,000 days that nobody read."""
    put(folder, snapshot(artist("Ana", spotify={"followers": 3}), day=dt.date(1, 1, 1)))
    done = run(folder, "backtest", "--format", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["first"] > "2025"


def test_every_number_of_a_backtest_is_named_in_the_language_spoken(folder: Path) -> None:
    shown = run(folder, "backtest", "--lang", "es").stdout
    assert "Spotify · Seguidores" in shown
    assert "Followers" not in shown


def test_a_forecast_is_taught_by_the_last_three_years(folder: Path) -> None:
    """What lies further back changes nothing, so that ten years take no longer than three."""

    def asked(wild: range) -> str:
        for number in range(60, 1400, 20):
            followers = 9000 * (number // 20 % 2) if number in wild else 140
            put(folder, snapshot(artist("Ana", spotify={"followers": followers}), day=ago(number)))
        return run(folder, "predict", "--days", "7", "--format", "json").stdout

    calm = asked(range(0))
    assert asked(range(1100, 1400)) == calm
    assert asked(range(900, 1400)) != calm
