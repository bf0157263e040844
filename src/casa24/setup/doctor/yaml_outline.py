"""Whether a workflow's YAML hangs together: the mistakes people make in it, not the whole of its grammar.

What is not understood is taken to be right: only what no reader of YAML would take is called a fault.
"""

from __future__ import annotations

import re

_KEY = re.compile(r"""(?:"[^"]*"|'[^']*'|(?:[^\s"'\[\]{},#&*!|>%@`?-]|-\S)(?:(?!\s\#).)*?)\s*:(?=\s|$)""")
_PROPERTY = re.compile(r"[&!][^\s]*(?:\s+|$)")
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}\s*(?:\s#.*)?")
_COMMENT = re.compile(r"\s+#.*")
_TOKEN = re.compile(
    r"""(?P<quoted>(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'))|(?P<opened>[\[{])|(?P<closed>[\]}])"""
    r"""|(?P<comment>(?<!\S)\#[^\n]*)|(?P<unended>(?<![^\s\[{,:])["'])""",
    re.DOTALL,
)
_NO_BEGINNING = re.compile(r"[@`%]|\*(?:\s|$)")


class _Fault(Exception):
    """A line no reader takes."""


class _Unknown(Exception):
    """A form that is not understood here."""


def fault(text: str) -> int:
    """The number of the first line that cannot be read; 0 where none is found."""
    reader = _Reader(text.splitlines())
    try:
        reader.read()
    except _Fault:
        return reader.at
    except _Unknown:
        return 0
    return 0


class _Reader:
    """One pass over the lines. ``at``: how many were taken, the one in hand included."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self.at = 0
        # The columns that are open, outermost first, and whether a list or names with values are there.
        self._open: list[tuple[int, bool]] = []
        # What the last entry allows below it: something of its own, or more of its text.
        self._empty, self._text = True, False

    def read(self) -> None:
        """All lines. Raises _Fault at the first that is none, _Unknown where it is not known."""
        while self.at < len(self._lines):
            line = self._lines[self.at]
            self.at += 1
            body = line.lstrip(" ")
            if not body.strip() or body[0] == "#" or (line.rstrip() == "---" and not self._open):
                continue
            if body[0] == "\t":
                raise _Fault
            if body.startswith(("---", "...", "%", "? ", "&", "!")):
                raise _Unknown
            self._entry(len(line) - len(body), body.rstrip())

    def _entry(self, column: int, body: str) -> None:
        if self._text and column > (self._open[-1][0] if self._open else -1):
            # More of a text that was begun without quotes.
            self._plain(body)
            return
        while body == "-" or body.startswith("- "):
            self._place(column, is_list=True)
            inner = body[1:].lstrip()
            column, body = column + len(body) - len(inner), inner
            self._empty, self._text = True, False
        key = _KEY.match(body)
        if key is None:
            if body:
                if not self._empty:
                    raise _Fault
                self._value(body, self._open[-1][0] if self._open else -1)
            return
        self._place(column, is_list=False)
        self._value(body[key.end() :].strip(), column)

    def _place(self, column: int, *, is_list: bool) -> None:
        """Take an entry's column: it goes on with what is open there, or begins what the last one may hold."""
        closed = False
        while self._open and (self._open[-1][0] > column or (self._open[-1] == (column, True) and not is_list)):
            closed = self._open.pop()[0] > column or closed
        here = self._open[-1] if self._open else (-1, True)
        if here == (column, is_list):
            return
        beside = here == (column, False) and is_list
        if closed or not self._empty or (here[0] == column and not beside):
            raise _Fault
        self._open.append((column, is_list))

    def _value(self, value: str, column: int) -> None:
        """What stands behind a name or a dash that stands in this column."""
        while found := _PROPERTY.match(value):
            value = value[found.end() :]
        self._empty, self._text = not value or value.startswith("#"), False
        if self._empty:
            return
        if _BLOCK.fullmatch(value):
            self._skip_block(column)
        elif value[0] in "\"'[{":
            self._closed(value)
        elif _NO_BEGINNING.match(value):
            raise _Fault
        else:
            self._plain(value)
            self._text = value[0] != "*"

    def _skip_block(self, column: int) -> None:
        while self.at < len(self._lines):
            line = self._lines[self.at]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
                return
            self.at += 1

    def _plain(self, value: str) -> None:
        said = _COMMENT.sub("", value)
        if ": " in said or said.endswith(":"):
            raise _Fault

    def _closed(self, value: str) -> None:
        """Take what is in quotes or brackets to its end, over as many lines as it needs."""
        end = _end(value)
        if end is None:
            value = "\n".join((value, *self._lines[self.at :]))
            end = _end(value)
        if end is None:
            raise _Fault
        rest = value[end:].partition("\n")[0]
        if rest.strip() and not _COMMENT.fullmatch(rest):
            raise _Fault
        self.at += value.count("\n", 0, end)


def _end(text: str) -> int | None:
    """Where what begins with a quote or bracket ends; None where it does not."""
    waiting: list[str] = []
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "unended":
            return None
        if token.lastgroup == "opened":
            waiting.append("]" if token[0] == "[" else "}")
        elif token.lastgroup == "closed" and (not waiting or waiting.pop() != token[0]):
            raise _Fault
        if not waiting and token.lastgroup != "comment":
            return token.end()
    return None
