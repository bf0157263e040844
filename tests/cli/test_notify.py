"""`casa24 notify` to real servers on this machine: each thing once, and no address in any output."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from werkzeug import Response

from casa24.record.data_folder import DataFolder, dump
from casa24.record.notified import FILE_NAME
from tests.internet import Internet, casa24
from tests.making import SERIES, artist, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

SUNDAY = dt.date(2026, 3, 15)
_TOKEN = "canary-token-of-a-webhook"


def put(folder: Path, days: int = 40) -> None:
    """Ana passes 100 followers on the Wednesday, and jumps for a second time on the Saturday."""
    data = DataFolder(folder / "data", SERIES)
    data.history.mkdir(parents=True, exist_ok=True)
    for place in range(days):
        day = SUNDAY - dt.timedelta(days=place)
        followers = 99 if place > 4 else 101 if place > 1 else 140
        told_day = snapshot(artist("Ana @everyone", spotify={"followers": followers}), day=day)
        data.file_of(day).write_text(dump(told_day), "utf-8")


@pytest.fixture
def label(tmp_path: Path) -> Path:
    folder = tmp_path / "label"
    folder.mkdir()
    (folder / "casa24.toml").write_text('[label]\nname = "Our label"\n', "utf-8")
    put(folder)
    return folder


def run(label: Path, address: str | None, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    # Blank is as good as not set, whatever whoever runs the tests has set.
    return casa24("notify", *arguments, env={**os.environ, "CASA24_NOTIFY": address or "", **env}, cwd=label)


def taking(server: HTTPServer, status: int = 200) -> str:
    """A server that takes everything, or nothing; its address as apprise writes it."""
    server.expect_request("/").respond_with_response(Response("{}", status=status))
    return f"json://127.0.0.1:{server.port}/?token={_TOKEN}"


def heard(server: HTTPServer) -> list[tuple[str, str]]:
    """What it was told: title and text."""
    found = [json.loads(request.get_data()) for request, _ in server.log]
    return [(message["title"], message["message"]) for message in found]


def last_line(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, done.stderr.splitlines()[-1]


def test_the_news_and_the_week_are_told_once_and_not_again(label: Path, httpserver: HTTPServer) -> None:
    address = taking(httpserver)
    assert last_line(run(label, address)) == (0, "2 things were said.")
    (news, said), (week, about) = heard(httpserver)
    assert (news, week) == ("Our label: news", "Our label: week 2026-W11")
    assert "Milestone: Ana" in said
    assert "100 on 11 Mar 2026" in said
    assert "+41" in about
    assert "Milestone" not in about
    assert last_line(run(label, address)) == (0, "Nothing new to say.")
    assert len(heard(httpserver)) == 2
    assert (label / "data" / FILE_NAME).read_text("utf-8").count("\n") == 3


def test_a_jump_is_told_when_it_is_over_and_to_each_address_once(label: Path, httpserver: HTTPServer) -> None:
    """It goes on on the Monday; by Thursday nothing more has come of it."""
    address = taking(httpserver)
    run(label, address)
    for place in range(1, 5):
        add(label, SUNDAY + dt.timedelta(days=place), 180)
        run(label, address)
    assert [title for title, _ in heard(httpserver)] == [
        "Our label: news",
        "Our label: week 2026-W11",
        "Our label: news",
    ]
    assert (
        "14 Mar 2026 … 16 Mar 2026, Spotify · Followers: Ana @\u200beveryone +79 (101 → 180)"
        in heard(httpserver)[-1][1]
    )
    add(label, SUNDAY + dt.timedelta(days=5), 180)
    assert last_line(run(label, address)) == (0, "Nothing new to say.")


def test_who_is_told_for_the_first_time_is_told_what_others_know(label: Path, httpserver: HTTPServer) -> None:
    run(label, taking(httpserver))
    run(label, f"json://127.0.0.1:{httpserver.port}/?to=another")
    assert heard(httpserver)[:2] == heard(httpserver)[2:]


def test_nobody_is_called_by_name(label: Path, httpserver: HTTPServer) -> None:
    run(label, taking(httpserver))
    assert not any("@everyone" in text for pair in heard(httpserver) for text in pair)


def add(label: Path, day: dt.date, followers: int) -> None:
    day_before = snapshot(artist("Ana @everyone", spotify={"followers": followers}), day=day)
    DataFolder(label / "data", SERIES).file_of(day).write_text(dump(day_before), "utf-8")


def test_months_of_old_news_are_no_news(label: Path, httpserver: HTTPServer) -> None:
    """The newest day is four weeks after the milestone."""
    for place in range(1, 29):
        add(label, SUNDAY + dt.timedelta(days=place), 140)
    run(label, taking(httpserver))
    assert [title for title, _ in heard(httpserver)] == ["Our label: week 2026-W15"]


def test_an_address_that_fails_is_tried_again_and_costs_the_others_nothing(label: Path, httpserver: HTTPServer) -> None:
    good = taking(httpserver)
    bad = f"json://127.0.0.1:{_free_port()}/?token={_TOKEN}"
    done = run(label, f"{bad} {good}")
    assert done.returncode == 1
    assert "Warning: Address 1 of 2 did not take it." in done.stderr
    assert len(heard(httpserver)) == 2
    again = run(label, f"{bad},{good}")
    assert again.returncode == 1
    assert len(heard(httpserver)) == 2


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_server_that_refuses_was_not_told(label: Path, httpserver: HTTPServer) -> None:
    done = run(label, taking(httpserver, 403))
    assert done.returncode == 1
    assert not (label / "data" / FILE_NAME).exists()


@pytest.mark.parametrize(
    "address",
    [
        f"no address {_TOKEN}", f"slack://{_TOKEN}", "://", f"https://127.0.0.1/{_TOKEN}", f"discord://ñ/{_TOKEN}",
        f"discord://1/{_TOKEN}\njson://127.0.0.1:1", f"\x07{_TOKEN}", "not a url",
    ],
)  # fmt: skip
def test_what_is_no_address_is_an_error_that_does_not_show_it(label: Path, address: str) -> None:
    done = run(label, address, "--debug", GITHUB_ACTIONS="true")
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("::add-mask::")]
    assert done.returncode == 1
    assert "Error: CASA24_NOTIFY holds something that is no address." in said
    assert said[-1].startswith("  → Set it to addresses of apprise")
    assert [line for line in said if _TOKEN in line] == []
    assert "::add-mask::a" not in done.stderr.splitlines()


def test_a_dry_run_says_that_an_address_is_none(label: Path) -> None:
    done = run(label, "nonsense", "--dry-run")
    assert (done.returncode, "holds something that is no address" in done.stderr) == (1, True)


def test_a_good_address_beside_what_is_none_is_told_all_the_same(label: Path, httpserver: HTTPServer) -> None:
    done = run(label, f"nonsense {taking(httpserver)}")
    assert (done.returncode, len(heard(httpserver))) == (1, 2)
    assert "2 things were said." in done.stderr
    assert "holds something that is no address" in done.stderr


def test_who_would_be_told_by_a_worker_that_is_silent_is_told_of_it(label: Path) -> None:
    done = run(label, None, WORKER_API_URL=f"http://127.0.0.1:{_free_port()}")
    assert done.returncode == 0
    assert "Warning: The Worker gave no credentials" in done.stderr


def test_no_address_is_shown_or_written_anywhere(label: Path, httpserver: HTTPServer) -> None:
    good, bad = taking(httpserver), f"json://127.0.0.1:{_free_port()}/{_TOKEN}"
    done = run(label, f"{good} {bad}", "--debug")
    assert _TOKEN not in done.stdout + done.stderr
    assert not any(_TOKEN.encode() in path.read_bytes() for path in label.rglob("*") if path.is_file())
    masked = run(label, good, GITHUB_ACTIONS="true")
    assert f"::add-mask::{good}" in masked.stderr


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(label: Path, httpserver: HTTPServer) -> None:
    done = run(label, taking(httpserver), "--dry-run")
    assert "Our label: week 2026-W11" in done.stderr
    assert "A dry run: nothing was sent (2 things, 1 address)." in done.stderr
    assert heard(httpserver) == []
    assert not (label / "data" / FILE_NAME).exists()
    assert "A dry run: nothing was sent (2 things, 0 addresses)." in run(label, None, "--dry-run").stderr


def test_where_nobody_is_to_be_told_that_is_no_failure(label: Path) -> None:
    done = run(label, None)
    assert (done.returncode, done.stderr) == (0, "Nobody is told: CASA24_NOTIFY is not set.\n")


def test_of_an_empty_record_there_is_nothing_to_say(tmp_path: Path, httpserver: HTTPServer) -> None:
    (tmp_path / "empty").mkdir()
    done = run(tmp_path / "empty", taking(httpserver))
    assert (done.returncode, done.stderr) == (0, "Nothing new to say.\n")


def test_of_a_record_nobody_can_read_it_is_not_said_that_nothing_is_new(label: Path, httpserver: HTTPServer) -> None:
    for path in (label / "data" / "historical").iterdir():
        path.write_text('{"date":', "utf-8")
    done = run(label, taking(httpserver))
    assert done.returncode == 1
    assert "No day of the record can be read." in done.stderr
    assert heard(httpserver) == []


def test_it_speaks_the_labels_language(label: Path, httpserver: HTTPServer) -> None:
    run(label, taking(httpserver), "--lang", "es")
    assert [title for title, _ in heard(httpserver)] == ["Our label: novedades", "Our label: semana 2026-W11"]


def test_without_apprise_it_says_what_to_install(label: Path) -> None:
    code = "import sys; sys.modules['apprise'] = None\nfrom casa24.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "notify"], cwd=label, env={**os.environ, "CASA24_NOTIFY": "json://127.0.0.1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, 'pip install "casa24[notify]"' in done.stderr) == (2, True)


def test_discord_is_told_over_tls_through_its_own_webhook(label: Path, world: Internet) -> None:
    """The address people copy from Discord; the certificate is looked at."""
    told: list[httpx.Request] = []

    def play(request: httpx.Request) -> httpx.Response | None:
        if request.url.host == "discord.com" and "/webhooks/" in request.url.path:
            told.append(request)
            return httpx.Response(204)
        return None

    world.play = play
    trusted = {**world.environ, "REQUESTS_CA_BUNDLE": world.environ["SSL_CERT_FILE"]}
    address = (
        f"https://discord.com/api/webhooks/123456789012345678/{_TOKEN}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    )
    assert run(label, address, **trusted).returncode == 0
    assert len(told) == 2
    strange = {**world.environ, "REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}
    (label / "data" / FILE_NAME).unlink()
    assert run(label, address, **strange).returncode == 1
    assert len(told) == 2
