"""A source is a module, an entry point, a contract test and its places in the docs: all of them, or none."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from casa24.sources import registry
from casa24.testing import SourceContract
from tests.sources import test_any_answer, test_contract
from tests.test_readme import PAGES

ROOT = Path(__file__).parents[2]
POINTS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][
    registry.GROUP
]
# What lies in the folder beside the sources: what they are made of, and what finds them.
HOUSE = {"base", "registry"}
OURS = [item.source for item in registry.load().installed if item.package == "casa24"]
_WORD = re.compile(r"`(\w+)`")


def first_cells(text: str) -> set[str]:
    """The words in code type that stand in the first column of a chapter's table."""
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in _WORD.findall(row.split("|")[1])}


def test_every_module_is_an_entry_point_and_every_entry_point_a_module() -> None:
    modules = {path.stem for path in (ROOT / "src" / "casa24" / "sources").glob("*.py")}
    public = {name for name in modules - HOUSE if not name.startswith("_")}
    assert public == POINTS.keys()
    assert [name for name, target in POINTS.items() if not target.startswith(f"casa24.sources.{name}:")] == []


def test_every_entry_point_is_installed() -> None:
    """An entry point is read at installation: after a change, `pip install -e '.[dev]'` once more."""
    assert {source.name: f"{source.__module__}:{source.__qualname__}" for source in OURS} == POINTS


def test_every_source_passes_the_contract_and_is_told_anything() -> None:
    classes = [
        kind for _, kind in inspect.getmembers(test_contract, inspect.isclass) if issubclass(kind, SourceContract)
    ]
    assert {contract.source for contract in classes if contract is not SourceContract} == set(OURS)
    assert test_any_answer.ACCOUNTS.keys() == set(OURS)


def test_the_docs_name_every_source() -> None:
    named = re.search(r"The installed ones: (.*)\.", PAGES["docs/write-a-source.md"])
    assert named
    assert _WORD.findall(named[1]) == [source.name for source in OURS]


def test_the_docs_say_where_every_account_is_found() -> None:
    own = {"joined", "left", "aliases"}
    keys = {source.account_key for source in OURS if not source.label_wide}
    assert first_cells(PAGES["docs/roster.md"]) - own == keys


@pytest.mark.parametrize("key", [source.account_key for source in OURS if source.label_wide])
def test_the_docs_name_the_labels_accounts(key: str) -> None:
    assert f"`{key}`" in PAGES["docs/roster.md"]


def test_the_docs_say_where_every_credential_comes_from() -> None:
    assert first_cells(PAGES["docs/keys.md"]) == {name for source in OURS for name in source.credentials.names}


def test_the_docs_say_what_every_platforms_terms_say() -> None:
    told = re.findall(r"^- \*\*(.*?)\*\*", PAGES["docs/terms.md"], re.MULTILINE)
    assert [title for titles in told for title in titles.split(", ")] == [source.title for source in OURS]
