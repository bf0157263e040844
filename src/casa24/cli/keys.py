"""Load the credentials of one command from the Worker, the environment and ``.env``."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from casa24.cli import github
from casa24.cli.output import keep_secret
from casa24.config import credentials, github_oidc
from casa24.core.reserved import NOTIFY, WORKER_KEY, WORKER_URL

if TYPE_CHECKING:
    from pydantic import SecretStr

    from casa24.analysis.sources import SourceList
    from casa24.config.credentials import Wallet
    from casa24.record.workspace import Workspace

log = logging.getLogger("casa24.keys")

PATIENCE = 10.0


def local_keys(workspace: Workspace) -> Wallet:
    """What this machine holds itself."""
    own = (WORKER_KEY, WORKER_URL, NOTIFY)
    wallet = credentials.local((*workspace.registry.credential_names, *own), dotenv=workspace.config.folder / ".env")
    keep(wallet, (*workspace.registry.secret_names, WORKER_KEY, NOTIFY))
    return wallet


def worker_address(workspace: Workspace, wallet: Wallet) -> str | None:
    """The Worker to ask: the environment's, else the file's; checked before anything is sent."""
    found = wallet.found.get(WORKER_URL)
    address = found.secret.get_secret_value() if found else workspace.roster.label.worker
    if address:
        credentials.worker_endpoint(address)
    return address


async def all_keys(workspace: Workspace, here: Wallet | None = None, *, patience: float = PATIENCE) -> Wallet:
    """Everything: the Worker's first, completed from this machine's own (``here``, where it was read already).

    ``patience``: seconds the Worker has for an answer, twice.
    """
    from casa24.core.politeness import Politeness
    from casa24.web.client import Web

    here = here or local_keys(workspace)
    politeness = Politeness(timeout=patience, patience=patience, attempts=2, longest_wait=patience)
    async with Web(politeness) as web:
        wallet = await credentials.gather(
            (*workspace.registry.credential_names, NOTIFY),
            here,
            worker=worker_address(workspace, here),
            web=web,
            job=github_oidc.this_job(keep_token),
        )
    keep(wallet, (*workspace.registry.secret_names, NOTIFY))
    for name in workspace.registry.credential_names:
        log.info("%s: %s", name, wallet.origin(name) or "not set")
    return wallet


def find_keys(workspace: Workspace, *, ask_worker: bool) -> tuple[Wallet, str | None]:
    """The credentials for a look at them, and the Worker's address."""
    here = local_keys(workspace)
    return (asyncio.run(all_keys(workspace, here)) if ask_worker else here), worker_address(workspace, here)


def keep(wallet: Wallet, names: tuple[str, ...]) -> None:
    """Keep the secrets out of everything printed, GitHub's log included."""
    fresh = [name for name in names if name in wallet.found and keep_secret(wallet.found[name].secret)]
    if github.active():
        credentials.mask(wallet, fresh, github.command)


def keep_token(secret: SecretStr) -> None:
    """As :func:`_keep`, for a token that is made on the way and never kept."""
    if keep_secret(secret) and github.active():
        credentials.mask_secret(secret, github.command)


def installed_sources(workspace: Workspace, *, ask_worker: bool) -> SourceList:
    """The installed sources and the credentials they have here."""
    from casa24.analysis.sources import list_sources

    wallet, worker = find_keys(workspace, ask_worker=ask_worker)
    warnings = workspace.roster.warnings
    return list_sources(workspace.registry, wallet, worker=worker, asked=ask_worker, warnings=warnings)
