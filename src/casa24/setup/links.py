"""Recognise pasted links, handles and ids of an artist, and look up the artist's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casa24.collect.assemble import Request
from casa24.config.loading import Roster
from casa24.core.roster import Artist
from casa24.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from casa24.config.credentials import Wallet
    from casa24.sources.base import Source
    from casa24.sources.registry import Registry

    AnySource = type[Source[Any]]

NAMES_DEADLINE = 10.0
"""How long the platforms may take to say an artist's name, in seconds."""

_LONGEST, _SHOWN = 2000, 100
# Subdomains that show the same site.
_WEB = "www"


def accounts_of(links: Sequence[str], registry: Registry) -> dict[str, str]:
    """What was pasted, as keys and values of ``[[artists]]``: account key → account.

    A link belongs to the source whose own links lead to the same site; a text without a
    site (a handle, an id) to the only source that can read it. Raises UsageError.
    """
    accounts: dict[str, str] = {}
    for text in links:
        source, account = _owner(text.strip(), registry)
        if source.account_key in accounts:
            raise UsageError(
                f"Two of these are of {source.title}: {accounts[source.account_key]} and {account}.",
                advice="Give one link a platform; add another artist by another command.",
            )
        accounts[source.account_key] = account
    return accounts


async def platform_names(
    accounts: Mapping[str, str], roster: Roster, registry: Registry, wallet: Wallet, now: dt.datetime
) -> dict[str, str]:
    """What the platforms call the owner of these accounts (as of :func:`accounts_of`): source's title → name.

    In the order of the sources, and empty where nobody answers in time. ``roster``: whose
    options and politeness hold. Raises KeyboardInterrupt after Ctrl-C.
    """
    from casa24.collect.collector import collect
    from casa24.web.client import Web

    sources = [source for source in registry.artist_sources if source.account_key in accounts]
    artist = Artist("?", {source.name: accounts[source.account_key] for source in sources})
    request = Request(Roster(artists=(artist,), options=roster.options), sources, now, deadline=NAMES_DEADLINE)
    async with Web(roster.politeness) as web:
        collected = await collect(request, wallet, web)
    if collected.interrupted:
        raise KeyboardInterrupt
    found = {source.title: collected.names.get((source.name, artist.accounts[source.name])) for source in sources}
    return {title: name for title, name in found.items() if name}


def _owner(text: str, registry: Registry) -> tuple[AnySource, str]:
    """The one source that a text belongs to, and the account in it."""
    sources = registry.artist_sources
    host = _host(text)
    # One that names no site may still know its links.
    asked = [source for source in sources if _same_site(source, host)] or [
        source for source in sources if "/" not in text or source.link is None
    ]
    read: dict[AnySource, str] = {}
    refusals: list[str] = []
    for source in asked:
        try:
            read[source] = _account(source, text)
        except ValueError as error:
            refusals.append(str(error))
    if len(read) == 1:
        return next(iter(read.items()))
    if read:
        titles = " or ".join(source.title for source in read)
        raise UsageError(f"{_short(text)} may be of {titles}.", advice="Paste the whole link of the page instead.")
    if len(refusals) == 1:
        raise UsageError(f"{refusals[0][:1].upper()}{refusals[0][1:]}.", advice=_help(asked))
    raise UsageError(f"{_short(text)} is of no platform casa24 knows.", advice=_help(sources))


def _account(source: AnySource, text: str) -> str:
    """The account as the source reads it. Raises ValueError, whatever a stranger's code raises."""
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise ValueError(f"{_short(text)} is no link")
    try:
        account: object = source.account(text)
    except ValueError:
        raise
    except (Exception, SystemExit) as error:
        raise ValueError(f"the {source.name} source cannot read {_short(text)} ({type(error).__name__})") from error
    if not isinstance(account, str) or not account:
        raise ValueError(f"the {source.name} source cannot read {_short(text)}")
    return account


def _same_site(source: AnySource, host: str) -> bool:
    """Whether a host is of the site that the source's own links lead to."""
    site = ".".join(part for part in _host(source.link or "").split(".") if part != _WEB and "{" not in part)
    return bool(site) and (host == site or host.endswith(f".{site}"))


def _host(text: str) -> str:
    """The host of a link, with or without its https://; of any other text, nothing any site is called."""
    try:
        return urlsplit(text if "//" in text.partition("?")[0] else f"//{text}").hostname or ""
    except ValueError:
        return ""


def _help(sources: Iterable[AnySource]) -> str:
    return "\n    ".join(f"{source.title}: {source.account_help or source.link}" for source in sources)


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
