"""`casa24 collect` as a whole process, over real sockets and real TLS."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from casa24.demo import KEYS
from tests.internet import Internet, casa24

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {
    "SPOTIFY_CLIENT_ID": "canary-spotify-id",
    "SPOTIFY_CLIENT_SECRET": "canary-spotify-secret",
    "YOUTUBE_API_KEY": "canary-youtube-key",
    "INSTAGRAM_ACCESS_TOKEN": "canary-instagram-token",
    "DISCORD_BOT_TOKEN": "canary-discord-token",
}


def environ(world: Internet, **more: str) -> dict[str, str]:
    return {**world.environ, **KEYS, **SECRETS, **more}


def days(label: Path) -> list[Path]:
    return sorted((label / "data" / "historical").glob("*.json"))


def test_a_night_asks_all_four_platforms_and_stores_the_day(world: Internet, label: Path) -> None:
    done = casa24("collect", env=environ(world), cwd=label)
    assert done.returncode == 0, done.stderr
    (day,) = days(label)
    stored = json.loads(day.read_text("utf-8"))
    first = stored["artists"][0]
    assert first["name"] == "Casa 24 (demo)"
    assert first["spotify"]["monthly_listeners"] == "1271"
    assert (first["spotify"]["followers"], first["youtube"]["video_count"]) == (555, 94)
    assert len(first["youtube"]["top_videos"]) == 5
    assert stored["discord"]["member_count"] == 64
    assert {run["via"] for run in stored["sources"].values()} == {"api"}
    assert (label / "data" / "latest.json").read_bytes() == day.read_bytes()
    assert (label / "data" / "popularity_scores.csv").read_text("utf-8").count("\n") == 9
    hosts = {request.url.host for request in world.seen}
    assert {"open.spotify.com", "api.spotify.com", "www.googleapis.com", "graph.facebook.com", "discord.com"} <= hosts


def test_what_is_missing_is_said_with_what_to_do(world: Internet, label: Path) -> None:
    done = casa24("collect", env=environ(world), cwd=label)
    assert "Instagram, bo.wlie (demo) (Followers, Posts): Instagram does not show this" in done.stdout
    assert "→ Check the username in casa24.toml" in done.stdout


def test_the_same_day_again_changes_no_file(world: Internet, label: Path) -> None:
    casa24("collect", env=environ(world), cwd=label)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (label / "data").rglob("*.*")}
    again = casa24("collect", env=environ(world), cwd=label)
    assert "Nothing changed" in again.stdout
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (label / "data").rglob("*.*")} == before


def test_no_secret_reaches_a_url_a_file_or_a_line_of_output(world: Internet, label: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    env = environ(world, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    done = casa24("collect", "--debug", env=env, cwd=label)
    unmasked = [line for line in done.stderr.splitlines() if not line.startswith("::add-mask::")]
    files = [path.read_text("utf-8") for path in (label / "data").rglob("*.*")]
    urls = [str(request.url) for request in world.seen]
    searched = "\n".join([done.stdout, *unmasked, *files, *urls, summary.read_text("utf-8")])
    assert [secret for secret in SECRETS.values() if secret in searched] == []
    masks = {line.removeprefix("::add-mask::") for line in done.stderr.splitlines()} - set(unmasked)
    assert masks == set(SECRETS.values())
    assert any(SECRETS["YOUTUBE_API_KEY"] == request.headers.get("x-goog-api-key") for request in world.seen)


def test_under_github_actions_gaps_are_annotations_and_the_day_is_the_jobs_summary(
    world: Internet, label: Path, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    done = casa24("collect", env=environ(world, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)), cwd=label)
    assert (
        "::warning::Instagram, bo.wlie (demo) (Followers, Posts): Instagram does not show this account" in done.stderr
    )
    assert "| Casa 24 (demo) | 4 | 555 | 1,271 |" in summary.read_text("utf-8")


def test_a_dry_run_writes_nothing(world: Internet, label: Path) -> None:
    done = casa24("collect", "--dry-run", env=environ(world), cwd=label)
    assert done.returncode == 0
    assert "A dry run" in done.stdout
    assert not (label / "data").exists()


def test_strict_ends_with_3_when_anything_failed(world: Internet, label: Path) -> None:
    assert casa24("collect", "--strict", env=environ(world), cwd=label).returncode == 3
    assert casa24("collect", "--strict", "--source", "youtube", env=environ(world), cwd=label).returncode == 0


def test_a_run_that_measures_nothing_ends_with_1_and_writes_nothing(world: Internet, label: Path) -> None:
    world.play = lambda _request: httpx.Response(500, text="no")
    done = casa24("collect", env=environ(world), cwd=label)
    assert done.returncode == 1
    assert "Nothing was measured" in done.stdout
    assert not (label / "data").exists()
    assert "Traceback" not in done.stderr


def test_a_platform_that_fails_later_in_the_day_costs_nothing_recorded_before(world: Internet, label: Path) -> None:
    casa24("collect", env=environ(world), cwd=label)
    before = days(label)[0].read_bytes()
    world.play = lambda request: httpx.Response(500) if "googleapis" in request.url.host else None
    done = casa24("collect", env=environ(world), cwd=label)
    assert days(label)[0].read_bytes() == before
    assert "YouTube: YouTube had an internal error" in done.stderr
    assert "kept what was recorded earlier today" in done.stderr


def test_one_artist_first_and_all_later_make_one_whole_day(world: Internet, label: Path) -> None:
    casa24("collect", "--artist", "pyro", "--source", "spotify", env=environ(world), cwd=label)
    stored = json.loads(days(label)[0].read_text("utf-8"))
    by_name = {artist["name"]: artist for artist in stored["artists"]}
    assert by_name["PYRO (demo)"]["spotify"]["followers"] == 798
    assert by_name["ZACKO (demo)"]["spotify"]["followers"] is None
    casa24("collect", env=environ(world), cwd=label)
    whole = json.loads(days(label)[0].read_text("utf-8"))
    fresh = json.loads(casa24("collect", "--dry-run", "--format", "json", env=environ(world), cwd=label).stdout)
    assert all(artist["spotify"]["followers"] is not None for artist in whole["artists"][:7])
    assert {flag["code"] for flag in whole["flags"]} == {"no_account", "not_readable", "rounded"}
    assert fresh["measured"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no Ctrl-C to one process alone")
def test_ctrl_c_stores_what_has_arrived_and_ends_with_130(world: Internet, label: Path) -> None:
    release, asked = threading.Event(), threading.Event()

    def hang(request: httpx.Request) -> httpx.Response | None:
        if request.url.host != "graph.facebook.com":
            return None
        asked.set()
        release.wait(20)
        return httpx.Response(500)

    world.play = hang
    running = subprocess.Popen(
        [sys.executable, "-m", "casa24", "collect"],
        env=environ(world), cwd=label, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert asked.wait(20)
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=20)
    release.set()
    assert running.returncode == 130, errors
    stored = json.loads(days(label)[0].read_text("utf-8"))
    assert stored["artists"][0]["spotify"]["followers"] == 555
    assert stored["artists"][0]["instagram"]["followers"] is None
    assert "interrupted" in {flag["code"] for flag in stored["flags"] if flag["source"] == "instagram"}
    assert "Traceback" not in errors


def test_the_deadline_stores_what_has_arrived(world: Internet, label: Path) -> None:
    def slow(request: httpx.Request) -> httpx.Response | None:
        if request.url.host == "graph.facebook.com":
            time.sleep(5)
        return None

    world.play = slow
    done = casa24("collect", "--deadline", "2", env=environ(world), cwd=label)
    assert done.returncode == 0, done.stderr
    flags = json.loads(days(label)[0].read_text("utf-8"))["flags"]
    assert {flag["code"] for flag in flags if flag["source"] == "instagram"} == {"deadline", "no_account"}


def test_without_keys_the_page_alone_is_read_and_each_missing_key_is_said_once(world: Internet, label: Path) -> None:
    done = casa24("collect", env=world.environ, cwd=label)
    assert done.returncode == 0
    stored = json.loads(days(label)[0].read_text("utf-8"))
    assert stored["sources"]["spotify"]["via"] == "page"
    assert stored["artists"][0]["spotify"]["followers"] == 555
    assert stored["artists"][0]["spotify"]["popularity_score"] is None
    assert done.stdout.count("Set SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET") == 1
    assert "Discord" not in done.stdout + done.stderr
    assert {request.url.host for request in world.seen} == {"open.spotify.com"}


def test_the_worker_gives_the_keys(world: Internet, label: Path) -> None:
    def worker(request: httpx.Request) -> httpx.Response | None:
        if request.url.host != "keys.example.org":
            return None
        allowed = request.headers.get("authorization") == "Bearer worker-key"
        return httpx.Response(200, json={**KEYS, **SECRETS}) if allowed else httpx.Response(401)

    world.play = worker
    env = {**world.environ, "WORKER_API_URL": "https://keys.example.org", "WORKER_API_KEY": "worker-key"}
    done = casa24("collect", env=env, cwd=label)
    assert done.returncode == 0
    assert any(request.headers.get("x-goog-api-key") == SECRETS["YOUTUBE_API_KEY"] for request in world.seen)
    refused = casa24("collect", env={**env, "WORKER_API_KEY": "wrong"}, cwd=label)
    assert "The Worker refused our key" in refused.stderr


def test_without_a_configuration_nothing_is_asked(world: Internet, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = casa24("collect", env=world.environ, cwd=empty)
    assert done.returncode == 2
    assert "no casa24.toml here or above" in done.stderr
    assert world.seen == []


def test_an_unknown_source_or_artist_is_named_before_anything_is_asked(world: Internet, label: Path) -> None:
    wrong = casa24("collect", "--source", "spotfy", env=environ(world), cwd=label)
    assert (wrong.returncode, "Installed: spotify, youtube, instagram, discord." in wrong.stderr) == (2, True)
    nobody = casa24("collect", "--artist", "Pyra", env=environ(world), cwd=label)
    assert (nobody.returncode, "PYRO (demo)" in nobody.stderr) == (2, True)
    assert world.seen == []


def test_what_failed_again_is_not_called_kept(world: Internet, label: Path) -> None:
    """Two artists failed, one is tried again and fails: nothing of it was recorded earlier today."""
    down = {"acc": ("pyro_0201", "zacko.____")}

    def play(request: httpx.Request) -> httpx.Response | None:
        gone = any(name in request.url.query.decode() for name in down["acc"])
        return httpx.Response(500) if gone else None

    world.play = play
    casa24("collect", env=environ(world), cwd=label)
    again = casa24("collect", "--artist", "PYRO", "--source", "instagram", env=environ(world), cwd=label)
    assert "kept" not in again.stderr


def test_a_folder_one_cannot_write_to_is_said_before_anybody_is_asked(world: Internet, label: Path) -> None:
    (label / "data").write_text("a file", "utf-8")
    done = casa24("collect", env=environ(world), cwd=label)
    assert (done.returncode, world.seen) == (1, [])
    assert "is no folder one may write to" in done.stderr


def test_where_nobody_has_an_account_that_is_the_reason(world: Internet, label: Path) -> None:
    done = casa24("collect", "--artist", "ZACKO", "--source", "youtube", env=environ(world), cwd=label)
    assert (done.returncode, world.seen) == (1, [])
    assert "Nobody was asked" in done.stderr


def test_an_artist_who_left_is_not_asked_about_and_that_is_said(world: Internet, label: Path) -> None:
    toml = label / "casa24.toml"
    toml.write_text(
        toml.read_text("utf-8").replace('aliases = ["PYRO"]', 'aliases = ["PYRO"]\nleft = 2025-01-01'), "utf-8"
    )
    done = casa24("collect", "--artist", "PYRO", env=environ(world), cwd=label)
    assert (done.returncode, world.seen) == (2, [])
    assert "PYRO (demo) is not collected today." in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("started", [[], ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]], ids=["", "in the background"])
def test_a_request_to_end_stores_what_has_arrived(world: Internet, label: Path, name: str, started: list[str]) -> None:
    """Also where a script started it in the background, deaf to Ctrl-C."""
    asked = threading.Event()

    def slow(request: httpx.Request) -> httpx.Response | None:
        if request.url.host == "graph.facebook.com":
            asked.set()
            time.sleep(8)
        return None

    world.play = slow
    running = subprocess.Popen(
        [*started, sys.executable, "-m", "casa24", "collect"],
        env=environ(world), cwd=label, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert asked.wait(20)
    # On a busy machine the others take longer to be asked: a second must pass without a question.
    seen = 0
    while seen != len(world.seen):
        seen = len(world.seen)
        time.sleep(1)
    running.send_signal(signal.Signals[name])
    assert running.wait(timeout=20) == 130
    assert json.loads(days(label)[0].read_text("utf-8"))["artists"][0]["spotify"]["followers"] == 555


def test_a_number_that_is_gone_for_every_artist_is_said_to_be_the_platforms_change(
    world: Internet, label: Path
) -> None:
    casa24("collect", env=environ(world), cwd=label)
    (day,) = days(label)
    stored = json.loads(day.read_text("utf-8"))
    stored["date"] = "2025-10-16"
    day.rename(day.with_name("2025-10-16.json")).write_text(json.dumps(stored), "utf-8")

    def without_followers(request: httpx.Request) -> httpx.Response | None:
        if request.url.host != "graph.facebook.com":
            return None
        known = {"username": request.url.params["fields"].partition("(")[2].partition(")")[0], "media_count": 3}
        return httpx.Response(200, json={"business_discovery": known})

    world.play = without_followers
    done = casa24("collect", env=environ(world), cwd=label)
    assert done.returncode == 0
    assert "Instagram gives this value for nobody any more: it probably changed" in " ".join(done.stdout.split())
    fresh = json.loads(days(label)[-1].read_text("utf-8"))
    told = [flag for flag in fresh["flags"] if (flag["source"], flag["metric"]) == ("instagram", "followers")]
    assert [(flag["artist"], flag["code"]) for flag in told if flag["state"] == "failed"] == [("*", "platform_changed")]
    first = fresh["artists"][0]["instagram"]
    assert (first["followers"], first["media_count"]) == (None, 3)
