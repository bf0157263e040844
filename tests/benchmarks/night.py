"""Nights of a label of some size, in a process of their own, without politeness.

::

    python -m tests.benchmarks.night ARTISTS NIGHTS

Prints how long each took, and how much memory the process had before and at most (MiB).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.collect.assemble import Request
from casa24.collect.collector import collect
from casa24.config.credentials import Wallet
from casa24.core.politeness import Politeness
from casa24.core.snapshot import State
from casa24.sources import registry
from casa24.web.client import Web
from tests.benchmarks.world import KEYS, roster

if TYPE_CHECKING:
    from collections.abc import Mapping

AT_ONCE = Politeness(concurrency=64, pause=0)


@dataclass(frozen=True, slots=True)
class Measured:
    """The shortest night, and the process's memory before the first and at its highest."""

    seconds: float
    before: float
    peak: float


def measure(artists: int, nights: int, environ: Mapping[str, str]) -> Measured:
    """Collect about so many artists, so often, from the platforms ``environ`` leads to."""
    command = [sys.executable, "-m", "tests.benchmarks.night", str(artists), str(nights)]
    done = subprocess.run(
        command, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True, check=True, timeout=200
    )
    return Measured(**json.loads(done.stdout))


async def _night(artists: int) -> float:
    wallet = Wallet()
    wallet.add(KEYS, KEYS, "benchmark")
    request = Request(roster(artists), registry.load().sources, dt.datetime.now(dt.UTC))
    async with Web(AT_ONCE) as web:
        started = time.perf_counter()
        collected = await collect(request, wallet, web)
        took = time.perf_counter() - started
    lost = [flag for flag in collected.snapshot.flags if flag.state is State.FAILED]
    if lost or len(collected.snapshot.artists) != artists:
        sys.exit(f"Not everything was measured: {lost[:3]}")
    return took


def _peak() -> float:
    """The most memory this process has had: MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2


if __name__ == "__main__":
    before = _peak()
    seconds = min(asyncio.run(_night(int(sys.argv[1]))) for _ in range(int(sys.argv[2])))
    sys.stdout.write(json.dumps({"seconds": seconds, "before": before, "peak": _peak()}))
