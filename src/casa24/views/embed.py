"""Turn a page into a Discord embed that a phone shows well and that keeps within Discord's limits.

Limits (Discord's API documentation, “Embed limits”): title 256, text 4096, 25 fields of 256 and 1024,
footer 2048, and 6000 in all. They are counted in UTF-16 units here, the larger count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from casa24.text.escape import clean, inline, message
from casa24.text.i18n import count, tr
from casa24.views.page import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from casa24.views.page import Lines, Page

TITLE, TEXT, NAME, VALUE, FIELDS, FOOTER, ALL = 256, 4096, 256, 1024, 25, 2048, 6000
# A name or a number longer than this says no more.
_CELL = 80
_SENTENCE = 900
# Room for "… and 1,234 more" in any language.
_MORE = 32
_NOTHING = "\u200b"
_ADDRESS = re.compile(r"https://[A-Za-z0-9./?=@%_-]+")


class Field(NamedTuple):
    """A titled part."""

    name: str
    value: str


class EmbedText(NamedTuple):
    """The texts of an embed, in Discord's Markdown, ready to be sent."""

    title: str
    text: str
    fields: tuple[Field, ...]
    footer: str


def embed_of(page: Page, footer: str) -> EmbedText:
    """The page, with as much of its blocks as fits; what does not is counted."""
    title, foot = _cut(clean(page.title), TITLE), _cut(clean(footer), FOOTER // 4)
    room = ALL - size(title) - size(foot)
    text = ""
    fields: list[Field] = []
    for number, block in enumerate(page.blocks):
        untitled = not (block.title or fields)
        name = "" if untitled else _cut(message(block.title), NAME) or _NOTHING
        space = min(TEXT - size(text) - 1 if untitled else VALUE, room - size(name) - 1)
        value = _fitting(list(_lines(block)), space) if len(fields) < FIELDS else None
        if value is None:
            rest = count(len(page.blocks) - number, "1 part left out", "{n} parts left out")
            return EmbedText(title, text, tuple(fields), f"{foot} · {rest}")
        if untitled:
            text += f"\n{value}" if text else value
        else:
            fields.append(Field(name, value))
        # A line break, and what the footer may still take.
        room -= size(name) + size(value) + 1
        room -= _MORE if number == 0 else 0
    return EmbedText(title, text, tuple(fields), foot)


def size(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def beginning(text: str, most: int) -> str:
    """As much of a text as takes ``most`` units: by characters, so that none is torn apart."""
    while size(text) > most:
        text = text[: len(text) - max(1, (size(text) - most) // 2)]
    return text


def _cut(text: str, most: int) -> str:
    """The text, or its beginning and a sign that it goes on."""
    if size(text) <= most:
        return text
    text = beginning(text, most - 1)
    # A lone backslash would escape what follows.
    return f"{text.rstrip(chr(92))}…"


def _fitting(lines: list[str], space: int) -> str | None:
    """As many lines as there is space for, and how many there are besides; None where not even one fits."""
    used = -1
    for number, line in enumerate(lines):
        used += size(line) + 1
        last = number == len(lines) - 1
        if used + (0 if last else _MORE) > space:
            if not number:
                return None
            rest = count(len(lines) - number, "… and 1 more", "… and {n} more")
            return "\n".join([*lines[:number], rest])
    return "\n".join(lines) or None


def _lines(block: Grid | Lines) -> Iterator[str]:
    if isinstance(block, Grid):
        yield from _rows(block)
    elif block.fixed:
        yield (
            _cut("\n".join(["```text", *(clean(line).replace("`", "'") for line in block.lines)]), _SENTENCE) + "\n```"
        )
    else:
        yield from (_linked(line, block.links.get(number, "")) for number, line in enumerate(block.lines))


def _linked(line: str, url: str) -> str:
    """What an address is of, leading there; an address of odd characters is a sentence like any other."""
    return f"- [{inline(line.partition(':')[0])}]({url})" if _ADDRESS.fullmatch(url) else _sentence(line)


def _sentence(line: str) -> str:
    """A sentence; one that is indented belongs to the one before."""
    indented = line.startswith("  ")
    text = _cut((message if indented else inline)(_cut(line.strip(), _SENTENCE // 2)), _SENTENCE)
    return text if indented else f"- {text}"


def _rows(table: Grid) -> Iterable[str]:
    """A line a row: what it is about in bold, then its cells; with their heads where the table is not brief."""
    shown = table.brief or range(1, len(table.columns))
    heads = [inline(_cut(column.title, _CELL)) for column in table.columns]
    for number, row in enumerate(table.rows):
        cells = [inline(_cut(cell.strip(), _CELL)) for cell in row]
        url = table.links.get(number, "")
        first = f"[{cells[0]}]({url})" if _ADDRESS.fullmatch(url) else cells[0]
        # A group has its heading in bold; its rows need it no more.
        grouped = table.heads and number not in table.heads
        first = message(_cut(row[0].strip(), _CELL)) if grouped else f"**{first}**"
        told = [cells[at] if table.brief else f"{heads[at]} {cells[at]}".strip() for at in shown if cells[at]]
        yield f"{first} {' · '.join(told)}".strip()


def footer_words(date: str, age: int, notes: Iterable[str] = ()) -> str:
    """Whose day the data are of and how old that is, and what else should be known about them."""
    if age <= 0:
        old = tr("today")
    elif age == 1:
        old = tr("1 day old")
    else:
        old = tr("{n} days old: the nightly run may have failed", n=age)
    return " · ".join([tr("Data of {day}", day=date), old, *notes])
