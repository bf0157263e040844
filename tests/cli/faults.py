"""Every way in which a platform fails, and a whole night in which some of them do.

A fault that answers repeats the whole request in its body and in a header, as careless
servers do: a secret that got from there into anything printed or written would be found.
"""

from __future__ import annotations

import base64
import html
import re
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from casa24.core.snapshot import Snapshot
from casa24.demo import KEYS, lay_down
from tests.internet import Act, casa24, drips, endless, internet, resets, silence, usual

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORKER = "keys.example.org"
ELSEWHERE = "elsewhere.example.org"
PLATFORMS = {
    "spotify": frozenset({"accounts.spotify.com", "api.spotify.com", "open.spotify.com"}),
    "youtube": frozenset({"www.googleapis.com"}),
    "instagram": frozenset({"graph.facebook.com"}),
    "discord": frozenset({"discord.com"}),
}
# What may fail of the world: a platform, or more than one, or less.
FAILING = {
    **PLATFORMS,
    "spotify's api": frozenset({"api.spotify.com"}),
    "all": frozenset[str]().union(*PLATFORMS.values()),
    "worker": frozenset({WORKER}),
    "nothing": frozenset[str](),
}
# One on every platform, one whose listeners come rounded, one on YouTube alone.
_ROSTER = ("Casa 24", "ARANDA", "Casa 24Beats")
_IMPATIENT = """
[web]
pause = 0
concurrency = 16
backoff = 0.01
attempts = 2
timeout = 3
patience = 4
"""

# With characters that look different in an address, in HTML and behind `::add-mask::`.
SECRETS = {
    "SPOTIFY_CLIENT_ID": "canary-spotify-id/+&%",
    "SPOTIFY_CLIENT_SECRET": "canary-spotify-secret/+&%",
    "YOUTUBE_API_KEY": "canary-youtube/+&%",
    "INSTAGRAM_ACCESS_TOKEN": "canary-instagram/+&%",
    "DISCORD_BOT_TOKEN": "canary-discord/+&%",
    "WORKER_API_KEY": "canary-worker/+&%",
}
_SPOTIFY_TOKEN = "canary-spotify-token/+&%"
_BASIC = base64.b64encode(f"{SECRETS['SPOTIFY_CLIENT_ID']}:{SECRETS['SPOTIFY_CLIENT_SECRET']}".encode()).decode()
_DISGUISES: tuple[Callable[[str], str], ...] = (
    str, urllib.parse.quote, urllib.parse.quote_plus, html.escape, lambda text: text.replace("%", "%25"),
)  # fmt: skip

Fault = Callable[[httpx.Request], "httpx.Response | Act"]
"""What comes in place of a request's good answer."""


def leaks(text: str) -> list[str]:
    """The secrets a text holds, in whatever form."""
    forms = {disguise(secret) for secret in (*SECRETS.values(), _SPOTIFY_TOKEN, _BASIC) for disguise in _DISGUISES}
    return sorted(form for form in forms if form in text)


def _echo(request: httpx.Request) -> str:
    """A request, word by word."""
    head = [f"{name}: {value}" for name, value in request.headers.items()]
    return "\n".join([f"{request.method} {request.url}", *head, request.content.decode()])


def _answer(request: httpx.Request, content: object, status: int = 200, **headers: str) -> httpx.Response:
    """A text as a page, anything else as JSON; the request in a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named["x-echo"] = _echo(request).replace("\n", " ")
    if isinstance(content, str):
        return httpx.Response(status, html=content, headers=named)
    return httpx.Response(status, json=content, headers=named)


def _refuses(status: int, **headers: str) -> Fault:
    """An error whose body says everything it was asked."""

    def fault(request: httpx.Request) -> httpx.Response:
        error = {"code": status, "message": _echo(request), "status": _echo(request)}
        return _answer(request, {"error": error, "message": _echo(request)}, status, **headers)

    return fault


def _other_page(request: httpx.Request) -> httpx.Response:
    """A hotel's welcome, a maintenance, a company's proxy."""
    return _answer(request, f"<!DOCTYPE html><title>Welcome</title><p>{html.escape(_echo(request))}</p>")


def _redirects(request: httpx.Request) -> httpx.Response:
    asked = urllib.parse.quote(_echo(request))
    return _answer(request, {}, 302, location=f"https://{ELSEWHERE}{request.url.path}?{asked}")


def _says(content: object) -> Fault:
    return lambda request: _answer(request, content)


def _does(act: Act) -> Fault:
    return lambda _request: act


def _drips(request: httpx.Request) -> Act:
    return drips(_echo(request).encode(), every=0.2)


def _good(request: httpx.Request) -> httpx.Response:
    if request.url.host == WORKER:
        return httpx.Response(200, json={**KEYS, **SECRETS})
    if request.url.host == "accounts.spotify.com":
        return httpx.Response(200, json={"access_token": _SPOTIFY_TOKEN, "token_type": "Bearer", "expires_in": 3600})
    return usual(request)


# The good answer in another shape: its numbers are what a platform changes first.

_GONE = object()
# Not the digits of ids and addresses.
_PRINTED = re.compile(r"(?<![\w#:/.-])[0-9][0-9,.]*K?(?![\w-])")
_IDS = {"id", "nextPageToken"}

Change = Callable[[Any], object]


def _numbers(change: Callable[[int], object]) -> Fault:
    """The good answer with every number changed; of a page, every number it prints."""
    return _reshaped(
        lambda value: change(int(value)) if _is_number(value) else value,
        lambda printed: change(int(re.sub(r"\D", "", printed))),
    )


def _reshaped(change: Change, change_printed: Change) -> Fault:
    def fault(request: httpx.Request) -> httpx.Response:
        good = _good(request)
        if good.text.startswith("<"):
            return _answer(request, _PRINTED.sub(lambda found: _text(change_printed(found[0])), good.text))
        return _answer(request, _changed(good.json(), change), good.status_code)

    return fault


def _changed(content: Any, change: Change) -> Any:
    """JSON with every value changed but the ids, without which nobody knows whose answer it is."""
    if isinstance(content, list):
        return [_changed(item, change) for item in content]
    if not isinstance(content, dict):
        return change(content)
    changed = {key: value if key in _IDS else _changed(value, change) for key, value in content.items()}
    return {key: value for key, value in changed.items() if value is not _GONE}


def _text(value: object) -> str:
    return "" if value is _GONE else "null" if value is None else str(value)


def _is_number(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdigit())


FAULTS: dict[str, Fault] = {
    "401": _refuses(401),
    "403": _refuses(403),
    "404": _refuses(404),
    "429": _refuses(429),
    "429, a second": _refuses(429, retry_after="1"),
    "429, a day": _refuses(429, retry_after="86400"),
    "500": _refuses(500),
    "HTML": _other_page,
    "{}": _says({}),
    "[]": _says([]),
    "keys missing": _numbers(lambda _number: _GONE),
    "numbers null": _numbers(lambda _number: None),
    "all null": _reshaped(lambda _value: None, lambda _printed: None),
    "words": _numbers(lambda _number: "many"),
    "negative": _numbers(lambda number: -number - 1),
    "huge": _numbers(lambda _number: 10**30),
    "endless": _does(endless),
    "drip": _drips,
    "silence": _does(silence),
    "reset": _does(resets),
    "certificate": _says({}),  # said to nobody: see Case.strangers
    "redirect": _redirects,
}


@dataclass(frozen=True)
class Case:
    """What fails of the world one night (see FAILING), how, and how casa24 is called."""

    failing: str
    fault: str
    arguments: tuple[str, ...] = ()

    @property
    def strangers(self) -> frozenset[str]:
        """The hosts that cannot prove who they are."""
        return FAILING[self.failing] if self.fault == "certificate" else frozenset()


def _world(cases: Sequence[Case]) -> Callable[[httpx.Request], httpx.Response | Act]:
    """The world of a night on which all of these are so."""
    faults = {host: FAULTS[case.fault] for case in cases for host in FAILING[case.failing]}
    return lambda request: faults.get(request.url.host, _good)(request)


@dataclass(frozen=True)
class Night:
    """What a night left behind.

    ``whole``: the platforms that did not fail; ``files``: the data folder; ``asked``: the hosts a request reached.
    """

    whole: tuple[str, ...]
    code: int
    seconds: float
    stdout: str
    stderr: str
    summary: str
    files: dict[str, str]
    asked: frozenset[str]

    @property
    def masked(self) -> set[str]:
        """What GitHub was told never to print."""
        lines = [line for line in self.stderr.splitlines() if line.startswith(_MASK)]
        return {line.removeprefix(_MASK).replace("%25", "%") for line in lines}

    @property
    def said(self) -> str:
        """Everything printed and written, but for the lines that mask secrets."""
        lines = [line for line in self.stderr.splitlines() if not line.startswith(_MASK)]
        return "\n".join([self.stdout, *lines, self.summary, *self.files, *self.files.values()])

    @property
    def day(self) -> Snapshot:
        """The day as stored."""
        return Snapshot.model_validate_json(self.files["latest.json"])


_MASK = "::add-mask::"


def spend(cases: Sequence[Case], folder: Path) -> Night:
    """One night in a GitHub job: a process of its own, in an internet of its own. The cases call casa24 alike."""
    (arguments,) = {case.arguments for case in cases}
    failing = frozenset[str]().union(*(FAILING[case.failing] for case in cases))
    label, summary = folder / "label", folder / "summary.md"
    _found(label)
    with internet(folder) as world:
        world.play = _world(cases)
        world.strangers = frozenset[str]().union(*(case.strangers for case in cases))
        env = {**world.environ, **KEYS, **SECRETS, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
        if WORKER in failing:
            env["WORKER_API_URL"] = f"https://{WORKER}"
        started = time.monotonic()
        done = casa24("collect", *arguments, env=env, cwd=label, timeout=120)
        seconds = time.monotonic() - started
    data = label / "data"
    files = {path.relative_to(data).as_posix(): path.read_text("utf-8") for path in data.rglob("*.*")}
    asked = frozenset(request.url.host for request in world.seen)
    whole = tuple(name for name, hosts in PLATFORMS.items() if not hosts & failing)
    return Night(whole, done.returncode, seconds, done.stdout, done.stderr, summary.read_text("utf-8"), files, asked)


def _found(label: Path) -> None:
    """A label of three artists, whose good night has no gap; asked with little patience."""
    toml = lay_down(label)
    head, *artists = toml.read_text("utf-8").split("[[artists]]")
    chosen = [artist for artist in artists if any(f'"{name}"' in artist for name in _ROSTER)]
    toml.write_text("[[artists]]".join([head, *chosen]) + _IMPATIENT, "utf-8")
