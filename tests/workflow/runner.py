"""GitHub's runner, as far as our nightly workflow uses it: the steps are read from the YAML and executed as they stand.

What only GitHub has is played: a checkout is a clone of a repository on disk, an artifact a
copied folder. An expression or a condition this runner does not know fails the test.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from tests.repositories import git

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_LONGEST = 60.0
_BASH = shutil.which("bash") or "bash"
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
_OUTCOME = re.compile(r"steps\.(\w+)\.outcome == '(\w+)'")


@dataclass
class Machine:
    """Where a job runs. ``origin``: the bare repository; ``env``: what every step sees.

    ``after``: what else happens once a step, by its id or name, is through.
    """

    folder: Path
    origin: Path
    env: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    token: str = "the-jobs-own-token"
    after: Mapping[str, Callable[[], object]] = field(default_factory=dict)


@dataclass
class Ran:
    """A job that ran. ``outcomes`` and ``outputs`` by step (its id, else its name); ``artifacts`` by name."""

    workspace: Path
    status: str = "success"
    outcomes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)
    log: str = ""
    summary: str = ""


def workflow(path: Path) -> Any:
    """A workflow as it stands."""
    return YAML(typ="safe").load(path.read_text("utf-8"))


def run_job(path: Path, machine: Machine) -> Ran:
    """Run a workflow's only job."""
    content = workflow(path)
    (job,) = content["jobs"].values()
    return _Run(machine, content.get("env", {})).all_of(job["steps"])


class _Run:
    def __init__(self, machine: Machine, env: Mapping[str, str]) -> None:
        machine.folder.mkdir(parents=True)
        self._machine = machine
        self._temp = machine.folder / "temp"
        self._temp.mkdir()
        self._env = {**machine.env, **env, "RUNNER_TEMP": str(self._temp)}
        self._ran = Ran(machine.folder / "work")

    def all_of(self, steps: list[dict[str, Any]]) -> Ran:
        for step in steps:
            name = step.get("id") or step.get("name") or step["uses"].partition("@")[0]
            done = self._step(name, step) if self._wanted(step.get("if", "success()")) else "skipped"
            self._ran.outcomes[name] = done
            tolerated = step.get("continue-on-error", False)
            assert isinstance(tolerated, bool), "an expression this runner does not know"
            if done == "failure" and not tolerated:
                self._ran.status = "failure"
            self._machine.after.get(name, lambda: None)()
        return self._ran

    def _wanted(self, condition: str) -> bool:
        return all(self._holds(part) for part in condition.split(" && "))

    def _holds(self, part: str) -> bool:
        if part in {"always()", "success()"}:
            return part == "always()" or self._ran.status == "success"
        found = _OUTCOME.fullmatch(part)
        assert found, f"a condition this runner does not know: {part}"
        return self._ran.outcomes.get(found[1]) == found[2]

    def _step(self, name: str, step: dict[str, Any]) -> str:
        if "uses" in step:
            return self._use(step["uses"].partition("@")[0], step.get("with", {}))
        output, summary = (self._temp / f"{kind}-{len(self._ran.outcomes)}" for kind in ("output", "summary"))
        output.touch()
        summary.touch()
        own = {key: self._resolved(str(value)) for key, value in step.get("env", {}).items()}
        assert step["shell"] == "bash"
        assert not _EXPRESSION.search(step["run"]), "what an expression brings would be run as a command"
        script = self._temp / "script.sh"
        script.write_text(step["run"], "utf-8")
        done = subprocess.run(
            [_BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self._ran.workspace,
            env={**self._env, **own, "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            timeout=_LONGEST,
            check=False,
        )
        self._ran.log += done.stdout
        self._ran.summary += summary.read_text("utf-8")
        self._ran.outputs[name] = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        return "success" if done.returncode == 0 else "failure"

    def _use(self, action: str, given: dict[str, Any]) -> str:
        if action == "actions/checkout":
            assert given["persist-credentials"] is False
            git(self._machine.folder, "clone", "-q", "--depth=1", f"file://{self._machine.origin}", "work")
        elif action == "actions/upload-artifact":
            shutil.copytree(self._resolved(given["path"]), self._machine.folder / given["name"])
            self._ran.artifacts[given["name"]] = self._machine.folder / given["name"]
        else:
            assert action == "actions/setup-python", f"an action this runner does not know: {action}"
            assert given["python-version"] == "3.11"
        return "success"

    def _resolved(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, expression: str) -> str:
        """What is not set is empty, as on GitHub."""
        match expression.split("."):
            case ["secrets", name]:
                return self._machine.secrets.get(name, "")
            case ["vars", name]:
                return self._machine.variables.get(name, "")
            case ["steps", step, "outputs", name]:
                return self._ran.outputs.get(step, {}).get(name, "")
            case ["github", "token"]:
                return self._machine.token
            case ["runner", "temp"]:
                return str(self._temp)
            case ["job", "status"]:
                return self._ran.status
        raise AssertionError(f"an expression this runner does not know: {expression}")
