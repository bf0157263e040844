"""The credentials of one command: from the Worker, the environment and ``.env``."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from casa24 import credentials
from casa24.cli import github
from casa24.cli.output import keep_secret

if TYPE_CHECKING:
    from casa24.cli.place import Place
    from casa24.credentials import Wallet

log = logging.getLogger("casa24.keys")

_PATIENCE = 10.0


def local_keys(place: Place) -> Wallet:
    """What this machine holds itself."""
    names = (*place.registry.credential_names, credentials.WORKER_KEY, credentials.WORKER_URL)
    wallet = credentials.local(names, dotenv=place.config.folder / ".env")
    _keep(wallet, (*place.registry.secret_names, credentials.WORKER_KEY))
    return wallet


def worker_address(place: Place, wallet: Wallet) -> str | None:
    """The Worker to ask: the environment's, else the file's; checked before anything is sent."""
    found = wallet.found.get(credentials.WORKER_URL)
    address = found.secret.get_secret_value() if found else place.roster.label.worker
    if address:
        credentials.worker_endpoint(address)
    return address


async def all_keys(place: Place) -> Wallet:
    """Everything: the Worker's first, completed from this machine's own."""
    from casa24.politeness import Politeness
    from casa24.web import Web

    here = local_keys(place)
    patience = Politeness(timeout=_PATIENCE, patience=_PATIENCE, attempts=2)
    async with Web(patience) as web:
        wallet = await credentials.gather(
            place.registry.credential_names, here, worker=worker_address(place, here), web=web
        )
    _keep(wallet, place.registry.secret_names)
    for name in place.registry.credential_names:
        log.info("%s: %s", name, wallet.origin(name) or "not set")
    return wallet


def find_keys(place: Place, *, ask_worker: bool) -> tuple[Wallet, str | None]:
    """The credentials for a look at them, and the Worker's address."""
    here = local_keys(place)
    return (asyncio.run(all_keys(place)) if ask_worker else here), worker_address(place, here)


def _keep(wallet: Wallet, names: tuple[str, ...]) -> None:
    """Keep the secrets out of everything printed, and GitHub's log out of their reach."""
    fresh = [name for name in names if name in wallet.found and keep_secret(wallet.found[name].secret)]
    if github.active():
        credentials.mask(wallet, fresh, github.command)
