"""List the next steps, in stages whose lines can be copied as they are."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casa24.core import docs
from casa24.core.reserved import WORKER_KEY
from casa24.setup import github_remote

if TYPE_CHECKING:
    from casa24.config.loading import Roster
    from casa24.setup.github_remote import Repository
    from casa24.sources.registry import AnySource, Registry

CREDENTIALS = docs.KEYS


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to do: what it is, and the lines to copy (or the addresses to open)."""

    what: str
    lines: tuple[str, ...]


def change_to(folder: Path) -> list[Stage]:
    """The line that leads into a folder; nothing for whoever is there."""
    if folder.resolve() == Path.cwd():
        return []
    name = str(folder)
    if os.name != "posix":
        return [Stage("Go to the folder:", (f"cd {subprocess.list2cmdline([name])}",))]
    # What begins with a dash would be an option.
    return [Stage("Go to the folder:", (f"cd {'-- ' if name.startswith('-') else ''}{shlex.quote(name)}",))]


def repository_around(folder: Path) -> Path | None:
    """The git repository a label's folder lies in without being its root, where GitHub looks for workflows."""
    above = github_remote.root(folder)
    return above if above and above.resolve() != folder.resolve() else None


def used_sources(roster: Roster, registry: Registry) -> list[AnySource]:
    """The sources this label asks; all of them as long as nobody is on the roster."""
    used = {name for artist in roster.artists for name in artist.accounts} | set(roster.label.accounts)
    return [source for source in registry.sources if source.name in used or not roster.artists]


def after_init(folder: Path, roster: Roster, registry: Registry, *, program: str) -> list[Stage]:
    """From a laid down folder to a nightly record. ``program``: how this casa24 is called."""
    here = github_remote.origin(folder) if (folder / ".git").exists() else None
    above = repository_around(folder)
    artists = Stage("Add your artists, each by the links of their pages:", (f"{program} artists add LINK",))
    return [
        *change_to(folder),
        *([] if roster.artists else [artists]),
        _keys(roster, registry),
        Stage("Collect the first day:", (f"{program} collect",)),
        _moved_out(above, program) if above else _repository(here),
        _secrets(roster, here or github_remote.PLACEHOLDER),
        Stage("See whether all is well, now and later:", (f"{program} doctor",)),
    ]


def bot(program: str) -> Stage:
    """The bot's settings."""
    what = "For the bot, copy bot/.env.example to bot/.env and fill it in; where from, and whether it is well, says:"
    return Stage(what, (f"{program} bot --check",))


def secrets_page(repository: Repository) -> str:
    """Where a repository's secrets for Actions are set."""
    return f"{github_remote.HOST}/{repository}/settings/secrets/actions"


def variables_page(repository: Repository) -> str:
    """Where a repository's variables for Actions are set."""
    return f"{github_remote.HOST}/{repository}/settings/variables/actions"


def _keys(roster: Roster, registry: Registry) -> Stage:
    if roster.label.worker:
        return Stage("Let the Worker know you here: its key, in a file .env in this folder:", (f"{WORKER_KEY}=…",))
    lines = [
        f"{name}=…" + ("  # optional" if source.credentials.optional else "")
        for source in used_sources(roster, registry)
        for name in source.credentials.required
    ]
    what = f"Put the keys into a file .env in this folder (git ignores it). Where each comes from: {CREDENTIALS}"
    return Stage(what, tuple(lines))


def _repository(here: Repository | None) -> Stage:
    commit = ("git add casa24.toml .gitignore .github data", 'git commit -m "The record begins"')
    push = "git push -u origin HEAD"
    if here:
        return Stage(f"Bring it to {here}:", (*commit, push))
    address = f"{github_remote.HOST}/{github_remote.PLACEHOLDER}.git"
    return Stage(
        f"Make an empty repository at {github_remote.HOST}/new "
        "and bring the record there (put its address for that below):",
        ("git init -b main", *commit, f"git remote add origin {address}", push),
    )


def _moved_out(above: Path, program: str) -> Stage:
    what = (
        f"This folder lies inside the git repository {above}, and GitHub runs only the workflows in that one's own "
        ".github/workflows. Move the folder out of it; run there, this says how to bring it to GitHub:"
    )
    return Stage(what, (f"{program} init",))


def _secrets(roster: Roster, repository: Repository) -> Stage:
    what = f"the same {WORKER_KEY}" if roster.label.worker else "what .env holds, name by name,"
    return Stage(
        f"Add {what} as a secret at GitHub, whose Actions collect every night:",
        (secrets_page(repository),),
    )
