"""Parse numbers as pages print them: ``976``, ``6,481,936``, ``24.5K``. Nothing is guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_GROUP = "[,.\u00a0\u202f\u2009' ’]"
# Groups of three, all with the same separator: 1,234,567 or 1.234.567. No leading zero: 0.123 is not 123.
_EXACT = rf"0|[1-9][0-9]{{0,14}}|[1-9][0-9]{{0,2}}({_GROUP})[0-9]{{3}}(?:\1[0-9]{{3}}){{0,4}}"
# One or two decimals: with three, 1.234K might as well be 1,234 thousand.
_SHORT = r"(0|[1-9][0-9]{0,2})(?:[.,]([0-9]{1,2}))?[ \u00a0\u202f]?([KMB])"
_TIMES = {"k": 10**3, "m": 10**6, "b": 10**9}


class Count(NamedTuple):
    """A printed count: ``value``, and the bounds (inclusive) of the true number."""

    value: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Return whether every digit was printed."""
        return self.low == self.high


def parse_count(text: str) -> Count | None:
    """Parse a printed count; return None for anything that is not certainly one.

    >>> parse_count("6,481,936").value
    6481936
    >>> parse_count("1.2K")
    Count(value=1200, low=1150, high=1249)
    """
    text = text.strip()
    if re.fullmatch(_EXACT, text):
        value = int(re.sub(r"\D", "", text))
        return Count(value, value, value)
    short = re.fullmatch(_SHORT, text, re.IGNORECASE)
    if short is None:
        return None
    whole, decimals, suffix = short[1], short[2] or "", short[3].lower()
    unit = Decimal(_TIMES[suffix]).scaleb(-len(decimals))
    value = int(int(whole + decimals) * unit)
    half = int(unit / 2)
    return Count(value, max(value - half, 0), value + half - 1)
