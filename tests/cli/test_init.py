"""`casa24 init`: from a few answers to a folder that collects by itself."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.internet import Internet, casa24, silence, usual
from tests.launching import FEW_RIGHTS, casa24_after
from tests.repositories import PERSON, git, repository_with_origin
from tests.terminal import typing

if TYPE_CHECKING:
    from pathlib import Path

YOUTUBE = "https://www.youtube.com/@pyro0201"
PYRO = "https://open.spotify.com/artist/5BsYYsSnFsE9SoovY7aQV0"
FILES = [".github/workflows/update-data.yml", ".gitignore", "casa24.toml", "data/.gitkeep"]

in_a_terminal = pytest.mark.skipif(os.name != "posix", reason="a terminal is made the POSIX way")


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by name."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def tables(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "casa24.toml").read_text("utf-8"))


def fates(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What was said of each file."""
    return dict(re.findall(r"^  (\S+) +(\w+)", done.stdout, re.MULTILINE))


@in_a_terminal
def test_whoever_answers_the_questions_gets_a_label(world: Internet, tmp_path: Path) -> None:
    """Every question once; what is wrong is said and asked again; the platform says the artist's name."""
    with typing("init", "label", env=world.environ, cwd=tmp_path) as terminal:
        terminal.answer("The label's name", 'Mú"sica [b] = 1')
        terminal.answer("Its language (en, es) [en]", "fr")
        terminal.wait_for("'fr' is no language casa24 speaks")
        terminal.answer("Its language", "es")
        terminal.wait_for("User Guidelines forbid scraping")
        terminal.answer("once a day, for monthly listeners? (y/n)", "perhaps")
        terminal.answer("(y/n)", "y")
        terminal.answer("The address of your Cloudflare Worker", "http://keys.example")
        terminal.wait_for("must be a plain https:// address")
        terminal.answer("The address of your Cloudflare Worker", "")
        terminal.answer("The label's own Discord", "1000913895415877712")
        terminal.answer("An artist's links", "https://example.org/pyro")
        terminal.wait_for("of no platform casa24 knows")
        terminal.answer("An artist's links", f"{YOUTUBE}  {PYRO}?si=4f")
        terminal.wait_for("PYRO (demo): spotify_id 5BsYYsSnFsE9SoovY7aQV0")
        terminal.answer("An artist's links", PYRO)
        terminal.wait_for("All links of one artist belong on one line")
        terminal.answer("An artist's links", "foo")
        terminal.answer("Is 'foo' the artist's name at Instagram? (y/n)", "n")
        terminal.wait_for("'foo' is no link")
        terminal.answer("An artist's links", "Ana “B” = https://www.instagram.com/ana.b/")
        terminal.answer("An artist's links", "")
        assert terminal.end() == 0
    assert tables(tmp_path / "label") == {
        "label": {"name": 'Mú"sica [b] = 1', "color": "#00a651", "language": "es",
                  "discord_guild_id": "1000913895415877712"},
        "sources": {"spotify": {"page": True}},
        "artists": [
            {"name": "PYRO (demo)", "spotify_id": "5BsYYsSnFsE9SoovY7aQV0", "youtube_id": "@pyro0201"},
            {"name": "Ana “B”", "instagram_username": "ana.b"},
        ],
    }  # fmt: skip
    assert sorted(files(tmp_path / "label")) == FILES


@in_a_terminal
def test_no_page_is_read_before_it_may_be(world: Internet, tmp_path: Path) -> None:
    """Without keys and without the page nobody can say the name: it is asked for."""
    with typing("init", "--name", "L", "--language", "en", "--worker", "", env=world.environ, cwd=tmp_path) as terminal:
        terminal.answer("(y/n)", "n")
        terminal.answer("The label's own Discord", "")
        terminal.answer("An artist's links", PYRO)
        terminal.answer("The artist's name", "Pyro")
        terminal.answer("An artist's links", "")
        assert terminal.end() == 0
    assert world.seen == []
    assert tables(tmp_path)["sources"] == {"spotify": {"page": False}}
    assert [artist["name"] for artist in tables(tmp_path)["artists"]] == ["Pyro"]


@in_a_terminal
def test_an_artist_nobody_can_name_is_left_out_by_enter_and_the_next_is_asked_for(
    world: Internet, tmp_path: Path
) -> None:
    said = ("--name", "L", "--language", "en", "--worker", "", "--no-pages", "--account", "discord_guild_id=")
    with typing("init", *said, env=world.environ, cwd=tmp_path) as terminal:
        terminal.answer("An artist's links", PYRO)
        terminal.answer("The artist's name (Enter: leave this artist out)", "")
        terminal.wait_for("This artist is left out")
        terminal.answer("An artist's links", "B = bee")
        terminal.answer("Is 'bee' the artist's name at Instagram? (y/n)", "y")
        terminal.answer("An artist's links", "")
        assert terminal.end() == 0
    assert tables(tmp_path)["artists"] == [{"name": "B", "instagram_username": "bee"}]


@in_a_terminal
@pytest.mark.parametrize("answers", [0, 2, 5])
def test_ctrl_c_at_any_question_writes_nothing(world: Internet, tmp_path: Path, answers: int) -> None:
    questions = [("name", "L"), ("language", ""), ("(y/n)", "y"), ("Worker", ""), ("Discord", ""), ("links", "")]
    with typing("init", "label", env=world.environ, cwd=tmp_path) as terminal:
        for question, answer in questions[:answers]:
            terminal.answer(question, answer)
        terminal.wait_for(questions[answers][0])
        assert terminal.interrupt() == 130
    assert files(tmp_path).keys() == {"authority.pem"}


@in_a_terminal
def test_ctrl_c_while_a_platform_is_asked_writes_nothing(world: Internet, tmp_path: Path) -> None:
    world.play = lambda _request: silence
    with typing("init", "--pages", "--artist", PYRO, env=world.environ, cwd=tmp_path) as terminal:
        terminal.answer("The label's name", "L")
        terminal.answer("Its language", "")
        terminal.answer("Worker", "")
        terminal.answer("Discord", "")
        terminal.wait_for("Asking the platforms")
        assert terminal.interrupt() == 130
    assert not (tmp_path / "casa24.toml").exists()


def test_without_a_terminal_nothing_is_asked_and_nothing_written(world: Internet, tmp_path: Path) -> None:
    done = casa24("init", "label", env=world.environ, cwd=tmp_path)
    assert done.returncode == 2
    assert "no terminal" in done.stderr
    assert "--yes" in done.stderr
    assert not (tmp_path / "label").exists()


@pytest.fixture
def laid(world: Internet, tmp_path: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A label laid down without a question."""
    options = ("--name", "L", "--language", "es", "--pages", "--worker", "https://keys.example.workers.dev")
    more = (
        "--account",
        "discord_guild_id=1000913895415877712",
        "--artist",
        f"{PYRO}, {YOUTUBE}",
        "--artist",
        "B = https://www.youtube.com/@bee",
    )
    done = casa24("init", "label", "--yes", *options, *more, env=world.environ, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "label", done


Laid = tuple["Path", "subprocess.CompletedProcess[str]"]


def test_options_say_what_the_questions_ask(laid: Laid) -> None:
    folder, done = laid
    assert fates(done) == dict.fromkeys(FILES, "new")
    assert tables(folder) == {
        "label": {"name": "L", "color": "#00a651", "language": "es", "discord_guild_id": "1000913895415877712",
                  "worker": "https://keys.example.workers.dev"},
        "sources": {"spotify": {"page": True}},
        "artists": [
            {"name": "PYRO (demo)", "spotify_id": "5BsYYsSnFsE9SoovY7aQV0", "youtube_id": "@pyro0201"},
            {"name": "B", "youtube_id": "@bee"},
        ],
    }  # fmt: skip


def test_the_same_again_asks_and_changes_nothing(laid: Laid, world: Internet) -> None:
    folder, _ = laid
    before = files(folder)
    again = casa24("init", env=world.environ, cwd=folder)
    assert again.returncode == 0, again.stderr
    assert "casa24.toml is there already and is kept." in again.stderr
    assert set(fates(again).values()) == {"unchanged"}
    assert files(folder) == before


def test_yes_alone_gives_a_label_that_is_valid(world: Internet, tmp_path: Path) -> None:
    done = casa24("init", "--yes", env=world.environ, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path) == {"label": {"name": "Our label", "color": "#00a651", "language": "en"}}
    assert casa24("sources", env=world.environ, cwd=tmp_path).returncode == 0


def test_what_is_there_is_kept_and_the_rest_completed(world: Internet, tmp_path: Path) -> None:
    (tmp_path / "casa24.toml").write_text('# Mine.\n[label]\nname = "Ours"\n', "utf-8")
    (tmp_path / ".gitignore").write_text("*.env\nnotes/", "utf-8")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "update-data.yml").write_text("on: push\n", "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "latest.json").write_text("{}", "utf-8")
    done = casa24("init", "--name", "Another", env=world.environ, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert fates(done) == {"casa24.toml": "unchanged", ".gitignore": "completed", FILES[0]: "kept"}
    assert "is there already and is kept. What the options say of the label was not used." in done.stderr
    assert "To have casa24's own, move yours away" in done.stdout
    after = files(tmp_path)
    assert after["casa24.toml"] == b'# Mine.\n[label]\nname = "Ours"\n'
    assert after[FILES[0]] == b"on: push\n"
    assert after[".gitignore"].startswith(b"*.env\nnotes/\n\n# Added by casa24:\n.env\n")
    assert "data/.gitkeep" not in after


def test_a_casa24_toml_with_a_mistake_stops_it_before_anything_is_written(world: Internet, tmp_path: Path) -> None:
    (tmp_path / "casa24.toml").write_text('[label]\nlanguage = "xx"\n', "utf-8")
    done = casa24("init", env=world.environ, cwd=tmp_path)
    assert done.returncode == 2
    assert "'xx' is not known" in done.stderr
    assert files(tmp_path).keys() == {"authority.pem", "casa24.toml"}


def test_a_rehearsal_writes_nothing(world: Internet, tmp_path: Path) -> None:
    done = casa24("init", "label", "--yes", "--dry-run", env=world.environ, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert fates(done) == dict.fromkeys(FILES, "new")
    assert "Nothing was written" in done.stdout
    assert not (tmp_path / "label").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--language", "fr"), "'fr' is no language"),
        (("--name", "two\nlines"), "is no name"),
        (("--worker", "http://keys.example"), "must be a plain https:// address"),
        (("--account", "moon=1"), "keys: discord_guild_id"),
        (("--account", "discord_guild_id=x"), "is no Discord server id"),
        (("--account", "discord_guild_id"), "Write KEY=VALUE"),
        (("--account", f"discord_guild_id={'1' * 18}", "--account", f"discord_guild_id={'2' * 18}"), "is given twice"),
        (("--artist", "https://example.org/x"), "of no platform casa24 knows"),
        (("--artist", "B = "), "There is no link"),
        (("--artist", 'B\n[label]\nname = "x" = @b'), "name must be one printable line"),
        (("--artist", "B = @b_", "--artist", "C = @b_"), "the same instagram as artist 'B'"),
        (("--no-pages", "--artist", PYRO), "Put the name in front"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_written(
    world: Internet, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    done = casa24("init", "label", "--yes", *options, env=world.environ, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "label").exists()


def test_a_platform_that_says_no_name_in_time_costs_only_the_name(world: Internet, tmp_path: Path) -> None:
    world.play = lambda request: httpx.Response(404) if request.url.host == "open.spotify.com" else usual(request)
    done = casa24("init", "--yes", "--artist", PYRO, env=world.environ, cwd=tmp_path)
    assert done.returncode == 2
    assert f"No platform said in time whose these are: {PYRO}." in done.stderr
    assert not (tmp_path / "casa24.toml").exists()


def test_an_empty_name_is_no_folder(world: Internet, tmp_path: Path) -> None:
    done = casa24("init", "", "--yes", env=world.environ, cwd=tmp_path)
    assert (done.returncode, "an empty name is no folder" in done.stderr) == (2, True)
    assert files(tmp_path).keys() == {"authority.pem"}


def test_a_name_of_two_lines_is_no_folder(world: Internet, tmp_path: Path) -> None:
    done = casa24("init", "two\nlines", "--yes", env=world.environ, cwd=tmp_path)
    assert (done.returncode, "is no name for a folder" in done.stderr) == (2, True)
    assert files(tmp_path).keys() == {"authority.pem"}


def test_a_file_where_the_data_belongs_is_refused_before_anything_is_written(world: Internet, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a letter", "utf-8")
    done = casa24("init", "--yes", env=world.environ, cwd=tmp_path)
    assert (done.returncode, "data is a file, where a folder of that name belongs" in done.stderr) == (1, True)
    assert files(tmp_path).keys() == {"authority.pem", "data"}


def test_a_file_in_the_folders_place_is_refused_before_anything_is_asked(world: Internet, tmp_path: Path) -> None:
    (tmp_path / "label").write_text("a letter", "utf-8")
    done = casa24("init", "label", env=world.environ, cwd=tmp_path)
    assert done.returncode == 2
    assert "label is a file, not a folder" in done.stderr
    assert (tmp_path / "label").read_text("utf-8") == "a letter"


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_folder_without_rights_is_named_before_anything_is_asked(world: Internet, tmp_path: Path) -> None:
    (tmp_path / "label").mkdir(mode=0o555)
    done = casa24_after(FEW_RIGHTS, "init", "label", env=world.environ, cwd=tmp_path)
    assert done.returncode == 1
    assert "label may not be written to. Nothing was changed." in done.stderr
    assert list((tmp_path / "label").iterdir()) == []


def commands(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines to be copied."""
    return [line.strip() for line in done.stdout.splitlines() if line.startswith("     ")]


@pytest.mark.skipif(os.name != "posix", reason="the lines are for a POSIX shell")
def test_the_lines_it_ends_with_work_literally(world: Internet, tmp_path: Path) -> None:
    """From `cd` to the push, in one shell; the placeholder is a repository on disk."""
    options = ("--yes", "--name", "L", "--artist", PYRO)
    done = casa24("init", "it's a label", *options, env=world.environ, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = commands(done)
    assert lines[0] == "cd 'it'\"'\"'s a label'"
    assert "SPOTIFY_CLIENT_ID=…  # optional" in lines
    assert "YOUTUBE_API_KEY=…" not in lines
    assert lines[-2] == "https://github.com/OWNER/REPOSITORY/settings/secrets/actions"
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    shell = [line for line in lines if re.match(r"cd |git |.* collect$", line)]
    assert len(shell) == 7
    script = "\n".join(["set -e", *shell])
    script = script.replace("https://github.com/OWNER/REPOSITORY.git", shlex.quote(str(tmp_path / "empty.git")))
    ran = subprocess.run(
        ["/bin/sh", "-c", script], cwd=tmp_path, env=world.environ | PERSON, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    listed = git(tmp_path / "empty.git", "ls-tree", "-r", "--name-only", "main").splitlines()
    assert {".gitignore", ".github/workflows/update-data.yml", "casa24.toml", "data/latest.json"} <= set(listed)


@pytest.mark.skipif(os.name != "posix", reason="the line is for a POSIX shell")
def test_a_folder_whose_name_begins_with_a_dash_can_be_gone_to(world: Internet, tmp_path: Path) -> None:
    done = casa24("init", "--yes", "--", "-x", env=world.environ, cwd=tmp_path)
    line = commands(done)[0]
    assert line == "cd -- -x"
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{line} && pwd -P"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == str((tmp_path / "-x").resolve())


def test_without_artists_the_next_step_is_to_add_some(world: Internet, tmp_path: Path) -> None:
    casa24("init", "none", "--yes", env=world.environ, cwd=tmp_path)
    without = commands(casa24("init", env=world.environ, cwd=tmp_path / "none"))
    assert without[0].endswith("artists add LINK")
    with_one = commands(casa24("init", "--yes", "--artist", f"B = {PYRO}", env=world.environ, cwd=tmp_path))
    assert not any("artists add" in line for line in with_one)


def test_inside_another_repository_it_is_said_that_github_would_run_nothing(world: Internet, tmp_path: Path) -> None:
    """The folder is laid down all the same; where to move it is for its owner to say."""
    repository_with_origin(tmp_path, "git@github.com:ours/numbers.git")
    done = casa24("init", "deep/label", "--yes", env=world.environ, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"lies inside the git repository {tmp_path.resolve()}" in done.stderr
    assert "Move the folder out of it" in " ".join(done.stdout.split())
    assert not any(line.startswith("git ") for line in commands(done))
    assert (tmp_path / "deep" / "label" / "casa24.toml").exists()


def test_in_a_repository_of_github_the_lines_lead_there(world: Internet, tmp_path: Path) -> None:
    repository_with_origin(tmp_path, "git@github.com:ours/numbers.git")
    lines = commands(casa24("init", "--yes", env=world.environ, cwd=tmp_path))
    assert "git push -u origin HEAD" in lines
    assert "https://github.com/ours/numbers/settings/secrets/actions" in lines
    assert not any(line.startswith("cd ") for line in lines)
    assert not any("OWNER" in line or line.startswith("git init") for line in lines)


def test_with_a_worker_its_key_is_the_only_one(laid: Laid) -> None:
    lines = commands(laid[1])
    assert [line for line in lines if "=…" in line] == ["WORKER_API_KEY=…"]


def test_what_the_bot_needs_is_laid_down_beside_a_label_that_is_there(laid: Laid, world: Internet) -> None:
    """Its settings are a file git ignores; nothing of the label's own changes."""
    folder, _ = laid
    before = files(folder)
    done = casa24("init", str(folder), "--yes", "--bot", env=world.environ, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    after = files(folder)
    new = ["bot/.env.example", "bot/Dockerfile", "bot/casa24-bot.service"]
    assert sorted(after.keys() - before.keys()) == new
    assert {name: after[name] for name in before} == before
    assert "casa24 bot --check" in done.stdout.replace("-m casa24", "casa24")
    git(folder, "init", "-q")
    for name in ("bot/.env", "bot/record/data/latest.json"):
        assert git(folder, "check-ignore", name).strip() == name
