"""The nightly workflow as far as it concerns us, read line by line: no YAML library is needed for that."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".github/workflows"

_COMMENT = re.compile(r"(^|\s)#.*$", re.MULTILINE)
_COLLECT = re.compile(r"\bcasa24(?:\.exe)?[\"']?\s+collect\b")
_CRON = re.compile(r"""^\s*-?\s*cron:\s*["']?([^"'\n]+?)["']?\s*$""", re.MULTILINE)
_RIGHT = re.compile(r"""[\s{,]["']?([a-z-]+)["']?:\s*["']?(write|read|none)\b""")
_ALL = re.compile(r"^\s*permissions:\s*[\"']?write-all\b", re.MULTILINE)
_ANY = re.compile(r"^\s*permissions:", re.MULTILINE)
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that runs `casa24 collect`. ``crons``: its schedule; ``rights``: what it may write.

    ``limited``: whether it names its permissions at all; where it does not, the repository's setting decides.
    """

    name: str
    crons: tuple[str, ...]
    rights: frozenset[str]
    limited: bool
    text: str

    @property
    def daily(self) -> bool:
        """Whether it runs every day."""
        return any(cron.split()[2:] == ["*", "*", "*"] for cron in self.crons)

    def may_write(self, right: str) -> bool:
        """Whether it is given this right."""
        return "*" in self.rights or right in self.rights


def find_workflow(folder: Path) -> Workflow | None:
    """The workflow that collects: of several the one with a schedule. It lies at the repository's root."""
    root = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
    found: list[Workflow] = []
    for path in sorted((root / FOLDER).glob("*.y*ml")):
        with suppress(OSError):
            if path.is_file() and path.stat().st_size < _LARGEST:
                text = _COMMENT.sub("", path.read_text("utf-8", errors="replace"))
                if _COLLECT.search(text):
                    found.append(read(path.name, text))
    return next((one for one in found if one.crons), found[0] if found else None)


def read(name: str, text: str) -> Workflow:
    """A workflow's text without comments."""
    rights = {right for right, level in _RIGHT.findall(text) if level == "write"}
    if _ALL.search(text):
        rights.add("*")
    return Workflow(name, tuple(_CRON.findall(text)), frozenset(rights), bool(_ANY.search(text)), text)
