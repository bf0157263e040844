"""Strangers' sources that misbehave at run time, in a whole `casa24 collect` process: they harm no platform."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from casa24.demo import KEYS, lay_down
from tests.internet import casa24, internet

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable
    from pathlib import Path

    Done = subprocess.CompletedProcess[str]
    Night = tuple[Done, Path, float]

# What each does when it is asked: none of it ends by itself, or it ends the process.
DEEDS = {
    "sleeper": "time.sleep(600)",
    "spinner": "while True: pass",
    "hanger": "await asyncio.Event().wait()",
    "worker": "await asyncio.to_thread(time.sleep, 600)",
    "deaf": """while True:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                pass""",
    "quitter": "sys.exit(7)",
    "liar": "return 'twelve'",
}

MODULE = """import asyncio, sys, time
from typing import Annotated
from casa24 import ArtistSource, Metric, Reading, Stats


class Fans(Stats):
    fans: Annotated[int | None, Metric("Fans", kind="audience")] = None

"""

SOURCE = """
class {title}(ArtistSource[Fans]):
    name = "{name}"
    title = "{title}"
    account_key = "{name}_id"

    async def fetch(self, account):
        {deed}
"""

DEADLINE = 10


def install(folder: Path, module: str, points: str = "moon = casa24_strange:Moon", *, about: bool = True) -> Path:
    """A package with one module, as pip would leave it behind, or nearly so."""
    info = folder / "casa24_strange-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "casa24_strange.py").write_text(module, "utf-8")
    if about:
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: casa24-strange\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[casa24.sources]\n{points}\n", "utf-8")
    return folder


def collected(folder: Path, plugin: Path, *arguments: str, names: Iterable[str] = ("moon",)) -> Done:
    """A whole process with that package, in a label whose first artist has an account at each of its sources."""
    label = folder / "label"
    config = lay_down(label)
    accounts = "".join(f'{name}_id = "1"\n' for name in names)
    text = config.read_text("utf-8").replace("[[artists]]\n", f"[[artists]]\n{accounts}", 1)
    config.write_text(f"{text}\n[web]\npause = 0\nconcurrency = 16\n", "utf-8")
    with internet(folder) as world:
        return casa24(*arguments, env={**world.environ, **KEYS, "PYTHONPATH": str(plugin)}, cwd=label)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One night with all of them installed: what it printed, its folder, its seconds."""
    folder = tmp_path_factory.mktemp("bad")
    text = MODULE + "".join(SOURCE.format(name=name, title=name.title(), deed=deed) for name, deed in DEEDS.items())
    points = "".join(f"{name} = casa24_strange:{name.title()}\n" for name in DEEDS)
    plugin = install(folder / "plugin", text, points)
    started = time.monotonic()
    done = collected(folder, plugin, "collect", "--deadline", str(DEADLINE), names=DEEDS)
    return done, folder / "label", time.monotonic() - started


def stored(label: Path) -> dict[str, dict[str, dict[str, object]]]:
    (day,) = (label / "data" / "historical").glob("*.json")
    return {artist["name"]: artist for artist in json.loads(day.read_text("utf-8"))["artists"]}


def test_the_run_ends_soon_after_its_deadline(night: Night) -> None:
    done, _, seconds = night
    assert done.returncode == 0, done.stderr
    assert seconds < DEADLINE + 12
    assert "Traceback" not in done.stderr


def test_the_platforms_are_whole(night: Night) -> None:
    first = stored(night[1])["Casa 24 (demo)"]
    assert (first["spotify"]["followers"], first["spotify"]["monthly_listeners"]) == (555, "1271")
    assert (first["youtube"]["video_count"], len(str(first["youtube"]["top_videos"])) > 100) == (94, True)
    assert first["instagram"]["followers"] == 1707


@pytest.mark.parametrize("name", DEEDS)
def test_each_of_them_is_null_with_a_reason(night: Night, name: str) -> None:
    (day,) = (night[1] / "data" / "historical").glob("*.json")
    content = json.loads(day.read_text("utf-8"))
    assert content["artists"][0][name] == {"fans": None}
    codes = {flag["code"] for flag in content["flags"] if flag["source"] == name and flag["state"] == "failed"}
    assert codes == {"source_error" if name in {"quitter", "liar"} else "deadline"}


@pytest.mark.parametrize("name", ["sleeper", "spinner", "deaf"])
def test_one_that_does_not_heed_its_end_is_named(night: Night, name: str) -> None:
    assert f"Warning: The {name.title()} source did not end when it was told to." in night[0].stderr


# What they say and how they are installed.


def moon(**changes: str) -> str:
    source = SOURCE.format(name="moon", title="Moon", deed="print('moonshine'); return Reading(Fans(fans=7))")
    return "print('hello from the moon')\n" + MODULE + source + "".join(f"Moon.{k} = {v}\n" for k, v in changes.items())


BROKEN = {
    "a link that is no text": (moon(link="7"), "link"),
    "words that are none": (moon(gaps="{'x': 'y'}"), "no Explanation"),
    "series that raise": (moon(series="classmethod(lambda cls: 1 / 0)"), "ZeroDivisionError"),
    "another kind of exception": ("class Odd(BaseException): pass\nraise Odd('a\\n::error::b')", "Odd: a"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_source_is_left_out_by_name_and_costs_nothing(tmp_path: Path, name: str) -> None:
    module, reason = BROKEN[name]
    done = collected(tmp_path, install(tmp_path / "plugin", module), "collect")
    assert done.returncode == 0, done.stderr
    (told,) = [line for line in done.stderr.splitlines() if "is left out:" in line]
    assert told.startswith("Warning: The source moon of casa24-strange")
    assert reason in told
    assert not [line for line in done.stderr.splitlines() if line.lstrip().startswith("::")]
    assert stored(tmp_path / "label")["Casa 24 (demo)"]["spotify"]["followers"] == 555


@pytest.mark.parametrize("points", ["[[[", "moon casa24_strange", "= =\n[x"])
def test_a_package_whose_entry_points_are_damaged_hides_no_other(tmp_path: Path, points: str) -> None:
    done = collected(tmp_path, install(tmp_path / "plugin", moon(), points=points), "collect")
    assert done.returncode == 0, done.stderr
    assert stored(tmp_path / "label")["Casa 24 (demo)"]["spotify"]["followers"] == 555


def test_a_package_without_a_name_is_listed_all_the_same(tmp_path: Path) -> None:
    done = collected(tmp_path, install(tmp_path / "plugin", moon(), about=False), "sources")
    assert done.returncode == 0, done.stderr
    assert "moon" in done.stdout


def test_what_a_source_prints_does_not_stand_in_an_answer(tmp_path: Path) -> None:
    done = collected(tmp_path, install(tmp_path / "plugin", moon()), "collect", "--format", "json")
    assert json.loads(done.stdout)["measured"] is True
    assert {"hello from the moon", "moonshine"} <= set(done.stderr.splitlines())


@pytest.mark.parametrize(("deed", "trouble"), [("1 / 0", "ZeroDivisionError"), ("sys.exit(9)", "SystemExit")])
def test_an_account_a_source_chokes_on_costs_only_that_one(tmp_path: Path, deed: str, trouble: str) -> None:
    odd = moon(account=f"classmethod(lambda cls, text: {deed})")
    done = collected(tmp_path, install(tmp_path / "plugin", odd), "collect")
    assert done.returncode == 0, done.stderr
    assert f"the moon source cannot read '1' ({trouble})" in done.stderr
    assert stored(tmp_path / "label")["Casa 24 (demo)"]["spotify"]["followers"] == 555
