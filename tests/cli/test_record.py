"""`show`, `diff`, `sources` and `data` as a person types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from tests.internet import casa24

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

ENV = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ} | {"PYTHONUTF8": "1"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and no casa24.toml above it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_without_a_snapshot_show_names_collect_and_demo(here: Path) -> None:
    done = run("show")
    assert done.exit_code == 1
    assert "casa24 collect" in done.stderr
    assert "casa24 demo" in done.stderr


def test_show_needs_no_configuration(demo: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    done = run("show", "--data-dir", "casa24-demo/data")
    assert done.exit_code == 0
    assert "Our label on 2025-10-17" in done.stdout


def test_one_artist_is_shown_in_full(demo: Path) -> None:
    shown = run("show", "--artist", "pyro").stdout
    for part in (
        "Spotify · Followers",
        "Chispa",
        "https://open.spotify.com/track/demo",
        "YouTube · Most viewed videos",
    ):
        assert part in shown
    assert "https://www.instagram.com/pyro_0201/" in shown
    assert "Missing" in run("show", "--artist", "bo.wlie").stdout


def test_a_rounded_number_shows_its_bounds(demo: Path) -> None:
    assert "between 1,050 and 1,149" in run("show", "--artist", "ARANDA").stdout


def test_a_whole_name_comes_before_a_part_of_one(demo: Path) -> None:
    assert run("show", "--artist", "casa 24").stdout.startswith("Casa 24 (demo)")
    assert run("show", "--artist", "Beats").stdout.startswith("Casa 24Beats (demo)")


def test_an_unknown_artist_is_answered_with_the_nearest_names(demo: Path) -> None:
    done = run("show", "--artist", "Mango Blode")
    assert done.exit_code == 2
    assert "Mango Blade (demo)" in done.stderr


def test_a_day_without_a_snapshot_names_the_nearest_and_takes_it_when_asked(demo: Path) -> None:
    done = run("diff", "2025-09-01", "latest")
    assert done.exit_code == 1
    assert "Nearest: 2025-10-01" in done.stderr
    assert "2025-10-01 → 2025-10-17" in run("diff", "2025-09-01", "latest", "--nearest").stdout


@pytest.mark.parametrize("nonsense", ["yesteryear", "2025-13-01", "99999999d", ""])
def test_what_is_no_date_is_said_with_examples(demo: Path, nonsense: str) -> None:
    done = run("show", "--date", nonsense)
    assert done.exit_code == 2
    assert "Write it like 2025-10-17" in done.stderr


@pytest.mark.parametrize("command", [["show"], ["show", "-a", "PYRO"], ["diff", "2025-10-01", "latest"], ["sources"]])
def test_every_reading_command_answers_in_four_formats(demo: Path, command: list[str]) -> None:
    data = json.loads(run(*command, "--format", "json").stdout)
    table, csv, md = (run(*command, "--format", form).stdout for form in ("table", "csv", "md"))
    assert isinstance(data, dict)
    assert csv.count(",") > csv.count("\n") > 3
    assert md.startswith("## ")
    assert "| --- |" in md
    assert max(len(line) for line in table.splitlines()) <= 80
    assert "\x1b" not in table + csv + md


def test_the_labels_own_history_is_shown_with_its_failures_as_gaps(shared: Path, here: Path) -> None:
    """The saved roster decides which accounts exist; the data folder is read in place."""
    folder = str(shared / "legacy-history")
    shown = run("show", "--artist", "bo.wlie", "--date", "2025-10-17", "--data-dir", folder, "--format", "json")
    (artist,) = json.loads(shown.stdout)["artists"]
    numbers = {(source["source"], n["metric"]): n["point"] for source in artist["sources"] for n in source["numbers"]}
    assert numbers["spotify", "followers"]["value"] == 88
    assert numbers["instagram", "followers"]["value"] is None
    assert numbers["instagram", "followers"]["state"] == "failed"


def test_the_labels_own_history_compares_two_days(shared: Path, here: Path) -> None:
    folder = str(shared / "legacy-history")
    done = run("diff", "2025-10-01", "2025-10-17", "--data-dir", folder, "--format", "json")
    rows = {(row["artist"], row["source"], row["metric"]): row for row in json.loads(done.stdout)["changes"]}
    followers = rows["Casa 24", "spotify", "followers"]
    assert (followers["old"]["value"], followers["new"]["value"], followers["percent"]) == (357, 523, 46.5)
    assert rows["bo.wlie", "instagram", "followers"]["old"]["value"] is None
    listeners = rows["ZACKO", "spotify", "monthly_listeners"]
    assert (listeners["old"]["value"], listeners["old"]["state"], listeners["change"]) == (0, "measured", 0)
    subscribers = rows["Mango Blade", "youtube", "subscribers"]
    assert (subscribers["old"]["value"], subscribers["new"]["value"]) == (None, None)


def test_the_table_of_the_labels_history_fits_a_pipe(shared: Path, here: Path) -> None:
    done = run("diff", "2025-10-01", "2025-10-17", "--data-dir", str(shared / "legacy-history"))
    assert "no reading" not in done.stdout.split("Casa 24Beats")[1].split("All artists")[0]
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_the_csv_can_be_made_anew_byte_for_byte(demo: Path) -> None:
    table = demo / "data" / "popularity_scores.csv"
    before = table.read_bytes()
    table.unlink()
    assert run("data", "rebuild-csv").exit_code == 0
    assert table.read_bytes() == before


def test_a_broken_configuration_is_one_clear_error_for_every_command(here: Path) -> None:
    (here / "casa24.toml").write_text('[label]\ncolour = "green"\n[[artists]]\nspotify_id = "x"\n', "utf-8")
    for command in (["show"], ["collect"], ["sources"]):
        done = run(*command)
        assert done.exit_code in {1, 2}
        assert "Traceback" not in done.stderr
    assert "did you mean color?" in run("collect").stderr


def test_a_traceback_is_shown_only_with_debug(demo: Path) -> None:
    (demo / "data" / "historical" / "2025-10-17.json").write_text("{", "utf-8")
    plain = casa24("show", env=ENV, cwd=demo)
    assert (plain.returncode, "Traceback" in plain.stderr) == (1, False)
    assert "is damaged" in plain.stderr
    assert "→ Restore the file from git" in plain.stderr
    assert "Traceback" in casa24("show", "--debug", env=ENV, cwd=demo).stderr


def test_names_with_brackets_and_escapes_print_as_they_are(demo: Path) -> None:
    path = demo / "data" / "historical" / "2025-10-17.json"
    path.write_text(path.read_text("utf-8").replace("PYRO (demo)", "[bold]X\\u001b[31m [/x] =1+1"), "utf-8")
    for form in ("table", "json", "csv", "md"):
        shown = run("show", "--format", form).stdout
        assert "\x1b" not in shown
        assert "bold" in shown
    assert "[bold]X\\x1b[31m [/x]" in run("show").stdout


def test_the_shell_completes_artists_dates_and_sources(demo: Path) -> None:
    def completed(*words: str) -> str:
        line = " ".join(("casa24", *words))
        env = ENV | {"_CASA24_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
        return casa24(env=env, cwd=demo).stdout

    assert completed("show", "--artist", "PY").strip() == r"PYRO\ \(demo\)"
    assert "2025-10-17" in completed("show", "--date", "2025-10")
    assert "spotify" in completed("collect", "--source", "sp")


def test_help_and_version_load_nothing_slow(here: Path) -> None:
    """Start-up time is a feature: pydantic, rich and httpx wait until a command needs them."""
    code = "import sys, casa24.cli.app; print([m for m in ('pydantic', 'rich.console', 'httpx') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert run("--version").stdout.startswith("casa24 0.")


@pytest.mark.parametrize("command", [["show"], ["diff", "2025-10-01", "latest"], ["show", "--artist", "PYRO"]])
def test_reading_the_record_loads_nothing_that_only_asking_needs(demo: Path, command: list[str]) -> None:
    """What `python -m tests.benchmarks` measures, in a form that does not depend on the machine."""
    slow = "{'asyncio', 'httpx', 'ssl', 'selectolax', 'stamina'}"
    after = f"print({slow} & {{*sys.modules}}, file=sys.stderr)"
    code = f"import sys; from casa24.cli import main\ntry: main()\nfinally: {after}"
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=ENV,
        cwd=demo,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert "PYRO" in done.stdout
    assert done.stderr == "set()\n"


def test_that_another_day_is_taken_is_said(demo: Path) -> None:
    done = run("diff", "2025-09-01", "latest", "--nearest")
    assert "2025-09-01 has no snapshot; the nearest is 2025-10-01." in done.stderr


def test_a_day_is_not_compared_with_itself(demo: Path) -> None:
    done = run("diff", "2025-12-24", "latest", "--nearest")
    assert (done.exit_code, "Both dates mean 2025-10-17" in done.stderr) == (2, True)


def test_an_artist_who_is_gone_is_found_where_they_were(shared: Path, here: Path) -> None:
    done = run("show", "--artist", "pax", "--data-dir", str(shared / "legacy-history"))
    assert done.exit_code == 2
    assert "pax was recorded until 2025-08-22." in done.stderr
    assert "--date 2025-08-22" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_an_output_that_cannot_show_everything_shows_what_it_can(demo: Path, encoding: str) -> None:
    env = {name: value for name, value in ENV.items() if name != "PYTHONUTF8"} | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-m", "casa24", "show"], env=env, cwd=demo, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0
    assert b"PYRO (demo)" in done.stdout


def test_debug_changes_no_exit_code(demo: Path) -> None:
    assert run("show", "--date", "nonsense", "--debug").exit_code == 2


def test_rebuilding_from_a_damaged_day_is_refused_and_names_it(demo: Path) -> None:
    """A CSV without that day's rows would be a loss nobody asked for."""
    table = demo / "data" / "popularity_scores.csv"
    before = table.read_bytes()
    (demo / "data" / "historical" / "2025-10-03.json").write_text("{", "utf-8")
    done = run("data", "rebuild-csv")
    assert (done.exit_code, "2025-10-03.json is damaged" in done.stderr) == (1, True)
    assert table.read_bytes() == before


def test_rebuilding_sets_aside_what_the_days_do_not_hold(demo: Path) -> None:
    table = demo / "data" / "popularity_scores.csv"
    before = table.read_bytes()
    (demo / "data" / "historical" / "2025-10-03.json").unlink()
    done = run("data", "rebuild-csv")
    assert "was set aside as" in done.stderr
    assert (demo / "data" / "popularity_scores.old-1.csv").read_bytes() == before
    assert b"2025-10-03" not in table.read_bytes()


def test_rebuilding_needs_a_record(here: Path) -> None:
    done = run("data", "rebuild-csv", "--data-dir", "nowhere")
    assert (done.exit_code, (here / "nowhere").exists()) == (1, False)


def test_merging_says_what_happened_to_each_day(demo: Path) -> None:
    shutil.copytree(demo / "data", demo / "other")
    (demo / "data" / "historical" / "2025-10-03.json").unlink()
    done = run("data", "merge", "other")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.splitlines()[0] == "2025-10-03: taken over."
    assert done.stderr.splitlines()[1] == "16 days, 2025-10-01 … 2025-10-17: held nothing new."
    assert (demo / "data" / "popularity_scores.csv").read_bytes() == (
        demo / "other" / "popularity_scores.csv"
    ).read_bytes()


def test_merging_what_is_no_record_names_what_would_be_one(demo: Path) -> None:
    done = run("data", "merge", "nowhere")
    assert (done.exit_code, "There is no nowhere" in done.stderr, "YYYY-MM-DD.json" in done.stderr) == (1, True, True)


def test_an_import_says_what_is_odd_and_a_dry_run_writes_nothing(demo: Path) -> None:
    (demo / "data").rename(demo / "old")
    (demo / "old" / "historical" / "2025-10-03.json").unlink()
    with (demo / "old" / "popularity_scores.csv").open("a", encoding="utf-8") as file:
        file.write("Server,2025-10-03,1,,,,,,,\n")
    dry = run("data", "import", "old", "--dry-run")
    assert (dry.exit_code, "A dry run: nothing was written" in dry.stdout, (demo / "data").exists()) == (0, True, False)
    done = run("data", "import", "old")
    assert done.exit_code == 0, done.stderr
    assert "16 days, 2025-10-01 … 2025-10-17: taken over." in done.stdout
    assert "no snapshot" in done.stdout
    assert "kept in data/popularity_scores.unmatched.csv" in done.stdout
    again = json.loads(run("data", "import", "old", "--format", "json").stdout)
    assert (again["new"], len(again["same"]), again["leftover"][0]["first"]) == ([], 16, "2025-10-03")
    assert "Server" in {rows["artist"] for rows in again["leftover"]}
    assert run("data", "import", "data").exit_code == 2


def test_an_artist_is_found_by_an_old_name_in_a_comparison(demo: Path) -> None:
    for day in sorted((demo / "data" / "historical").iterdir())[:5]:
        day.write_text(day.read_text("utf-8").replace("PYRO (demo)", "Pyromaniac"), "utf-8")
    shown = run("diff", "2025-10-01", "latest", "--artist", "Pyromaniac").stdout
    assert "PYRO (demo)" in shown
    assert "Nothing was recorded" not in shown


def test_a_value_that_is_no_number_is_a_gap_with_its_reason(demo: Path) -> None:
    path = demo / "data" / "historical" / "2025-10-17.json"
    path.write_text(path.read_text("utf-8").replace('"subscribers": 92', '"subscribers": [1]'), "utf-8")
    shown = run("show", "--artist", "PYRO").stdout
    assert "no reading" in shown
    assert "the stored value is no number" in shown


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["show", "--date", "2030-01-01"], "No hay registro del 2030-01-01."),
        (["diff", "hoy", "latest"], "'hoy' no es una fecha."),
        (["diff", "latest", "latest"], "Las dos fechas son el "),
        (["predict", "--days", "99"], "No se pueden pronosticar 99 días."),
        (["unusual", "--since", "2030-01-01"], "--since 2030-01-01 viene después del día más nuevo"),
    ],
)
def test_a_wrong_day_is_told_in_the_labels_language(the_demo: Path, command: list[str], said: str) -> None:
    done = CliRunner().invoke(app, [*command, "--config", str(the_demo / "casa24.toml"), "--lang", "es"])
    assert done.exit_code != 0
    *_, error, advice = done.stderr.splitlines()
    assert said in error
    assert not re.search("Give|Write|Use", advice)
