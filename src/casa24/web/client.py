"""Send HTTP requests with a limited pace, limited size and time, retries, and errors that show no secret.

Sources get this client, so that none of them deals with time-outs, pace, retries or
redaction. Every failure is raised as a :class:`~casa24.errors.WebError` that names the
host only: never a query, a header or what was sent.
"""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import email.utils
import functools
import json
import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack
from urllib.parse import urljoin, urlsplit

import httpx
import stamina
from pydantic import BaseModel, ValidationError

from casa24._version import HOMEPAGE, __version__
from casa24.core.politeness import Politeness
from casa24.errors import (
    BadCertificate,
    BadReply,
    BadStatus,
    RateLimited,
    SourceUnavailable,
    TimedOut,
    Unreachable,
    WebError,
)
from casa24.web.rate_limit import Lane, Paces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

log = logging.getLogger("casa24.web.client")
# Without a handler Python would print stamina's line about every retry to stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())

USER_AGENT = f"casa24/{__version__} (+{HOMEPAGE})"
MEBIBYTE = 1024 * 1024

_OK, _REDIRECT, _TOO_MANY = 200, 300, 429
_REDIRECTS = 3
_TRANSIENT_STATUS = {408, 500, 502, 503, 504}

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer, within the size limit. ``where``: the host."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    where: str

    @property
    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON. Raises BadReply if it is not JSON."""
        try:
            return json.loads(self.content, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise BadReply(f"{self.where} did not answer with JSON") from None

    def parse(self, model: type[M]) -> M:
        """Return the body as a model. Raises BadReply naming the first field that does not fit."""
        try:
            return model.model_validate(self.json())
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the whole"
            raise BadReply(f"{self.where} answered in another form ({place})") from None


@dataclass(slots=True)
class Exchange:
    """One HTTP request and its answer: ``status`` is None without an answer, ``error`` names what ended it early.

    ``url`` includes the query; ``content`` is decompressed, and may be incomplete.
    """

    method: str
    url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    seconds: float = 0.0
    error: str = ""


class Transient(Exception):
    """Raised by an ``on_error`` hook: the request should be tried again."""


class RequestOptions(TypedDict, total=False):
    """How to send a request.

    ``most``: how many bytes an answer may have (default 4 MiB). ``redirects``: whether to follow
    redirects on the same host (default True). ``on_error`` sees every error answer first, with its
    decoded JSON: it may raise an error of its own (then the request is not tried again) or Transient.
    """

    params: Mapping[str, str | int]
    headers: Mapping[str, str]
    form: Mapping[str, str]
    most: int
    redirects: bool
    on_error: Callable[[Reply, object], None]


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, which may be sent several times."""

    method: str
    url: str
    options: RequestOptions


class Web:
    """An HTTP client for one run and one event loop; an async context manager.

    ``transport``: answers in place of the platforms in tests and in the demo; None means the network.
    ``listen``: called with every exchange, from any thread; it must not raise.
    TLS is always verified (``SSL_CERT_FILE`` and ``HTTPS_PROXY`` are used if set).
    """

    def __init__(
        self,
        politeness: Politeness | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        listen: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._listen = listen or (lambda _exchange: None)
        self._politeness = politeness or Politeness()
        self._paces = Paces(self._politeness)
        # Reading the certificates is the slowest step here, so it is done once.
        verify = True if transport else httpx.create_ssl_context()
        self._make = functools.partial(
            httpx.AsyncClient,
            transport=transport,
            verify=verify,
            headers={"User-Agent": USER_AGENT, "Accept-Language": "en"},
            timeout=httpx.Timeout(self._politeness.timeout, pool=None),
            # The lanes limit how many requests run at once; a connection is kept for the next request.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            follow_redirects=False,
        )
        self._open()

    def _open(self) -> None:
        self._client = self._make()
        self._lanes: dict[str, Lane] = {}
        self._ended: dict[str, SourceUnavailable] = {}

    def branch(self) -> Web:
        """Return a client for one source, usable in another event loop; it shares only the hosts' pace.

        When a platform refuses one source (for its key), the other sources can still use the platform.
        """
        branch = copy.copy(self)
        branch._open()  # noqa: SLF001 - its own class
        return branch

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, url: str, **options: Unpack[RequestOptions]) -> Reply:
        """Send a GET request; see :class:`RequestOptions`. Raises a WebError, or what ``on_error`` raised."""
        return await self._with_retries(_Request("GET", url, options))

    async def post(self, url: str, **options: Unpack[RequestOptions]) -> Reply:
        """Send a POST request with ``form``; see :class:`RequestOptions`. Raises what :meth:`get` raises."""
        return await self._with_retries(_Request("POST", url, options))

    async def _with_retries(self, request: _Request) -> Reply:
        """Return a whole, successful answer; after a temporary failure the request is sent again."""
        attempts = self._politeness.attempts
        async for attempt in stamina.retry_context(
            on=_worth_a_retry,
            attempts=attempts,
            timeout=None,
            wait_initial=self._politeness.backoff,
            wait_max=8 * self._politeness.backoff,
            wait_jitter=self._politeness.backoff,
        ):
            with attempt:
                try:
                    return await self._send(request)
                except _Again as again:
                    if attempt.num < attempts:
                        raise
                    if isinstance(again.error, RateLimited):
                        self._lane(request.url).pace.closed = again.error
                    raise again.error from None
        raise AssertionError("the loop ends with an answer or an exception")

    def _lane(self, url: str) -> Lane:
        host = urlsplit(url).netloc
        if host not in self._lanes:
            self._lanes[host] = Lane(self._paces.of(host), self._politeness.concurrency)
        return self._lanes[host]

    async def _send(self, request: _Request) -> Reply:
        where = _where(request.url)
        lane = self._lane(request.url)
        async with lane.turn():
            if ended := self._ended.get(where):
                raise ended
            started = time.monotonic()
            try:
                async with asyncio.timeout(self._politeness.patience):
                    reply = await self._follow(request)
            except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeEncodeError) as error:
                raise _translate(error, where) from None
            took = 1000 * (time.monotonic() - started)
            log.debug("%s %s%s: %s in %.0f ms", request.method, where, urlsplit(request.url).path, reply.status, took)
        return self._checked(reply, request, lane)

    async def _follow(self, request: _Request) -> Reply:
        url = request.url
        for _ in range(_REDIRECTS + 1):
            reply, target = await self._read(request, url)
            if target is None:
                return reply
            url = target
        raise BadReply(f"{_where(request.url)} redirects in a circle")

    async def _read(self, request: _Request, url: str) -> tuple[Reply, str | None]:
        """Make one exchange; the second value is the target of a redirect."""
        options, where, body = request.options, _where(url), bytearray()
        most = options.get("most", 4 * MEBIBYTE)
        params = options.get("params") if url == request.url else None
        http_request = self._client.build_request(
            request.method, url, params=params, headers=options.get("headers"), data=options.get("form")
        )
        with self._reported(http_request, body) as exchange:
            answer = await self._client.send(http_request, stream=True)
            try:
                exchange.status, exchange.headers = answer.status_code, answer.headers
                if answer.has_redirect_location:
                    target = _next_hop(answer, url, options.get("redirects", True))
                    return Reply(answer.status_code, answer.headers, b"", where), target
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > most:
                        raise BadReply(f"{where} answered with more than {most:,} bytes")
                return Reply(answer.status_code, answer.headers, bytes(body), where), None
            finally:
                await answer.aclose()

    @contextmanager
    def _reported(self, http_request: httpx.Request, body: bytearray) -> Iterator[Exchange]:
        """Pass the block's exchange to the listener at the end, even if the answer is incomplete."""
        exchange = Exchange(http_request.method, str(http_request.url))
        started = time.monotonic()
        try:
            yield exchange
        except BaseException as error:
            # Our own time limit for a whole answer ends a request by cancelling it.
            exchange.error = "TimedOut" if isinstance(error, asyncio.CancelledError) else type(error).__name__
            raise
        finally:
            exchange.content, exchange.seconds = bytes(body), time.monotonic() - started
            self._listen(exchange)

    def _checked(self, reply: Reply, request: _Request, lane: Lane) -> Reply:
        if _OK <= reply.status < _REDIRECT:
            return reply
        body = _json_or_none(reply)
        on_error = request.options.get("on_error")
        if on_error is not None:
            try:
                on_error(reply, body)
            except Transient:
                raise _Again(_status_error(reply, body)) from None
            except SourceUnavailable as final:
                # The platform will say the same to every further request of this run.
                self._ended[reply.where] = final
                raise
        error = _status_error(reply, body)
        if reply.status == _TOO_MANY or (reply.status in _TRANSIENT_STATUS and "retry-after" in reply.headers):
            raise self._slow_down(reply, lane)
        raise _Again(error) if reply.status in _TRANSIENT_STATUS else error

    def _slow_down(self, reply: Reply, lane: Lane) -> Exception:
        """Wait as the host asked if that is short, else close it for this run (asking too early lengthens a ban)."""
        wait = retry_after(reply.headers)
        until = None if wait is None else dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait)
        limited = RateLimited(f"{reply.where} asked us to wait", until=until)
        if wait is not None and wait > self._politeness.longest_wait:
            lane.pace.closed = limited
            return limited
        if wait is not None:
            lane.pace.hold(wait)
        return _Again(limited, wait)


class _Again(Exception):
    """The request should be sent again, after ``wait`` seconds if the host named a time."""

    def __init__(self, error: WebError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


def _worth_a_retry(error: Exception) -> bool | float:
    if not isinstance(error, _Again):
        return False
    return True if error.wait is None else error.wait


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After in seconds, from a number or a date; None without a valid one."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    # No platform means more than a year; the limits also keep `inf` out.
    return min(max(seconds, 0.0), 31_536_000.0) if seconds == seconds else None  # noqa: PLR0124 - NaN check


def _translate(error: Exception, where: str) -> Exception:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return _Again(TimedOut(f"{where} gave no complete answer in time"))
    if isinstance(error, httpx.InvalidURL | UnicodeEncodeError):
        return BadReply(f"no request to {where}: its address or headers hold characters none may")
    if isinstance(error, httpx.DecodingError):
        return BadReply(f"{where} sent what cannot be decoded")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return BadCertificate(f"{where} has no valid certificate")
    return _Again(Unreachable(f"no connection to {where} ({type(error).__name__})"))


def _next_hop(answer: httpx.Response, url: str, allowed: bool) -> str:
    target = urljoin(url, answer.headers["location"])
    here, there = urlsplit(url), urlsplit(target)
    if not allowed or (here.scheme, here.netloc) != (there.scheme, there.netloc):
        # Keys are sent in headers: they must never go to another host.
        raise BadReply(f"{_where(url)} redirects elsewhere, which casa24 does not follow")
    return target


def _status_error(reply: Reply, body: object) -> BadStatus:
    return BadStatus(f"{reply.where} answered {reply.status}", status=reply.status, body=body)


def _json_or_none(reply: Reply) -> object:
    try:
        return reply.json()
    except BadReply:
        return None


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


def _where(url: str) -> str:
    """Return the host, which messages name. A path would hold ids, and make a separate reason of each."""
    return urlsplit(url).hostname or "?"
