"""Write workflow commands and the job summary for GitHub Actions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from casa24.text.escape import clean


def command(line: str) -> None:
    """A workflow command, on stderr: stdout belongs to the answer, and the runner reads both."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def warn(text: str) -> None:
    """An annotation on the run."""
    escaped = (
        "\n".join(clean(line) for line in text.split("\n"))
        .replace("%", "%25")
        .replace("\r", "%0D")
        .replace("\n", "%0A")
    )
    command(f"::warning::{escaped}")


def active() -> bool:
    """Whether this is a GitHub Actions job."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def summarise(markdown: str) -> None:
    """Add to the job's summary page, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{markdown}\n")


def output(**values: str) -> None:
    """What later steps of the job can use, one line each, where there is a job."""
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={clean(value)}\n" for name, value in values.items())
