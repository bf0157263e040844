"""Render the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import count, tr
from casa24.views.page import Column, Grid, Lines, Page, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.analysis.roster import ArtistList, ListedArtist

_NOBODY = "Nobody yet. Add an artist by the link of a page: casa24 artists add LINK"


def artists_page(result: ArtistList) -> Page:
    """Each artist's accounts below the name: side by side they would fit no screen."""
    blocks = [_accounts(result.artists) if result.artists else Lines((tr(_NOBODY),))]
    if result.warnings:
        blocks.append(Lines(result.warnings, tr("Warnings")))
    return Page(f"{result.label}: {_count(result.artists)}", _tidy(result), tuple(blocks))


def _accounts(artists: Iterable[ListedArtist]) -> Grid | Lines:
    rows: list[Row] = []
    heads: list[int] = []
    for artist in artists:
        heads.append(len(rows))
        rows.append((artist.name, _dates(artist)))
        rows += [(f"  {account.title}", account.account) for account in artist.accounts]
    return Grid((Column(tr("Artist")), Column(tr("Account"))), tuple(rows), heads=frozenset(heads))


def _dates(artist: ListedArtist) -> str:
    known = {"joined": artist.joined, "left": artist.left}
    return ", ".join(f"{tr(word)} {day}" for word, day in known.items() if day)


def _count(artists: tuple[ListedArtist, ...]) -> str:
    shown = count(len(artists), "1 artist", "{n} artists")
    active = sum(artist.active for artist in artists)
    return (
        shown
        if active == len(artists)
        else tr("{artists}, {active} of them collected today", artists=shown, active=active)
    )


def _tidy(result: ArtistList) -> Grid:
    """A row an artist, its columns named as the keys in casa24.toml."""
    columns = ("name", *result.account_keys, "joined", "left")
    rows = []
    for artist in result.artists:
        accounts = {account.account_key: account.account for account in artist.accounts}
        dates = (str(day) if day else "" for day in (artist.joined, artist.left))
        rows.append((artist.name, *(accounts.get(key, "") for key in result.account_keys), *dates))
    return Grid(tuple(Column(title) for title in columns), tuple(rows))
