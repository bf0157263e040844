"""Define the annotations that say what a field of a stats model means.

A source declares its fields once, as annotations of a pydantic model::

    followers: Annotated[int | None, Metric("Followers", kind="audience")] = None
    top_tracks: Annotated[list[Track] | None, Listing("Top tracks", label="name")] = None

CSV columns, tables, differences, growth, forecasts and the bot read these annotations;
none of them names a platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from casa24.errors import UnknownName
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

T = TypeVar("T")
Kind = Literal["audience", "window", "total", "score", "count"]


class Metric(NamedTuple):
    """A number that is followed over time.

    ``kind``
        ``audience``: people, unique; never summed over artists as if disjoint.
        ``window``: unique people within the last ``days``.
        ``total``: a counter; additive, normally rising.
        ``score``: a rating; no unit, no sum.
        ``count``: things that are there; additive.
    ``csv``
        Its column in ``popularity_scores.csv``; ``source_field`` unless given.
    ``event``
        The least change that is news: (absolute, relative).
    ``coarse``
        The platform gives it in steps (YouTube: three digits), so it stays the same for days and then jumps:
        a step happened over all the days since the step before.
    """

    title: str
    kind: Kind
    csv: str | None = None
    days: int | None = None
    event: tuple[int, float] | None = None
    coarse: bool = False

    @property
    def unique_people(self) -> bool:
        """Return whether several artists may count the same person."""
        return self.kind in {"audience", "window"}


class Listing(NamedTuple):
    """A list worth showing: tracks, videos, genres.

    ``label``: the field that names an entry (empty: the entries are plain texts).
    ``numbers``: (field, title) pairs shown beside it.
    ``link``: a URL template over the entry's fields.
    """

    title: str
    label: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    link: str | None = None


class Series(NamedTuple):
    """One metric of one source: a column of the CSV, a row of a table, one time series per artist."""

    source: str
    source_title: str
    field: str
    metric: Metric

    @property
    def title(self) -> str:
        """Return the metric's title, in English."""
        return self.metric.title

    @property
    def key(self) -> str:
        """Return the name that users and amendments write: ``spotify.followers``."""
        return f"{self.source}.{self.field}"

    @property
    def column(self) -> str:
        """Return its column in the CSV."""
        return self.metric.csv or f"{self.source}_{self.field}"


def declared(stats: type[BaseModel], kind: type[T]) -> Iterator[tuple[str, T]]:
    """Yield the fields of a stats model annotated with a ``Metric`` (or ``Listing``), in their order."""
    for name, field in stats.model_fields.items():
        for note in field.metadata:
            if isinstance(note, kind):
                yield name, note


def any_number(_item: Series) -> bool:
    """Accept every series: the filter for callers that need them all."""
    return True


def named_metrics(items: Iterable[Series], queries: Iterable[str]) -> list[Series]:
    """Return the metrics that the queries name: by key, field or title, ignoring case. Raises UnknownName."""
    known = list(items)
    wanted: dict[str, Series] = {}
    for query in queries:
        text = query.strip().casefold()
        matching = [item for item in known if text in _names(item)]
        if not matching:
            keys = ", ".join(item.key for item in known)
            raise UnknownName(
                tr("There is no metric called {query}.", query=repr(query)),
                advice=tr("There are: {names}.", names=keys),
            )
        wanted |= {item.key: item for item in matching}
    return list(wanted.values())


def _names(item: Series) -> set[str]:
    return {item.key.casefold(), item.field.casefold(), item.metric.title.casefold()}
