"""The roster in ``casa24.toml``, edited as a careful person would: nothing else in the file moves.

tomlkit finds the place and writes the values; the text around it stays what it was, byte
for byte. What an edit leads to is checked like any other casa24.toml.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from casa24 import config, names
from casa24.errors import ConfigError, StorageError, UsageError
from casa24.files import write_atomically
from casa24.sources import registry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Item, Table

_BOM = "\ufeff"
# No TOML may hold it.
_MARK = "\0"
_TAKEN = "Nothing was written. Give another name or link; `casa24 artists list` shows who is there."
_COMMENTS = re.compile(r"([ \t]*#[^\n]*(\n|\Z))*")


def read(path: Path) -> str:
    """The whole text of a casa24.toml, its line endings as they are. Raises ConfigError."""
    config.read(path)
    return path.read_bytes().decode("utf-8")


def add(text: str, name: str, accounts: Mapping[str, str]) -> str:
    """The text with one more artist behind the last. ``accounts``: by their keys in the file.

    Raises UsageError where the name or an account is another artist's, or cannot be one;
    ConfigError where the text itself is wrong.
    """
    from tomlkit import string

    bom, body = _split(text)
    artists = _artists(body)
    entry = {"name": name.strip(), **accounts}
    document = _parse(body)
    place, header, indent = len(body), "", ""
    if blocks := _blocks(document):
        header, indent = blocks[-1].trivia.indent, _item(blocks[-1], "name").trivia.indent
        place = _behind_comments(body, _end(document, _last(blocks[-1])))
    lines = [f"{header}[[artists]]", *(f"{indent}{key} = {string(value).as_string()}" for key, value in entry.items())]
    return bom + _checked(body, _with_block(body, place, lines), [*artists, entry])


def leave(text: str, name: str, date: dt.date) -> str:
    """The text with the day from which an artist is no longer collected; one that stands there is replaced.

    Raises UnknownName with the nearest names; UsageError for a day that cannot be; ConfigError
    where the text itself is wrong.
    """
    bom, body = _split(text)
    artists = _artists(body)
    number = _position(body, name)
    document = _parse(body)
    entry = _blocks(document)[number]
    if "left" in entry:
        start, end = _value(document, _item(entry, "left"))
        edited = f"{body[:start]}{date.isoformat()}{body[end:]}"
    else:
        last = _last(entry)
        edited = _with_lines(body, _end(document, last), [f"{last.trivia.indent}left = {date.isoformat()}"])
    artists[number] = {**artists[number], "left": date}
    return bom + _checked(body, edited, artists)


def write(path: Path, text: str) -> bool:
    """Put a checked text in the file's place, whole or not at all; False where it already stood there.

    Raises ConfigError where casa24 would not accept it, StorageError where it cannot be written.
    """
    config.parse(text.removeprefix(_BOM), path).resolve(registry.load())
    # A link stays one; what it leads to is edited.
    target = path.resolve()
    if target.exists() and not os.access(target, os.W_OK):
        raise StorageError(f"{path} is read-only.", advice="Nothing was written. Allow writing to it, then run again.")
    return write_atomically(target, text)


def _split(text: str) -> tuple[str, str]:
    """The byte-order mark, where there is one, and the rest."""
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _artists(body: str) -> list[Any]:
    """The entries as they are written; the whole text is checked on the way."""
    found = config.parse(body)
    found.resolve(registry.load())
    return list(found.tables.get("artists", []))


def _position(body: str, name: str) -> int:
    roster = config.parse(body).resolve(registry.load())
    listed = [artist.name for artist in roster.artists]
    return listed.index(names.find(name, listed, {artist.name: artist.aliases for artist in roster.artists}))


def _checked(old: str, new: str, artists: list[Any]) -> str:
    """An edited text, if it says what was meant, nothing else, and casa24 accepts it."""
    try:
        edited = config.parse(new)
        meant = edited.tables == {**config.parse(old).tables, "artists": artists}
    except ConfigError:
        meant = False
    if not meant:
        raise _odd()
    try:
        edited.resolve(registry.load())
    except ConfigError as error:
        # The old text was accepted: whatever is wrong now, was asked for.
        what = "\n".join(problem[:1].upper() + problem[1:] for problem in error.problems)
        raise UsageError(f"{what}.", advice=_TAKEN) from None
    return new


def _odd() -> UsageError:
    return UsageError(
        "In casa24.toml the artists are written in a form casa24 does not edit.",
        advice="Edit the file by hand, or write each artist as its own [[artists]] block, all of them in one place. "
        "Nothing was written.",
    )


# Places in the text.


def _parse(body: str) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(body)
    except TOMLKitError:
        document = tomlkit.document()
    if document.as_string() != body:
        # It puts together what belongs together: a place in it would be none in the text.
        raise _odd()
    return document


def _blocks(document: TOMLDocument) -> list[Table]:
    from tomlkit.items import AoT

    found = document.get("artists")
    if found is not None and not isinstance(found, AoT):
        raise _odd()
    return list(found.body) if found is not None else []


def _item(entry: Table, key: str) -> Item:
    from tomlkit.items import Item

    found = entry.value.item(key)
    if not isinstance(found, Item):
        # A table whose parts stand in several places.
        raise _odd()
    return found


def _last(entry: Table) -> Item:
    """The last value written in a block, in a table below it too."""
    from tomlkit.items import Table

    item = _item(entry, list(entry)[-1])
    return _last(item) if isinstance(item, Table) and len(item) else item


def _end(document: TOMLDocument, item: Item) -> int:
    """Where in the text the line ends that holds a value: behind its line break, if it has one."""
    trail = item.trivia.trail
    item.trivia.trail += _MARK
    place = document.as_string().index(_MARK)
    item.trivia.trail = trail
    return place


def _value(document: TOMLDocument, item: Item) -> tuple[int, int]:
    """From where to where in the text a value stands."""
    end = _end(document, item) - sum(map(len, (item.trivia.trail, item.trivia.comment, item.trivia.comment_ws)))
    return end - len(item.as_string()), end


def _behind_comments(body: str, place: int) -> int:
    """Behind the comments that follow a block closely, unless they head what comes next."""
    behind = _COMMENTS.match(body, place)
    end = behind.end() if behind else place
    return place if body[end:].partition("\n")[0].strip() else end


def _with_block(body: str, place: int, lines: list[str]) -> str:
    """The text with a block at that place, an empty line before it."""
    above = body[:place].removesuffix("\n").rpartition("\n")[2]
    return _with_lines(body, place, ["", *lines] if above.strip() else lines)


def _with_lines(body: str, place: int, lines: list[str]) -> str:
    """The text with these lines at that place, ended as the line before is."""
    before = body[:place]
    newline = "\r\n" if before[: before.rfind("\n") + 1].endswith("\r\n") else "\n"
    glue = "" if not before or before.endswith("\n") else newline
    return before + glue + "".join(line + newline for line in lines) + body[place:]
