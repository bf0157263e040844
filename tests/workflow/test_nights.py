"""The nightly workflow's own steps, read from its YAML and run: nights as they go well, and as they do not."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from werkzeug import Response

from casa24.demo import KEYS, lay_down
from casa24.record.data_folder import DataFolder
from casa24.record.notified import FILE_NAME, Notices, note
from tests.internet import Internet, casa24, internet
from tests.making import SERIES, artist, flag, snapshot
from tests.repositories import git
from tests.workflow.github import REPOSITORY, Issues, issues
from tests.workflow.runner import Machine, Ran, run_job
from tests.workflow.test_files import OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_httpserver import HTTPServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the workflow's steps are for GitHub's Linux machines")
TODAY = "data/latest.json"
# Stands before the real one: what pip would fetch is another test's matter.
_PYTHON = '#!/bin/sh\n[ "$1 $2" = "-m pip" ] && { shift 2; echo "pip $*"; exit 0; }\nexec "%s" "$@"\n'
_SECRETS = {**KEYS, "YOUTUBE_API_KEY": "canary-youtube-key", "SPOTIFY_CLIENT_SECRET": "canary-spotify-secret"}


@dataclass
class Nights:
    """A label's repository at GitHub, whose nights are run one after the other."""

    folder: Path
    world: Internet
    github: Issues
    nights: list[Ran] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=lambda: dict(_SECRETS))

    @property
    def origin(self) -> Path:
        """The repository as GitHub holds it."""
        return self.folder / "origin.git"

    def run(self, **after: Callable[[], object]) -> Ran:
        """The next night. ``after``: what happens elsewhere once that step is through."""
        env = {
            **self.world.environ,
            "PATH": f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": f"http://127.0.0.1:{self.github.port}",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": "42",
        }
        place = self.folder / f"night-{len(self.nights)}"
        night = run_job(OURS, Machine(place, self.origin, env, self.secrets, after=after))
        self.nights.append(night)
        return night

    def commits(self) -> list[str]:
        """What was pushed, newest first."""
        return git(self.origin, "log", "--format=%s", "main").splitlines()

    def stored(self, path: str = TODAY) -> Any:
        """A JSON file as pushed."""
        return json.loads(git(self.origin, "show", f"main:{path}"))

    def push(self, change: Callable[[Path], object], message: str = "by hand") -> None:
        """Somebody else's commit."""
        place = self.folder / "elsewhere"
        shutil.rmtree(place, ignore_errors=True)
        git(self.folder, "clone", "-q", str(self.origin), place.name)
        change(place)
        git(place, "add", "--all")
        git(place, "commit", "-qm", message)
        git(place, "push", "-q", "origin", "HEAD:main")


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """A label that has just pushed its first commit: a roster, and nothing recorded."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "home").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(_PYTHON % sys.executable, "utf-8")
    python.chmod(0o755)
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "origin.git")
    first = tmp_path / "first"
    lay_down(first)
    with (first / "casa24.toml").open("a", encoding="utf-8") as file:
        file.write("\n[web]\npause = 0\nconcurrency = 16\nbackoff = 0.01\n")
    (first / "data").mkdir()
    (first / "data" / "README.md").write_text("The record.\n", "utf-8")
    git(first, "init", "-q", "-b", "main")
    git(first, "add", "--all")
    git(first, "commit", "-qm", "The record begins")
    git(first, "push", "-q", str(tmp_path / "origin.git"), "main")
    with internet(tmp_path) as world, issues() as github:
        yield Nights(tmp_path, world, github)


def down(*hosts: str) -> Callable[[httpx.Request], httpx.Response | None]:
    """These platforms have an internal error."""
    return lambda request: httpx.Response(500, text="no") if any(host in request.url.host for host in hosts) else None


def usual(_request: httpx.Request) -> None:
    """All answer as they always do."""


def test_the_first_night_is_committed_with_its_date_and_what_is_missing(nights: Nights) -> None:
    night = nights.run()
    assert night.status == "success", night.log
    day = nights.stored()["date"]
    assert nights.commits() == [f"data: {day} (missing: Instagram of bo.wlie (demo))", "The record begins"]
    assert nights.stored(f"data/historical/{day}.json") == nights.stored()
    changed = git(nights.origin, "show", "--format=%an <%ae>", "--name-only", "main").split("\n")
    assert changed[0] == "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
    assert set(changed[2:-1]) == {f"data/historical/{day}.json", TODAY, "data/popularity_scores.csv"}
    assert "pip install --quiet ." in night.log
    assert "| Casa 24 (demo) | 4 | 555 | 1,271 |" in night.summary
    assert nights.github.issues == []


def test_a_night_that_finds_nothing_new_commits_nothing(nights: Nights) -> None:
    nights.run()
    before = nights.commits()
    night = nights.run()
    assert (night.status, nights.commits()) == ("success", before)
    assert "Nothing changed: nothing to commit." in night.log


def test_the_same_day_again_completes_what_was_missing(nights: Nights) -> None:
    nights.world.play = down("googleapis")
    assert nights.run().status == "success"
    assert "missing: YouTube of 6 artists" in nights.commits()[0]
    nights.world.play = usual
    nights.run()
    assert len(nights.commits()) == 3
    assert nights.stored()["artists"][0]["youtube"]["video_count"] == 94


def test_a_push_of_the_same_day_in_between_loses_nobodys_reading(nights: Nights) -> None:
    """Our night lacks YouTube, theirs has nothing but; a rebase would have stopped on two new files of one name."""
    theirs: list[Path] = []

    def compete() -> None:
        nights.world.play = usual
        clone = nights.folder / "theirs"
        git(nights.folder, "clone", "-q", str(nights.origin), clone.name)
        env = {**nights.world.environ, **KEYS, "PATH": os.environ["PATH"]}
        assert casa24("collect", "--source", "youtube", env=env, cwd=clone).returncode == 0
        git(clone, "add", "--all")
        git(clone, "commit", "-qm", "the other machine's night")
        git(clone, "push", "-q", "origin", "main")
        theirs.append(clone)

    nights.world.play = down("googleapis")
    night = nights.run(collect=compete)
    assert (night.status, len(theirs)) == ("success", 1), night.log
    assert "Refused (round 1)" in night.log
    first = nights.stored()["artists"][0]
    assert (first["youtube"]["video_count"], first["spotify"]["followers"], first["instagram"]["followers"]) == (
        94,
        555,
        1707,
    )
    assert [message.partition(":")[0] for message in nights.commits()] == [
        "data", "the other machine's night", "The record begins",
    ]  # fmt: skip
    assert git(nights.origin, "show", "main:data/popularity_scores.csv").count("\n") == 9


def test_a_push_of_something_else_in_between_keeps_both(nights: Nights) -> None:
    note = lambda place: (place / "NOTES.md").write_text("mine\n", "utf-8")  # noqa: E731
    night = nights.run(collect=lambda: nights.push(note))
    assert night.status == "success", night.log
    assert git(nights.origin, "show", "main:NOTES.md") == "mine\n"
    assert nights.stored()["artists"][0]["spotify"]["followers"] == 555


def test_a_push_that_is_refused_three_times_keeps_the_day_and_tells(nights: Nights) -> None:
    hook = nights.origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    night = nights.run()
    assert (night.status, night.outcomes["commit"]) == ("failure", "failure")
    assert (night.log.count("Refused (round"), nights.commits()) == (3, ["The record begins"])
    kept = DataFolder(night.artifacts["day"] / "data")
    assert kept.read(kept.days()[-1]).artists[0].sections["spotify"]["followers"] == 555
    (issue,) = nights.github.issues
    assert "failed" in issue["body"]
    hook.unlink()
    # What the message says.
    mend = nights.folder / "mend"
    git(nights.folder, "clone", "-q", str(nights.origin), mend.name)
    assert casa24("data", "merge", str(night.artifacts["day"]), env=nights.world.environ, cwd=mend).returncode == 0
    assert DataFolder(mend / "data").days() == kept.days()


def test_what_was_stored_before_a_run_failed_is_committed_all_the_same(nights: Nights) -> None:
    """A night that was cancelled, or died at its very end."""
    dying = nights.folder / "bin" / "casa24"
    dying.write_text(f'#!/bin/sh\n"{Path(sys.executable).with_name("casa24")}" "$@"\nexit 1\n', "utf-8")
    dying.chmod(0o755)
    night = nights.run()
    assert (night.status, night.outcomes["collect"], night.outcomes["commit"]) == ("failure", "failure", "success")
    assert nights.stored()["artists"][0]["spotify"]["followers"] == 555
    assert [issue["state"] for issue in nights.github.issues] == ["open"]


def test_a_failing_night_is_told_in_one_issue_until_a_good_one_closes_it(nights: Nights) -> None:
    nights.world.play = lambda _request: httpx.Response(500, text="no")
    night = nights.run()
    assert (night.status, night.outcomes["collect"], night.outcomes["commit"]) == ("failure", "failure", "success")
    assert nights.commits() == ["The record begins"]
    (issue,) = nights.github.issues
    assert (issue["state"], issue["labels"], issue["comments"]) == ("open", ["casa24"], [])
    assert "https://github.com/ana/label/actions/runs/42" in issue["body"]
    assert "casa24 doctor" in issue["body"]
    assert "Nothing was measured" in issue["body"]

    nights.run()
    (issue,) = nights.github.issues
    assert (issue["state"], len(issue["comments"])) == ("open", 1)

    nights.world.play = usual
    assert nights.run().status == "success"
    (issue,) = nights.github.issues
    assert (issue["state"], len(issue["comments"])) == ("closed", 2)
    assert "went well" in issue["comments"][-1]

    nights.world.play = lambda _request: httpx.Response(500, text="no")
    nights.run()
    assert [issue["state"] for issue in nights.github.issues] == ["closed", "open"]


def test_a_source_that_is_silent_for_three_days_is_told_though_the_run_is_green(nights: Nights) -> None:
    today = dt.datetime.now(dt.UTC).date()

    def recorded(place: Path) -> None:
        folder = DataFolder(place / "data", SERIES)
        for ago, subscribers in ((3, 5), (2, None), (1, None)):
            numbers: dict[str, Any] = {"spotify": {"followers": 9}, "youtube": {"subscribers": subscribers}}
            flags = [flag("*", "youtube", code="unauthorized")] if subscribers is None else []
            folder.save(snapshot(artist("Casa 24 (demo)", **numbers), day=today - dt.timedelta(days=ago), flags=flags))

    nights.push(recorded)
    nights.world.play = down("googleapis")
    night = nights.run()
    assert night.status == "success", night.log
    (issue,) = nights.github.issues
    told = " ".join(issue["body"].split())
    assert "YouTube has given nothing for 3 days: YouTube had an internal error" in told
    assert "see docs/problems.md" in told
    assert "went well, but:" in issue["body"]
    nights.world.play = usual
    nights.run()
    assert [issue["state"] for issue in nights.github.issues] == ["closed"]


def test_neither_a_key_nor_the_jobs_token_is_left_anywhere(nights: Nights) -> None:
    """Not in the repository, the workspace, what is kept, the summary or the issue; a key only where it is masked."""
    nights.world.play = down("googleapis")
    night = nights.run()
    nights.world.play = lambda _request: httpx.Response(500, text="no")
    failed = nights.run()
    secrets = [value for value in (*_SECRETS.values(), "the-jobs-own-token") if len(value) > 8]
    assert "canary-youtube-key" in secrets
    places = [path for run in (night, failed) for path in run.workspace.parent.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in places]
    texts += [night.summary, failed.summary, json.dumps(nights.github.issues)]
    texts += [line for run in (night, failed) for line in run.log.splitlines() if not line.startswith("::add-mask::")]
    assert [secret for secret in secrets for text in texts if secret in text] == []
    assert nights.github.tokens == {"Bearer the-jobs-own-token"}


NOTIFIED = f"data/{FILE_NAME}"
_CHAT = "canary-token-of-a-chat"


def _two_weeks(place: Path) -> None:
    """A record with a week that is over, and so with something to say."""
    today = dt.datetime.now(dt.UTC).date()
    folder = DataFolder(place / "data", SERIES)
    for ago in range(1, 15):
        record = artist("Casa 24 (demo)", spotify={"followers": 500 - ago})
        folder.save(snapshot(record, day=today - dt.timedelta(days=ago)))


def chat(server: HTTPServer, status: int = 200) -> str:
    """A chat on this machine; its address as apprise writes it."""
    server.expect_request("/").respond_with_response(Response("{}", status=status))
    return f"json://127.0.0.1:{server.port}/?token={_CHAT}"


def titles(server: HTTPServer) -> list[str]:
    """What arrived."""
    return [json.loads(request.get_data())["title"] for request, _ in server.log]


def told(nights: Nights, address: str) -> frozenset[str]:
    """What is noted as sent there, as pushed."""
    place = nights.folder / "notified.csv"
    place.write_text(git(nights.origin, "show", f"main:{NOTIFIED}"), "utf-8")
    return Notices.read(place).keys(address)


def changed(nights: Nights) -> list[str]:
    """The files of the newest commit."""
    return git(nights.origin, "show", "--format=", "--name-only", "main").split()


def test_the_news_arrive_once_and_what_was_said_is_committed_with_the_day(
    nights: Nights, httpserver: HTTPServer
) -> None:
    nights.push(_two_weeks)
    nights.secrets["CASA24_NOTIFY"] = chat(httpserver)
    night = nights.run()
    assert (night.status, night.outcomes["Send the news"]) == ("success", "success"), night.log
    (title,) = titles(httpserver)
    assert "week" in title
    assert {NOTIFIED, TODAY} < set(changed(nights))
    assert [key.partition(":")[0] for key in told(nights, nights.secrets["CASA24_NOTIFY"])] == ["week"]
    assert nights.run().status == "success"
    assert len(titles(httpserver)) == 1
    shown = [
        line for nightly in nights.nights for line in nightly.log.splitlines() if not line.startswith("::add-mask::")
    ]
    assert [line for line in shown if _CHAT in line] == []
    assert _CHAT not in git(nights.origin, "log", "-p", "main")


@pytest.mark.parametrize("address", ["refuses", "nobody there", "no address"])
def test_news_that_do_not_arrive_cost_no_day_and_are_tried_again(
    nights: Nights, httpserver: HTTPServer, address: str
) -> None:
    nights.push(_two_weeks)
    good = chat(httpserver, 403)
    nights.secrets["CASA24_NOTIFY"] = {"refuses": good, "nobody there": "json://127.0.0.1:9"}.get(address, "what?")
    night = nights.run()
    assert (night.status, night.outcomes["commit"]) == ("success", "success"), night.log
    assert "::warning::The news could not be sent to everybody" in night.log
    assert nights.stored()["artists"][0]["spotify"]["followers"] == 555
    assert NOTIFIED not in changed(nights)
    assert nights.github.issues == []
    httpserver.clear()
    nights.secrets["CASA24_NOTIFY"] = chat(httpserver)
    nights.run()
    assert len(titles(httpserver)) == 1
    assert changed(nights) == [NOTIFIED]


def test_a_step_of_the_news_that_breaks_altogether_costs_no_day(nights: Nights) -> None:
    """As when it is killed: then nobody says a warning in its place."""
    broken = nights.folder / "bin" / "casa24"
    real = Path(sys.executable).with_name("casa24")
    broken.write_text(f'#!/bin/sh\n[ "$1" = notify ] && kill -9 $PPID\nexec "{real}" "$@"\n', "utf-8")
    broken.chmod(0o755)
    night = nights.run()
    assert night.outcomes["Send the news"] == "failure"
    assert (night.status, night.outcomes["commit"]) == ("success", "success"), night.log
    assert nights.stored()["artists"][0]["spotify"]["followers"] == 555
    assert nights.github.issues == []


def test_without_the_secret_nobody_is_told_and_nothing_is_noted(nights: Nights, httpserver: HTTPServer) -> None:
    nights.push(_two_weeks)
    chat(httpserver)
    night = nights.run()
    assert (night.status, night.outcomes["Send the news"], titles(httpserver)) == ("success", "success", [])
    assert "Nobody is told: CASA24_NOTIFY is not set." in night.log
    assert NOTIFIED not in changed(nights)


def test_after_a_failed_collection_nothing_is_sent(nights: Nights, httpserver: HTTPServer) -> None:
    nights.push(_two_weeks)
    nights.secrets["CASA24_NOTIFY"] = chat(httpserver)
    nights.world.play = lambda _request: httpx.Response(500, text="no")
    assert nights.run().outcomes["Send the news"] == "skipped"
    assert titles(httpserver) == []


def test_what_was_said_survives_a_refused_push_beside_what_others_said(nights: Nights, httpserver: HTTPServer) -> None:
    nights.push(_two_weeks)
    address = nights.secrets["CASA24_NOTIFY"] = chat(httpserver)
    now = dt.datetime.now(dt.UTC)
    theirs = lambda place: note(place / NOTIFIED, address, [("milestone:theirs", "theirs")], now)  # noqa: E731
    night = nights.run(**{"Send the news": lambda: nights.push(theirs)})
    assert night.status == "success", night.log
    assert "Refused (round 1)" in night.log
    assert {key.partition(":")[0] for key in told(nights, address)} == {"milestone", "week"}
    assert nights.stored()["artists"][0]["spotify"]["followers"] == 555
    nights.run()
    assert len(titles(httpserver)) == 1
