"""Word findings in singular and plural."""

from __future__ import annotations


def amount(number: int, thing: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def split(text: str, otherwise: str) -> tuple[str, str]:
    """A warning's first sentence, and what it advises after that, else ``otherwise``."""
    what, _, advice = text.partition(". ")
    return what.rstrip("."), advice or otherwise
