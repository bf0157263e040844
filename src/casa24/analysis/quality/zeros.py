"""Find zeros that no platform reported.

Rule B, for the old collector's days: every number of a platform's block is 0 although the account is
known. Certain for a number that was ever anything else; for the others nobody can tell.
Rule A, for a single number: a 0 where the median of the last 14 values that were not 0 is at least 5.
Neither touches a number that was always 0.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

from casa24.analysis.quality.findings import Kind, Proposal, RecordFinding, Severity, named
from casa24.core.snapshot import EVERY, State, as_count
from casa24.text.i18n import tr

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import Members, TimeSeries

MEMORY = 14
"""How many values that were not 0 rule A remembers."""
LEAST = 5
"""The median from which a 0 is not believed."""


def unbelievable(earlier: Iterable[int]) -> bool:
    """Rule A: whether a 0 after these values is none. ``earlier``: the last values that were not 0."""
    remembered = list(earlier)[-MEMORY:]
    return bool(remembered) and median(remembered) >= LEAST


def sudden_zeros(series: TimeSeries) -> list[dt.date]:
    """Rule A over a whole series: the days of its zeros that are not believed."""
    if 0 not in series.values:
        return []
    remembered: list[int] = []
    found = []
    for point in series.points:
        value = point.reading.value
        if value == 0 and point.reading.state is State.MEASURED and unbelievable(remembered):
            found.append(point.date)
        elif value and point.reading.state is not State.SUSPECT:
            remembered = [*remembered[1 - MEMORY :], value]
    return found


class BlockZeros:
    """Rule B: gathers, day by day, the old collector's blocks that hold nothing but zeros."""

    def __init__(self, items: Sequence[Series], members: Members) -> None:
        self._members = members
        self._fields: dict[str, list[str]] = defaultdict(list)
        for item in items:
            self._fields[item.source].append(item.field)
        self._recorded: dict[str, list[dt.date]] = defaultdict(list)
        self._zeros: dict[tuple[str, str], list[tuple[dt.date, str]]] = defaultdict(list)

    def add(self, raw: Snapshot, told: Snapshot) -> None:
        """One day as recorded and as it is read. Days of today's layout say themselves what failed."""
        if raw.schema_version is not None:
            return
        for record, read in zip(raw.artists, told.artists, strict=True):
            who = self._members.of(record).name
            self._recorded[who].append(raw.date)
            for source, section in record.sections.items():
                zeros = [field for field in self._fields.get(source, ()) if as_count(section.get(field)) == 0]
                if zeros and told.measurement(read.name, source, zeros[0]).code == "old_zero":
                    self._zeros[who, source] += [(raw.date, field) for field in zeros]

    def findings(self, alive: Collection[tuple[str | None, str]], titles: Mapping[str, str]) -> Iterator[RecordFinding]:
        """For each artist and platform what is certain, a run of days each; then what cannot be told.

        ``alive``: (artist, ``source.field``) of the numbers that were ever anything but 0.
        """
        for (who, source), zeros in self._zeros.items():
            certain = [zero for zero in zeros if (who, f"{source}.{zero[1]}") in alive]
            others = [zero for zero in zeros if (who, f"{source}.{zero[1]}") not in alive]
            if certain:
                yield from self._certain(who, source, certain, titles)
            if others:
                yield _unknown(who, source, others, titles)

    def _certain(
        self, who: str, source: str, zeros: Sequence[tuple[dt.date, str]], titles: Mapping[str, str]
    ) -> Iterator[RecordFinding]:
        for run in runs_of(list(dict.fromkeys(day for day, _ in zeros)), self._recorded[who]):
            within = set(run)
            yield RecordFinding(
                level=Severity.ERROR,
                kind=Kind.ZERO,
                what=tr("{source}: 0 was written for what could not be read", source=titles.get(source, source)),
                artist=who,
                metric=f"{source}.{EVERY}",
                first=run[0],
                last=run[-1],
                days=len(run),
                values=sum(day in within for day, _ in zeros),
                advice=tr("Amend it: analyses then do without these zeros."),
                sure=tr("certain"),
                proposals=(Proposal(first=run[0], last=run[-1], artist=who, metric=f"{source}.{EVERY}"),),
            )


def _unknown(who: str, source: str, zeros: Sequence[tuple[dt.date, str]], titles: Mapping[str, str]) -> RecordFinding:
    days = sorted({day for day, _ in zeros})
    fields = ", ".join(dict.fromkeys(field for _, field in zeros))
    return RecordFinding(
        level=Severity.NOTE,
        kind=Kind.UNKNOWN_ZERO,
        what=tr("{source}: never anything but 0 ({fields})", source=titles.get(source, source), fields=fields),
        artist=who,
        metric=f"{source}.{EVERY}",
        first=days[0],
        last=days[-1],
        days=len(days),
        values=len(zeros),
        sure=tr("cannot be told"),
        advice=tr("Nothing uses them. If they are true, add a line with `keep` to amendments.csv."),
    )


def sudden(series: TimeSeries) -> Iterator[RecordFinding]:
    """Rule A: a finding for each run of zeros that are not believed."""
    for run in runs_of(sudden_zeros(series), [point.date for point in series.points]):
        yield RecordFinding(
            level=Severity.ERROR,
            kind=Kind.ZERO,
            what=f"{named(series)}: {tr('0, where there were more before')}",
            artist=series.artist,
            metric=series.item.key,
            first=run[0],
            last=run[-1],
            days=len(run),
            values=len(run),
            sure=tr("almost certain"),
            advice=tr("Amend it; if it is true, keep it."),
            proposals=(Proposal(first=run[0], last=run[-1], artist=series.artist or "", metric=series.item.key),),
        )


def runs_of(days: Sequence[dt.date], recorded: Sequence[dt.date]) -> list[list[dt.date]]:
    """These days in runs without another recorded day between; both oldest first."""
    place = {day: number for number, day in enumerate(recorded)}
    runs: list[list[dt.date]] = []
    for day in days:
        if runs and place[day] == place[runs[-1][-1]] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
