"""Breaks the code on purpose and says which breaks no test notices: `python -m tests.mutations --seed 24 --count 300`.

Each mutation is one small change, drawn by the seed. It is made in a copy of the checkout, where the tests of its
room and those that import its module run until the first fails; what none of them notices is printed with its place.
Some of that changes nothing anybody could see. It takes a quarter of a minute each, and is no part of CI.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "record", "analysis")
# The texts of what these are called with are read by people, not by the program.
_TOLD = {"count", "debug", "error", "info", "tr", "warn", "warning"}
_COMPARED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_COUNTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*"}
# The longest that is waited for the tests of one mutation. An endless loop does not end, nor do many tests on a busy
# machine: who looks at the list must tell them apart.
_PATIENCE = 300
_ENDLESS = "They did not end."
_NOTICED = "noticed"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change: what stands from ``begin`` to ``end`` (in bytes) becomes ``new``."""

    path: Path
    line: int
    begin: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        """Where and what, on one line."""
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.path.as_posix()}:{self.line}: {old} → {new}"


class _Finder(ast.NodeVisitor):
    """All mutations of one module. Docstrings, annotations, decorators and what people read are left alone."""

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._source = source.encode()
        starts = [0]
        for line in self._source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts
        self.found: list[Mutation] = []

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr | ast.stmt) -> str:
        begin, end = self._span(node)
        return self._source[begin:end].decode()

    def _add(self, node: ast.expr | ast.stmt, new: str) -> None:
        begin, end = self._span(node)
        self.found.append(Mutation(self._path, node.lineno, begin, end, self._text(node), new))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.args.defaults, *(default for default in node.args.kw_defaults if default), *node.body):
            self.visit(part)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if self._text(node.test) != "TYPE_CHECKING":
            self._negated(node.test)
            self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._negated(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negated(node.test)
        self.generic_visit(node)

    def _negated(self, test: ast.expr) -> None:
        """A comparison is flipped anyway, a `not` taken away."""
        if not isinstance(test, ast.Compare | ast.UnaryOp):
            self._add(test, f"(not ({self._text(test)}))")

    def visit_Raise(self, node: ast.Raise) -> None:
        """An error's text is for people."""

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _TOLD:
            self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and self._text(node.value) != "None":
            self._add(node.value, "None")
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for place, operator in enumerate(node.ops):
            words = [self._text(sides[0])]
            for number, (sign, side) in enumerate(zip(node.ops, node.comparators, strict=True)):
                flipped = _COMPARED[type(sign)] if number == place else _SIGNS[type(sign)]
                words += [flipped, self._text(side)]
            if type(operator) in _COMPARED:
                self._add(node, f"({' '.join(words)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        text = isinstance(node.left, ast.JoinedStr) or isinstance(getattr(node.left, "value", None), str)
        if (sign := _COUNTED.get(type(node.op))) and not text:
            self._add(node, f"({self._text(node.left)} {sign} {self._text(node.right)})")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        sign = " or " if isinstance(node.op, ast.And) else " and "
        self._add(node, f"({sign.join(f'({self._text(value)})' for value in node.values)})")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add(node, f"({self._text(node.operand)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            self._add(node, f"{node.value + 1}")
            self._add(node, f"({node.value - 1})")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """What is put into texts has no place of its own in every Python."""


_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def mutations(path: Path) -> list[Mutation]:
    """All that can be done to a module, named from the checkout's root."""
    source = (ROOT / path).read_text("utf-8")
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return finder.found


def drawn(seed: int, count: int, rooms: tuple[str, ...] = ROOMS) -> list[Mutation]:
    """So many of all mutations of these rooms, the same ones for the same seed and code."""
    modules = [path for room in rooms for path in sorted((ROOT / "src" / "casa24" / room).rglob("*.py"))]
    found = [mutation for path in modules for mutation in mutations(path.relative_to(ROOT))]
    return random.Random(seed).sample(found, min(count, len(found)))


def guards_of(path: Path) -> list[str]:
    """The tests that import a module, which fail the soonest, then those of its room."""
    module = ".".join(path.with_suffix("").parts[1:])
    own = ROOT / "tests" / path.parts[2]
    importing = [test for test in _test_files() if _imports(test, module)]
    importing.sort(key=lambda test: (test.stem != f"test_{path.stem}", own not in test.parents, test))
    others = [test for test in _test_files() if own in test.parents and test not in importing]
    return [str(test.relative_to(ROOT)) for test in (*importing, *others)]


def _test_files() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def _imports(test: Path, module: str) -> bool:
    package, _, name = module.rpartition(".")
    text = test.read_text("utf-8")
    return f"from {module} import" in text or f"from {package} import {name}\n" in text


def survivors(chosen: list[Mutation]) -> Iterator[tuple[str, Mutation]]:
    """The mutations that no test notices, or not in time; what goes on is said on standard error."""
    with tempfile.TemporaryDirectory(prefix="casa24-mutations-") as name:
        copy = Path(name) / "casa24"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", ".*_cache", "__pycache__"))
        needed = {test for path in {mutation.path for mutation in chosen} for test in guards_of(path)}
        if said := _failure(copy, sorted(needed), "auto", _PATIENCE * 10):
            sys.exit(f"{said}\nA test fails as it is: no mutation was made.")
        for number, mutation in enumerate(chosen, 1):
            began = time.monotonic()
            outcome = _outcome(copy, mutation)
            sys.stderr.write(f"{number}/{len(chosen)} {time.monotonic() - began:.0f} s {outcome}: {mutation}\n")
            if outcome != _NOTICED:
                yield outcome, mutation


def _outcome(copy: Path, mutation: Mutation) -> str:
    """Make one change, run its tests, and take it back."""
    file = copy / mutation.path
    whole = file.read_bytes()
    file.write_bytes(whole[: mutation.begin] + mutation.new.encode() + whole[mutation.end :])
    try:
        said = _failure(copy, guards_of(mutation.path), "0", _PATIENCE)
    finally:
        file.write_bytes(whole)
    return "without end" if said == _ENDLESS else _NOTICED if said else "SURVIVES"


def _failure(copy: Path, tests: list[str], processes: str, patience: float) -> str:
    """What the first of these tests that fails in the copy says, or nothing.

    The environment, CASA24_SHARED in it, is passed on.
    """
    env = dict(os.environ, PYTHONPATH=str(copy / "src"), PYTHONDONTWRITEBYTECODE="1")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", processes, "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=copy, env=env, capture_output=True, check=False, timeout=patience)
    except subprocess.TimeoutExpired:
        return _ENDLESS
    return done.stdout.decode(errors="replace")[-2000:] or "?" if done.returncode else ""


def main() -> None:
    """Draw, try, print what survives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=24)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--rooms", nargs="+", default=ROOMS, metavar="ROOM", help="rooms of src/casa24")
    wanted = parser.parse_args()
    # Started by a shell's `&` it would be ignored, and the tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen = drawn(wanted.seed, wanted.count, tuple(wanted.rooms))
    alive = list(survivors(chosen))
    sys.stdout.write("".join(f"{outcome}: {mutation}\n" for outcome, mutation in alive))
    sys.stdout.write(f"{len(chosen) - len(alive)} of {len(chosen)} mutations are noticed (seed {wanted.seed})\n")


if __name__ == "__main__":
    main()
