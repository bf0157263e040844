"""Format names, metrics and lists of names in the language spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAMED = 5


class OfMetric(Protocol):
    """Anything about one metric of one artist, or of the label."""

    @property
    def source_title(self) -> str:
        """The platform."""
        ...

    @property
    def title(self) -> str:
        """The metric."""
        ...


def metric(item: OfMetric) -> str:
    """``Spotify · Followers``."""
    return f"{item.source_title} · {tr(item.title)}"


def who(artist: str | None) -> str:
    """An artist's name; the label where it is nobody's."""
    return tr("The label") if artist is None else artist


def listed(names: Iterable[str]) -> str:
    """``Ana, Ben and Cleo``."""
    *first, last = list(names) or [""]
    return tr("{first} and {last}", first=", ".join(first), last=last) if first else last


def first_few(names: Sequence[str]) -> str:
    """The first five of these, and how many more there are."""
    more = len(names) - _NAMED
    return listed([*names[:_NAMED], tr("{n} more", n=more)] if more > 0 else names)
