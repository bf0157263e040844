"""The command line: parse, call one function, render. Errors become text and an exit code here only."""

from __future__ import annotations


def main() -> None:
    """The console script ``casa24``."""
    from casa24.cli.app import app

    app(prog_name="casa24")
