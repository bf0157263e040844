"""Check the words of the code: one class, one name; no variable without one of its own; a sentence for each module."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SOURCE = sorted((ROOT / "src").rglob("*.py"))
MODULES = [*SOURCE, *sorted((ROOT / "tests").rglob("*.py"))]
# Classes inside a source: its options, as the contract wants them.
_BY_CONTRACT = {"Options"}


def names(tree: ast.AST) -> Iterator[str]:
    """Yield every name that a module binds to a variable or parameter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_variable_is_called_one_or_other(path: Path) -> None:
    assert {"one", "other"} & set(names(ast.parse(path.read_text("utf-8")))) == set()


def test_two_classes_never_share_a_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in SOURCE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path.relative_to(ROOT)))
    assert {name: places for name, places in found.items() if len(places) > 1 and name not in _BY_CONTRACT} == {}


@pytest.mark.parametrize("path", SOURCE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_begins_with_a_sentence(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    first = text.partition("\n")[0]
    assert first[:1].isupper() or first.startswith("`")
    assert first.endswith(".")
