"""Prepare the Worker's files for deployment, and list the commands that deploy it."""

from __future__ import annotations

import json
import re
import shlex
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from casa24.config import github_oidc
from casa24.config.credentials import worker_endpoint
from casa24.core.reserved import NOTIFY, WORKER_KEY, WORKER_URL
from casa24.setup import github_remote, next_steps
from casa24.setup.next_steps import Stage
from casa24.setup.write_files import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from casa24.config.loading import Roster
    from casa24.setup.github_remote import Repository
    from casa24.sources.registry import Registry

WEBHOOK = "NOTICE_WEBHOOK"
"""The Worker's own secret: where it says that the nightly run has stopped."""

READ_TOKEN = "GITHUB_READ_TOKEN"  # noqa: S105 - a secret's name
"""The Worker's own secret: with it, it looks at a private repository."""
SETTINGS = "wrangler.jsonc"

_WORKFLOW = ".github/workflows/update-data.yml"
_MAIN = "main"
# Of JSON with comments: a text as it is, or what JSON does not know.
_TEXT_OR_MORE = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.DOTALL)
_ADDRESS = "https://NAME.ACCOUNT.workers.dev"
_NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_ID = "python3 -c \"import json, sys; print(json.load(sys.stdin)['id'])\""
_NAMES = 'python3 -c "import json, sys; print(*json.load(sys.stdin))"'


def known(repository: Repository | None, address: str | None, branch: str | None) -> dict[str, str]:
    """What is known of the Worker's variables: whose nightly run it lets in, on which branch, and its own address."""
    branch = branch or _MAIN
    there = str(repository or github_remote.PLACEHOLDER)
    found = {"REPOSITORY": there, "BRANCH": branch, "REF": f"refs/heads/{branch}"}
    found["WORKFLOW_REF"] = f"{there}/{_WORKFLOW}@refs/heads/{branch}"
    return {**found, "AUDIENCE": github_oidc.audience_of(worker_endpoint(address))} if address else found


def filled_in(folder: Path) -> dict[str, Any] | None:
    """The Worker's variables that somebody filled in in a folder; None where its settings cannot be read."""
    shipped = _variables(files("casa24").joinpath("worker", SETTINGS).read_text("utf-8"))
    try:
        there = _variables((folder / SETTINGS).read_text("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError):
        return None
    return {
        name: value
        for name, value in there.items()
        if value not in ("", shipped.get(name)) and str(github_remote.PLACEHOLDER) not in str(value)
    }


def _variables(settings: str) -> dict[str, Any]:
    """The ``vars`` of a wrangler.jsonc. Raises ValueError."""
    content = json.loads(_TEXT_OR_MORE.sub(lambda found: found[1] or "", settings))
    found = content.get("vars", {}) if isinstance(content, dict) else None
    if not isinstance(found, dict):
        raise ValueError("no settings")  # noqa: TRY004 - it is the file that is wrong
    return found


def planned(repository: Repository | None, variables: Mapping[str, Any]) -> list[Planned]:
    """The Worker's files, its variables filled in."""
    found = []
    for name, file in _files(files("casa24").joinpath("worker")):
        text = file.read_text("utf-8").replace(
            str(github_remote.PLACEHOLDER), str(repository or github_remote.PLACEHOLDER)
        )
        found.append(Planned(name, _with_variables(text, variables) if name == SETTINGS else text))
    return found


def _with_variables(text: str, variables: Mapping[str, Any]) -> str:
    """The settings with these variables; one they lack is put in front."""
    for name, value in variables.items():
        line = f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        text, there = re.subn(rf'"{re.escape(name)}": "[^"]*"', lambda _, line=line: line, text, count=1)  # type: ignore[misc]
        if not there:
            text = text.replace('"vars": {\n', f'"vars": {{\n    {line},\n', 1)
    return text


def after_copy(folder: Path, roster: Roster, registry: Registry, repository: Repository | None) -> list[Stage]:
    """From the copied files to a Worker that hands out the keys, and to nobody else."""
    there = repository or github_remote.PLACEHOLDER
    names = [name for source in next_steps.used_sources(roster, registry) for name in source.credentials.names]
    return [
        *next_steps.change_to(folder),
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
            "Only where the repository is private: a fine-grained token that may read its contents, or you are told "
            "every day that the record could not be looked at:",
            (f"npx wrangler secret put {READ_TOKEN}",),
        ),
        Stage(
            "Optional: where the label's news is sent, to a chat or by mail:",
            (f"npx wrangler secret put {NOTIFY}",),
        ),
        Stage(
            f"At GitHub, set the variable {WORKER_URL} to its address. The nightly job needs no key, GitHub vouches "
            f"for it; on your own machine the key is {WORKER_KEY} in .env:",
            (next_steps.variables_page(there),),
        ),
        Stage(
            "Test it: without the key it says 401, with it the names (put its address for the first):", _tests(roster)
        ),
    ]


def _tests(roster: Roster) -> tuple[str, ...]:
    ask = f'"${WORKER_URL}/api/credentials"'
    return (
        f"{WORKER_URL}={shlex.quote((roster.label.worker or _ADDRESS).rstrip('/'))}",
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
