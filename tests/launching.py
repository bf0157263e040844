"""Run `casa24` as a process with less space, fewer rights or another clock."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_RUN = "from casa24.cli import main; main()"

FEW_RIGHTS = """
import ctypes, os, sys
if os.geteuid() == 0 and ctypes.CDLL(None).prctl(23, 1, 0, 0, 0) == 1:
    # Root keeps its name and its files, but no longer passes over permissions: without CAP_DAC_OVERRIDE
    # and CAP_DAC_READ_SEARCH, from the next program on.
    for capability in (1, 2):
        assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
    os.execv(sys.executable, sys.orig_argv)
"""
"""Makes permissions apply to root too."""


def little_space(size: int) -> str:
    """Limit the size of files: beyond it, writing fails as on a full disk."""
    # Python 3.11 would write incomplete compiled modules, which later runs would use.
    return f"""
import resource, sys
sys.dont_write_bytecode = True
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""


def clock(*moments: str) -> str:
    """Replace the clock: each call returns the next of these moments (UTC), at the end always the last."""
    return f"""
import datetime
moments = list({moments!r})
class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromisoformat(moments.pop(0) if moments[1:] else moments[0]).replace(tzinfo=tz)
datetime.datetime = Clock
"""


def casa24_after(preparation: str, *arguments: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the whole command line after these lines of Python."""
    return subprocess.run(
        [sys.executable, "-c", f"{preparation}\n{_RUN}", *arguments],
        env=env, cwd=cwd, timeout=60, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
