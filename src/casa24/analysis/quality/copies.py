"""Find copied days: everything equals the day before, and chance does not explain it.

A platform often repeats itself: on a small label one of them alone says the same on one day in five.
So each platform is taken as a whole, lists included, with the share of days on which it repeated itself;
a day on which all of them do is called a copy where the product of these shares is below 1 in 1,000.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from casa24.analysis.quality.findings import Kind, Proposal, RecordFinding, Severity
from casa24.core.snapshot import EVERY, holds_number
from casa24.text.i18n import count, grouped, tr

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from casa24.core.snapshot import Snapshot

Blocks = dict[str, dict[str | None, Any]]
"""By source: every section of the day, by artist (None: the label's)."""

_RARE = 1 / 1000


class Copies:
    """Looks at days, oldest first, each beside the one before."""

    def __init__(self) -> None:
        self._before: tuple[dt.date, Blocks] | None = None
        self._compared: Counter[str] = Counter()
        self._repeated: Counter[str] = Counter()
        self._candidates: list[tuple[dt.date, dt.date, tuple[str, ...]]] = []

    def add(self, day: Snapshot) -> None:
        """One more day, as recorded."""
        blocks = _blocks(day)
        if self._before is not None:
            earlier, before = self._before
            equal = {source: before.get(source) == block for source, block in blocks.items()}
            if blocks and before.keys() == blocks.keys() and all(equal.values()):
                self._candidates.append((day.date, earlier, tuple(blocks)))
            else:
                # What is called a copy says nothing of how often a platform repeats itself.
                self._compared.update(source for source in equal if source in before)
                self._repeated.update(source for source, same in equal.items() if same)
        self._before = (day.date, blocks)

    def _chance(self, sources: tuple[str, ...]) -> float:
        """How often these would all repeat themselves, by the record: with no day to compare, half the time."""
        chance = 1.0
        for source in sources:
            chance *= (self._repeated[source] + 1) / (self._compared[source] + 2)
        return chance

    @property
    def days(self) -> frozenset[dt.date]:
        """The copies."""
        return frozenset(day for day, _, sources in self._candidates if self._chance(sources) < _RARE)

    def findings(self) -> Iterator[RecordFinding]:
        """A finding for each run of copies of one day."""
        runs: list[list[tuple[dt.date, dt.date, float]]] = []
        for day, earlier, sources in self._candidates:
            entry = (day, earlier, self._chance(sources))
            if runs and runs[-1][-1][0] == earlier and (runs[-1][-1][2] < _RARE) == (entry[2] < _RARE):
                runs[-1].append(entry)
            else:
                runs.append([entry])
        yield from map(_finding, runs)


def _finding(run: list[tuple[dt.date, dt.date, float]]) -> RecordFinding:
    first, original, chance = run[0]
    last = run[-1][0]
    certain = chance < _RARE
    odds = grouped(round(1 / chance))
    same = count(
        len(run),
        "a copy of {day}: every number and every list is the same",
        "{n} copies of {day}: every number and every list is the same",
        day=original,
    )
    return RecordFinding(
        level=Severity.ERROR if certain else Severity.NOTE,
        kind=Kind.COPIED,
        what=same if certain else tr("nothing changed since {day}", day=original),
        first=first,
        last=last,
        days=len(run),
        sure=tr("certain: by chance once in {odds}", odds=odds)
        if certain
        else tr("may be true: by chance once in {odds}", odds=odds),
        advice=tr("Amend it: analyses then do without these days.") if certain else "",
        proposals=(Proposal(first=first, last=last, artist=EVERY, metric=EVERY),) if certain else (),
    )


def _blocks(day: Snapshot) -> Blocks:
    """The day's sections by source, of the sources that gave any number."""
    blocks: Blocks = {}
    holders: list[tuple[str | None, dict[str, Any]]] = [(None, day.model_extra or {})]
    holders += [(record.name, record.model_extra or {}) for record in day.artists]
    for name, sections in holders:
        for source, section in sections.items():
            if isinstance(section, dict):
                blocks.setdefault(source, {})[name] = section
    return {
        source: block
        for source, block in blocks.items()
        if any(holds_number(value) for section in block.values() for value in section.values())
    }
