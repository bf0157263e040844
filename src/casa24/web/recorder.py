"""What the platforms really answered, redacted, in a folder that can be attached to a bug report.

::

    FOLDER/report.md        versions, what was missing, what to do with the folder
    FOLDER/replies.jsonl    one line an exchange: method, url, status, headers, seconds, file, error
    FOLDER/001-HOST.json    the answers themselves, as they came but for the secrets

:class:`casa24.testing.Replay` plays such a folder back to the sources.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

from casa24.errors import StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from casa24.web.client import Exchange

INDEX, REPORT = "replies.jsonl", "report.md"

_HIDDEN = "***"
# What explains an answer; cookies and whatever else a host sends may name whoever asked.
_HEADERS = re.compile(r"content-type|retry-after|date|location|server|allow|via|.*(usage|ratelimit).*")
# A secret a platform made for us, such as an access token: by the name it goes by. Paging tokens are none.
_QUOTE = r"""(?:\\*["']|&quot;|&\#3[49];)"""
_PAGING = "(?!(?:next|prev(?:ious)?)_?page_?token)"
_NAME = rf"(?<![\w-]) {_QUOTE}? {_PAGING} [\w-]* (?:token|secret|password|signature) {_QUOTE}? \s*"
_VALUE = r"""[^"'&\s,}<\\]{4,}"""
# In quotes, perhaps one level down; in a query or a form; bare behind a colon only what looks like a token and no word.
_NAMED = re.compile(
    rf"""(?ix) ( {_NAME} [:=] \s* (?: \{{ \s* {_QUOTE} \w+ {_QUOTE} \s* : \s* )? {_QUOTE} | {_NAME} = ) ({_VALUE})
    | ( {_NAME} : \s* ) ( (?=[^\s"'<]*\d) [\w.~+/%|=-]{{16,}} )"""
)
_AUTHORISED = re.compile(r"(?i)\b(basic|bearer|bot|oauth)(\s+|%20)(?=\S*\d|\S{20})([\w.~+/%-]{8,}=*)")
# What is shorter is a word, and would be hidden wherever it stands: of those told, of those found.
_SHORTEST, _LEARNED = 6, 16
# Data in base64, as pages carry it.
_PACKED = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_ENDINGS = (("json", "json"), ("html", "html"), ("xml", "xml"))


class Redaction:
    """Takes secrets out of texts: those it is told, and those that platforms hand out on the way."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def hide(self, secret: str) -> None:
        """Hide this from now on, in whichever way it is written."""
        if len(secret) < _SHORTEST:
            return
        quoted = (quote(secret, safe=""), quote_plus(secret))
        escaped = json.dumps(secret)[1:-1]
        self._known |= {secret, *quoted, *(_lower(text) for text in quoted), escaped, escaped.replace("/", r"\/")}

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for found in _NAMED.finditer(text):
            value = found[2] or found[4]
            if len(value) >= _LEARNED:
                self.hide(value)
        text = _NAMED.sub(lambda found: f"{found[1] or found[3]}{_HIDDEN}", text)
        text = _AUTHORISED.sub(rf"\1\2{_HIDDEN}", text)
        # The longest first: one may be part of another.
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return _PACKED.sub(self._repacked, text)

    def _repacked(self, found: re.Match[str]) -> str:
        """Base64 without the secrets in it; what holds none, or is none, as it is."""
        packed = found[0].rstrip("=")
        try:
            content = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
        except binascii.Error:
            return found[0]
        inside = content.decode("latin-1")
        if not inside.startswith(("{", "[")):
            return _HIDDEN if any(secret.encode() in content for secret in self._known) else found[0]
        clean = self(inside)
        return found[0] if clean == inside else base64.b64encode(clean.encode("latin-1")).decode("ascii")


def _lower(quoted: str) -> str:
    """The same with small hexadecimal digits, as some servers write them."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quoted)


class ReplyLog:
    """Writes each exchange of a run into a folder, from whichever thread it comes.

    Raises UsageError for a folder that holds something, StorageError where none can be made. Once the
    run has begun nothing is raised: ``trouble`` says why something could not be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redact = Redaction()
        self.trouble = ""
        self._numbers = itertools.count(1)
        self._turn = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise UsageError(f"{folder} is not empty.", advice="Give --save-replies a new folder.")
        except OSError as error:
            raise StorageError(
                f"{folder} cannot hold the replies ({error.strerror}).", advice="Give --save-replies another folder."
            ) from error

    def __call__(self, exchange: Exchange) -> None:
        """Write one exchange."""
        with self._turn:
            try:
                self._write(exchange)
            except OSError as error:
                self.trouble = f"Not every reply could be saved in {self.folder} ({error.strerror})."

    def report(self, text: str) -> None:
        """Write what goes on top: Markdown."""
        with self._turn:
            try:
                (self.folder / REPORT).write_text(self.redact(text), "utf-8")
            except OSError as error:
                self.trouble = f"The report could not be saved in {self.folder} ({error.strerror})."

    def _write(self, exchange: Exchange) -> None:
        name = f"{next(self._numbers):03}-{urlsplit(exchange.url).hostname}.{_ending(exchange.headers)}"
        line = {
            "method": exchange.method,
            "url": self.redact(exchange.url),
            "status": exchange.status,
            "headers": {
                key.lower(): self.redact(value)
                for key, value in exchange.headers.items()
                if _HEADERS.fullmatch(key.lower())
            },
            "seconds": round(exchange.seconds, 3),
            "file": name if exchange.status else None,
            "error": exchange.error or None,
        }
        if exchange.status:
            # Byte for byte as it came: Latin-1 gives every byte a character and back.
            body = self.redact(exchange.content.decode("latin-1")).encode("latin-1")
            (self.folder / name).write_bytes(body)
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(line) + "\n")


def _ending(headers: Mapping[str, str]) -> str:
    kind = headers.get("content-type", "").partition(";")[0]
    return next((ending for word, ending in _ENDINGS if word in kind), "txt")
