"""What breaks the code on purpose breaks it, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.mutations import ROOT, drawn, guards_of, mutations


def test_every_mutation_is_a_program_that_does_something_else() -> None:
    for mutation in drawn(24, 300):
        whole = (ROOT / mutation.path).read_bytes()
        assert whole[mutation.begin : mutation.end].decode() == mutation.old
        changed = whole[: mutation.begin] + mutation.new.encode() + whole[mutation.end :]
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(whole)), mutation


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(24, 20) == drawn(24, 20) != drawn(25, 20)


def test_what_people_read_and_types_are_left_alone(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Of 7 days."""\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    A = 1\n'
        'def told(some: dict[str, 1 + 2], most: int = 3) -> None | 4:\n    """Of 5."""\n'
        "    warn(6 + 7)\n    if not most:\n        raise ValueError(8)\n    return most < 9\n",
        "utf-8",
    )
    assert [f"{mutation.line} {mutation.old} → {mutation.new}" for mutation in mutations(module)] == [
        "5 3 → 4", "5 3 → (2)", "8 not most → (most)",
        "10 most < 9 → None", "10 most < 9 → (most <= 9)", "10 9 → 10", "10 9 → (8)",
    ]  # fmt: skip


def test_the_tests_of_the_module_come_first_then_those_that_import_it_then_its_room() -> None:
    found = guards_of(Path("src/casa24/analysis/pace.py"))
    assert found[0] == str(Path("tests/analysis/test_pace.py"))
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "analysis").rglob("test_*.py")} <= {*found}
    assert str(Path("tests/record/test_merge.py")) not in found
