"""Load a label's set-up for `casa24 doctor`; what is broken in it must not end the checkup."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.cli.keys import keep, keep_token, local_keys
from casa24.cli.workspace import open_workspace
from casa24.config import credentials, github_oidc, loading
from casa24.config.loading import Config
from casa24.core.reserved import NOTIFY, WORKER_KEY, WORKER_URL
from casa24.errors import ConfigError, CredentialError
from casa24.record.workspace import Workspace, utc_now
from casa24.setup.doctor.checkup import examine
from casa24.setup.doctor.context import CheckupContext
from casa24.views.checkup import checkup_page

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from casa24.analysis.checkup import Checkup
    from casa24.config.credentials import Wallet
    from casa24.setup.doctor.areas import Area
    from casa24.views.page import Page


@dataclass(frozen=True, slots=True)
class Examined:
    """The answer, and the page it is printed as."""

    checkup: Checkup
    page: Page


def check_up(path: Path | None, data_dir: Path | None, *, offline: bool, only: Collection[Area]) -> Examined:
    """Examine the label whose casa24.toml this is, or should be."""
    workspace, trouble = _workspace(path, data_dir)
    roster = None if trouble else workspace.roster
    context = CheckupContext(
        folder=workspace.config.folder.absolute(),
        data_dir=workspace.data_dir,
        registry=workspace.registry,
        roster=roster,
        now=utc_now(),
        here=_local(workspace),
        trouble=trouble,
        tables=workspace.config.tables,
        environ=os.environ,
        offline=offline,
        keep=lambda wallet: keep(wallet, workspace.registry.secret_names),
        job=github_oidc.this_job(keep_token),
    )
    # An answer is casa24's alone: what a source prints goes to stderr.
    with redirect_stdout(sys.stderr):
        checkup = asyncio.run(examine(context, only))
    return Examined(checkup, checkup_page(checkup, context.name))


def _workspace(path: Path | None, data_dir: Path | None) -> tuple[Workspace, ConfigError | None]:
    """The label's folder, and what keeps its casa24.toml from being used."""
    try:
        workspace = open_workspace(path, data_dir, need_config=True)
    except ConfigError as error:
        settings = Config(path or loading.find(), {})
        return Workspace(settings, (data_dir or settings.folder / "data").absolute()), error
    try:
        _ = workspace.roster
    except ConfigError as error:
        return workspace, error
    return workspace, None


def _local(workspace: Workspace) -> Wallet:
    """What this machine holds; a .env nobody can read holds nothing, and is named."""
    try:
        return local_keys(workspace)
    except CredentialError as error:
        secrets = (*workspace.registry.secret_names, WORKER_KEY, NOTIFY)
        wallet = credentials.local((*workspace.registry.credential_names, WORKER_URL, *secrets))
        keep(wallet, secrets)
        wallet.warnings.append(f"{error.message} {error.advice}")
        return wallet
