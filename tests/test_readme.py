"""The README is the front door: what it shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from casa24.cli.app import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
_OUTPUT = re.compile(r"<!-- output of: casa24 (.*?) -->\n```text\n(.*?)```", re.DOTALL)


def commands() -> dict[str, list[str]]:
    """Every command of the app with its options, from the app itself."""
    group = get_command(app)
    found: dict[str, list[str]] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        for path, one in getattr(command, "commands", {"": command}).items():
            written = (text for parameter in one.params for text in (*parameter.opts, *parameter.secondary_opts))
            found[f"{name} {path}".strip()] = [text for text in written if text.startswith("--")]
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
    # Of the shell's completion, of `python -m tests.crash`, and of git.
    assert written - known <= {"--install-completion", "--times", "--path", "--invert-paths", "--force", "--add"}


@pytest.mark.parametrize("command", [found[0] for found in _OUTPUT.findall(README)])
def test_the_output_in_the_readme_is_the_real_one(
    command: str, the_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = dict(_OUTPUT.findall(README))[command]
    monkeypatch.chdir(tmp_path)
    if command != "demo":
        monkeypatch.chdir(the_demo)
    shown = CliRunner().invoke(app, shlex.split(command)).stdout
    assert [line.rstrip() for line in shown.splitlines()] == expected.splitlines()


def test_what_is_copied_to_begin_with_is_one_line_each() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [line.rsplit("&& ", 1)[1] for line in lines] == ["casa24 demo", "pytest -n auto", "pip install -q casa24"]


def test_write_a_source_shows_the_example_plugin_as_it_stands() -> None:
    """It is tested where it lies, by its own suite and by tests/cli/test_plugin.py."""
    chapter = README.partition("\n## Write a source")[2].partition("\n## ")[0]
    plugin = ROOT / "tests" / "deezer"
    shown = {"python": plugin / "casa24_deezer.py", "toml": plugin / "pyproject.toml"}
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", chapter, re.DOTALL | re.MULTILINE)
    assert blocks == [(language, path.read_text("utf-8")) for language, path in shown.items()]


def test_continuous_integration_runs_the_readmes_own_test_commands() -> None:
    """On Linux and macOS the one, on Windows the other."""
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    (posix,) = re.findall(r"^(python3 -m venv .*pytest -n auto)$", README, re.MULTILINE)
    (windows,) = re.findall(r"`(py -m venv [^`]*pytest -n auto)`", README)
    for name, command in (("!=", posix), ("==", windows)):
        assert f"if: runner.os {name} 'Windows'\n        run: {command}\n" in workflow


@pytest.mark.parametrize("group", [[], ["data"], ["artists"]])
def test_the_list_of_commands_cuts_nobody_short(group: list[str]) -> None:
    shown = CliRunner().invoke(app, [*group, "--help"], env={"COLUMNS": "80"}).stdout
    assert "Commands:" in shown
    assert [line for line in shown.splitlines() if line.endswith("...") and "COMMAND" not in line] == []
