"""`casa24 artists` as a person types it: the roster listed, and edited in its file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.config import loading
from casa24.demo import KEYS
from casa24.record.workspace import today
from casa24.sources import registry
from casa24.sources.base import Reading
from casa24.sources.instagram import Instagram, InstagramStats
from tests.internet import Internet, casa24, resets, silence
from tests.launching import FEW_RIGHTS, casa24_after

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

PYRO = "https://open.spotify.com/artist/5BsYYsSnFsE9SoovY7aQV0?si=0a1b2c"
NUEVA = "https://www.instagram.com/nueva/?igsh=1"
ROSTER = """\
[label]
name = "Our [bold] label"

# Who is with us
[[artists]]
name = "Ana"
aliases = ["Anita"]
youtube_id = "@ana" # her channel
joined = 2025-01-01

[[artists]]
name = "Ben"
instagram_username = "https://www.instagram.com/ben/"
left = 2025-06-30

[web]
pause = 0
backoff = 0.01
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A label's folder, entered."""
    (tmp_path / "casa24.toml").write_text(ROSTER, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["artists", *arguments])


def written(folder: Path) -> str:
    return (folder / "casa24.toml").read_text("utf-8")


def roster(folder: Path) -> dict[str, dict[str, str]]:
    found = loading.read(folder / "casa24.toml").resolve(registry.load())
    return {artist.name: dict(artist.accounts) for artist in found.artists}


def test_the_list_says_who_is_there_with_which_accounts_and_who_left(here: Path) -> None:
    shown = run("list").stdout
    assert "Our [bold] label: 2 artists, 1 of them collected today" in shown
    assert [line.split() for line in shown.splitlines()[-4:]] == [
        ["Ana", "joined", "2025-01-01"],
        ["YouTube", "@ana"],
        ["Ben", "left", "2025-06-30"],
        ["Instagram", "ben"],
    ]


def test_the_list_answers_in_the_other_formats(here: Path) -> None:
    rows = run("list", "--format", "csv").stdout.splitlines()
    assert rows[0] == "name,spotify_id,youtube_id,instagram_username,joined,left"
    assert rows[1:] == ["Ana,,'@ana,,2025-01-01,", "Ben,,,ben,,2025-06-30"]
    first, second = json.loads(run("list", "--format", "json").stdout)["artists"]
    assert first["accounts"] == [
        {"source": "youtube", "title": "YouTube", "account_key": "youtube_id", "account": "@ana"}
    ]
    assert (first["aliases"], first["active"], second["active"]) == (["Anita"], True, False)
    assert "| **Ana** | joined 2025-01-01 |" in run("list", "--format", "md").stdout


def test_an_empty_roster_says_how_to_begin(here: Path) -> None:
    (here / "casa24.toml").write_text('[label]\nname = "New"\n', "utf-8")
    assert "casa24 artists add LINK" in run("list").stdout
    assert run("add", NUEVA, "--name", "Nueva").exit_code == 0
    assert "New: 1 artist\n" in run("list").stdout


def test_without_a_casa24_toml_every_one_of_them_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["list"], ["add", NUEVA, "--name", "Nueva"], ["leave", "Ana"]):
        done = run(*command)
        assert done.exit_code == 2
        assert "no casa24.toml here or above" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_artist_is_added_by_links_and_the_block_and_the_next_step_are_shown(here: Path) -> None:
    done = run("add", PYRO, NUEVA, "--name", "Nueva")
    assert done.exit_code == 0, done.stderr
    block = '[[artists]]\nname = "Nueva"\nspotify_id = "5BsYYsSnFsE9SoovY7aQV0"\ninstagram_username = "nueva"\n'
    assert done.stdout == block
    assert "casa24 collect" in done.stderr
    assert written(here) == ROSTER.replace("\n[web]", f"\n{block}\n[web]")


def test_an_artist_leaves_today_or_on_a_day(here: Path) -> None:
    done = run("leave", "anita")
    assert (done.exit_code, f"Ana: left = {today()}\n" in done.stderr) == (0, True)
    assert run("leave", "ana").exit_code == 0, "the same day again is no change"
    joined = "joined = 2025-01-01\n"
    assert written(here) == ROSTER.replace(joined, f"{joined}left = {today()}\n")
    done = run("leave", "ben", "--date", "2025-07-31")
    assert done.stdout == "left = 2025-07-31\n"
    assert "Ben: left = 2025-07-31 (it was 2025-06-30)" in done.stderr
    assert "left = 2025-06-30" not in written(here)
    assert "says so already" in run("leave", "ben", "--date", "2025-07-31").stderr


@pytest.mark.parametrize("command", [["add", NUEVA, "--name", "Nueva"], ["leave", "Ana"]])
def test_a_dry_run_shows_the_difference_and_writes_nothing(here: Path, command: list[str]) -> None:
    done = run(*command, "--dry-run")
    assert done.stdout.startswith("--- casa24.toml\n+++ casa24.toml\n@@")
    assert "nothing was written" in done.stderr
    assert written(here) == ROSTER


def test_a_dry_run_shows_a_file_of_another_machine_as_plain_lines(here: Path) -> None:
    (here / "casa24.toml").write_bytes('\ufeff[[artists]]\r\nname = "Ana" # \u202e\r\n'.encode())
    lines = run("leave", "Ana", "--dry-run").stdout.splitlines()
    assert lines[-3:] == [" [[artists]]", ' name = "Ana" # \\u202e', f"+left = {today()}"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["add", "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M"], "Share → Copy link"),
        (["add", "https://www.tiktok.com/@nueva"], "no platform casa24 knows"),
        (["add", "https://instagram.com/ben", "--name", "Nueva"], "the same instagram as artist 'Ben'"),
        (["add", NUEVA, "--name", "ANITA"], "the same name as artist 'Ana'"),
        (["add", NUEVA, "--name", "x\u202ey"], "must be one printable line"),
        (["add", NUEVA, NUEVA], "Two of these are of Instagram"),
        (["leave", "Anna"], "Nearest: Ana"),
        (["leave", "A"], "Write the whole name. Nearest: Ana."),
        (["leave", "Anit"], "Nearest: Ana"),
        (["leave", "Ben"], "Ben left already: left = 2025-06-30."),
        (["leave", "Ana", "--date", "yesteryear"], "Write it like 2025-10-17"),
        (["leave", "Ana", "--date", "latest"], "Write it like 2025-10-17, today, yesterday, or 7d"),
        (["leave", "Ana", "--date", "2024-12-31"], "must be after joined"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason_and_nothing_is_written(
    here: Path, command: list[str], told: str
) -> None:
    done = run(*command)
    assert done.exit_code == 2, done.stderr
    assert told in done.stderr
    assert "\u202e" not in done.stderr
    assert done.stdout == ""
    assert written(here) == ROSTER


@pytest.mark.parametrize("broken", ["[[artists]\n", '[[artists]]\nname = "Ana"\nleft = "soon"\n'])
def test_a_broken_file_is_named_and_left_alone(here: Path, broken: str) -> None:
    (here / "casa24.toml").write_text(broken, "utf-8")
    for command in (["list"], ["add", NUEVA, "--name", "Nueva"], ["leave", "Ana"]):
        done = run(*command)
        assert done.exit_code == 2
        assert str(here / "casa24.toml") in done.stderr
    assert written(here) == broken


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_file_that_may_not_be_written_is_not(here: Path) -> None:
    (here / "casa24.toml").chmod(0o444)
    done = casa24_after(FEW_RIGHTS, "artists", "leave", "Ana", env=dict(os.environ), cwd=here)
    assert done.returncode == 1
    assert "casa24.toml is read-only" in done.stderr
    assert written(here) == ROSTER


def test_of_several_at_once_nobody_is_lost(here: Path) -> None:
    links = [f"https://www.instagram.com/nueva{number}/" for number in range(4)]
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "casa24", "artists", "add", link, "--name", f"Nueva {number}"],
            cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for number, link in enumerate(links)
    ]  # fmt: skip
    assert [process.wait(timeout=60) for process in runs] == [0] * 4
    assert len(roster(here)) == 6


# The name, asked for.


def test_the_platforms_are_asked_for_the_name_and_the_first_that_answers_gives_it(world: Internet, here: Path) -> None:
    links = [PYRO, "https://www.youtube.com/channel/UCY8fZcLURY9LvYJ_fqh91VQ"]
    done = casa24("artists", "add", *links, env={**world.environ, **KEYS}, cwd=here)
    assert done.returncode == 0, done.stderr
    assert "Spotify: PYRO (demo)" in done.stderr
    assert "YouTube: PYRO (demo)" in done.stderr
    assert 'name = "PYRO (demo)"' in done.stdout
    assert list(roster(here)["PYRO (demo)"]) == ["spotify", "youtube"]


def test_what_a_source_prints_is_no_part_of_the_answer(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(_self: Instagram, _account: str) -> Reading[InstagramStats]:
        print("Hello from a source")  # noqa: T201 - that is the point
        return Reading(InstagramStats(followers=1), account_name="Nueva")

    monkeypatch.setattr(Instagram, "fetch", fetch)
    done = CliRunner().invoke(app, ["artists", "add", NUEVA], env=KEYS)
    assert done.stdout == '[[artists]]\nname = "Nueva"\ninstagram_username = "nueva"\n'
    assert "Hello" in done.stderr


def test_without_keys_a_page_may_still_know_the_name(world: Internet, here: Path) -> None:
    done = casa24("artists", "add", PYRO, env=world.environ, cwd=here)
    assert done.returncode == 0, done.stderr
    assert "PYRO (demo)" in roster(here)


def test_where_no_platform_answers_a_name_is_asked_for_and_nothing_is_written(world: Internet, here: Path) -> None:
    world.play = lambda _request: resets
    done = casa24("artists", "add", PYRO, NUEVA, env=world.environ, cwd=here)
    assert done.returncode == 2
    assert "--name" in done.stderr
    assert written(here) == ROSTER


def test_a_name_from_a_platform_is_taken_no_further_than_one_that_is_typed(world: Internet, here: Path) -> None:
    answer = {"business_discovery": {"username": "nueva", "name": "x\u202ey\x1b[31m", "followers_count": 1}}
    world.play = lambda _request: httpx.Response(200, json=answer)
    done = casa24("artists", "add", NUEVA, env={**world.environ, **KEYS}, cwd=here)
    assert done.returncode == 2
    assert "must be one printable line" in done.stderr
    assert not {"\u202e", "\x1b"} & set(done.stderr)
    assert written(here) == ROSTER


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_while_the_platforms_are_asked_writes_nothing(world: Internet, here: Path) -> None:
    world.play = lambda _request: silence
    running = subprocess.Popen(
        [sys.executable, "-m", "casa24", "artists", "add", PYRO],
        env=world.environ, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    for _ in range(200):
        if world.seen:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 130, errors
    assert "Traceback" not in errors
    assert written(here) == ROSTER
