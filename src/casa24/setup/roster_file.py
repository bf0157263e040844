"""Edit the roster in ``casa24.toml`` without changing anything else in the file.

tomlkit finds the place and writes the values; the text around it stays what it was, byte
for byte. What an edit leads to is checked like any other casa24.toml.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from casa24.config import loading
from casa24.core import names
from casa24.errors import ConfigError, StorageError, UsageError
from casa24.record.files import write_atomically
from casa24.sources import registry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import AoT, Item, Table

    from casa24.config.loading import Roster

_BOM = "\ufeff"
# No TOML may hold it.
_MARK = "\0"
_REFUSED = "Nothing was written. `casa24 artists list` shows the roster."
_HEADER = re.compile(r"""^[ \t]*\[\[[ \t]*(artists|"artists"|'artists')[ \t]*\]\]""", re.MULTILINE)
# The head of anything but a table of the same artist.
_NEXT = re.compile(r"""^[ \t]*\[(?!\[?[ \t]*(artists|"artists"|'artists')[ \t]*\.)""", re.MULTILINE)
_COMMENTS = re.compile(r"([ \t]*#[^\n]*(\n|\Z))*")


def read(path: Path) -> str:
    """The whole text of a casa24.toml, its line endings as they are. Raises ConfigError."""
    loading.read(path)
    return path.read_bytes().decode("utf-8")


def add(text: str, name: str, accounts: Mapping[str, str]) -> str:
    """The text with one more artist behind the last. ``accounts``: by their keys in the file.

    Raises UsageError where the name or an account is another artist's, or cannot be one;
    ConfigError where the text itself is wrong.
    """
    from tomlkit import string

    bom, body = _split(text)
    artists, _ = _entries(body)
    entry = {"name": name.strip(), **accounts}
    place, header, indent = len(body), "", ""
    if artists:
        last = _block(body, len(artists), len(artists) - 1)
        header, indent = last.entry.trivia.indent, last.item("name").trivia.indent
        place = _behind_comments(body, last.end(last.last()))
    lines = [f"{header}[[artists]]", *(f"{indent}{key} = {string(value).as_string()}" for key, value in entry.items())]
    return bom + _checked(body, _with_block(body, place, lines), [*artists, entry])


def leave(text: str, name: str, date: dt.date) -> str:
    """The text with the day from which an artist is no longer collected; one that stands there is replaced.

    Raises UnknownName with the nearest names; UsageError for a day that cannot be; ConfigError
    where the text itself is wrong.
    """
    bom, body = _split(text)
    artists, roster = _entries(body)
    listed = {artist.name: artist.aliases for artist in roster.artists}
    number = list(listed).index(names.find(name, listed, listed))
    block = _block(body, len(artists), number)
    if "left" in block.entry:
        start, end = block.value(block.item("left"))
        edited = f"{body[:start]}{date.isoformat()}{body[end:]}"
    else:
        last = block.last_own()
        edited = _with_lines(body, block.end(last), [f"{last.trivia.indent}left = {date.isoformat()}"])
    artists[number] = {**artists[number], "left": date}
    return bom + _checked(body, edited, artists)


def write(path: Path, text: str) -> bool:
    """Put a checked text in the file's place, whole or not at all; False where it already stood there.

    Raises ConfigError where casa24 would not accept it, StorageError where it cannot be written.
    """
    loading.parse(text.removeprefix(_BOM), path).resolve(registry.load())
    # A link stays one; what it leads to is edited.
    target = path.resolve()
    if target.exists() and not os.access(target, os.W_OK):
        raise StorageError(f"{path} is read-only.", advice="Nothing was written. Allow writing to it, then run again.")
    return write_atomically(target, text)


def _split(text: str) -> tuple[str, str]:
    """The byte-order mark, where there is one, and the rest."""
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _entries(body: str) -> tuple[list[Any], Roster]:
    """The artists as they are written, and as casa24 reads them: the whole text is checked on the way."""
    found = loading.parse(body)
    roster = found.resolve(registry.load())
    return list(found.tables.get("artists", [])), roster


def _checked(old: str, new: str, artists: list[Any]) -> str:
    """An edited text, if it says what was meant, nothing else, and casa24 accepts it."""
    try:
        edited = loading.parse(new)
        meant = edited.tables == {**loading.parse(old).tables, "artists": artists}
    except ConfigError:
        meant = False
    if not meant:
        raise _odd()
    try:
        edited.resolve(registry.load())
    except ConfigError as error:
        # The old text was accepted: whatever is wrong now, was asked for.
        what = "\n".join(problem[:1].upper() + problem[1:] for problem in error.problems)
        raise UsageError(f"{what}.", advice=_REFUSED) from None
    return new


def _odd() -> UsageError:
    return UsageError(
        "In casa24.toml the artists are written in a form casa24 does not edit.",
        advice="Edit the file by hand, or write each artist as its own [[artists]] block. Nothing was written.",
    )


# Places in the text.


@dataclass(frozen=True, slots=True)
class _Block:
    """One artist's part of a text, from ``start`` on: tomlkit knows where in it what stands.

    It gets no more: in a whole file it may put together what is apart.
    """

    start: int
    document: TOMLDocument
    entry: Table

    def item(self, key: str) -> Item:
        """A key's value."""
        return cast("Item", self.entry.value.item(key))

    def last(self) -> Item:
        """The last value written, in a table below it too."""
        return _last(self.entry)

    def last_own(self) -> Item:
        """The last value that is the artist's own."""
        from tomlkit.items import AoT, Table

        return [item for item in _values(self.entry) if not isinstance(item, AoT | Table)][-1]

    def end(self, item: Item) -> int:
        """Where the line ends that holds a value: behind its line break, if it has one."""
        trail = item.trivia.trail
        item.trivia.trail += _MARK
        place = self.document.as_string().index(_MARK)
        item.trivia.trail = trail
        return self.start + place

    def value(self, item: Item) -> tuple[int, int]:
        """From where to where a value stands."""
        behind = (item.trivia.comment_ws, item.trivia.comment, item.trivia.trail)
        end = self.end(item) - sum(map(len, behind))
        return end - len(item.as_string()), end


def _block(body: str, count: int, number: int) -> _Block:
    """The block of one of so many artists. Raises UsageError where they are not written as blocks."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    headers = list(_HEADER.finditer(body))
    if len(headers) != count:
        raise _odd()
    start = headers[number].start()
    behind = _NEXT.search(body, headers[number].end())
    try:
        document = tomlkit.parse(body[start : behind.start() if behind else len(body)])
    except TOMLKitError:
        raise _odd() from None
    return _Block(start, document, cast("AoT", document["artists"]).body[0])


def _values(entry: Table) -> list[Item]:
    """What is written in a table, part by part: `a.x = 1` and `a.y = 2` are two."""
    return [item for key, item in entry.value.body if key is not None]


def _last(entry: Table) -> Item:
    from tomlkit.items import AoT, Table

    item = _values(entry)[-1]
    if isinstance(item, AoT):
        item = item.body[-1]
    return _last(item) if isinstance(item, Table) and len(item) else item


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
