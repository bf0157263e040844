"""Test that a killed save harms nothing, and that the next one repairs what it left."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.name != "posix", reason="it forks, and kills with SIGKILL: POSIX only")
def test_a_save_killed_at_any_moment_leaves_whole_files_and_the_next_one_heals() -> None:
    """In a process of its own: only one with a single thread may fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--times", "200"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    fell = {words: int(number) for number, words in re.findall(r"^ +(\d+)  (.+)$", done.stdout, re.MULTILINE)}
    # They fell into the middle, not only before and after it.
    assert fell["snapshot there, CSV not"], done.stdout
    assert fell["temporary files left"], done.stdout
