"""Render the installed sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import tr
from casa24.views.page import Grid, Lines, Page, Row, grid

if TYPE_CHECKING:
    from casa24.analysis.sources import CredentialState, SourceList


def sources_page(result: SourceList) -> Page:
    """One row a source, then its credentials."""
    rows: list[Row] = [
        (
            source.name,
            f"{source.package} {source.version}",
            ", ".join(map(tr, (*source.measures, *source.lists))),
            source.account_key,
        )
        for source in result.sources
    ]
    keys: list[Row] = [
        (source.name, key.name, _word(key, result)) for source in result.sources for key in source.credentials
    ]
    blocks: list[Grid | Lines] = [
        grid("Source | Package | Measures | Key in casa24.toml", rows),
        grid("Source | Credential | State", keys, title=tr("Credentials")),
    ]
    broken = tuple(f"{source.name} (from {source.package}): {source.reason}" for source in result.broken)
    if broken:
        blocks.append(Lines(broken, tr("Left out")))
    if result.worker and not result.worker_asked:
        text = tr("The Worker at {worker} was not asked; add --worker to count its keys in.", worker=result.worker)
        blocks.append(Lines((text,)))
    if result.warnings:
        blocks.append(Lines(result.warnings, tr("Warnings")))
    rows = [
        (source.name, source.package, source.version, source.account_key, " ".join(source.measures))
        for source in result.sources
    ]
    main = grid("source | package | version | account_key | measures", rows)
    return Page(tr("Installed sources"), main, tuple(blocks))


def _word(key: CredentialState, result: SourceList) -> str:
    if key.origin:
        return tr("set ({origin})", origin=key.origin)
    missing = tr("not set here") if result.worker and not result.worker_asked else tr("missing")
    return missing if key.required else tr("{state} (optional)", state=missing)
