"""Write the platforms' answers, without secrets, to a folder that can be attached to a bug report.

::

    FOLDER/report.md        versions, what was missing, what to do with the folder
    FOLDER/replies.jsonl    one line an exchange: method, url, status, headers, seconds, file, error
    FOLDER/001-HOST.json    the answers themselves, unchanged except for the secrets

:class:`casa24.testing.Replay` gives the answers of such a folder to the sources again.
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
# Headers that help to explain an answer; cookies and others may identify the user.
_HEADERS = re.compile(r"content-type|retry-after|date|location|server|allow|via|.*(usage|ratelimit).*")
# A secret that a platform made for us, such as an access token, recognised by its name. Paging tokens are not secret.
_QUOTE = r"""(?:\\*["']|&quot;|&\#3[49];)"""
_PAGING = "(?!(?:next|prev(?:ious)?)_?page_?token)"
_NAME = rf"(?<![\w-]) {_QUOTE}? {_PAGING} [\w-]* (?:token|secret|password|signature) {_QUOTE}? \s*"
_VALUE = r"""[^"'&\s,}<\\]{4,}"""
# In quotes, perhaps one level down; in a query or a form; without quotes after a colon only if it looks like a token.
_NAMED = re.compile(
    rf"""(?ix) ( {_NAME} [:=] \s* (?: \{{ \s* {_QUOTE} \w+ {_QUOTE} \s* : \s* )? {_QUOTE} | {_NAME} = ) ({_VALUE})
    | ( {_NAME} : \s* ) ( (?=[^\s"'<]*\d) [\w.~+/%|=-]{{16,}} )"""
)
_AUTHORISED = re.compile(r"(?i)\b(basic|bearer|bot|oauth)(\s+|%20)(?=\S*\d|\S{20})([\w.~+/%-]{8,}=*)")
# A shorter text may be a common word, which must not be hidden everywhere: limits for known and for detected secrets.
_SHORTEST_KNOWN, _SHORTEST_DETECTED = 6, 16
# Data in base64, as in some pages.
_PACKED = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_ENDINGS = (("json", "json"), ("html", "html"), ("xml", "xml"))


class Redaction:
    """Removes secrets from texts: those passed to `hide`, and tokens that platforms send."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def hide(self, secret: str) -> None:
        """Hide this secret from now on, however it is encoded."""
        if len(secret) < _SHORTEST_KNOWN:
            return
        quoted = (quote(secret, safe=""), quote_plus(secret))
        escaped = json.dumps(secret)[1:-1]
        self._known |= {secret, *quoted, *(_lower(text) for text in quoted), escaped, escaped.replace("/", r"\/")}

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for match in _NAMED.finditer(text):
            value = match[2] or match[4]
            if len(value) >= _SHORTEST_DETECTED:
                self.hide(value)
        text = _NAMED.sub(lambda match: f"{match[1] or match[3]}{_HIDDEN}", text)
        text = _AUTHORISED.sub(rf"\1\2{_HIDDEN}", text)
        # The longest first: a secret may be part of a longer one.
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return _PACKED.sub(self._repacked, text)

    def _repacked(self, match: re.Match[str]) -> str:
        """Return base64 data without the secrets in it; unchanged if it has none, or is not base64."""
        packed = match[0].rstrip("=")
        try:
            content = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
        except binascii.Error:
            return match[0]
        decoded = content.decode("latin-1")
        if not decoded.startswith(("{", "[")):
            return _HIDDEN if any(secret.encode() in content for secret in self._known) else match[0]
        clean = self(decoded)
        return match[0] if clean == decoded else base64.b64encode(clean.encode("latin-1")).decode("ascii")


def _lower(quoted: str) -> str:
    """Return the text with lower-case hexadecimal digits, as some servers write them."""
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), quoted)


class ReplyLog:
    """Writes each exchange of a run into a folder; any thread may call it.

    Raises UsageError for a folder that is not empty, StorageError if it cannot be made. Once the
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
        """Write the report (Markdown)."""
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
            # Latin-1 maps every byte to a character and back, so the other bytes do not change.
            body = self.redact(exchange.content.decode("latin-1")).encode("latin-1")
            (self.folder / name).write_bytes(body)
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(line) + "\n")


def _ending(headers: Mapping[str, str]) -> str:
    kind = headers.get("content-type", "").partition(";")[0]
    return next((ending for word, ending in _ENDINGS if word in kind), "txt")
