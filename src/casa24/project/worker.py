"""The Worker's files, ready to deploy, and the lines that bring it up."""

from __future__ import annotations

import json
import shlex
from importlib.resources import files
from typing import TYPE_CHECKING

from casa24.credentials import WORKER_KEY, WORKER_URL
from casa24.project import guide, remote
from casa24.project.guide import Stage
from casa24.project.layout import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from casa24.config import Roster
    from casa24.project.remote import Repository
    from casa24.sources.registry import Registry

WEBHOOK = "NOTICE_WEBHOOK"
"""The Worker's own secret: where it says that the nightly run has stopped."""

_NO_AUDIENCE = '"AUDIENCE": ""'
_ADDRESS = "https://NAME.ACCOUNT.workers.dev"
_NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_ID = "python3 -c \"import json, sys; print(json.load(sys.stdin)['id'])\""
_NAMES = 'python3 -c "import json, sys; print(*json.load(sys.stdin))"'


def planned(repository: Repository | None, address: str | None) -> list[Planned]:
    """The Worker's files. ``repository``: whose nightly run it lets in; ``address``: its own, where it has one."""
    filled = {str(remote.PLACEHOLDER): str(repository or remote.PLACEHOLDER)}
    if address:
        filled[_NO_AUDIENCE] = _NO_AUDIENCE.replace('""', json.dumps(address.rstrip("/")))
    found = []
    for name, file in _files(files("casa24").joinpath("worker")):
        text = file.read_text("utf-8")
        for blank, value in filled.items():
            text = text.replace(blank, value)
        found.append(Planned(name, text))
    return found


def after_copy(folder: Path, roster: Roster, registry: Registry, repository: Repository | None) -> list[Stage]:
    """From the copied files to a Worker that hands out the keys, and to nobody else."""
    there = repository or remote.PLACEHOLDER
    names = [name for source in guide.used_sources(roster, registry) for name in source.credentials.names]
    return [
        *guide.change_to(folder),
        Stage(
            "Bring it up (needs Node.js 22 or newer, and an account at Cloudflare); it prints its address:",
            ("npx wrangler deploy",),
        ),
        Stage(
            "Fill in what is marked <<< in wrangler.jsonc: AUDIENCE is that address, REPOSITORY_ID the number this "
            f"prints (of a private repository: gh api repos/{there} --jq .id). Then bring it up again:",
            (f"curl -s https://api.github.com/repos/{there} | {_ID}", "npx wrangler deploy"),
        ),
        Stage("Make a key, for whoever asks from elsewhere, such as your own machine:", (_NEW_KEY,)),
        Stage(
            "Give it the key and the credentials; each line asks for the value. Leave out what you do not have. "
            f"{WEBHOOK} is where it says that the record stopped growing:",
            tuple(f"npx wrangler secret put {name}" for name in dict.fromkeys((WORKER_KEY, *names, WEBHOOK))),
        ),
        Stage(
            f"At GitHub, set the variable {WORKER_URL} to its address. The nightly job needs no key, GitHub vouches "
            f"for it; on your own machine the key is {WORKER_KEY} in .env:",
            (guide.variables_page(there),),
        ),
        Stage(
            "Test it: without the key it says 401, with it the names (put its address for the first):", _tests(roster)
        ),
    ]


def _tests(roster: Roster) -> tuple[str, ...]:
    ask = f'"${WORKER_URL}/api/credentials"'
    return (
        f"{WORKER_URL}={shlex.quote(roster.label.worker or _ADDRESS)}",
        f"curl -s -o /dev/null -w '%{{http_code}}\\n' {ask}",
        # So the key stands neither on the screen nor in the list of processes.
        f"read -rs {WORKER_KEY}",
        f"printf 'Authorization: Bearer %s' \"${WORKER_KEY}\" | curl -s -H @- {ask} | {_NAMES}",
    )


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file below a folder of the package, by its path there."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry
