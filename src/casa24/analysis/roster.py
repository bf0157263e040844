"""Describe the roster: its artists, their accounts, and from when to when they are on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.result import Result

if TYPE_CHECKING:
    from casa24.config.loading import Roster
    from casa24.core.roster import Artist
    from casa24.sources.registry import Registry


class ListedAccount(Result):
    """One account, and the key that holds it in casa24.toml."""

    source: str
    title: str
    account_key: str
    account: str


class ListedArtist(Result):
    """One artist. ``active``: whether collected on the list's day."""

    name: str
    aliases: tuple[str, ...]
    joined: dt.date | None
    left: dt.date | None
    active: bool
    accounts: tuple[ListedAccount, ...]


class ArtistList(Result):
    """The roster on a day. ``account_keys``: every key an artist can have here."""

    label: str
    date: dt.date
    account_keys: tuple[str, ...]
    artists: tuple[ListedArtist, ...]
    warnings: tuple[str, ...]


def list_artists(roster: Roster, registry: Registry, today: dt.date) -> ArtistList:
    """The artists in the order of the file, their accounts in the order of the sources."""
    return ArtistList(
        label=roster.label.name,
        date=today,
        account_keys=tuple(source.account_key for source in registry.artist_sources),
        artists=tuple(_listed(artist, registry, today) for artist in roster.artists),
        warnings=roster.warnings,
    )


def _listed(artist: Artist, registry: Registry, today: dt.date) -> ListedArtist:
    return ListedArtist(
        name=artist.name,
        aliases=artist.aliases,
        joined=artist.joined,
        left=artist.left,
        active=artist.active(today),
        accounts=tuple(
            ListedAccount(
                source=source.name,
                title=source.title,
                account_key=source.account_key,
                account=artist.accounts[source.name],
            )
            for source in registry.artist_sources
            if source.name in artist.accounts
        ),
    )
