"""Find out how this casa24 was called, for the commands it prints."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def program() -> str:
    """By name where the shell finds this very one, else by its path."""
    mine = Path(sys.argv[0]).resolve()
    found = shutil.which("casa24")
    # On Windows the program's own name comes without its .exe.
    if found and mine in {Path(found).resolve(), Path(found).resolve().with_suffix("")}:
        return "casa24"
    return shlex.quote(str(mine)) if mine.name.startswith("casa24") else f"{shlex.quote(sys.executable)} -m casa24"
