"""Find an artist by a name as people write it: ignoring case and accents, also from a part of it."""

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
    """Return a name without case, accents and surrounding spaces, for comparing."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def find(query: str, names: Iterable[str], aliases: Mapping[str, Iterable[str]] | None = None) -> str:
    """Return the name that ``query`` means: first the whole name is compared, then aliases, then parts of names.

    Raises UnknownName with the nearest names if none or several match.
    """
    names = list(dict.fromkeys(names))
    wanted = key_of(query)
    alias_keys = {name: [key_of(alias) for alias in (aliases or {}).get(name, ())] for name in names}
    exact = [name for name in names if key_of(name) == wanted] or [name for name in names if wanted in alias_keys[name]]
    part = [name for name in names if wanted and wanted in key_of(name)]
    matching = exact or part
    if len(matching) == 1:
        return matching[0]
    if matching:
        several = tr("{query} may be several artists: {names}.", query=repr(query), names=", ".join(matching))
        raise UnknownName(several, advice=tr("Write the whole name."))
    by_key = {key_of(name): name for name in names}
    close = [by_key[key] for key in difflib.get_close_matches(wanted, by_key, n=3, cutoff=0.4)] or names[:8]
    nearest = tr("Nearest: {names}.", names=", ".join(close)) if close else tr("No artist is recorded yet.")
    raise UnknownName(tr("There is no artist called {query}.", query=repr(query)), advice=nearest)
