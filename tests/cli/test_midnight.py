"""A run that begins before midnight and ends after it belongs to one day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.launching import casa24_after, clock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.internet import Internet

MIDNIGHT = clock("2025-10-17 23:59:59", "2025-10-18 00:00:00")


@pytest.fixture(autouse=True)
def _change_of_the_roster(label: Path) -> None:
    """PYRO leaves with the new day, ZACKO joins with it."""
    toml = label / "casa24.toml"
    text = toml.read_text("utf-8")
    for alias, change in (("PYRO", "left"), ("ZACKO", "joined")):
        text = text.replace(f'aliases = ["{alias}"]', f'aliases = ["{alias}"]\n{change} = 2025-10-18')
    toml.write_text(text, "utf-8")


@pytest.mark.parametrize("only", [(), ("--artist", "PYRO", "--artist", "ARANDA")])
def test_a_run_past_midnight_belongs_throughout_to_the_day_it_began_on(
    world: Internet, label: Path, env: dict[str, str], only: tuple[str, ...]
) -> None:
    done = casa24_after(MIDNIGHT, "collect", *only, env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    assert "on 2025-10-17" in done.stdout
    (day,) = (label / "data" / "historical").iterdir()
    stored = json.loads(day.read_text("utf-8"))
    assert (day.name, stored["date"]) == ("2025-10-17.json", "2025-10-17")
    assert {run["collected_at"] for run in stored["sources"].values()} == {"2025-10-17T23:59:59Z"}
    followers = {artist["name"]: artist["spotify"]["followers"] for artist in stored["artists"]}
    assert followers["PYRO (demo)"] == 798
    assert "ZACKO (demo)" not in followers


def test_who_joins_tomorrow_is_not_collected_by_a_run_of_today(
    world: Internet, label: Path, env: dict[str, str]
) -> None:
    done = casa24_after(MIDNIGHT, "collect", "--artist", "ZACKO", env=env, cwd=label)
    assert (done.returncode, world.seen) == (2, [])
    assert "ZACKO (demo) is not collected today." in done.stderr


def test_who_joined_today_is_collected(world: Internet, label: Path, env: dict[str, str]) -> None:
    done = casa24_after(clock("2025-10-18 00:00:00"), "collect", "--artist", "ZACKO", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    assert [day.name for day in (label / "data" / "historical").iterdir()] == ["2025-10-18.json"]
