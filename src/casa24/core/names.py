"""Finding an artist as people write names: without case, accents, or the whole of it."""

from __future__ import annotations

import difflib
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from casa24.errors import UnknownName
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """A name without case, accents and outer spaces, for comparing."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def find(query: str, names: Iterable[str], aliases: Mapping[str, Iterable[str]] | None = None) -> str:
    """The one name meant by ``query``: the whole name, then an alias, then a part of one.

    Raises UnknownName with the nearest names where there is none, or several.
    """
    names = list(dict.fromkeys(names))
    wanted = key_of(query)
    also = {name: [key_of(alias) for alias in (aliases or {}).get(name, ())] for name in names}
    exact = [name for name in names if key_of(name) == wanted] or [name for name in names if wanted in also[name]]
    part = [name for name in names if wanted and wanted in key_of(name)]
    found = exact or part
    if len(found) == 1:
        return found[0]
    if found:
        several = tr("{query} may be several artists: {names}.", query=repr(query), names=", ".join(found))
        raise UnknownName(several, advice=tr("Write the whole name."))
    by_key = {key_of(name): name for name in names}
    close = [by_key[key] for key in difflib.get_close_matches(wanted, by_key, n=3, cutoff=0.4)] or names[:8]
    nearest = tr("Nearest: {names}.", names=", ".join(close)) if close else tr("No artist is recorded yet.")
    raise UnknownName(tr("There is no artist called {query}.", query=repr(query)), advice=nearest)
