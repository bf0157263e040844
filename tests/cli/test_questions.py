"""`growth`, `unusual`, `milestones`, `compare`, `leaderboard` and `week` as a person types them."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.core.metrics import Metric, Series
from casa24.queries import questions
from casa24.record.data_folder import DataFolder, dump
from tests.making import DAY, SERIES, artist, flag, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer.testing import Result

    from casa24.core.snapshot import Snapshot

COMMANDS = {
    "growth": ["growth"],
    "growth of one": ["growth", "--artist", "Ana", "--period", "90d"],
    "growth of the label": ["growth", "--artist", "label", "--period", "7d"],
    "growth of a metric": ["growth", "--metric", "followers", "--period", "14d"],
    "unusual": ["unusual"],
    "unusual since": ["unusual", "--since", "2025-12-24"],
    "milestones": ["milestones"],
    "milestones of one": ["milestones", "--artist", "Ana", "--all"],
    "compare": ["compare", "Ana", "Ben"],
    "leaderboard": ["leaderboard"],
    "leaderboard of views": ["leaderboard", "views"],
    "week": ["week"],
    "week of a name": ["week", "--week", "2026-W10"],
}
every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def record(folder: Path, days: Iterable[Snapshot]) -> Path:
    """A data folder with these days."""
    history = folder / "data" / "historical"
    history.mkdir(parents=True)
    for day in days:
        (history / f"{day.date}.json").write_text(dump(day), "utf-8")
    return folder / "data"


def roster(folder: Path, *names: str) -> str:
    """A configuration with these artists, who have a Spotify account each."""
    tables = [f'[[artists]]\nname = "{name}"\nspotify_id = "{number}{"A" * 21}"\n' for number, name in enumerate(names)]
    path = folder / "casa24.toml"
    path.write_text("\n".join(['[label]\nname = "Ours"\n', *tables]), "utf-8")
    return str(path)


def ours(day: dt.date, followers: int | None = 100, listeners: int | None = 500, **more: Any) -> Snapshot:
    """A day of Ana, and of Ben, who has a tenth."""
    tenth = [None if value is None else value // 10 for value in (followers, listeners)]
    return snapshot(
        artist("Ana", spotify={"followers": followers, "monthly_listeners": listeners}),
        artist("Ben", spotify={"followers": tenth[0], "monthly_listeners": tenth[1]}),
        day=day,
        **more,
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    roster(tmp_path, "Ana", "Ben")
    return tmp_path


@pytest.fixture
def month(here: Path) -> Path:
    record(here, [ours(DAY - dt.timedelta(days=number), 300 - number, 900 - number) for number in range(40)])
    return here


@every_command
def test_every_command_answers_in_four_formats_and_two_languages(month: Path, command: list[str]) -> None:
    assert isinstance(json.loads(run(*command, "--format", "json").stdout), dict)
    csv, md, table = (run(*command, "--format", form).stdout for form in ("csv", "md", "table"))
    assert csv.startswith(("artist,", "what,", "rank,"))
    assert md.startswith("## ")
    assert max(len(line) for line in table.splitlines()) <= 80
    spanish = run(*command, "--lang", "es")
    assert spanish.exit_code == 0
    assert spanish.stdout != table


@every_command
def test_an_empty_record_says_how_to_begin(here: Path, command: list[str]) -> None:
    done = run(*command)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "casa24 collect" in done.stderr


@every_command
def test_a_day_before_the_record_is_answered_with_its_first_day(month: Path, command: list[str]) -> None:
    done = run(*command, "--asof", "2020-01-01")
    assert done.exit_code == 1
    assert "The first day is 2026-02-03" in done.stderr


@every_command
@pytest.mark.parametrize(
    "days",
    [
        pytest.param([ours(DAY)], id="one day"),
        pytest.param([ours(dt.date.min)], id="the first day of the calendar"),
        pytest.param([ours(dt.date.max)], id="the last day of the calendar"),
        pytest.param([ours(DAY - dt.timedelta(days=number), None, None) for number in range(9)], id="all gaps"),
        pytest.param([ours(DAY - dt.timedelta(days=number), 0, 0) for number in range(90)], id="zeros for months"),
        pytest.param([snapshot(day=DAY)], id="nobody"),
    ],
)
def test_thin_data_is_answered_with_a_sentence_not_an_empty_table(
    here: Path, command: list[str], days: list[Snapshot]
) -> None:
    record(here, days)
    done = run(*command)
    assert done.exit_code in {0, 1, 2}, done.stderr
    assert "did not expect" not in done.stderr
    said = done.stdout.splitlines()[1:] or done.stderr.splitlines()
    assert any(re.search(r"\w", line) for line in said)
    assert_sound(done.stdout)


def assert_sound(text: str) -> None:
    """No number that is none, and no table without a row."""
    assert not re.search(r"\b(nan|inf|infinity)\b", text, re.IGNORECASE)
    assert not re.search(r"─\n(\n|\Z)", text)


_VALUE = st.one_of(st.none(), st.integers(0, 30), st.sampled_from([100, 140, 999, 1000, 5000, 10**14]))
_STATE = st.sampled_from(["", "", "", "rounded", "suspect"])


@st.composite
def days(draw: st.DrawFn) -> list[Snapshot]:
    """Any few days: artists who come and go, gaps, jumps, doubt and rounding, lists that change."""
    found = []
    for back in draw(st.lists(st.integers(0, 120), unique=True, max_size=9)):
        flags: list[dict[str, Any]] = []
        artists = []
        for name in draw(st.lists(st.sampled_from(["Ana", "Ben", "[bold]Cleo"]), unique=True)):
            spotify = {"followers": draw(_VALUE), "monthly_listeners": draw(_VALUE), "popularity_score": draw(_VALUE)}
            for field, value in spotify.items():
                state = draw(_STATE) if value is not None else "failed"
                bounds = (
                    {"low": value - value // 20, "high": value + value // 20} if value and state == "rounded" else {}
                )
                flags += [flag(name, "spotify", field, state, **bounds)] if state else []
            listed = draw(st.lists(st.sampled_from("abcdef"), unique=True))
            tracks = [{"name": track, "track_id": f"id{track}"} for track in listed]
            artists.append(
                artist(name, spotify={**spotify, "top_tracks": tracks}, youtube={"total_views": draw(_VALUE)})
            )
        more: dict[str, Any] = {"discord": {"member_count": draw(_VALUE)}} if draw(st.booleans()) else {}
        found.append(snapshot(*artists, day=DAY - dt.timedelta(days=back), flags=flags, **more))
    return found


@every_command
@settings(max_examples=8)
@given(found=days(), form=st.sampled_from(["table", "json", "csv", "md"]))
def test_no_history_makes_a_command_fail_or_say_what_is_no_number(
    command: list[str], found: list[Snapshot], form: str
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        where = ["--data-dir", str(record(folder, found)), "--config", roster(folder, "Ana", "Ben")]
        done = run(*command, *where, "--format", form)
    assert done.exit_code == (0 if found else 1) or "--since" in command, done.stderr
    assert "did not expect" not in done.stderr
    assert_sound(done.stdout)
    if form == "json" and done.exit_code == 0:
        json.loads(done.stdout, parse_constant=pytest.fail)


def test_growth_looks_back_as_far_as_asked_from_the_day_asked_for(month: Path) -> None:
    answer = json.loads(run("growth", "-p", "7d", "--asof", "2026-03-10", "--format", "json").stdout)
    assert (answer["first"], answer["last"], answer["rows"][0]["change"]) == ("2026-03-03", "2026-03-10", 7)


def test_growth_reads_no_further_back_than_half_a_year_before_the_period(here: Path, days_read: list[dt.date]) -> None:
    record(here, [ours(DAY - dt.timedelta(days=number)) for number in (0, 30, 209, 210, 211, 400)])
    assert run("growth").exit_code == 0
    assert min(days_read) == DAY - dt.timedelta(days=210)


def test_a_metric_many_have_is_all_of_them_for_growth_and_none_for_ranks(month: Path) -> None:
    shown = run("growth", "--metric", "Followers").stdout
    assert "Spotify · Followers" in shown
    assert "Monthly listeners" not in shown
    done = run("leaderboard", "followers")
    assert done.exit_code == 2
    assert "spotify.followers, instagram.followers" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["growth", "--artist", "Zoe"], "no artist called 'Zoe'"),
        (["milestones", "--artist", "Zoe"], "no artist called 'Zoe'"),
        (["compare", "Ana", "Zoe"], "no artist called 'Zoe'"),
        (["compare", "Ana", "ana"], "compared with nobody"),
        (["growth", "--metric", "fame"], "no metric called 'fame'"),
        (["leaderboard", "fame"], "no metric called 'fame'"),
        (["week", "--week", "2026-W60"], "is no week"),
        (["unusual", "--since", "sometime"], "is no date"),
        (["unusual", "--since", "2027-01-01"], "comes after the newest day"),
        (["growth", "--asof", "sometime"], "is no date"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_can(month: Path, arguments: list[str], word: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert word in done.stderr
    assert "→" in done.stderr


def test_an_artist_who_just_joined_is_told_so(here: Path) -> None:
    early = [ours(DAY - dt.timedelta(days=number)) for number in range(1, 20)]
    cleo = artist("Cleo", spotify={"followers": 5, "monthly_listeners": None})
    today = ours(DAY)
    record(here, [*early, today.model_copy(update={"artists": (*today.artists, *snapshot(cleo).artists)})])
    shown = " ".join(run("growth").stdout.split())
    assert "Joined: Cleo" in shown
    assert "Read once only: no change can be told Cleo, Spotify · Followers (2026-03-14)" in shown


def test_a_plugins_metric_gets_all_of_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    likes = Series("tiktok", "TikTok", "likes", Metric("Likes", kind="window", days=10, event=(5, 0.01)))
    from casa24.record.workspace import Workspace

    monkeypatch.setattr(
        Workspace, "folder", property(lambda workspace: DataFolder(workspace.data_dir, (*SERIES, likes)))
    )
    values = [*[95] * 20, 140]
    record(
        here,
        [
            snapshot(artist("Ana", tiktok={"likes": value}), day=DAY - dt.timedelta(days=20 - number))
            for number, value in enumerate(values)
        ],
    )
    assert "+45, of which +45 rose at once since 14 Mar 2026" in run("growth", "--artist", "Ana").stdout.replace(
        "\n", " "
    )
    assert "45 by 24 Mar 2026" in run("unusual").stdout
    assert "TikTok · Likes" in run("milestones").stdout


def test_the_label_itself_can_be_asked_for_by_its_word(here: Path) -> None:
    days = [ours(DAY - dt.timedelta(days=number), discord={"member_count": 60 - number}) for number in range(5)]
    record(here, days)
    shown = run("growth", "--artist", "label").stdout
    assert shown.startswith("Ours: growth over 30 days")
    assert "+4" in shown
    assert "Spotify" not in shown


def test_the_labels_own_week_is_told_with_its_copies_left_out(shared: Path, here: Path) -> None:
    shutil.copytree(shared / "legacy-history", here / "data")
    assert run("data", "check", "--amend", "--yes").exit_code in {0, 1}
    told = json.loads(run("week", "--week", "2025-W42", "--format", "json").stdout)
    assert {wave["episode"]["artist"] for wave in told["open"]} == {"Casa 24", "Mango Blade"}
    assert {row["last"] for row in told["changes"]} == {"2025-10-17"}
    assert [entry["label"] for entry in told["new"] if entry["artist"] == "Mango Blade"] == ["Air Temple Interlude"]
    mail = run("week", "--week", "2025-W42", "--format", "md").stdout
    assert "279 by 11 Nov 2025" in mail


@every_command
def test_a_newest_day_that_cannot_be_read_is_said_and_the_day_before_answers(month: Path, command: list[str]) -> None:
    """Else “nobody has this number” would be told of a file somebody cut in half."""
    (month / "data" / "historical" / f"{DAY}.json").write_text("{", "utf-8")
    done = run(*command, "--format", "json")
    assert done.exit_code == 0
    assert f"{DAY}.json" in done.stderr
    assert "It is left out of the answer." in done.stderr
    (month / "data" / "historical" / f"{DAY}.json").unlink()
    assert done.stdout == run(*command, "--format", "json").stdout


@every_command
def test_a_day_in_the_future_is_said_and_not_heeded(month: Path, command: list[str]) -> None:
    before = run(*command, "--format", "json").stdout
    future = ours(dt.date(2131, 1, 1), 9000, 9000)
    (month / "data" / "historical" / f"{future.date}.json").write_text(dump(future), "utf-8")
    done = run(*command, "--format", "json")
    assert "2131-01-01 lies in the future and is not heeded." in done.stderr
    assert done.stdout == before


@pytest.mark.parametrize(("age", "old"), [(2, False), (3, True)])
def test_a_record_is_old_when_two_nights_were_missed(
    month: Path, monkeypatch: pytest.MonkeyPatch, age: int, *, old: bool
) -> None:
    monkeypatch.setattr(questions, "today", lambda: DAY + dt.timedelta(days=age))
    assert (f"Note: the newest day is {DAY}, {age} days ago." in run("growth").stderr) == old


@every_command
def test_that_the_record_is_old_is_said_unless_a_day_was_asked_for(month: Path, command: list[str]) -> None:
    assert re.search(rf"Note: the newest day is {DAY}, \d+ days ago\.", run(*command).stderr)
    if "--since" not in command:
        assert "Note:" not in run(*command, "--asof", f"{DAY}").stderr


def test_an_artist_of_whom_nothing_was_read_gets_a_sentence(here: Path) -> None:
    ana = artist("Ana", spotify={"followers": None, "monthly_listeners": None})
    gone = [flag("Ana", "spotify", "*", "no_account")]
    record(here, [snapshot({**ana, "accounts": {}}, day=DAY, flags=gone)])
    assert "No number was recorded for this artist on this day." in run("show", "--artist", "Ana").stdout
