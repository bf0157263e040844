"""Where the documentation lies, for what casa24 prints."""

from __future__ import annotations

from casa24._version import HOMEPAGE

_DOCS = f"{HOMEPAGE}/blob/main/docs"
KEYS = f"{_DOCS}/keys.md"
ROSTER = f"{_DOCS}/roster.md"
TERMS = f"{_DOCS}/terms.md"
PROBLEMS = f"{_DOCS}/problems.md"
