"""Several `casa24 collect` of one day: at once, killed on the way, and again with failures."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import httpx

from casa24.core.snapshot import State
from casa24.demo import LAST
from casa24.demo.platforms import Platforms
from casa24.demo.world import ACTS, World
from casa24.record.data_folder import DataFolder, load
from tests.internet import Internet, casa24
from tests.making import SERIES

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.snapshot import Snapshot

PLATFORMS = ("spotify", "youtube", "instagram", "discord")


def start(*arguments: str, env: dict[str, str], cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "casa24", "collect", *arguments],
        env=env, cwd=cwd, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def assert_all_end_well(runs: list[subprocess.Popen[str]]) -> None:
    for run in runs:
        _, errors = run.communicate(timeout=60)
        assert run.returncode == 0, errors
        assert "Traceback" not in errors


def stored_day(label: Path) -> Snapshot:
    """The one day there is, where the CSV and latest.json agree with it and nothing else lies around."""
    folder = DataFolder(label / "data", SERIES)
    (day,) = folder.days()
    assert load(folder.latest_file) == folder.read(day)
    assert not folder.rebuild_table().changed
    names = {str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file()}
    assert names == {f"historical/{day}.json", "latest.json", "popularity_scores.csv"}
    return folder.read(day)


def play(world: Internet, day: dt.date, *, without: tuple[str, ...] = ()) -> None:
    """From now on the platforms answer as on this day of the demo, but for addresses with these words."""
    platforms = Platforms(day)

    def answer(request: httpx.Request) -> httpx.Response:
        if any(word in str(request.url) for word in without):
            return httpx.Response(500)
        return asyncio.run(platforms.handle_async_request(request))

    world.play = answer


def played_on(day: dt.date) -> list[int | None]:
    """A number of every artist on two platforms, as they are played on this day of the demo."""
    today = World(day)
    return [*(today.followers(act) if act.spotify else None for act in ACTS), today.instagram(ACTS[0])]


def numbers(day: Snapshot) -> list[int | None]:
    """The same numbers as they are stored."""
    names = [artist.name for artist in day.artists]
    found = [day.measurement(name, "spotify", "followers") for name in names]
    return [measurement.value for measurement in (*found, day.measurement(names[0], "instagram", "followers"))]


def test_four_runs_at_once_all_end_well_and_the_day_is_that_of_one(
    world: Internet, label: Path, env: dict[str, str]
) -> None:
    assert_all_end_well([start(env=env, cwd=label) for _ in range(4)])
    together = stored_day(label)
    assert set(together.sources) == set(PLATFORMS)
    assert numbers(together) == played_on(LAST)
    assert "Nothing changed" in casa24("collect", env=env, cwd=label).stdout


def test_a_run_for_each_platform_at_once_makes_one_whole_day(world: Internet, label: Path, env: dict[str, str]) -> None:
    assert_all_end_well([start("--source", name, env=env, cwd=label) for name in PLATFORMS])
    together = stored_day(label)
    assert "Nothing changed" in casa24("collect", env=env, cwd=label).stdout
    assert {flag.code for flag in together.flags} == {"no_account", "not_readable", "rounded"}
    assert together.measurement(None, "discord", "member_count").value == 64


def test_runs_answered_at_the_same_moment_lose_nothing_of_each_other(
    world: Internet, label: Path, env: dict[str, str]
) -> None:
    acts = [act for act in ACTS if act.instagram in {"pyro_0201", "casa24records", "arandajrr", "chef_lino99"}]
    together = threading.Barrier(len(acts))

    def wait_for_all(request: httpx.Request) -> None:
        if any(act.instagram in str(request.url) for act in acts):
            together.wait(timeout=20)

    world.play = wait_for_all
    narrowed = [("--source", "instagram", "--artist", act.name) for act in acts]
    assert_all_end_well([start(*arguments, env=env, cwd=label) for arguments in narrowed])
    day, today = stored_day(label), World(LAST)
    stored = {act.name: day.measurement(f"{act.name} (demo)", "instagram", "followers").value for act in acts}
    assert stored == {act.name: today.instagram(act) for act in acts}


def test_a_run_killed_while_it_writes_harms_nothing_and_the_next_one_heals(
    world: Internet, label: Path, env: dict[str, str]
) -> None:
    """Every run meets other numbers; each is killed at some moment after its last answer."""
    chance = random.Random(24)
    casa24("collect", env=env, cwd=label)
    asked, before = len(world.seen), played_on(LAST)
    for number in range(1, 5):
        meant = LAST - dt.timedelta(days=number)
        play(world, meant)
        world.seen.clear()
        run = start(env=env, cwd=label)
        while len(world.seen) < asked and run.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.3))
        run.kill()
        run.communicate(timeout=20)
        folder = DataFolder(label / "data", SERIES)
        (day,) = folder.days()
        found = numbers(folder.read(day))
        assert found in (before, played_on(meant))
        assert numbers(load(folder.latest_file)) in (before, found)
        before = found
    done = casa24("collect", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    assert numbers(stored_day(label)) == played_on(meant)


def test_what_fails_the_second_time_is_kept_beside_what_is_measured_the_first_time(
    world: Internet, label: Path, env: dict[str, str]
) -> None:
    """In the morning PYRO's Instagram failed; in the evening ARANDA's, and all of YouTube."""
    play(world, LAST - dt.timedelta(days=3), without=("pyro_0201",))
    casa24("collect", env=env, cwd=label)
    morning = stored_day(label)
    play(world, LAST, without=("arandajrr", "googleapis"))
    evening = casa24("collect", "--strict", env=env, cwd=label)
    assert evening.returncode == 3, evening.stderr
    assert evening.stderr.count("kept what was recorded earlier today") == 2
    both = stored_day(label)

    def state_and_value(day: Snapshot, name: str, source: str, metric: str) -> tuple[State, int | None]:
        found = day.measurement(f"{name} (demo)", source, metric)
        return found.state, found.value

    assert state_and_value(morning, "PYRO", "instagram", "followers") == (State.FAILED, None)
    assert state_and_value(both, "PYRO", "instagram", "followers") == (State.MEASURED, 948)
    aranda = state_and_value(morning, "ARANDA", "instagram", "followers")
    assert aranda == state_and_value(both, "ARANDA", "instagram", "followers") == (State.MEASURED, 1172)
    assert [artist.sections.get("youtube") for artist in both.artists] == [
        artist.sections.get("youtube") for artist in morning.artists
    ]
    assert numbers(both) == played_on(LAST)
    assert {flag.code for flag in both.flags} == {"no_account", "not_readable", "rounded"}
