"""Check that the Worker is there, is ours, and refuses requests without a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from casa24.config import credentials
from casa24.core import docs
from casa24.core.findings import broken, ok, warning
from casa24.core.reserved import WORKER_KEY
from casa24.errors import BadCertificate, BadReply, BadStatus, CredentialError, WebError
from casa24.setup.doctor.wording import amount

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext
    from casa24.web.client import Web

_KEYS = docs.KEYS
_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,}")
_CHECK = "Check WORKER_API_URL (or `worker` in casa24.toml), and that the Worker is deployed."


async def worker(context: CheckupContext) -> list[Finding]:
    """Ask the Worker twice: as a stranger, who must be refused, and as ourselves. Fills the context's wallet."""
    context.wallet = context.here
    if context.worker is None and context.roster is None and not context.tables:
        context.all_keys_seen = False
        return [ok("Whether there is a Worker is not known: casa24.toml would say it")]
    if context.worker is None:
        return [ok("No Worker: the keys come from this machine")]
    try:
        address = credentials.worker_endpoint(context.worker)
    except CredentialError as error:
        context.all_keys_seen = False
        return [broken(error.message, error.advice, _KEYS)]
    if context.offline:
        context.all_keys_seen = False
        return []
    host = urlsplit(address).hostname or "?"
    async with context.web() as web:
        answers, trouble = await _as_a_stranger(address, host, web)
        if answers:
            return [*trouble, *await _as_ourselves(context, host, web, closed=not trouble)]
    context.all_keys_seen = False
    return trouble


async def _as_a_stranger(address: str, host: str, web: Web) -> tuple[bool, list[Finding]]:
    """Whether it is a Worker that answers, and what is wrong with its answer to whoever sends no key."""
    try:
        answer = (await web.get(address, redirects=False)).json()
    except BadReply:
        return False, [_no_worker(host)]
    except WebError as error:
        refused = isinstance(error, BadStatus) and error.status in {401, 403}
        return refused, [] if refused else [_unusable(host, error)]
    if isinstance(answer, dict) and any(_NAME.fullmatch(str(name)) and value for name, value in answer.items()):
        advice = "Deploy the Worker anew so that it asks for a key (`casa24 worker`), then renew every key it holds."
        return True, [broken(f"The Worker at {host} answers without a key: anybody can read your keys", advice, _KEYS)]
    return False, [_no_worker(host)]


def _unusable(host: str, error: WebError) -> Finding:
    if isinstance(error, BadStatus):
        return broken(f"The Worker at {host} gives no keys: it answered {error.status}", _CHECK, _KEYS)
    if isinstance(error, BadCertificate):
        advice = "Check its address; no key was sent. A proxy or a virus scanner may stand in between."
        return broken(f"The Worker at {host} could not prove who it is", advice, _KEYS)
    return broken(f"The Worker could not be asked: {error.message}", "Look at its dashboard; try again.", _KEYS)


def _no_worker(host: str) -> Finding:
    return broken(f"What answers at {host} is no Worker: it neither refuses nor gives keys", _CHECK, _KEYS)


async def _as_ourselves(context: CheckupContext, host: str, web: Web, *, closed: bool) -> list[Finding]:
    """What we are given. ``closed``: strangers are refused."""
    if closed and WORKER_KEY not in context.here.found and context.job is None:
        context.all_keys_seen = False
        what = f"The Worker at {host} asks for a key, and this machine has none: what it holds is not seen"
        return [warning(what, f"Set {WORKER_KEY} in .env to examine it from here.", _KEYS)]
    names = context.registry.credential_names
    context.wallet = await credentials.gather(names, context.here, worker=context.worker, web=web, job=context.job)
    context.keep(context.wallet)
    # What is said of one key is the credentials' business.
    fresh = [text for text in context.wallet.warnings if text not in context.here.warnings]
    trouble = [text for text in fresh if not text.startswith(names)]
    given = sum(context.wallet.origin(name) == "Worker" for name in names)
    if trouble:
        # Of two ways in, one may be closed: the night still has its keys.
        context.all_keys_seen = given > 0
        return [_said(text, warning if given else broken) for text in trouble]
    return [] if not closed else [ok(f"The Worker at {host} asks for a key, and gave us {amount(given, 'name')}")]


def _said(text: str, level: Callable[[str, str, str], Finding]) -> Finding:
    what, _, advice = text.rstrip(".").partition(". ")
    return level(what, f"{advice or 'Look at the log in its dashboard, then try again'}.", _KEYS)
