"""Edit ``casa24.toml`` safely: locked, read, edited, checked and written."""

from __future__ import annotations

import asyncio
import difflib
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from casa24.cli.keys import all_keys
from casa24.cli.output import say
from casa24.config import loading
from casa24.core import names
from casa24.errors import BadDate, UnknownName, UsageError
from casa24.record import files
from casa24.record.history import parse_day
from casa24.record.workspace import today, utc_now
from casa24.setup import links as pasted
from casa24.setup import roster_file
from casa24.text.escape import clean

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from casa24.core.roster import Artist
    from casa24.record.workspace import Workspace

# The Worker's part of the time an answer may take, twice.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Edit:
    """A file before and after. ``what``: whom it is about, and what changes."""

    path: Path
    before: str
    after: str
    dry_run: bool
    what: str = ""


def add_artist(workspace: Workspace, links: Sequence[str], name: str | None, *, dry_run: bool) -> Edit:
    """Add an artist; without a name, the platforms are asked for it. Raises UsageError or ConfigError."""
    # First: what is wrong in the file already is told with its path.
    _ = workspace.roster
    accounts = pasted.accounts_of(links, workspace.registry)
    called = _name_of(workspace, accounts) if name is None else name
    return _edit(workspace, lambda text: roster_file.add(text, called, accounts), dry_run=dry_run)


def artist_leaves(workspace: Workspace, name: str, date: str | None, *, dry_run: bool) -> Edit:
    """Note the day an artist left; no date is today. Raises UnknownName, BadDate, UsageError or ConfigError."""
    day = today() if date is None else _day(date)
    artist = _whole_name(workspace, name)
    before = artist.left
    if before and date is None and before != day:
        raise UsageError(
            f"{artist.name} left already: left = {before}.",
            advice="Nothing was written. To change the day, give it: --date YYYY-MM-DD.",
        )
    moved = f" (it was {before})" if before and before != day else ""
    edit = _edit(workspace, lambda text: roster_file.leave(text, artist.name, day), dry_run=dry_run)
    return replace(edit, what=f"{artist.name}: left = {day}{moved}")


def _day(text: str) -> dt.date:
    try:
        return parse_day(text, today=today())
    except BadDate as error:
        raise BadDate(
            error.message, advice="Write it like 2025-10-17, today, yesterday, or 7d (seven days ago)."
        ) from None


def _whole_name(workspace: Workspace, name: str) -> Artist:
    """The artist of that name or alias: a part of one is enough to look, not to change something."""
    artists = {artist.name: artist for artist in workspace.roster.artists}
    found = artists[names.find(name, artists, workspace.aliases)]
    if names.key_of(name) not in map(names.key_of, (found.name, *found.aliases)):
        raise UnknownName(
            f"There is no artist called {name!r}.", advice=f"Write the whole name. Nearest: {found.name}."
        )
    return found


def report(edit: Edit, next_step: str) -> None:
    """Print the lines that are new; of a dry run, the difference it would make."""
    if edit.what:
        say(edit.what)
    if edit.before == edit.after:
        say(f"{edit.path} says so already.")
        return
    old, new = (text.removeprefix("\ufeff").splitlines() for text in (edit.before, edit.after))
    lines = list(difflib.unified_diff(old, new, edit.path.name, edit.path.name, lineterm=""))
    if not edit.dry_run:
        # Behind the two lines that name the file.
        lines = [line[1:] for line in lines[2:] if line.startswith("+") and line != "+"]
    for line in lines:
        typer.echo(clean(line))
    say("A dry run: nothing was written." if edit.dry_run else f"Written to {edit.path}.\n{next_step}")


def _edit(workspace: Workspace, change: Callable[[str], str], *, dry_run: bool) -> Edit:
    path = workspace.config.path or Path(loading.FILE_NAME)
    with files.hold(path.parent):
        before = roster_file.read(path)
        after = change(before)
        if not dry_run:
            roster_file.write(path, after)
    return Edit(path, before, after, dry_run)


def _name_of(workspace: Workspace, accounts: Mapping[str, str]) -> str:
    """What the first platform that answers calls the artist."""
    say("Asking the platforms what the artist is called …")
    # An answer is casa24's alone: what a source prints goes to stderr.
    with redirect_stdout(sys.stderr):
        found = asyncio.run(called(workspace, accounts))
    if not found:
        raise UsageError(
            "No platform said in time what the artist is called.",
            advice='Nothing was written. Give the name yourself, by adding --name "NAME".',
        )
    for title, name in found.items():
        say(f"{title}: {name}")
    return next(iter(found.values()))


async def called(workspace: Workspace, accounts: Mapping[str, str]) -> dict[str, str]:
    """What the platforms call the owner of these accounts, asked with the keys at hand: source's title → name."""
    wallet = await all_keys(workspace, patience=_PATIENCE)
    return await pasted.platform_names(accounts, workspace.roster, workspace.registry, wallet, utc_now())
