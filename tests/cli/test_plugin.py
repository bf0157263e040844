"""A stranger's source, really installed: it stands beside ours, and where it is broken only it is missing."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from casa24.demo import KEYS, lay_down
from casa24.sources import registry
from tests.internet import Internet, casa24, internet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLUGIN = Path(__file__).parents[1] / "deezer"
OURS = ["artist_name", "date", *(series.column for series in registry.load().artist_series)]
PYRO = 'spotify_id = "5BsYYsSnFsE9SoovY7aQV0"\n'

# One package, five sources; each has one thing wrong with it.
STRANGERS = {
    "absent": ("no_such_library_of_strangers:Source", "ModuleNotFoundError: No module named 'no_such_library"),
    "number": ("strangers:NUMBER", "it is no subclass of ArtistSource or LabelSource"),
    "quitter": ("strangers_quit:Source", "SystemExit: 3"),
    "spotify": ("strangers:Spotify", "another source has this name or account key"),
}
MODULES = {
    "strangers_quit": "import sys\n\nsys.exit(3)\n",
    "strangers": """
from typing import Annotated

from casa24 import ArtistSource, Metric, Reading, Stats

NUMBER = 24


class MoonStats(Stats):
    craters: Annotated[int | None, Metric("Craters", kind="count")] = None


class Moon(ArtistSource[MoonStats]):
    name = "moon"
    title = "Moon"
    account_key = "moon_id"

    async def fetch(self, account: str) -> Reading[MoonStats]:
        raise RuntimeError("no moon tonight")


class Spotify(Moon):
    name = "spotify"
    account_key = "dark_side_id"
""",
}


@dataclass(frozen=True)
class Label:
    """A label's folder, the internet it lives in, and the folders its plugins are installed in."""

    folder: Path
    world: Internet
    plugins: tuple[Path, ...] = ()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A whole casa24 process there."""
        path = os.pathsep.join(map(str, self.plugins))
        env = {**self.world.environ, **KEYS, **({"PYTHONPATH": path} if path else {})}
        return casa24(*arguments, env=env, cwd=self.folder)

    def collect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A collection that must succeed."""
        done = self.run("collect", *arguments)
        assert done.returncode == 0, done.stderr
        return done

    def without_plugins(self) -> Label:
        """The same label on a machine without them."""
        return Label(self.folder, self.world)

    def edit(self, old: str, new: str) -> None:
        """Change its casa24.toml."""
        path = self.folder / "casa24.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def days(self) -> list[str]:
        """The recorded days."""
        return sorted(path.stem for path in (self.folder / "data" / "historical").iterdir())

    def day(self, date: str | None = None) -> Any:
        """A recorded day's file; the newest where none is named."""
        return json.loads((self.folder / "data" / "historical" / f"{date or self.days()[-1]}.json").read_text("utf-8"))

    def table(self) -> list[list[str]]:
        """The CSV, its header first."""
        text = (self.folder / "data" / "popularity_scores.csv").read_text("utf-8")
        return list(csv.reader(text.splitlines()))

    def fans(self) -> dict[str, str]:
        """The CSV's last column of PYRO, by date."""
        return {row[1]: row[-1] for row in self.table() if row[0] == "PYRO (demo)"}

    def grow_older(self) -> None:
        """What was collected today becomes yesterday's."""
        (today,) = self.days()
        yesterday = (dt.date.fromisoformat(today) - dt.timedelta(days=1)).isoformat()
        for path in [path for path in (self.folder / "data").rglob("*") if path.is_file()]:
            text = path.read_text("utf-8").replace(today, yesterday)
            path.unlink()
            path.with_name(path.name.replace(today, yesterday)).write_text(text, "utf-8", newline="\n")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example plugin, built and installed by pip into a folder of its own; nothing is downloaded."""
    folder = tmp_path_factory.mktemp("installed")
    offline = ("--isolated", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", *offline, "--target", str(folder), str(PLUGIN)],
        check=True, timeout=120,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package as pip leaves it behind, whose sources do not work."""
    folder = tmp_path_factory.mktemp("strangers")
    for name, code in MODULES.items():
        (folder / f"{name}.py").write_text(code, "utf-8")
    points = {**{name: target for name, (target, _) in STRANGERS.items()}, "moon": "strangers:Moon"}
    about = folder / "strangers-0.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: strangers\nVersion: 0.1\n", "utf-8")
    lines = [f"[{registry.GROUP}]", *(f"{name} = {target}" for name, target in points.items()), ""]
    (about / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    with internet(tmp_path_factory.mktemp("world")) as found:
        yield found


def deezer(fans: int) -> Callable[[httpx.Request], httpx.Response | None]:
    """Deezer, which knows one artist; the demo's platforms play themselves."""

    def play(request: httpx.Request) -> httpx.Response | None:
        if request.url.host != "api.deezer.com":
            return None
        if request.url.path != "/artist/27":
            return httpx.Response(200, json={"error": {"type": "DataException", "message": "no data", "code": 800}})
        return httpx.Response(200, json={"id": 27, "name": "PYRO", "nb_album": 3, "nb_fan": fans, "type": "artist"})

    return play


def new_label(folder: Path, world: Internet, *plugins: Path) -> Label:
    """The demo's label, whose PYRO is on Deezer."""
    lay_down(folder)
    with (folder / "casa24.toml").open("a", encoding="utf-8") as file:
        file.write("\n[web]\npause = 0\nconcurrency = 16\nbackoff = 0.01\n")
    label = Label(folder, world, plugins)
    label.edit(PYRO, f'{PYRO}deezer_id = "https://www.deezer.com/us/artist/27"\n')
    world.seen.clear()
    world.play = deezer(1234)
    return label


@pytest.fixture
def label(tmp_path: Path, world: Internet, installed: Path) -> Label:
    return new_label(tmp_path / "label", world, installed)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, world: Internet, installed: Path) -> Label:
    """One night collected with the plugin; tests only look at it."""
    label = new_label(tmp_path_factory.mktemp("night") / "label", world, installed)
    label.collect()
    return label


def sections(stored: Any, source: str) -> dict[str, Any]:
    """Each artist's section of one source."""
    return {artist["name"]: artist[source] for artist in stored["artists"] if source in artist}


def words(text: str) -> str:
    """A printed page without its line breaks."""
    return " ".join(text.split())


# --- installed


def test_its_numbers_are_stored_beside_ours(night: Label) -> None:
    stored = night.day()
    pyro = next(artist for artist in stored["artists"] if artist["name"] == "PYRO (demo)")
    assert pyro["deezer"] == {"fans": 1234}
    assert pyro["accounts"]["deezer"] == "27"
    assert stored["sources"]["deezer"]["via"] == "api"
    assert (pyro["spotify"]["followers"], stored["discord"]["member_count"]) == (798, 64)


def test_who_is_not_on_its_platform_has_a_gap_with_its_reason_and_no_zero(night: Label) -> None:
    stored = night.day()
    others = {name: section for name, section in sections(stored, "deezer").items() if name != "PYRO (demo)"}
    assert (len(others), *others.values()) == (7, *[{"fans": None}] * 7)
    reason = {"artist": "*", "source": "deezer", "metric": "fans", "state": "no_account", "code": "no_account"}
    assert [flag for flag in stored["flags"] if flag["source"] == "deezer"] == [reason]


def test_its_column_follows_the_labels_ten(night: Label) -> None:
    header, *rows = night.table()
    assert len(OURS) == 10
    assert header == [*OURS, "deezer_fans"]
    assert {row[0]: row[-1] for row in rows if row[-1]} == {"PYRO (demo)": "1234"}


def test_the_label_and_the_artist_are_shown_with_it(night: Label) -> None:
    assert "Deezer Artist Fans" in words(night.run("show").stdout).replace("─", "")
    pyro = words(night.run("show", "--artist", "pyro").stdout)
    assert "Deezer · Fans 1,234" in pyro
    assert "Deezer: https://www.deezer.com/artist/27" in pyro


def test_it_is_listed_with_its_package(night: Label) -> None:
    listed = json.loads(night.run("sources", "--format", "json").stdout)
    last = listed["sources"][-1]
    assert (last["name"], last["package"], last["version"]) == ("deezer", "casa24-deezer", "1.0")
    assert (last["account_key"], last["measures"], last["credentials"]) == ("deezer_id", ["Fans"], [])
    assert listed["broken"] == []


def test_it_can_be_asked_alone(label: Label) -> None:
    label.collect("--source", "deezer")
    assert {request.url.host for request in label.world.seen} == {"api.deezer.com"}
    assert sections(label.day(), "deezer")["PYRO (demo)"] == {"fans": 1234}


def test_two_days_are_compared_with_it(label: Label) -> None:
    label.collect("--source", "deezer")
    label.grow_older()
    label.world.play = deezer(1300)
    label.collect("--source", "deezer")
    old, new = label.days()
    assert "Deezer · Fans 1,234 1,300 +66 +5.3 %" in words(label.run("diff", old, new, "--artist", "pyro").stdout)
    assert label.fans() == {old: "1234", new: "1300"}


def test_an_artist_its_platform_does_not_know_is_a_gap_that_is_said(label: Label) -> None:
    label.edit("artist/27", "artist/28")
    done = label.collect()
    said = "Deezer, PYRO (demo) (Fans): Deezer does not know this account. → Check the artist's id in casa24.toml."
    assert said in words(done.stdout)
    assert sections(label.day(), "deezer")["PYRO (demo)"] == {"fans": None}


# --- gone


def test_without_the_plugin_its_key_is_named_and_costs_no_other_platform(label: Label) -> None:
    bare = label.without_plugins()
    assert "Nobody knows the key deezer_id in casa24.toml (is a source's package missing?)" in bare.collect().stderr
    assert sections(bare.day(), "spotify")["PYRO (demo)"]["followers"] == 798
    assert "Nobody knows the key deezer_id" in bare.run("sources").stderr + bare.run("sources").stdout
    assert bare.run("show").returncode == 0


def test_a_plugin_that_broke_costs_no_other_platform(label: Label, tmp_path: Path) -> None:
    shutil.copytree(label.plugins[0], tmp_path / "broken")
    (tmp_path / "broken" / "casa24_deezer.py").write_text("import no_such_library\n", "utf-8")
    broken = Label(label.folder, label.world, (tmp_path / "broken",))
    said = broken.collect().stderr
    assert "deezer of casa24-deezer is left out: ModuleNotFoundError" in said
    assert "The key deezer_id is of the source deezer, which is left out." in said
    assert "deezer (from casa24-deezer)" in " ".join(broken.run("sources").stdout.split())
    assert sections(broken.day(), "spotify")["PYRO (demo)"]["followers"] == 798


def test_without_the_plugin_the_same_day_keeps_what_it_brought(label: Label) -> None:
    label.collect()
    before, table = label.day(), label.table()
    label.edit('deezer_id = "https://www.deezer.com/us/artist/27"\n', "")
    label.without_plugins().collect()
    assert label.table() == table
    after = label.day()
    assert sections(after, "deezer") == sections(before, "deezer")
    assert after["flags"] == before["flags"]


def test_without_the_plugin_the_next_day_has_an_empty_cell_in_its_column(label: Label) -> None:
    label.collect()
    label.grow_older()
    label.edit('deezer_id = "https://www.deezer.com/us/artist/27"\n', "")
    alone = label.without_plugins()
    alone.collect()
    old, new = label.days()
    assert label.table()[0] == [*OURS, "deezer_fans"]
    assert label.fans() == {old: "1234", new: ""}
    assert sections(label.day(old), "deezer")["PYRO (demo)"] == {"fans": 1234}
    assert sections(label.day(new), "deezer") == {}
    table = label.table()
    assert alone.run("data", "rebuild-csv").returncode == 0
    assert label.table() == table


# --- broken


@pytest.fixture(scope="module")
def troubled(
    tmp_path_factory: pytest.TempPathFactory, world: Internet, installed: Path, strangers: Path
) -> tuple[Label, subprocess.CompletedProcess[str]]:
    """A night among strangers; the one who could be loaded is asked about PYRO."""
    label = new_label(tmp_path_factory.mktemp("troubled") / "label", world, strangers, installed)
    label.edit(PYRO, f'{PYRO}moon_id = "7"\n')
    return label, label.collect()


Troubled = tuple[Label, "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("name", STRANGERS)
def test_a_broken_source_is_named_with_its_package_and_its_trouble(troubled: Troubled, name: str) -> None:
    label, collected = troubled
    trouble = STRANGERS[name][1]
    assert f"Warning: The source {name} of strangers is left out: {trouble}" in collected.stderr
    assert f"{name} (from strangers): {trouble}" in words(label.run("sources").stdout)


def test_what_is_broken_is_left_out_and_what_is_sound_is_not(troubled: Troubled) -> None:
    listed = json.loads(troubled[0].run("sources", "--format", "json").stdout)
    assert {source["name"] for source in listed["broken"]} == set(STRANGERS)
    packages = [(source["name"], source["package"]) for source in listed["sources"] if source["package"] != "casa24"]
    assert packages == [("deezer", "casa24-deezer"), ("moon", "strangers")]
    assert len(listed["sources"]) == 6


def test_a_source_that_raises_is_a_gap_that_names_the_error(troubled: Troubled) -> None:
    label, collected = troubled
    assert "Moon, PYRO (demo) (Craters): the Moon source failed by itself: RuntimeError." in words(collected.stdout)
    assert "Traceback" not in collected.stderr
    (reason,) = [flag for flag in label.day()["flags"] if (flag["source"], flag["artist"]) == ("moon", "PYRO (demo)")]
    assert (reason["state"], reason["code"], reason["detail"]) == ("failed", "source_error", "RuntimeError")


def test_strangers_harm_no_other_platform(troubled: Troubled, night: Label) -> None:
    """Every other section, flag and column is as in a night without them."""
    stored, alone = troubled[0].day(), night.day()
    for source in ("spotify", "youtube", "instagram", "deezer"):
        assert sections(stored, source) == sections(alone, source)
    assert stored["discord"] == alone["discord"]
    assert [flag for flag in stored["flags"] if flag["source"] != "moon"] == alone["flags"]
    without_moon = [row[:-1] for row in troubled[0].table()]
    assert without_moon == night.table()
