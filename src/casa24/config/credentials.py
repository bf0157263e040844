"""Find credentials: in the Worker, then in the environment, then in a ``.env`` file.

Secrets are :class:`pydantic.SecretStr` from the moment they are read. Under GitHub
Actions each is registered with ``::add-mask::``, so that a secret printed by mistake
would show as ``***``.
"""

from __future__ import annotations

import io
import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from casa24.config import github_oidc
from casa24.core.reserved import WORKER_KEY, WORKER_URL
from casa24.errors import BadReply, BadStatus, CredentialError, WebError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from casa24.config.github_oidc import Job
    from casa24.web.client import Web

_ANSWER_LIMIT = 64 * 1024
_REFUSED = f"The Worker refused our key ({{}}). Set {WORKER_KEY} to the key the Worker was given."
_DISBELIEVED = (
    "The Worker refused GitHub's word for this job ({}). Its log says why: compare AUDIENCE, REPOSITORY_ID, REF and "
    "WORKFLOW_REF in its wrangler.jsonc."
)
# What the label's guide shows in place of a value: a copy of it is not a credential.
_PLACEHOLDER = re.compile(r"your_|optional_for_")


@dataclass(frozen=True, slots=True)
class FoundCredential:
    """One credential and where it was found: ``Worker``, ``environment`` or ``.env``."""

    secret: SecretStr
    origin: str


@dataclass(slots=True)
class Wallet:
    """The credentials of one run. ``warnings``: problems with them that the label should know."""

    found: dict[str, FoundCredential] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def give(self, names: Iterable[str]) -> dict[str, SecretStr]:
        """Return those of these credentials that are set: what one source may see."""
        return {name: self.found[name].secret for name in names if name in self.found}

    def has(self, names: Iterable[str]) -> bool:
        """Return whether all of these credentials are set."""
        return all(name in self.found for name in names)

    def origin(self, name: str) -> str | None:
        """Return where a credential was found, or None."""
        return self.found[name].origin if name in self.found else None

    def add(self, values: Mapping[str, str], names: Iterable[str], origin: str) -> None:
        """Add the credentials that are not there yet; blank means missing, as in GitHub's unset secrets."""
        for name in names:
            value = values.get(name, "").strip()
            if not value or name in self.found or _PLACEHOLDER.match(value):
                continue
            if value.isprintable() and value.isascii():
                self.found[name] = FoundCredential(SecretStr(value), origin)
            else:
                self.warnings.append(
                    f"{name} (from {origin}) holds characters no key has, such as a line break, and is not used. "
                    "Copy the value again, on one line and without quotes."
                )


def local(names: Iterable[str], *, environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Wallet:
    """Return the credentials of this machine: from the environment, then from ``.env``."""
    names = tuple(names)
    wallet = Wallet()
    wallet.add(os.environ if environ is None else environ, names, "environment")
    if dotenv is not None and dotenv.is_file():
        values, broken = _read_dotenv(dotenv)
        wallet.add(values, names, ".env")
        wallet.warnings += [f"Line {line} of {dotenv} is no NAME=value, and is not used." for line in broken]
    return wallet


async def gather(
    names: Iterable[str], local_wallet: Wallet, *, worker: str | None, web: Web, job: Job | None = None
) -> Wallet:
    """Return the Worker's credentials, with this machine's own for those it lacks.

    ``job``: the GitHub job we run in; then our key is only used if the Worker refuses the job's token.
    A Worker that does not answer is a warning: this machine's credentials may be enough.
    Raises CredentialError for an address that is not safe for keys.
    """
    names = tuple(names)
    wallet = Wallet(warnings=list(local_wallet.warnings))
    if worker:
        values = await _from_worker(
            worker_endpoint(worker), local_wallet.found.get(WORKER_KEY), job, web, wallet.warnings
        )
        if values is not None:
            wallet.add(values, names, "Worker")
            if not values.keys() & set(names):
                wallet.warnings.append("The Worker gave no credential casa24 knows; using what this machine has.")
    for name, credential in local_wallet.found.items():
        wallet.found.setdefault(name, credential)
    return wallet


async def _from_worker(
    url: str, key: FoundCredential | None, job: Job | None, web: Web, warnings: list[str]
) -> dict[str, str] | None:
    """Ask the Worker with a token from GitHub, else with our key; None if it gives nothing."""
    instead = f" Used {WORKER_KEY} instead." if key else ""
    token = await _identity(url, job, web, warnings, instead)
    if token is not None:
        try:
            return await _ask_worker(url, token, web)
        except WebError as error:
            if not (_is_refusal(error) and key):
                warnings.append(_worker_trouble(error, _DISBELIEVED))
                return None
            warnings.append(f"{_worker_trouble(error, _DISBELIEVED)}{instead}")
    try:
        return await _ask_worker(url, key.secret if key else None, web)
    except WebError as error:
        warnings.append(_worker_trouble(error, _REFUSED))
        return None


async def _identity(url: str, job: Job | None, web: Web, warnings: list[str], instead: str) -> SecretStr | None:
    """Get a token from GitHub that proves to this Worker which job we are; None without a job or without TLS."""
    if job is None or urlsplit(url).scheme != "https":
        return None
    try:
        return await github_oidc.identity(job, github_oidc.audience_of(url), web)
    except WebError as error:
        warnings.append(f"GitHub did not vouch for this job ({error.message}). Run the workflow again later.{instead}")
        return None


async def _ask_worker(url: str, bearer: SecretStr | None, web: Web) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {bearer.get_secret_value()}"} if bearer else {}
    reply = await web.get(url, headers=headers, most=_ANSWER_LIMIT, redirects=False)
    answer = reply.json()
    if not isinstance(answer, dict):
        raise BadReply(f"{reply.where} did not answer with an object of names and values")
    return {str(name): value for name, value in answer.items() if isinstance(value, str)}


def worker_endpoint(address: str) -> str:
    """Return the Worker's address for credentials. Raises CredentialError if it is not safe to send a key there."""
    if not _is_safe(address.strip()):
        # The address is not shown: it may be a key pasted into the wrong field.
        raise CredentialError(
            "The Worker's address must be a plain https:// address, without user, query or fragment.",
            advice=f"Set {WORKER_URL} (or `worker` in casa24.toml) to an address like https://NAME.workers.dev",
        )
    return f"{address.strip().rstrip('/')}/api/credentials"


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    return secure and bool(parts.hostname) and not any(mark in address for mark in "@?#")


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _is_refusal(error: WebError) -> bool:
    return isinstance(error, BadStatus) and error.status in {401, 403}


def _worker_trouble(error: WebError, refused: str) -> str:
    if _is_refusal(error):
        return refused.format(error.message)
    return f"The Worker gave no credentials ({error.message}); using what this machine has."


def _read_dotenv(path: Path) -> tuple[dict[str, str], list[int]]:
    """Return the names and values of a ``.env`` file, and the numbers of the lines that have none."""
    from dotenv.parser import parse_stream

    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialError(
            f"{path} cannot be read ({type(error).__name__}).", advice="Save it as plain UTF-8 text, or remove it."
        ) from None
    bindings = list(parse_stream(io.StringIO(text)))
    values = {binding.key: binding.value or "" for binding in bindings if binding.key}
    return values, [binding.original.line for binding in bindings if binding.error]


def mask(wallet: Wallet, secrets: Iterable[str], write: Callable[[str], object]) -> None:
    """Register the secrets with GitHub Actions, so that its log never shows them."""
    for name in secrets:
        if name in wallet.found:
            mask_secret(wallet.found[name].secret, write)


def mask_secret(secret: SecretStr, write: Callable[[str], object]) -> None:
    """Register one secret with GitHub Actions."""
    # GitHub reads %25 as a percent sign; a value on one line needs no other escapes.
    write(f"::add-mask::{secret.get_secret_value().replace('%', '%25')}")
