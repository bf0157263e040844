"""`casa24 doctor` as a whole process: over real TLS, beside a real repository, and where there is nothing at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from casa24.demo import KEYS
from tests.internet import casa24
from tests.repositories import git
from tests.setup.doctor import healthy_keys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.internet import Internet


@pytest.fixture
def nightly(world: Internet, label: Path, env: dict[str, str], tmp_path: Path) -> Path:
    """A label that collected today, committed and pushed."""
    assert casa24("init", "--yes", env=env, cwd=label).returncode == 0
    assert casa24("collect", env=env, cwd=label).returncode == 0
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "origin.git")
    git(label, "init", "-q", "-b", "main")
    git(label, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(label, "add", "--all")
    git(label, "commit", "-qm", "The record begins")
    git(label, "push", "-q", "-u", "origin", "main")
    world.seen.clear()
    return label


def levels(done: str) -> dict[str, set[str]]:
    """The levels in each area."""
    found: dict[str, set[str]] = {}
    for line in json.loads(done)["lines"]:
        found.setdefault(line["area"], set()).add(line["level"])
    return found


def test_one_screen_says_how_the_label_stands_and_stores_nothing(
    world: Internet, nightly: Path, env: dict[str, str]
) -> None:
    before = {path: path.read_bytes() for path in nightly.rglob("*") if path.is_file() and ".git" not in path.parts}
    done = casa24("doctor", env=env, cwd=nightly)
    assert done.stdout.startswith("Casa 24 Records (demo): how it stands")
    assert "update-data.yml runs every day (02:30 UTC)" in done.stdout
    # The demo has one artist whom Instagram does not show.
    assert "Instagram, bo.wlie (demo): Instagram does not show this" in " ".join(done.stdout.split())
    assert done.returncode == 1
    assert {request.url.host for request in world.seen} >= {"api.spotify.com", "graph.facebook.com", "pypi.org"}
    after = {path: path.read_bytes() for path in nightly.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert after == before
    assert not any(key in done.stdout + done.stderr for key in KEYS.values() if len(key) > 8)


def test_what_is_well_ends_with_0_in_every_format(nightly: Path, env: dict[str, str]) -> None:
    areas = ("record", "repository", "workflow")
    only = [part for area in areas for part in ("--only", area)]
    done = casa24("doctor", *only, "--format", "json", env=env, cwd=nightly)
    assert (done.returncode, levels(done.stdout)) == (0, {key: {"ok"} for key in areas})
    table = casa24("doctor", *only, "--format", "csv", env=env, cwd=nightly)
    assert table.stdout.splitlines()[0] == "area,level,what,advice,link"
    assert "All is well." in casa24("doctor", *only, "--format", "md", env=env, cwd=nightly).stdout


def test_offline_opens_no_connection(world: Internet, nightly: Path, env: dict[str, str]) -> None:
    done = casa24("doctor", "--offline", "--format", "json", env=env, cwd=nightly)
    assert done.returncode == 0, done.stdout
    assert world.seen == []
    assert set(levels(done.stdout)) == {"configuration", "worker", "credentials", "record", "repository", "workflow"}


def test_a_platform_that_is_down_is_a_warning_and_a_dead_key_is_broken(
    world: Internet, nightly: Path, env: dict[str, str]
) -> None:
    def play(request: httpx.Request) -> httpx.Response | None:
        if "googleapis" in request.url.host:
            return httpx.Response(503)
        dead = {"error": {"code": 190, "type": "OAuthException", "message": "expired"}}
        return httpx.Response(400, json=dead) if "facebook" in request.url.host else None

    world.play = play
    done = casa24("doctor", "--only", "platforms", "--format", "json", env=env, cwd=nightly)
    told = {line["what"].split()[0].strip(":,"): line["level"] for line in json.loads(done.stdout)["lines"]}
    assert (done.returncode, told["YouTube"], told["Instagram"]) == (1, "warning", "broken")


def test_where_there_is_nothing_it_says_how_to_begin(world: Internet, env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = casa24("doctor", env=env, cwd=tmp_path / "empty")
    assert done.returncode == 1
    assert "no casa24.toml here or above" in done.stdout
    assert not any("spotify" in request.url.host for request in world.seen)


def test_a_typo_in_casa24_toml_leaves_the_label_its_name_and_its_worker(nightly: Path, env: dict[str, str]) -> None:
    text = (nightly / "casa24.toml").read_text("utf-8")
    wrong = text.replace("[label]", '[label]\nworker = "https://keys.casa24.example"').replace(
        "spotify_id", "spotfy_id", 1
    )
    (nightly / "casa24.toml").write_text(wrong, "utf-8")
    without = {name: value for name, value in env.items() if name not in KEYS}
    done = casa24("doctor", "--offline", env=without, cwd=nightly)
    assert done.stdout.startswith("Casa 24 Records (demo): how it stands")
    assert "did you mean spotify_id" in " ".join(done.stdout.split())
    assert "not set" not in done.stdout
    assert "No Worker" not in done.stdout


def test_an_env_file_nobody_can_read_is_told(nightly: Path, env: dict[str, str]) -> None:
    (nightly / ".env").write_bytes(b"YOUTUBE_API_KEY=\xff")
    done = casa24("doctor", "--offline", "--format", "json", env={**env, **healthy_keys.KEYS}, cwd=nightly)
    (line,) = [told_line for told_line in json.loads(done.stdout)["lines"] if told_line["level"] != "ok"]
    assert (line["area"], line["level"]) == ("credentials", "warning")
    assert line["what"] == f"{nightly / '.env'} cannot be read (UnicodeDecodeError)"
    assert "plain UTF-8" in line["advice"]


def test_what_was_not_looked_at_is_not_called_well(world: Internet, nightly: Path, env: dict[str, str]) -> None:
    done = casa24("doctor", "--offline", "--only", "platforms", "--only", "version", env=env, cwd=nightly)
    assert done.returncode == 0
    assert "The platforms was" not in done.stdout
    assert "Not looked at without the network: platforms" in done.stdout
    assert "Not looked at without the network: version" in done.stdout
    assert done.stdout.rstrip().endswith("0 broken, 2 to look at.")
    assert world.seen == []
