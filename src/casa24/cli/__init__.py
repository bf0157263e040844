"""The command line: parse, call one function, render. Errors become text and an exit code here only."""

from __future__ import annotations


def main() -> None:
    """The console script ``casa24``."""
    import sys

    from casa24.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A pipe on Windows, or an ASCII terminal, cannot show every name: better a "?" than no answer.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app(prog_name="casa24")
