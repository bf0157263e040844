"""Find the installed sources, built-in ones and plugins, by their entry points."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from typing import TYPE_CHECKING, Any, NamedTuple

from casa24.core.reason_codes import Explanation
from casa24.core.reserved import ARTIST_KEYS, LABEL_KEYS, NOTIFY, REQUEST_TOKEN, REQUEST_URL, WORKER_KEY, WORKER_URL
from casa24.core.snapshot import ArtistRecord, Snapshot
from casa24.errors import UnknownName
from casa24.sources.base import ArtistSource, Credentials, LabelSource, Source, SourceOptions, Stats

if TYPE_CHECKING:
    from casa24.core.metrics import Series

GROUP = "casa24.sources"

# Keys of the layout on disk and of the roster that no source may claim.
RESERVED_NAMES = {"schema", "label", "casa24", *Snapshot.model_fields, *ArtistRecord.model_fields}
RESERVED_KEYS = {*LABEL_KEYS, *ARTIST_KEYS}
RESERVED_CREDENTIALS = {WORKER_URL, WORKER_KEY, NOTIFY, REQUEST_URL, REQUEST_TOKEN}
RESERVED_COLUMNS = {"artist_name", "date"}

# What a source's class must declare, and the type of each.
_ATTRIBUTES: Mapping[str, Any] = {
    "name": str,
    "title": str,
    "account_key": str,
    "link": str | None,
    "order": int,
    "credentials": Credentials,
    "gaps": Mapping,
}
_MODELS = {"model": Stats, "Options": SourceOptions}

AnySource = type[Source[Any]]


class Installed(NamedTuple):
    """One source and the package it came with."""

    source: AnySource
    package: str
    version: str


class Broken(NamedTuple):
    """An entry point without a usable source, and why it is not usable."""

    name: str
    package: str
    reason: str


@dataclass(frozen=True)
class Registry:
    """The installed sources, in the order of tables and columns."""

    installed: tuple[Installed, ...]
    broken: tuple[Broken, ...] = ()

    @property
    def sources(self) -> tuple[AnySource, ...]:
        """Return all usable sources."""
        return tuple(item.source for item in self.installed)

    @property
    def artist_sources(self) -> tuple[type[ArtistSource[Any]], ...]:
        """Return the sources on which artists have accounts."""
        return tuple(source for source in self.sources if issubclass(source, ArtistSource))

    @property
    def label_sources(self) -> tuple[type[LabelSource[Any]], ...]:
        """Return the sources on which the label has one account."""
        return tuple(source for source in self.sources if issubclass(source, LabelSource))

    def get(self, name: str) -> AnySource | None:
        """Return the source with that name, or None."""
        return next((source for source in self.sources if source.name == name), None)

    def find(self, name: str) -> AnySource:
        """Return the source with that name as a user writes it. Raises UnknownName with the known names."""
        source = self.get(name.strip().lower())
        if source is None:
            known = ", ".join(source.name for source in self.sources)
            raise UnknownName(f"There is no source called {name!r}.", advice=f"Installed: {known}.")
        return source

    @property
    def artist_series(self) -> tuple[Series, ...]:
        """Return every number recorded for artists: the CSV's columns, in their order."""
        return tuple(series for source in self.artist_sources for series in source.series())

    @property
    def credential_names(self) -> tuple[str, ...]:
        """Return the names of the credentials of all sources."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.credentials.names))

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Return the names of the secrets of all sources."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.credentials.secrets))


@cache
def load() -> Registry:
    """Load the installed sources. A broken one is listed as such and left out."""
    return build(_points())


def _points() -> tuple[EntryPoint, ...]:
    """Return the entry points of all packages; damaged metadata of a package must not hide the others."""
    try:
        return tuple(entry_points(group=GROUP))
    except Exception:  # noqa: BLE001 - a damaged file may raise anything in the parser
        points: list[EntryPoint] = []
        for package in distributions():
            with suppress(Exception):
                points += [point for point in package.entry_points if point.group == GROUP]
        return tuple(points)


def build(points: tuple[EntryPoint, ...]) -> Registry:
    """Make a registry of these entry points."""
    installed: list[Installed] = []
    broken: list[Broken] = []
    for point in points:
        package, version = _origin(point.dist)
        try:
            source = point.load()
            reason = unfit(point.name, source)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything: it is left out
            # On one line: GitHub could take a text at the beginning of a line for a command.
            broken.append(Broken(point.name, package, " ".join(f"{type(error).__name__}: {error}".split())))
            continue
        if reason:
            broken.append(Broken(point.name, package, reason))
        else:
            installed.append(Installed(source, package, version))
    # Of two that claim the same name, the built-in one stays, whatever the order of the other.
    accepted = _without_clashes(sorted(installed, key=lambda item: (item.package != "casa24", *_place(item))), broken)
    return Registry(tuple(sorted(accepted, key=_place)), tuple(broken))


@cache
def _origin(package: Distribution | None) -> tuple[str, str]:
    """Return a package's name and version, "?" if unknown. Cached, because each call parses all of the metadata."""
    metadata = package.metadata if package else None
    if metadata is None or "Name" not in metadata or "Version" not in metadata:
        return ("?", "?")
    return (metadata["Name"], metadata["Version"])


def _place(item: Installed) -> tuple[int, str]:
    return (item.source.order, item.source.name)


def unfit(name: str, source: object) -> str:
    """Return why an object cannot be the source with that name; empty if it can."""
    if not (isinstance(source, type) and issubclass(source, ArtistSource | LabelSource)):
        return "it is no subclass of ArtistSource or LabelSource"
    wrong = [part for part, kind in _ATTRIBUTES.items() if not isinstance(getattr(source, part, None), kind)]
    wrong += [part for part, kind in _MODELS.items() if not _is_class(getattr(source, part, None), kind)]
    if wrong:
        return f"it does not define {', '.join(wrong)} as it must"
    if source.name != name:
        return f"its name is {source.name!r}, its entry point {name!r}"
    if name in RESERVED_NAMES or source.account_key in RESERVED_KEYS or not (name.isidentifier() and name.islower()):
        return f"{name!r} with the account key {source.account_key!r} claims a name casa24 needs itself"
    return _unusable(source)


def _unusable(source: AnySource) -> str:
    """Return why a class with all attributes still cannot measure correctly; empty if it can."""
    if issubclass(source, ArtistSource) and {source.fetch, source.collect} == {
        ArtistSource.fetch,
        ArtistSource.collect,
    }:
        return "it defines neither fetch nor collect"
    if issubclass(source, LabelSource) and source.fetch is LabelSource.fetch:
        return "it defines no fetch"
    if not all(isinstance(explanation, Explanation) for explanation in source.explanations().values()):
        return "its gaps hold something that is no Explanation"
    not_none = [name for name, info in source.model.model_fields.items() if info.default is not None]
    if not_none:
        return f"unknown must be None: its stats model gives {', '.join(not_none)} no default, or another one"
    return "" if source.series() or source.listings() else "its stats model declares no Metric and no Listing"


def _asks_too_much(item: Installed, accepted: list[Installed]) -> bool:
    """Return whether a source declares credentials of another package or of casa24: it would be given them."""
    foreign = {
        name
        for installed in accepted
        if installed.package != item.package
        for name in installed.source.credentials.names
    }
    return bool({*foreign, *RESERVED_CREDENTIALS} & set(item.source.credentials.names))


def _is_class(value: object, kind: type) -> bool:
    return isinstance(value, type) and issubclass(value, kind)


def _without_clashes(installed: list[Installed], broken: list[Broken]) -> list[Installed]:
    """Return the sources without a clash of names, keys or columns; the others are added to ``broken``."""
    names: set[str] = set()
    columns = set(RESERVED_COLUMNS)
    keys: set[str] = set()
    accepted: list[Installed] = []
    for item in installed:
        own_columns = [series.column for series in item.source.series()] if not item.source.label_wide else []
        taken = [name for name in own_columns if name in columns]
        if item.source.name in names or item.source.account_key in keys:
            broken.append(Broken(item.source.name, item.package, "another source has this name or account key"))
        elif _asks_too_much(item, accepted):
            broken.append(Broken(item.source.name, item.package, "it asks for credentials that are not its own"))
        elif taken or len(set(own_columns)) < len(own_columns):
            broken.append(
                Broken(item.source.name, item.package, f"CSV column taken: {', '.join(taken or own_columns)}")
            )
        else:
            accepted.append(item)
            names.add(item.source.name)
            keys.add(item.source.account_key)
            columns.update(own_columns)
    return accepted
