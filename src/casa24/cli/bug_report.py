"""Write a description beside saved replies, so that a first bug report is enough."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from casa24._version import HOMEPAGE, __version__
from casa24.cli.output import say
from casa24.views.render import as_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casa24.sources.registry import Registry
    from casa24.views.page import Page
    from casa24.web.recorder import ReplyLog


def describe_replies(replies: ReplyLog, registry: Registry, page: Page, warnings: Iterable[str]) -> None:
    """Complete the folder with a report, and say what to do with it."""
    sources = ", ".join(f"{plugin.source.name} ({plugin.package} {plugin.version})" for plugin in registry.installed)
    made = f"casa24 {__version__}, Python {platform.python_version()}, {platform.system()}. Sources: {sources}."
    notes = "".join(f"- {warning}\n" for warning in warnings)
    replies.report(f"{made}\n\n{as_markdown(page)}\n\n{notes}")
    if replies.trouble:
        say(f"Warning: {replies.trouble}")
    say(f"The platforms' replies are in {replies.folder}, without keys. To report something: look through them,")
    say(f"pack the folder as .zip and attach it at {HOMEPAGE}/issues/new/choose")
