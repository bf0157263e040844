"""`casa24 worker`: its files copied out, and lines that can be copied as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from tests.internet import Internet, casa24
from tests.launching import FEW_RIGHTS, casa24_after
from tests.repositories import git, repository_with_origin

ADDRESS = "https://keys.example.workers.dev"
SHIPPED = Path(str(files("casa24").joinpath("worker")))
FOLDER = "casa24-worker"
BASH, CURL = shutil.which("bash"), shutil.which("curl")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """No network; what is asked for would not be found."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", "HTTPS_PROXY": "http://127.0.0.1:9"}


@pytest.fixture
def label(tmp_path: Path) -> Path:
    """A label with one artist at one platform, in a repository of GitHub."""
    folder = repository_with_origin(tmp_path / "label", "https://github.com/ours/numbers.git")
    git(folder, "symbolic-ref", "HEAD", "refs/heads/main")
    text = f'[label]\nworker = "{ADDRESS}"\n[[artists]]\nname = "B"\nyoutube_id = "@bee"\n'
    (folder / "casa24.toml").write_text(text, "utf-8")
    return folder


def copied(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def commands(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.strip() for line in done.stdout.splitlines() if line.startswith("     ")]


def fates(done: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^  \S+ +(\w+)", done.stdout, re.MULTILINE))


def test_every_file_is_copied_with_the_label_filled_in(label: Path, env: dict[str, str]) -> None:
    """Nothing but the repository and the Worker's own address differs from what the package holds."""
    done = casa24("worker", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    found = copied(label / FOLDER)
    settings = found["wrangler.jsonc"]
    assert '"REPOSITORY": "ours/numbers", // <<<' in settings
    assert '"WORKFLOW_REF": "ours/numbers/.github/workflows/update-data.yml@refs/heads/main", // <<<' in settings
    assert f'"AUDIENCE": "{ADDRESS}", // <<<' in settings
    assert {
        name: text.replace("ours/numbers", "OWNER/REPOSITORY").replace(f'"AUDIENCE": "{ADDRESS}"', '"AUDIENCE": ""')
        for name, text in found.items()
    } == copied(SHIPPED)


def test_every_secret_it_asks_for_is_one_the_worker_knows(tmp_path: Path, env: dict[str, str]) -> None:
    """Of a label nobody knows anything of: all there are."""
    lines = commands(casa24("worker", env=env, cwd=tmp_path))
    names = [line.split()[-1] for line in lines if line.startswith("npx wrangler secret put")]
    assert len(names) == 12
    known = "\n".join(copied(SHIPPED).values())
    assert [name for name in names if name not in known] == []


@pytest.mark.skipif(os.name != "posix" or not (BASH and CURL), reason="the line is for bash and curl")
def test_the_repositorys_number_is_what_the_line_prints(label: Path, world: Internet) -> None:
    (line,) = (line for line in commands(casa24("worker", env=world.environ, cwd=label)) if "api.github.com" in line)
    world.play = lambda request: httpx.Response(200, json={"owner": {"id": 1}, "id": 24, "name": request.url.path})
    done = bash(line, world.environ | {"CURL_CA_BUNDLE": str(world.certificate)}, label)
    assert done.stdout == "24\n", done.stderr
    assert [str(request.url) for request in world.seen] == ["https://api.github.com/repos/ours/numbers"]


def test_without_a_remote_the_placeholder_stays_and_it_is_said(tmp_path: Path, env: dict[str, str]) -> None:
    done = casa24("worker", "there", env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert copied(tmp_path / "there") == copied(SHIPPED)
    assert "No remote at GitHub here" in done.stderr


def test_the_same_again_changes_nothing(label: Path, env: dict[str, str]) -> None:
    casa24("worker", env=env, cwd=label)
    before = copied(label / FOLDER)
    again = casa24("worker", env=env, cwd=label)
    assert fates(again) == {"unchanged"}
    assert copied(label / FOLDER) == before


def test_an_edited_file_is_replaced_only_by_force(label: Path, env: dict[str, str]) -> None:
    casa24("worker", env=env, cwd=label)
    before = copied(label / FOLDER)
    edited = label / FOLDER / "wrangler.jsonc"
    edited.write_text("{}", "utf-8")  # no settings, and nothing filled in
    kept = casa24("worker", env=env, cwd=label)
    assert fates(kept) == {"unchanged", "kept"}
    assert "--force" in kept.stdout
    assert edited.read_text("utf-8") == "{}"
    assert fates(casa24("worker", "--force", "--dry-run", env=env, cwd=label)) == {"unchanged", "replaced"}
    assert edited.read_text("utf-8") == "{}"
    assert fates(casa24("worker", "--force", env=env, cwd=label)) == {"unchanged", "replaced"}
    assert copied(label / FOLDER) == before


def test_a_rehearsal_writes_nothing(label: Path, env: dict[str, str]) -> None:
    done = casa24("worker", "--dry-run", env=env, cwd=label)
    assert (done.returncode, fates(done)) == (0, {"new"})
    assert not (label / FOLDER).exists()


def test_a_file_in_the_folders_place_is_refused(label: Path, env: dict[str, str]) -> None:
    (label / FOLDER).write_text("a letter", "utf-8")
    done = casa24("worker", env=env, cwd=label)
    assert done.returncode == 2
    assert (label / FOLDER).read_text("utf-8") == "a letter"


def test_a_casa24_toml_with_a_mistake_stops_it_before_anything_is_written(label: Path, env: dict[str, str]) -> None:
    (label / "casa24.toml").write_text('[label]\nlanguage = "xx"\n', "utf-8")
    done = casa24("worker", env=env, cwd=label)
    assert done.returncode == 2
    assert not (label / FOLDER).exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_folder_without_rights_is_named(label: Path, env: dict[str, str]) -> None:
    (label / FOLDER).mkdir(mode=0o555)
    done = casa24_after(FEW_RIGHTS, "worker", env=env, cwd=label)
    assert done.returncode == 1
    assert "may not be written to. Nothing was changed." in done.stderr


def test_the_secrets_to_set_are_those_the_label_uses(label: Path, env: dict[str, str]) -> None:
    lines = commands(casa24("worker", env=env, cwd=label))
    assert [line.split()[-1] for line in lines if line.startswith("npx wrangler secret put")] == [
        "WORKER_API_KEY",
        "YOUTUBE_API_KEY",
        "NOTICE_WEBHOOK",
        "GITHUB_READ_TOKEN",
        "CASA24_NOTIFY",
    ]
    assert "https://github.com/ours/numbers/settings/variables/actions" in lines


def bash(script: str, env: dict[str, str], folder: Path, *, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(BASH), "-c", script]
    return subprocess.run(
        command, input=typed, env=env, cwd=folder, timeout=60, capture_output=True, text=True, check=False
    )


def test_what_only_some_need_is_a_step_of_its_own_that_says_so(label: Path, env: dict[str, str]) -> None:
    steps = re.split(r"\n\n", casa24("worker", env=env, cwd=label).stdout)
    (private,) = (step for step in steps if "put GITHUB_READ_TOKEN" in step)
    (news,) = (step for step in steps if "put CASA24_NOTIFY" in step)
    assert "Only where the repository is private" in private
    assert "Optional" in news
    assert [step.count("npx wrangler") for step in (private, news)] == [1, 1]


def fill_in(folder: Path, **values: str) -> str:
    """What a person does to the settings."""
    path = folder / FOLDER / "wrangler.jsonc"
    text = path.read_text("utf-8")
    for name, value in values.items():
        text = re.sub(rf'"{name}": "[^"]*"', f'"{name}": "{value}"', text)
    path.write_text(text, "utf-8")
    return text


def test_what_was_filled_in_stays_when_the_files_are_replaced(label: Path, env: dict[str, str]) -> None:
    """Also what differs from what is known here, which is said; a comment and a script are casa24's again."""
    casa24("worker", env=env, cwd=label)
    filled = fill_in(label, AUDIENCE="https://casa24-api.ours.workers.dev", REPOSITORY_ID="24", JWKS="https://x//y,}")
    edited = filled.replace("// <<<", "// done").replace('"vars": {', '"vars": {\n    "MINE": "/* 1 */",')
    (label / FOLDER / "wrangler.jsonc").write_text(edited.replace('/jwks"', '/jwks", // mine'), "utf-8")
    (label / FOLDER / "src" / "index.js").write_text("", "utf-8")
    done = casa24("worker", "--force", env=env, cwd=label)
    assert done.returncode == 0, done.stderr
    after = copied(label / FOLDER)
    assert after["wrangler.jsonc"] == filled.replace('"vars": {', '"vars": {\n    "MINE": "/* 1 */",')
    assert after["src/index.js"] == copied(SHIPPED)["src/index.js"]
    assert "wrangler.jsonc stays: MINE, AUDIENCE, REPOSITORY_ID, JWKS." in done.stderr
    assert f"AUDIENCE stays 'https://casa24-api.ours.workers.dev'; from here it would be '{ADDRESS}'." in done.stderr


def test_a_placeholder_that_stayed_is_filled_in_later(label: Path, env: dict[str, str], tmp_path: Path) -> None:
    casa24("worker", str(label / FOLDER), env=env, cwd=tmp_path)
    assert casa24("worker", "--force", env=env, cwd=label).returncode == 0
    assert '"REPOSITORY": "ours/numbers"' in copied(label / FOLDER)["wrangler.jsonc"]


def test_settings_that_cannot_be_read_are_not_replaced_by_force(label: Path, env: dict[str, str]) -> None:
    (label / FOLDER).mkdir()
    (label / FOLDER / "wrangler.jsonc").write_text('{ "vars": { "REPOSITORY_ID": "24"', "utf-8")
    done = casa24("worker", "--force", env=env, cwd=label)
    assert (done.returncode, "what you filled in there would be lost" in done.stderr) == (1, True)
    assert list(copied(label / FOLDER)) == ["wrangler.jsonc"]


@pytest.mark.parametrize(
    "written", ["https://Keys.Example.Workers.dev/", "https://keys.example.workers.dev:443/some/way"]
)
def test_the_audience_is_what_the_nightly_job_asks_its_token_for(
    label: Path, env: dict[str, str], written: str
) -> None:
    (label / "casa24.toml").write_text(f'[label]\nworker = "{written}"\n', "utf-8")
    done = casa24("worker", env=env, cwd=label)
    assert f'"AUDIENCE": "{ADDRESS}", // <<<' in copied(label / FOLDER)["wrangler.jsonc"]
    assert f"WORKER_API_URL={written.rstrip('/')}" in commands(done)


@pytest.mark.parametrize("cloned", [False, True])
def test_another_branch_than_main_is_let_in_where_git_has_one(label: Path, env: dict[str, str], cloned: bool) -> None:
    """A clone knows the default branch, whose workflow GitHub runs; else it is the one that is there."""
    git(label, "symbolic-ref", "HEAD", "refs/heads/trunk")
    if cloned:
        git(label, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/the/record")
    branch = "the/record" if cloned else "trunk"
    done = casa24("worker", env=env, cwd=label)
    settings = copied(label / FOLDER)["wrangler.jsonc"]
    assert f'"BRANCH": "{branch}"' in settings
    assert f'"REF": "refs/heads/{branch}"' in settings
    assert f'update-data.yml@refs/heads/{branch}"' in settings
    assert f"is {branch}, as git has it" in done.stderr


def test_without_a_casa24_toml_it_is_said_that_nothing_of_the_label_is_filled_in(
    label: Path, env: dict[str, str], tmp_path: Path
) -> None:
    assert "nothing of your label is filled in" in casa24("worker", env=env, cwd=tmp_path).stderr
    assert "nothing of your label" not in casa24("worker", env=env, cwd=label).stderr


@pytest.mark.skipif(os.name != "posix" or not (BASH and CURL), reason="the lines are for bash and curl")
def test_the_lines_that_test_it_work_literally(label: Path, world: Internet) -> None:
    """In bash, against a Worker that wants the key just made; the key is typed, and stands nowhere."""
    held = {"YOUTUBE_API_KEY": "secret-1", "DISCORD_GUILD_ID": "1"}
    lines = commands(casa24("worker", env=world.environ, cwd=label))
    (make,) = (line for line in lines if line.startswith("python3 -c"))
    key = bash(make, world.environ, label).stdout.strip()
    assert len(key) > 40

    def play(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == f"{ADDRESS}/api/credentials"
        right = request.headers.get("authorization") == f"Bearer {key}"
        return httpx.Response(200, json=held) if right else httpx.Response(401)

    world.play = play
    script = "\n".join(lines[lines.index(f"WORKER_API_URL={ADDRESS}") :])
    env = world.environ | {"CURL_CA_BUNDLE": str(world.certificate)}
    done = bash(script, env, label, typed=f"{key}\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["401", "YOUTUBE_API_KEY DISCORD_GUILD_ID"]


def test_an_empty_name_is_no_folder_for_it(label: Path, env: dict[str, str]) -> None:
    done = casa24("worker", "", env=env, cwd=label)
    assert (done.returncode, "an empty name is no folder" in done.stderr) == (2, True)
    assert not (label / "wrangler.jsonc").exists()
