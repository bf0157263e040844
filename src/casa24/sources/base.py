"""The contract of a source: what a platform must say about itself to be collected.

A source is one class, found through the entry-point group ``casa24.sources``.
It declares its numbers (:class:`~casa24.core.metrics.Metric`), the roster key that
holds an artist's account and the credentials it wants; it fetches one account,
or overrides :meth:`ArtistSource.collect` where the platform answers in batches.
Time, retries, politeness and storage are not its business.
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
    """A source's reading: one optional field a number or list. Unknown is None, never 0 or []."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class SourceOptions(BaseModel):
    """What a label may set under ``[sources.NAME]``; a ``description`` stands beside it in a new casa24.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Consent(NamedTuple):
    """Marks a switch among the options that the label must decide on: what it lets casa24 do, and the platform's terms.

    ``allows`` completes "May casa24 …?"; ``terms`` is a sentence. `casa24 init` asks.
    """

    allows: str
    terms: str


class FieldFlag(NamedTuple):
    """What to know about one field of a reading; ``low``/``high`` bound a rounded value."""

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
    """One account's answer.

    ``flags``: why a field is None, where the source knows better than "missing".
    ``account_name``: the name the platform gives the account.
    ``account``: its lasting id, where the roster holds only a handle.
    ``via``: ``api`` or ``page``, because it decides what is comparable.
    """

    stats: S
    flags: tuple[FieldFlag, ...] = ()
    account_name: str | None = None
    account: str | None = None
    via: str = "api"


class Credentials:
    """The credentials a source may be given, and no others.

    ``names``: secrets it needs together. ``settings``: values that are no secret;
    ``needs``: those of them it cannot do without. ``optional``: it still measures
    something without them. ``quiet``: their absence is not worth a word.
    ``shapes``: how a value looks, by name: a regular expression for the whole of it, and the same in
    words. `casa24 doctor` says where one does not look so; it is used all the same.
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
        """Every name the source may read."""
        return (*self.secrets, *self.settings)


@dataclass(frozen=True, slots=True)
class Run:
    """What a source is given for one run: nothing else reaches it.

    ``credentials``: only the names it declared. ``now``: the run's one clock reading (UTC).
    ``warn``: says something the label should know although nothing is missing.
    """

    web: Web
    now: dt.datetime
    credentials: Mapping[str, SecretStr] = field(default_factory=dict)
    warn: Callable[[str], None] = lambda _text: None


class Source(Generic[S]):
    """What artist and label sources have in common. Subclass one of those two."""

    name: ClassVar[str]
    title: ClassVar[str]
    account_key: ClassVar[str]
    """The key that holds the account: in ``[[artists]]``, or in ``[label]`` for a label source."""
    account_help: ClassVar[str] = ""
    """Where people find that id, in one sentence."""
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
        # Only its own: a subclass that sets `model` must not get its parent's back.
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
        """A declared credential's value, or None where it is not set."""
        secret = self._credentials.get(name)
        return secret.get_secret_value() if secret else None

    @classmethod
    def account(cls, text: str) -> str:
        """What people paste (a link, a handle) as the id to store; ValueError says what is wrong."""
        return text.strip()

    async def start(self) -> None:
        """Once a run, before anything is asked: tokens, what this app may do."""

    async def check(self) -> list[Finding]:
        """For `casa24 doctor`, after :meth:`start`: how it stands with the keys in use, and for how long.

        It raises what :meth:`start` may. What the numbers themselves show need not be said here.
        """
        return []

    @classmethod
    def explanations(cls) -> dict[str, Explanation]:
        """Its flag codes in words; what to set where its credentials are missing is known by itself."""
        names = " and ".join(cls.credentials.required)
        unset = Explanation("{source} was not asked: no keys", f"Set {names} (docs/keys.md).", State.SKIPPED)
        return {"no_credentials": unset, **cls.gaps}

    @classmethod
    def series(cls) -> tuple[Series, ...]:
        """What it measures."""
        return tuple(Series(cls.name, cls.title, name, metric) for name, metric in declared(cls.model, Metric))

    @classmethod
    def listings(cls) -> tuple[tuple[str, Listing], ...]:
        """The lists worth showing."""
        return tuple(declared(cls.model, Listing))


class ArtistSource(Source[S]):
    """A platform on which artists have accounts."""

    async def fetch(self, account: str) -> Reading[S]:
        """One account's reading. Raise AccountUnavailable or SourceUnavailable; let web errors pass.

        A source defines this or :meth:`collect`; each serves as the other.
        """
        outcomes = [outcome async for _, outcome in self.collect((account,))]
        last = outcomes[-1] if outcomes else AccountUnavailable("missing")
        if isinstance(last, Exception):
            raise last
        return last

    async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[tuple[str, Reading[S] | Exception]]:
        """Readings as they come, so that a deadline loses nothing that arrived.

        An account may be yielded again with a fuller reading: the last one counts.
        An exception in place of a reading is that account's failure;
        SourceUnavailable is raised and ends the platform's run.
        """
        async for item in as_they_come((account, self.fetch(account)) for account in accounts):
            yield item


class LabelSource(Source[S]):
    """A platform on which the label itself has one account (a Discord server)."""

    label_wide = True

    @abstractmethod
    async def fetch(self, account: str | None) -> Reading[S]:
        """The label's reading; ``account`` is None where the label names none."""


async def as_they_come(jobs: Iterable[tuple[K, Coroutine[Any, Any, V]]]) -> AsyncIterator[tuple[K, V | Exception]]:
    """Run all jobs at once and yield each result, or its exception, when it is there.

    SourceUnavailable is raised instead, after what had arrived beside it; closing
    the iterator cancels what is still under way.
    """
    # Only a collection pays for its import: whoever reads the record loads this module too.
    import asyncio

    tasks: dict[asyncio.Future[V], K] = {}
    # Not asyncio.wait: it looks at all that are left for each that is done.
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
            # Not kept: thousands of answers would be.
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
        for left in tasks:
            left.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
