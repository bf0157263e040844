"""Answer for the platforms on loopback: an HTTPS proxy with real TLS.

``HTTPS_PROXY`` and ``SSL_CERT_FILE`` lead a whole ``casa24`` process here: it opens real
sockets, verifies real certificates, and nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import cycle
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import trustme

from casa24.demo import LAST
from casa24.demo.platforms import Platforms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Act(Protocol):
    """What happens on the connection in place of an answer; then the connection ends.

    It goes on until the client leaves (an OSError, which is expected) or ``over`` is set.
    """

    def __call__(self, wire: ssl.SSLSocket, over: threading.Event, /) -> None: ...


# No connection is held longer than this, whatever goes wrong.
LONGEST = 20.0
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@dataclass
class Internet:
    """What is reachable, what was asked, and the environment that leads there.

    ``play`` may answer a request, or act, before the demo's platforms do; None leaves it to them.
    ``strangers``: hosts whose certificate another authority signed.
    """

    port: int
    certificate: Path
    seen: list[httpx.Request] = field(default_factory=list)
    play: Callable[[httpx.Request], httpx.Response | Act | None] = lambda _request: None
    strangers: frozenset[str] = frozenset()
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment of a process that can reach only this internet."""
        inherited = {
            name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ
        }
        own = {"HTTPS_PROXY": f"http://127.0.0.1:{self.port}", "SSL_CERT_FILE": str(self.certificate)}
        return {**inherited, **own, "PYTHONUTF8": "1"}

    def answer(self, request: httpx.Request) -> httpx.Response | Act:
        """Return a request's answer, or what happens instead."""
        self.seen.append(request)
        return self.play(request) or usual(request)


def usual(request: httpx.Request) -> httpx.Response:
    """Return what the demo's platforms answer."""
    return asyncio.run(Platforms(LAST).handle_async_request(request))


@contextmanager
def internet(folder: Path) -> Iterator[Internet]:
    """Run an internet for one test; ``folder`` is where its certificate is written."""
    authority = trustme.CA()
    certificate = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(authority))
    server.daemon_threads = True
    world = Internet(server.server_address[1], certificate)
    server.world = world  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield world
    finally:
        world.over.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def endless(wire: ssl.SSLSocket, over: threading.Event) -> None:
    """Send a body that does not end."""
    wire.sendall(_OK)
    while not over.is_set():
        wire.sendall(b" " * 65536)


def drips(body: bytes, every: float) -> Act:
    """Send one byte at a time, over and over: each in time, but never all."""

    def act(wire: ssl.SSLSocket, over: threading.Event) -> None:
        wire.sendall(_OK)
        for byte in cycle(body):
            wire.sendall(bytes([byte]))
            if over.wait(every):
                return

    return act


def silence(_wire: ssl.SSLSocket, over: threading.Event) -> None:
    """Accept the request, and send nothing."""
    over.wait(LONGEST)


def resets(wire: ssl.SSLSocket, _over: threading.Event) -> None:
    """Reset the connection before anything was sent."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _handler(authority: trustme.CA) -> type[BaseHTTPRequestHandler]:
    other_authority = trustme.CA()
    contexts: dict[tuple[str, bool], ssl.SSLContext] = {}

    def context_for(host: str, *, foreign: bool) -> ssl.SSLContext:
        if (host, foreign) not in contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            (other_authority if foreign else authority).issue_cert(host).configure_cert(context)
            contexts[host, foreign] = context
        return contexts[host, foreign]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = LONGEST

        def do_CONNECT(self) -> None:
            """Act as the requested host: a TLS handshake in its name, then its requests."""
            world: Internet = self.server.world  # type: ignore[attr-defined]
            self.host = self.path.partition(":")[0]
            context = context_for(self.host, foreign=self.host in world.strangers)
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            self.rfile.close()
            with (
                suppress(OSError),
                context.wrap_socket(self.connection, server_side=True) as self.tls,
                self.tls.makefile("rb") as self.rfile,
                self.tls.makefile("wb") as self.wfile,
            ):
                self.close_connection = False
                while not self.close_connection:
                    self.handle_one_request()
            # The base class flushes and closes these once more.
            self.rfile, self.wfile = BytesIO(), BytesIO()

        def do_GET(self) -> None:
            """Answer one request to a host."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            world: Internet = self.server.world  # type: ignore[attr-defined]
            url = f"https://{self.host}{self.path}"
            answer = world.answer(httpx.Request(self.command, url, headers=list(self.headers.items()), content=body))
            if not isinstance(answer, httpx.Response):
                self.close_connection = True
                answer(self.tls, world.over)
                return
            with suppress(OSError):
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in {"content-length", "transfer-encoding", "content-encoding"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - the base class's name

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Log nothing."""

    return Handler


def casa24(*arguments: str, env: dict[str, str], cwd: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run the whole command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "casa24", *arguments],
        env=env, cwd=cwd, timeout=timeout, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
