"""The four platforms on loopback, in a process of their own: each answers a fixed time after it was asked.

::

    python -m tests.benchmarks.platforms 0.1 FOLDER

An HTTPS proxy that plays every host over real TLS (``HTTPS_PROXY`` and ``SSL_CERT_FILE`` lead there). It prints
its port, ends when its standard input does, and then prints when each request came and when it was answered.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import trustme

from tests.benchmarks.world import PAGE, page, uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Nothing here lives longer, whatever goes wrong.
_LONGEST = 600
Query = dict[str, str]


def _token(_path: str, _query: Query) -> Any:
    return {"access_token": "bench", "token_type": "Bearer", "expires_in": 3600}


def _spotify(path: str, query: Query) -> Any:
    if path.endswith("/top-tracks"):
        return {"tracks": [{"id": f"bench{n:017}", "name": f"Song {n}", "popularity": 9 - n} for n in range(5)]}
    return {
        "artists": [
            {"id": account, "name": account, "popularity": 5, "followers": {"total": 99}, "genres": ["trap latino"]}
            for account in query["ids"].split(",")
        ]
    }


def _youtube(path: str, query: Query) -> Any:
    resource = path.rpartition("/")[2]
    if resource == "channels":
        return {"items": [_channel(account) for account in query["id"].split(",")]}
    if resource == "playlistItems":
        videos, start = uploads(int(query["playlistId"][-17:])), int(query.get("pageToken", "0"))
        items = [{"contentDetails": {"videoId": video}} for video in videos[start : start + PAGE]]
        return {"items": items, **({"nextPageToken": str(start + PAGE)} if start + PAGE < len(videos) else {})}
    wanted = query["id"].split(",")
    if resource == "videos":
        return {"items": [{"id": video, "snippet": {"title": f"Video {video}"}} for video in wanted]}
    return {"items": [{"id": video, "statistics": {"viewCount": video[-3:].lstrip("0") or "0"}} for video in wanted]}


def _channel(account: str) -> dict[str, Any]:
    number = len(uploads(int(account[-17:])))
    return {
        "id": account,
        "snippet": {"title": account},
        "statistics": {"viewCount": "9000", "subscriberCount": "90", "videoCount": str(number)},
        "contentDetails": {"relatedPlaylists": {"uploads": f"UU{account[2:]}"}},
    }


def _instagram(_path: str, query: Query) -> Any:
    name = query["fields"].partition("(")[2].partition(")")[0]
    return {"business_discovery": {"username": name, "name": name, "followers_count": 500, "media_count": 20}}


def _discord(path: str, _query: Query) -> Any:
    counts = {"approximate_member_count": 60, "approximate_presence_count": 14}
    return {"id": path.rpartition("/")[2], "name": "Bench", **counts}


HOSTS: dict[str, Callable[[str, Query], Any]] = {
    "accounts.spotify.com": _token,
    "api.spotify.com": _spotify,
    "open.spotify.com": lambda path, _query: page(int(path[-17:])),
    "www.googleapis.com": _youtube,
    "graph.facebook.com": _instagram,
    "discord.com": _discord,
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request: whom it asked, when it came, and when its answer left (seconds)."""

    host: str
    asked: float
    answered: float


def longest_chain(exchanges: list[Exchange]) -> int:
    """How many of a source's requests at most came one after another's answer: no wait can make it fewer."""
    count, free = 0, float("-inf")
    for exchange in sorted(exchanges, key=lambda exchange: exchange.answered):
        if exchange.asked >= free:
            count, free = count + 1, exchange.answered
    return count


@dataclass(slots=True)
class Running:
    """The platforms as whoever started them sees them: the way there, and afterwards what was asked."""

    environ: dict[str, str]
    exchanges: list[Exchange] = field(default_factory=list)


@contextmanager
def running(delay: float, folder: Path) -> Iterator[Running]:
    """The platforms for the length of a block; ``folder`` takes their certificate."""
    command = [sys.executable, "-m", "tests.benchmarks.platforms", str(delay), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = int(process.stdout.readline())
        found = Running({"HTTPS_PROXY": f"http://127.0.0.1:{port}", "SSL_CERT_FILE": str(folder / "authority.pem")})
        try:
            yield found
        finally:
            process.stdin.close()
            found.exchanges += [Exchange(*fields) for fields in json.loads(process.stdout.read() or "[]")]


class _Platforms:
    def __init__(self, delay: float, context: ssl.SSLContext) -> None:
        self._delay = delay
        self._context = context
        self.exchanges: list[tuple[str, float, float]] = []

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A tunnel to one host, then request after request through it."""
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            host = head.split()[1].partition(b":")[0].decode()
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.drain()
            await writer.start_tls(self._context)
            while True:
                await self._exchange(host, reader, writer)
        writer.close()

    async def _exchange(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        asked = time.monotonic()
        length = next((line[15:] for line in head.split("\r\n") if line.lower().startswith("content-length:")), "0")
        await reader.readexactly(int(length))
        url = urlsplit(head.split(" ", 2)[1])
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        answer = HOSTS[host](url.path, query)
        body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        await asyncio.sleep(self._delay - (time.monotonic() - asked))
        self.exchanges.append((host, asked, time.monotonic()))
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


async def _serve(delay: float, folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    platforms = _Platforms(delay, context)
    # A burst of new connections must find a place in the queue.
    server = await asyncio.start_server(platforms.connection, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST):
            await asyncio.to_thread(sys.stdin.read)
    server.close()
    sys.stdout.write(json.dumps(platforms.exchanges))


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), Path(sys.argv[2])))
