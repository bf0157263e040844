"""Define the interface of a source: what a platform's class must declare and do to be collected.

A source is one class, found through the entry-point group ``casa24.sources``.
It declares its numbers (:class:`~casa24.core.metrics.Metric`), the roster key that
holds an artist's account and the credentials it uses; it fetches one account,
or overrides :meth:`ArtistSource.collect` if the platform answers in batches.
Deadlines, retries, pace and storage are not its task.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

from casa24.core.metrics import Listing, Metric, Series, declared
from casa24.core.reason_codes import Explanation
from casa24.core.snapshot import State
from casa24.errors import AccountUnavailable, SourceUnavailable

if TYPE_CHECKING:
    import asyncio
    import datetime as dt
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping

    from pydantic import SecretStr

    from casa24.core.findings import Finding
    from casa24.web.client import Web


class Stats(BaseModel):
    """A source's values: one optional field for each number or list. Unknown is None, never 0 or []."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class SourceOptions(BaseModel):
    """What a label may set under ``[sources.NAME]``; each ``description`` is shown in a new casa24.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Consent(NamedTuple):
    """Marks an option that the label must decide on: what it lets casa24 do, and what the platform's terms say.

    ``allows`` completes "May casa24 …?"; ``terms`` is a sentence. `casa24 init` asks.
    """

    allows: str
    terms: str


class FieldFlag(NamedTuple):
    """A remark about one field of a reading; ``low``/``high`` bound a rounded value."""

    field: str
    state: State
    code: str
    detail: str = ""
    low: int | None = None
    high: int | None = None


S = TypeVar("S", bound=Stats)
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """The reading of one account.

    ``flags``: why a field is None, if the source knows a better reason than "missing".
    ``account_name``: the name the platform gives the account.
    ``account``: its lasting id, if the roster has only a handle.
    ``via``: ``api`` or ``page``: numbers of different ways may not be comparable.
    """

    stats: S
    flags: tuple[FieldFlag, ...] = ()
    account_name: str | None = None
    account: str | None = None
    via: str = "api"


class Credentials:
    """The credentials a source may be given, and no others.

    ``names``: the secrets it needs, all together. ``settings``: values that are not secret;
    ``needs``: those of them that are required. ``optional``: it still measures something
    without them. ``quiet``: their absence is not reported.
    ``shapes``: what a value looks like, by name: a regular expression for the whole value, and the same
    in words. `casa24 doctor` reports a value that looks different; it is used all the same.
    """

    def __init__(
        self,
        *names: str,
        settings: tuple[str, ...] = (),
        needs: tuple[str, ...] = (),
        optional: bool = False,
        quiet: bool = False,
        shapes: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.secrets = names
        self.settings = settings
        self.shapes = dict(shapes or {})
        self.required = (*names, *needs)
        self.optional = optional
        self.quiet = quiet

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name the source may read."""
        return (*self.secrets, *self.settings)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a source gets for one run.

    ``credentials``: only the names it declared. ``now``: the time of the run (UTC), read once.
    ``warn``: reports something the label should know although no value is missing.
    """

    web: Web
    now: dt.datetime
    credentials: Mapping[str, SecretStr] = field(default_factory=dict)
    warn: Callable[[str], None] = lambda _text: None


class Source(Generic[S]):
    """The common base of artist and label sources. Subclass one of those two."""

    name: ClassVar[str]
    title: ClassVar[str]
    account_key: ClassVar[str]
    """The key that holds the account: in ``[[artists]]``, or in ``[label]`` for a label source."""
    account_help: ClassVar[str] = ""
    """Where to find that account's id, in one sentence."""
    credentials: ClassVar[Credentials] = Credentials()
    link: ClassVar[str | None] = None
    """A URL template over ``{account}``."""
    gaps: ClassVar[Mapping[str, Explanation]] = {}
    """The source's own flag codes, explained."""
    order: ClassVar[int] = 100
    """Its place in tables: lower comes first."""
    label_wide: ClassVar[bool] = False
    Options: ClassVar[type[SourceOptions]] = SourceOptions
    model: ClassVar[type[Stats]]
    """The stats model, taken from the class's type argument."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Only the class's own bases: a subclass that sets `model` must not get its parent's back.
        for base in cls.__dict__.get("__orig_bases__", ()):
            for argument in get_args(base):
                if isinstance(argument, type) and issubclass(argument, Stats):
                    cls.model = argument

    def __init__(self, run: Run, options: SourceOptions | None = None) -> None:
        self.web = run.web
        self.now = run.now
        self.warn = run.warn
        self.options = options or self.Options()
        self._credentials = run.credentials

    def credential(self, name: str) -> str | None:
        """Return a declared credential's value, or None if it is not set."""
        secret = self._credentials.get(name)
        return secret.get_secret_value() if secret else None

    @classmethod
    def account(cls, text: str) -> str:
        """Turn what people paste (a link, a handle) into the id to store; raise ValueError with what is wrong."""
        return text.strip()

    async def start(self) -> None:
        """Prepare a run (get tokens, find out what this app may do); called once before anything is collected."""

    async def check(self) -> list[Finding]:
        """Check the keys in use, and how long they last; called after :meth:`start`, for `casa24 doctor`.

        It may raise what :meth:`start` may. It need not report what the numbers themselves show.
        """
        return []

    @classmethod
    def explanations(cls) -> dict[str, Explanation]:
        """Return its flag codes explained; the one for missing credentials is made from the declaration."""
        names = " and ".join(cls.credentials.required)
        unset = Explanation("{source} was not asked: no keys", f"Set {names} (docs/keys.md).", State.SKIPPED)
        return {"no_credentials": unset, **cls.gaps}

    @classmethod
    def series(cls) -> tuple[Series, ...]:
        """Return the series it measures."""
        return tuple(Series(cls.name, cls.title, name, metric) for name, metric in declared(cls.model, Metric))

    @classmethod
    def listings(cls) -> tuple[tuple[str, Listing], ...]:
        """Return the lists it collects, by field."""
        return tuple(declared(cls.model, Listing))


class ArtistSource(Source[S]):
    """A platform on which artists have accounts."""

    async def fetch(self, account: str) -> Reading[S]:
        """Return one account's reading. Raise AccountUnavailable or SourceUnavailable; do not catch web errors.

        A source defines this or :meth:`collect`; each has a default that calls the other.
        """
        outcomes = [outcome async for _, outcome in self.collect((account,))]
        last = outcomes[-1] if outcomes else AccountUnavailable("missing")
        if isinstance(last, Exception):
            raise last
        return last

    async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[tuple[str, Reading[S] | Exception]]:
        """Yield readings as soon as they arrive, so that a deadline loses none of them.

        An account may be yielded again with a more complete reading: the last one counts.
        An exception in place of a reading is that account's failure; a raised
        SourceUnavailable ends the source's run.
        """
        async for item in as_they_come((account, self.fetch(account)) for account in accounts):
            yield item


class LabelSource(Source[S]):
    """A platform on which the label itself has one account (a Discord server)."""

    label_wide = True

    @abstractmethod
    async def fetch(self, account: str | None) -> Reading[S]:
        """Return the label's reading; ``account`` is None if the label has none in casa24.toml."""


async def as_they_come(jobs: Iterable[tuple[K, Coroutine[Any, Any, V]]]) -> AsyncIterator[tuple[K, V | Exception]]:
    """Run all jobs at once, and yield each result, or its exception, as soon as it arrives.

    SourceUnavailable is raised instead, after the results that arrived with it; closing
    the iterator cancels the jobs that still run.
    """
    # Imported here because commands that only read the record load this module too.
    import asyncio

    tasks: dict[asyncio.Future[V], K] = {}
    # Not asyncio.wait: it goes through all remaining tasks for each one that ends.
    done: asyncio.Queue[asyncio.Future[V]] = asyncio.Queue()
    stop: SourceUnavailable | None = None
    try:
        for key, job in jobs:
            task = asyncio.ensure_future(job)
            tasks[task] = key
            task.add_done_callback(done.put_nowait)
        while tasks:
            if stop is not None and done.empty():
                raise stop
            ended = await done.get()
            # Removed, so that thousands of answers do not stay in memory.
            key = tasks.pop(ended)
            error = ended.exception()
            if isinstance(error, SourceUnavailable):
                stop = error
            elif isinstance(error, Exception):
                yield key, error
            elif error is None:
                yield key, ended.result()
            else:
                raise error
        if stop is not None:
            raise stop
    finally:
        for unfinished in tasks:
            unfinished.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
