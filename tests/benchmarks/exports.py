"""A large record exported, and how much memory that takes at its peak."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.benchmarks.world import FIRST, _day, _todays

if TYPE_CHECKING:
    from pathlib import Path

_ARTISTS = 100
_RUN = """
import resource, sys
from casa24.cli import main
sys.argv[1:] = ["data", "export", "out.parquet"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def peak_of_export(folder: Path, years: int) -> float:
    """The peak of an export of so many years of a hundred artists, in MiB (POSIX)."""
    history = folder / "data" / "historical"
    history.mkdir(parents=True)
    for number in range(365 * years):
        day = FIRST + dt.timedelta(days=number)
        artists = [
            {**record, "name": f"Artist {copy}"}
            for copy, record in enumerate((_day(day, number)["artists"] * _ARTISTS)[:_ARTISTS])
        ]
        content = {**_todays(day), **_day(day, number), "artists": artists}
        (history / f"{day}.json").write_text(json.dumps(content), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        cwd=folder,
        env=dict(os.environ),
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return float(done.stdout.split()[-1])
