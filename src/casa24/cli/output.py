"""Print answers to stdout, and everything else to stderr."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import typer

from casa24.text.escape import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel, SecretStr
    from rich.console import Console

    from casa24.views.formats import Format
    from casa24.views.page import Page
    from casa24.views.plot import Style

_PLAIN_WIDTH = 80


def set_debug(wanted: bool) -> bool:
    """``--debug``: log everything, and let errors show where they come from."""
    if wanted:
        log_to_stderr(logging.DEBUG)
    return wanted


def set_verbose(wanted: bool) -> bool:
    """``-v``: say more of what is done."""
    if wanted:
        log_to_stderr(logging.INFO)
    return wanted


_chosen: list[str] = []


def choose_language(wanted: str | None) -> str | None:
    """``--lang``: speak this language, whatever casa24.toml says."""
    _chosen[:] = [wanted] if wanted else []
    return wanted


def chosen_language() -> str | None:
    """The language asked for on the command line, if any."""
    return _chosen[0] if _chosen else None


class _Redact(logging.Formatter):
    """No secret in a log line, whoever wrote it: the last of several lines of defence."""

    def __init__(self, secrets: Callable[[], list[str]], form: str = "%(name)s: %(message)s") -> None:
        super().__init__(form)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return "\n".join(clean(line) for line in text.split("\n"))


_secrets: list[str] = []


def keep_secret(secret: SecretStr) -> bool:
    """A value that must never be printed, from now on; False where that was known."""
    value = secret.get_secret_value()
    known = value in _secrets
    if not known:
        _secrets.append(value)
    return not known


def log_to_stderr(level: int) -> None:
    """Send casa24's own log lines to stderr; the libraries' stay silent (httpx logs whole addresses)."""
    logger = logging.getLogger("casa24")
    logger.setLevel(min(level, logger.level or level))
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Redact(lambda: _secrets))
        logger.addHandler(handler)
        logger.propagate = False


def log_lines(*names: str) -> None:
    """Send what these loggers say to stderr, a line each with its time: for what runs for days."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redact(lambda: _secrets, "%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in names:
        logger = logging.getLogger(name)
        logger.setLevel(min(logging.INFO, logger.level or logging.INFO))
        logger.handlers[:] = [handler]
        logger.propagate = False


def emit(page: Page, result: BaseModel, form: Format) -> None:
    """Print an answer in the wanted format."""
    from casa24.views.formats import Format
    from casa24.views.render import as_text
    from casa24.views.terminal import to_terminal

    if form is Format.TABLE:
        to_terminal(page, console())
    else:
        typer.echo(as_text(page, result, form))


def console(*, stderr: bool = False) -> Console:
    """A console that prints names as they are, 80 columns wide in a pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream, markup=False, emoji=False, highlight=False, width=None if stream.isatty() else _PLAIN_WIDTH
    )


def plot_style() -> Style:
    """How plots are drawn here: at most 80 columns wide, in characters the output can show."""
    from shutil import get_terminal_size

    from casa24.views.plot import ascii_style, rich_style

    stream = sys.stdout
    width = min(_PLAIN_WIDTH, get_terminal_size().columns) if stream.isatty() else _PLAIN_WIDTH
    try:
        "•┤│└─…".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return ascii_style(width)
    return rich_style(width)


def say(text: str) -> None:
    """A line about what is going on."""
    for line in text.split("\n"):
        # What begins with two colons, GitHub takes for a command: only casa24 gives any.
        foreign = "· " if line.lstrip().startswith("::") else ""
        typer.echo(foreign + clean(line), err=True)


def fail(message: str, advice: str = "") -> None:
    """What went wrong, and what to do."""
    say("Error: " + message.replace("\n", "\n       "))
    if advice:
        say(f"  → {advice}")
