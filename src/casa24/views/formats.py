"""Name the formats and languages of an answer; every command imports them at start-up."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"


class Language(StrEnum):
    """What casa24 speaks."""

    EN = "en"
    ES = "es"
