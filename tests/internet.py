"""The platforms' hosts on loopback: an HTTPS proxy that answers for them over real TLS.

``HTTPS_PROXY`` and ``SSL_CERT_FILE`` lead a whole ``casa24`` process here: it opens real
sockets, verifies real certificates, and nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import trustme

from casa24.demo import LAST
from casa24.demo.platforms import Platforms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass
class Internet:
    """What is reachable, what was asked, and the environment that leads there.

    ``play`` may answer a request before the demo's platforms do; None leaves it to them.
    """

    port: int
    certificate: Path
    seen: list[httpx.Request] = field(default_factory=list)
    play: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a process that shall live in this internet, and in no other."""
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ
        }
        own = {"HTTPS_PROXY": f"http://127.0.0.1:{self.port}", "SSL_CERT_FILE": str(self.certificate)}
        return {**kept, **own, "PYTHONUTF8": "1"}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request's answer."""
        self.seen.append(request)
        return self.play(request) or asyncio.run(Platforms(LAST).handle_async_request(request))


@contextmanager
def internet(folder: Path) -> Iterator[Internet]:
    """An internet for the length of a test; ``folder`` takes its certificate."""
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
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def _handler(authority: trustme.CA) -> type[BaseHTTPRequestHandler]:
    contexts: dict[str, ssl.SSLContext] = {}

    def context_for(host: str) -> ssl.SSLContext:
        if host not in contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(context)
            contexts[host] = context
        return contexts[host]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_CONNECT(self) -> None:
            """Play the host that is asked for: a TLS handshake in its name, then its requests."""
            self.host = self.path.partition(":")[0]
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            self.rfile.close()
            with (
                suppress(OSError),
                context_for(self.host).wrap_socket(self.connection, server_side=True) as tls,
                tls.makefile("rb") as self.rfile,
                tls.makefile("wb") as self.wfile,
            ):
                self.close_connection = False
                while not self.close_connection:
                    self.handle_one_request()
            # The base class flushes and closes these once more.
            self.rfile, self.wfile = BytesIO(), BytesIO()

        def do_GET(self) -> None:
            """One request to a played host."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            world: Internet = self.server.world  # type: ignore[attr-defined]
            url = f"https://{self.host}{self.path}"
            answer = world.answer(httpx.Request(self.command, url, headers=list(self.headers.items()), content=body))
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
            """Say nothing."""

    return Handler


def casa24(*arguments: str, env: dict[str, str], cwd: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run the whole command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "casa24", *arguments],
        env=env, cwd=cwd, timeout=timeout, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
