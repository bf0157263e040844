"""The README and the pages in docs/: what they show is what happens, and every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from casa24._version import HOMEPAGE
from casa24.cli.app import app
from casa24.core import docs
from tests.command_reference import PAGE, commands, options_of, reference

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
}
README = PAGES["README.md"]
EVERYTHING = "\n".join(PAGES.values())
_LONGEST = 150
_OUTPUT = re.compile(r"<!-- output of: casa24 (.*?) -->\n```text\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
# Options of others: the shell's completion, our own scripts, git, pip, npm.
_NOT_OURS = {
    "--install-completion", "--times", "--path", "--invert-paths", "--force", "--add", "--help",
}  # fmt: skip


class Output(NamedTuple):
    """What a page says a command prints."""

    page: str
    command: str
    text: str


OUTPUTS = [Output(page, *found) for page, text in PAGES.items() for found in _OUTPUT.findall(text)]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= _LONGEST


def test_the_command_reference_is_what_the_program_says_of_itself() -> None:
    assert PAGE.read_text("utf-8") == reference()


def test_the_readme_names_every_command() -> None:
    known = {name.split()[0] for name, _ in commands()}
    assert {name for name in known if f"casa24 {name}" not in README} == set()


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_and_each_of_its_options_is_explained(name: str) -> None:
    explained = "\n".join(text for page, text in PAGES.items() if page != "docs/commands.md")
    command = dict(commands())[name]
    assert f"casa24 {name}" in explained
    assert [option for option in options_of(command) if option not in explained] == []


def test_every_command_in_the_pages_is_one() -> None:
    """Whether its words are understood too: tests/test_page_commands.py."""
    written = set(re.findall(r"(?:`|&& )casa24 ([a-z][a-z-]*)(?= |`|$)", EVERYTHING, re.MULTILINE))
    known = {name.split()[0] for name, _ in commands()}
    assert written == known


def test_every_option_in_the_pages_is_one() -> None:
    known = {option for _, command in commands() for option in options_of(command)}
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", EVERYTHING))
    assert written - known <= _NOT_OURS


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: f"{output.page}: {output.command}")
def test_the_output_in_the_pages_is_the_real_one(
    output: Output, the_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path if output.command == "demo" else the_demo)
    shown = CliRunner().invoke(app, shlex.split(output.command)).stdout
    assert [line.rstrip() for line in shown.splitlines()] == output.text.splitlines()


def anchors(text: str) -> set[str]:
    """What GitHub lets a link point to: a page's headings, in its spelling."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_between_the_pages_leads_somewhere(page: str) -> None:
    astray = []
    for link in _LINK.findall(PAGES[page]):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target.read_text("utf-8")))):
            astray.append(link)
    assert astray == []


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in _LINK.findall(README)}
    assert PAGES.keys() - linked == {"README.md"}


def test_a_page_and_its_translation_lead_to_each_other() -> None:
    """A page in Spanish names the English one at its head, as "In English"."""
    translated = {page: text for page, text in PAGES.items() if page.startswith("docs/es/")}
    assert translated
    for page, text in translated.items():
        (original,) = re.findall(r"\[In English\]\(\.\./([\w-]+\.md)\)", text)
        assert f"[En español]({page.removeprefix('docs/')})" in PAGES[f"docs/{original}"]


def shipped() -> dict[str, str]:
    """Every text of casa24 that people may read: the code, its templates and translations, and the forms at GitHub."""
    folders = (ROOT / "src", ROOT / ".github")
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in (*files, ROOT / "casa24.toml")}


def addresses() -> set[str]:
    """Every address in casa24's own repository that a text or a constant of casa24 gives."""
    written = "\n".join(shipped().values()).replace("{HOMEPAGE}", HOMEPAGE)
    constants = {
        value for value in vars(docs).values() if isinstance(value, str) and value.startswith(f"{HOMEPAGE}/blob")
    }
    found = set(re.findall(rf"{re.escape(HOMEPAGE)}[\w/.#-]*", written)) | constants
    return {address.rstrip(".") for address in found if not address.endswith("blob/main/docs")}


@pytest.mark.parametrize("address", sorted(addresses()))
def test_every_address_casa24_gives_leads_somewhere(address: str) -> None:
    """A page and its heading; of what GitHub itself makes, only the forms for a new issue."""
    path, _, anchor = address.removeprefix(HOMEPAGE).partition("#")
    if path == "/issues/new/choose":
        assert list((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
        return
    page = path.removeprefix("/blob/main/") or "README.md"
    assert (ROOT / page).is_file()
    assert not anchor or anchor in anchors((ROOT / page).read_text("utf-8"))


def test_every_constant_with_an_address_is_looked_at() -> None:
    assert {docs.KEYS, docs.ROSTER, docs.TERMS, docs.PROBLEMS} <= addresses()


def test_every_page_a_text_of_casa24_names_is_there() -> None:
    named = {name for text in shipped().values() for name in re.findall(r"(?<![\w/])docs/[\w/-]+\.md", text)}
    assert named
    assert {name for name in named if name not in PAGES} == set()


def test_every_chapter_a_text_of_casa24_names_is_there() -> None:
    """As the Spanish texts do: "Credenciales en docs/es/…" or "docs/es/…, Credenciales"."""
    text = "\n".join(shipped().values())
    before = [(page, name) for name, page in re.findall(r"(\w+) en (docs/[\w/-]+\.md)", text) if name[0].isupper()]
    after = re.findall(r"(docs/[\w/-]+\.md), ([A-ZÁÉÍÓÚ]\w+)", text)
    assert before
    assert after
    astray = [(page, name) for page, name in (*before, *after) if name.lower() not in anchors(PAGES[page])]
    assert astray == []


def test_no_text_of_casa24_speaks_of_a_chapter_of_the_readme() -> None:
    """They moved to docs/."""
    texts = {name: text for name, text in shipped().items() if name.startswith("src")}
    assert [name for name, text in texts.items() if re.search(r"README[:,] ", text)] == []


def test_what_is_copied_to_begin_with_is_one_line_each() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [line.rsplit("&& ", 1)[1] for line in lines] == ["casa24 demo", "pytest -n auto", "pip install -q casa24"]


def test_write_a_source_shows_the_example_plugin_as_it_stands() -> None:
    """It is tested where it lies, by its own suite and by tests/cli/test_plugin.py."""
    plugin = ROOT / "tests" / "deezer"
    shown = {"python": plugin / "casa24_deezer.py", "toml": plugin / "pyproject.toml"}
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGES["docs/write-a-source.md"], re.DOTALL | re.MULTILINE)
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
