"""The workflows as files: sound by the tools that know, and what we run is what other labels get."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from tests.workflow.runner import workflow

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / ".github" / "workflows" / "update-data.yml"
TEMPLATE = Path(str(files("casa24.setup").joinpath("templates", "update-data.yml")))
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
BASH = shutil.which("bash") or "bash"
ALL = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), TEMPLATE]
EIGHT = {
    "SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "YOUTUBE_API_KEY", "INSTAGRAM_ACCESS_TOKEN",
    "INSTAGRAM_BUSINESS_ACCOUNT_ID", "INSTAGRAM_API_VERSION", "DISCORD_BOT_TOKEN", "DISCORD_GUILD_ID",
}  # fmt: skip


def tool(*command: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name(command[0])
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=120, check=False)


def test_zizmor_finds_nothing_to_attack() -> None:
    done = tool("zizmor", "--offline", "--no-progress", *map(str, ALL))
    assert done.returncode == 0, done.stdout + done.stderr


def test_githubs_own_schema_accepts_them() -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, ALL))
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_workflow_differs_from_what_labels_get_in_one_line() -> None:
    """What is installed: of us the checkout, of them a release."""
    ours, theirs = (path.read_text("utf-8").splitlines() for path in (OURS, TEMPLATE))
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == [
        ("  CASA24: .", "  CASA24: casa24")
    ]


def test_it_runs_every_night_and_by_hand_with_no_more_rights_than_it_needs() -> None:
    content = workflow(OURS)
    (job,) = content["jobs"].values()
    assert content["name"] == "Update Spotify Data"
    # YAML 1.2 keeps "on" a text.
    assert [entry["cron"] for entry in content["on"]["schedule"]] == ["30 2 * * *"]
    assert "workflow_dispatch" in content["on"]
    assert content["permissions"] == {}
    assert job["permissions"] == {"contents": "write", "issues": "write", "id-token": "write"}
    assert content["concurrency"] == {"group": "update-data", "cancel-in-progress": False}
    assert job["timeout-minutes"] <= 60


def test_the_keys_reach_the_collecting_step_and_the_addresses_of_the_news_its_own() -> None:
    (job,) = workflow(OURS)["jobs"].values()
    steps = {step["name"]: step.get("env", {}) for step in job["steps"] if "name" in step}
    assert set(steps.pop("Collect")) == {*EIGHT, "WORKER_API_URL", "WORKER_API_KEY"}
    assert set(steps.pop("Send the news")) == {"CASA24_NOTIFY", "WORKER_API_URL", "WORKER_API_KEY"}
    assert not any("secrets." in str(value) for env in steps.values() for value in env.values())


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_action_is_pinned_and_no_expression_is_run(path: Path) -> None:
    for job in workflow(path)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in str(step.get("run", ""))
            assert len(step.get("uses", f"@{'0' * 40}").rpartition("@")[2]) == 40


def test_every_python_the_package_names_is_tested() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    tested = workflow(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert tested == [name.rpartition(" ")[2] for name in named if ":: Python :: 3." in name]


def test_the_whole_of_ci_runs_the_readmes_own_command_and_takes_no_environment_away() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "grep -E '^python3 -m venv .*pytest -n auto$' README.md" in script
    assert "rm -rf .venv" not in script


def test_a_release_needs_a_tag_that_is_the_version(tmp_path: Path) -> None:
    """The step as it stands, beside a version of our own."""
    (check,) = (
        step["run"]
        for step in workflow(RELEASE)["jobs"]["build"]["steps"]
        if step.get("name") == "The tag is the version"
    )
    (tmp_path / "src" / "casa24").mkdir(parents=True)
    (tmp_path / "src" / "casa24" / "_version.py").write_text('"""Doc."""\n\n__version__ = "1.2.3"\n', "utf-8")
    script = tmp_path / "check.sh"
    script.write_text(check, "utf-8")
    for tag, code in (("v1.2.3", 0), ("v1.2.4", 1), ("1.2.3", 1)):
        env = {"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag}
        done = subprocess.run([BASH, "-e", script], cwd=tmp_path, env=env, capture_output=True, timeout=10, check=False)
        assert done.returncode == code, tag


def test_what_builds_a_release_cannot_publish_it() -> None:
    jobs = workflow(RELEASE)["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"actions": "read", "id-token": "write"}
    assert jobs["publish"]["environment"] == "pypi"
    assert not any("uv build" in step.get("run", "") for step in jobs["publish"]["steps"])
