"""The README is the front door: what it shows is what happens."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import shlex
import types
from importlib.metadata import EntryPoint
from pathlib import Path

import httpx
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from casa24.cli.app import app
from casa24.collect import Request, collect
from casa24.config import Artist, Roster
from casa24.credentials import Wallet
from casa24.politeness import Politeness
from casa24.sources import registry
from casa24.web import Web

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
_OUTPUT = re.compile(r"<!-- output of: casa24 (.*?) -->\n```text\n(.*?)```", re.DOTALL)


def commands() -> dict[str, list[str]]:
    """Every command of the app with its options, from the app itself."""
    group = get_command(app)
    found: dict[str, list[str]] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        for path, one in getattr(command, "commands", {"": command}).items():
            options = [option for parameter in one.params for option in parameter.opts if option.startswith("--")]
            found[f"{name} {path}".strip()] = options
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_and_each_of_its_options_stands_in_the_readme(command: str) -> None:
    assert f"casa24 {command}" in README
    assert [option for option in commands()[command] if option not in README] == []


def test_every_command_in_the_readme_is_one() -> None:
    written = set(re.findall(r"(?:^|`|&& )casa24 ([a-z][a-z-]*)(?= |`|$)", README, re.MULTILINE))
    known = {name.split()[0] for name in commands()}
    assert written - {"keeps", "looks"} == known


def test_every_option_in_the_readme_is_one() -> None:
    known = {option for options in commands().values() for option in options}
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert written - known <= {"--install-completion"}


def test_every_source_and_credential_stands_in_the_readme() -> None:
    found = registry.load()
    names = [source.name for source in found.sources]
    assert f"The installed ones: {', '.join(f'`{name}`' for name in names)}." in README
    assert [name for name in found.credential_names if name not in README] == []
    assert [source.account_key for source in found.artist_sources if f"`{source.account_key}`" not in README] == []


@pytest.mark.parametrize("command", [found[0] for found in _OUTPUT.findall(README)])
def test_the_output_in_the_readme_is_the_real_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = dict(_OUTPUT.findall(README))[command]
    monkeypatch.chdir(tmp_path)
    if command != "demo":
        CliRunner().invoke(app, ["demo"])
        monkeypatch.chdir(tmp_path / "casa24-demo")
    shown = CliRunner().invoke(app, shlex.split(command)).stdout
    assert [line.rstrip() for line in shown.splitlines()] == expected.splitlines()


def test_the_two_commands_are_one_line_each() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [line.rsplit("&& ", 1)[1] for line in lines] == ["casa24 demo", "pytest"]


def test_write_a_source_is_a_source() -> None:
    """The README's example, taken literally: loaded by its entry point, collected, stored, in the CSV."""
    code = next(block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "Deezer" in block)
    module = types.ModuleType("casa24_deezer")
    exec(compile(code, "README.md", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the README's own

    class Point(EntryPoint):
        def load(self) -> object:
            return module.__dict__[self.attr]

    (named,) = re.findall(r'^(\w+ = "casa24_deezer:\w+")$', README, re.MULTILINE)
    name, value = named.split(" = ")
    found = registry.build((Point(name, value.strip('"'), registry.GROUP),))
    assert found.broken == ()
    (source,) = found.sources

    def deezer(request: httpx.Request) -> httpx.Response:
        assert request.url == "https://api.deezer.com/artist/27"
        return httpx.Response(200, json={"id": 27, "name": "Ana Sol", "nb_fan": 12})

    async def night() -> int | None:
        account = source.account("https://www.deezer.com/artist/27")
        roster = Roster(artists=(Artist("Ana Sol", {"deezer": account}),))
        async with Web(Politeness(pause=0), transport=httpx.MockTransport(deezer)) as web:
            done = await collect(Request(roster, found.sources, dt.datetime.now(dt.UTC)), Wallet(), web)
        return done.snapshot.measurement("Ana Sol", "deezer", "fans").value

    assert asyncio.run(night()) == 12
    assert [series.column for series in found.artist_series] == ["deezer_fans"]
