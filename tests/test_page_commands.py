"""Every command in the README and in docs/ is understood by the program, and run where it needs no network."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from casa24.cli.app import app
from tests.command_reference import commands
from tests.test_readme import PAGES

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r"^ *```(bash|console)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(casa24 [^`]+)`")
_GROUPS = {"casa24 artists", "casa24 data"}
# They ask platforms, Discord or a person; what they do is tested in tests/test_newcomer.py, tests/cli and tests/bot.
_NOT_RUN_HERE = {"artists add", "bot", "collect", "data prune", "demo", "doctor", "init", "notify", "worker"}
_ENDS_WITH_1 = {"casa24 show --date yesterday"}  # the demo's record has no such day


class Written(NamedTuple):
    """A command, and the page that shows it."""

    page: str
    line: str


def commands_in_blocks(page: str) -> list[str]:
    """The lines of a page's blocks that call casa24, without comments, in their order."""
    prompts = {"bash": "", "console": "$ "}
    lines = [
        line.strip().removeprefix(prompts[language])
        for language, block in _BLOCK.findall(PAGES[page])
        for line in block.splitlines()
        if line.strip().startswith(prompts[language])
    ]
    parts = [part.strip() for line in lines for part in line.partition(" #")[0].split("&&")]
    return [part for part in parts if part.startswith("casa24 ")]


def all_commands() -> list[Written]:
    found = {
        Written(page, line)
        for page, text in PAGES.items()
        for line in (*commands_in_blocks(page), *_INLINE.findall(text))
    }
    return sorted(command for command in found if command.line not in _GROUPS)


def name_and_words(line: str) -> tuple[str, list[str]]:
    """Which command it is, and what is given to it; no command where the app itself is asked."""
    words = shlex.split(line)[1:]
    names = {name for name, _ in commands()}
    name = next((text for text in (" ".join(words[:2]), words[0]) if text in names), "")
    return name, words[len(name.split()) :]


def runs_here(page: str) -> bool:
    return any(name_and_words(line)[0] not in _NOT_RUN_HERE for line in commands_in_blocks(page))


@pytest.mark.parametrize("written", all_commands(), ids=lambda written: f"{written.page}: {written.line}")
def test_every_command_in_the_pages_is_understood(written: Written) -> None:
    """A bare name needs no arguments: it speaks of the command."""
    name, words = name_and_words(written.line)
    if not name:
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0
    elif words:
        found = dict(commands())[name]
        found.make_context(name, words, parent=get_command(app).make_context("casa24", [name]))


@pytest.mark.parametrize("page", [page for page in PAGES if runs_here(page)])
def test_the_commands_of_a_page_run_one_after_the_other(page: str, demo: Path) -> None:
    """In the demo's folder, so that a page's later commands find what its earlier ones wrote."""
    ended = {}
    for line in commands_in_blocks(page):
        name, words = name_and_words(line)
        if name not in _NOT_RUN_HERE:
            ended[line] = CliRunner().invoke(app, [*name.split(), *words]).exit_code
    assert ended == {line: int(line in _ENDS_WITH_1) for line in ended}


def test_the_export_is_read_by_duckdb_as_shown(demo: Path) -> None:
    (line,) = re.findall(r"^(python -c .*)$", PAGES["docs/data-format.md"], re.MULTILINE)
    assert CliRunner().invoke(app, ["data", "export", "record.parquet"]).exit_code == 0
    shown = subprocess.run(
        [sys.executable, *shlex.split(line)[1:]], cwd=demo, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert "PYRO (demo)" in shown


def test_every_module_the_pages_run_is_there() -> None:
    named = {name for text in PAGES.values() for name in re.findall(r"python -m (tests[\w.]*)", text)}
    assert named
    assert {name for name in named if importlib.util.find_spec(name) is None} == set()
