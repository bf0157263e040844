"""Define the label and its artists, as ``casa24.toml`` lists them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping


class Label(NamedTuple):
    """``[label]``. ``accounts``: the keys label-wide sources declare, by source."""

    name: str = "Our label"
    color: str = "#00a651"
    language: str = "en"
    worker: str | None = None
    accounts: Mapping[str, str] = MappingProxyType({})


class Artist(NamedTuple):
    """One ``[[artists]]`` entry. ``accounts``: account ids by source, normalised."""

    name: str
    accounts: Mapping[str, str] = MappingProxyType({})
    aliases: tuple[str, ...] = ()
    joined: dt.date | None = None
    left: dt.date | None = None

    def active(self, day: dt.date) -> bool:
        """Return whether the artist is collected on that day."""
        return not ((self.joined and day < self.joined) or (self.left and day >= self.left))
