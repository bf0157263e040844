"""Describe the installed sources: what they measure, and which credentials they need and have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.config.credentials import Wallet
    from casa24.sources.registry import Installed, Registry


class CredentialState(Result):
    """One credential: ``origin`` is where it was found, null where it was not. Never its value."""

    name: str
    secret: bool
    required: bool
    origin: str | None


class SourceState(Result):
    """One source."""

    name: str
    title: str
    package: str
    version: str
    account_key: str
    measures: tuple[str, ...]
    lists: tuple[str, ...]
    works_without: bool
    credentials: tuple[CredentialState, ...]


class BrokenSource(Result):
    """An entry point that gave no usable source."""

    name: str
    package: str
    reason: str


class SourceList(Result):
    """Everything installed. ``worker_asked``: whether the Worker's names are counted in."""

    sources: tuple[SourceState, ...]
    broken: tuple[BrokenSource, ...]
    worker: str | None
    worker_asked: bool
    warnings: tuple[str, ...]


def list_sources(
    registry: Registry, wallet: Wallet, *, worker: str | None, asked: bool, warnings: Iterable[str] = ()
) -> SourceList:
    """The installed sources with the state of their credentials; ``warnings``: what else is to be said."""
    return SourceList(
        sources=tuple(_state(item, wallet) for item in registry.installed),
        broken=tuple(
            BrokenSource(name=source.name, package=source.package, reason=source.reason) for source in registry.broken
        ),
        worker=worker,
        worker_asked=asked,
        warnings=(*wallet.warnings, *warnings),
    )


def _state(item: Installed, wallet: Wallet) -> SourceState:
    source = item.source
    wanted = source.credentials
    return SourceState(
        name=source.name,
        title=source.title,
        package=item.package,
        version=item.version,
        account_key=source.account_key,
        measures=tuple(series.metric.title for series in source.series()),
        lists=tuple(note.title for _, note in source.listings()),
        works_without=wanted.optional or not wanted.required,
        credentials=tuple(
            CredentialState(
                name=name,
                secret=name in wanted.secrets,
                required=name in wanted.required and not wanted.optional,
                origin=wallet.origin(name),
            )
            for name in wanted.names
        ),
    )
