"""Provide the command line: parse, call one function, render."""

from __future__ import annotations


def main() -> None:
    """The console script ``casa24``."""
    import gc
    import os
    import sys

    # A command keeps nearly all it makes until it ends: looking for garbage in it, again and again and once more
    # at the end, is an eighth of the time `casa24 show` would take.
    gc.set_threshold(100_000)
    # Nobody has plugins of pydantic for this: to look for some, it would read every installed
    # package's metadata, and fall over a damaged one.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from casa24.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A pipe on Windows, or an ASCII terminal, cannot show every name: better a "?" than no answer.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="casa24")
    except SystemExit as end:
        _leave(end.code)
        raise
    finally:
        gc.freeze()


def _leave(code: object) -> None:
    """End at once where a source left a thread behind: all is written, and Python would wait for it."""
    import contextlib
    import os
    import sys

    threads = sys.modules.get("casa24.collect.task_thread")
    if threads is not None and threads.any_left():
        for stream in (sys.stdout, sys.stderr):
            # What closed them has said so already.
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)
