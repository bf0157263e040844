"""Run a TLS server on 127.0.0.1 that misbehaves as a test wants, with real sockets and certificates.

It runs in the test's own event loop and ends with its ``async with`` block, even if requests are still running::

    async with serve(resets(), answers(b"{}")) as server, server.web() as web:
        await web.get(server.url("/numbers"))

Each request gets the next act; the last act serves all that follow.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Unpack
from unittest import mock

import pytest
import trustme

from casa24.core.politeness import Politeness
from casa24.errors import Casa24Error
from casa24.web.client import Web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping

    from casa24.web.client import Reply, RequestOptions

HOST = "127.0.0.1"
# No test waits longer than this for anything, whatever goes wrong.
LONGEST = 10.0
FAST = Politeness(pause=0, backoff=0, timeout=3, patience=3)


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as the server received it. ``at``: when, by the monotonic clock."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class Act(Protocol):
    """What the server does with one request."""

    def __call__(self, request: ReceivedRequest, writer: asyncio.StreamWriter, /) -> Awaitable[None]: ...


@dataclass
class Server:
    """A running server. ``requests``: every complete request so far; ``busiest``: the most at one time."""

    port: int
    acts: list[Act]
    requests: list[ReceivedRequest] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0

    def url(self, path: str = "/", *, host: str = HOST) -> str:
        """Return an address on this server."""
        return f"https://{host}:{self.port}{path}"

    def web(self, politeness: Politeness = FAST) -> Web:
        """Return a client that trusts this server's authority, as with ``SSL_CERT_FILE``."""
        with trusted():
            return Web(politeness)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection with one request; it ends with the answer."""
        with suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(LONGEST):
                request = await _read(reader)
                act = self.acts[min(len(self.requests), len(self.acts) - 1)]
                self.requests.append(request)
                self.busy += 1
                self.busiest = max(self.busy, self.busiest)
                try:
                    await act(request, writer)
                finally:
                    self.busy -= 1
        writer.close()


async def _read(reader: asyncio.StreamReader) -> ReceivedRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return ReceivedRequest(method, target, headers, body, time.monotonic())


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def trusted() -> Iterator[None]:
    """Make clients trust the test's authority, and no other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "authority.pem"
        _authority().cert_pem.write_to_path(str(path))
        with mock.patch.dict(os.environ, {"SSL_CERT_FILE": str(path)}):
            yield


@asynccontextmanager
async def serve(*acts: Act, name: str = HOST) -> AsyncIterator[Server]:
    """Run a server for one test; ``name``: the host in its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert(name).configure_cert(context)
    state = Server(0, list(acts))
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(state.serve(reader, writer)))

    server = await asyncio.start_server(accept, HOST, 0, ssl=context, ssl_shutdown_timeout=1)
    state.port = server.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(LONGEST):
            yield state
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answers(body: bytes = b"{}", status: int = 200, *, length: int | None = None, **headers: str) -> Act:
    """Send a whole answer; ``retry_after="5"`` becomes the header ``retry-after: 5``. ``length`` may be wrong."""

    async def act(_request: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, {"content-length": str(len(body) if length is None else length), **headers}) + body)
        await writer.drain()

    return act


GOOD = answers(b'{"followers": 7}')


def redirects(to: str, status: int = 302) -> Act:
    """Redirect to another address."""
    return answers(b"", status, location=to)


def waits(seconds: float, then: Act) -> Act:
    """Send nothing for some seconds, then act."""

    async def act(request: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(request, writer)

    return act


def drips(body: bytes, every: float) -> Act:
    """Send one byte at a time: each in time, but perhaps not all."""

    async def act(_request: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, {"content-length": str(len(body))}))
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every)

    return act


def endless(**headers: str) -> Act:
    """Send a body that does not end."""

    async def act(_request: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, headers))
        while not writer.is_closing():
            writer.write(b" " * 65536)
            await writer.drain()

    return act


def resets() -> Act:
    """Reset the connection before anything was sent."""

    async def act(_request: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return act


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in {**headers, "connection": "close"}.items()]
    return "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode("latin-1")


def ask(
    *acts: Act, politeness: Politeness = FAST, **how: Unpack[RequestOptions]
) -> tuple[Reply, list[ReceivedRequest]]:
    """One GET against these acts: its answer, and the requests that the server received."""

    async def go() -> tuple[Reply, list[ReceivedRequest]]:
        async with serve(*acts) as server, server.web(politeness) as web:
            return await web.get(server.url("/v1/x"), **how), server.requests

    return asyncio.run(go())


def fail(*acts: Act, politeness: Politeness = FAST, **how: Unpack[RequestOptions]) -> tuple[Any, list[ReceivedRequest]]:
    """One GET that must fail: its error, and the requests that the server received."""

    async def go() -> tuple[Casa24Error, list[ReceivedRequest]]:
        async with serve(*acts) as server, server.web(politeness) as web:
            with pytest.raises(Casa24Error) as caught:
                await web.get(server.url("/v1/x"), **how)
            return caught.value, server.requests

    return asyncio.run(go())
