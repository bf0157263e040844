"""Check every day of a record once, and list the findings, the gravest first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from casa24.analysis.events import events
from casa24.analysis.quality.copies import Copies
from casa24.analysis.quality.findings import Kind, Quality, RecordFinding, Severity, named
from casa24.analysis.quality.roster_changes import future_days, missing_days, repeats, roster_changes
from casa24.analysis.quality.stuck_values import falls, stuck
from casa24.analysis.quality.tables import Rows
from casa24.analysis.quality.zeros import BlockZeros, sudden
from casa24.core.snapshot import State
from casa24.core.timeseries import Members, SeriesBuilder, TimeSeries
from casa24.record.amendments import Action
from casa24.text.i18n import tr

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from casa24.core.metrics import Series
    from casa24.core.roster import Artist
    from casa24.core.timeseries import Point
    from casa24.errors import StorageError
    from casa24.record.amendments import Amendment, Amendments
    from casa24.record.inspection import Inspected
    from casa24.record.unmatched_rows import OldTable

_KINDS = list(Kind)


class Examination:
    """The record under examination."""

    def __init__(
        self,
        artists: Iterable[Artist],
        items: Sequence[Series],
        label_items: Sequence[Series],
        amendments: Amendments,
        table: OldTable | None = None,
    ) -> None:
        self._members = Members(artists)
        self._amendments = amendments
        self._titles = {item.source: item.source_title for item in (*items, *label_items)}
        self._gathering = SeriesBuilder(items, label_items, self._members)
        self._copies = Copies()
        self._zeros = BlockZeros(items, self._members)
        self._rows = Rows(table, items) if table else None
        self._days: list[dt.date] = []
        self._damaged: list[RecordFinding] = []

    def look(self, days: Iterable[Inspected]) -> Examination:
        """Look at these days, oldest first."""
        for recorded in days:
            self._days.append(recorded.date)
            if recorded.raw is None or recorded.told is None:
                self._damaged += [_damaged(recorded.date, recorded.trouble)] if recorded.trouble else []
                continue
            self._gathering.add(recorded.told)
            self._copies.add(recorded.raw)
            self._zeros.add(recorded.raw, recorded.told)
            if self._rows:
                self._rows.add(recorded.raw)
        return self

    def result(self, today: dt.date, since: dt.date | None = None, *, troubles: Sequence[str] = ()) -> Quality:
        """What was found. ``since``: only what was still so then; ``troubles``: other files that cannot be read."""
        every = list(self._gathering.series())
        alive = {(series.artist, series.item.key) for series in every if any(series.values)}
        found = [
            *(_broken(text) for text in troubles),
            *self._damaged,
            *(_line(text) for text in self._amendments.problems),
            *self._copies.findings(),
            *self._zeros.findings(alive, self._titles),
            *missing_days(self._days),
            *future_days(self._days, today),
            *repeats(self._gathering.repeated),
            *roster_changes(self._members, self._days),
            *(self._rows.findings() if self._rows else ()),
            *(finding for series in every for finding in self._of_series(series)),
        ]
        decided = [self._decided(finding) for finding in found if finding.since(since)]
        decided.sort(key=lambda finding: (finding.level is not Severity.ERROR, _KINDS.index(finding.kind)))
        return Quality(
            days=len(self._days),
            first=self._days[0] if self._days else None,
            last=self._days[-1] if self._days else None,
            findings=tuple(decided),
            amended=len(self._amendments.lines),
        )

    def _of_series(self, series: TimeSeries) -> Iterator[RecordFinding]:
        zeros = list(sudden(series))
        yield from zeros
        # Where every point is usable, nobody doubts one.
        points = () if series.usable is series.points else series.points
        if doubted := [point.date for point in points if point.reading.state is State.SUSPECT]:
            yield _doubted(series, doubted)
        usable = self._usable(series, zeros)
        yield from falls(series, usable.usable)
        yield from stuck(series, usable.usable)
        yield from (_event(series, event.first, event.last, event.old, event.new) for event in events(usable))

    def _usable(self, series: TimeSeries, zeros: Iterable[RecordFinding]) -> TimeSeries:
        """The series without what is certainly no reading, or was amended."""
        bad = self._copied | {
            day for zero in zeros if zero.first and zero.last for day in _within(series, zero.first, zero.last)
        }
        if not bad and not self._amendments:
            return series
        names = self._keys(series.artist)

        def fine(point: Point) -> bool:
            line = self._amendments.judge(point.date, names, series.item.source, series.item.field)
            return point.date not in bad if line is None else line.action is Action.KEEP

        return TimeSeries(series.artist, series.item, tuple(point for point in series.points if fine(point)))

    @cached_property
    def _copied(self) -> frozenset[dt.date]:
        return self._copies.days

    def _keys(self, artist: str | None) -> frozenset[str]:
        if artist is None:
            return frozenset()
        return frozenset(key for member in self._members.all if member.name == artist for key in member.keys)

    def _decided(self, finding: RecordFinding) -> RecordFinding:
        """The finding with what amendments.csv says of all of it."""
        lines = [
            self._line_about(proposal.first, proposal.last, proposal.artist, proposal.metric)
            for proposal in finding.proposals
        ]
        if not lines or not all(lines):
            return finding
        keep = any(line.action is Action.KEEP for line in lines if line)
        return finding.model_copy(update={"decided": Action.KEEP if keep else Action.SUSPECT})

    def _line_about(self, first: dt.date, last: dt.date, artist: str, metric: str) -> Amendment | None:
        """The last line that speaks of all of this."""
        for line in reversed(self._amendments.lines):
            ends = line.last is None or line.last >= last
            whose = line.artist == "*" or (artist != "*" and self._same(line.artist, artist))
            what = line.metric in {"*", metric, f"{metric.partition('.')[0]}.*"}
            if line.first <= first and ends and whose and what:
                return line
        return None

    def _same(self, earlier: str, later: str) -> bool:
        from casa24.core.names import key_of

        return earlier == later or (bool(earlier) and key_of(earlier) in self._keys(later))


def _within(series: TimeSeries, first: dt.date, last: dt.date) -> set[dt.date]:
    return {point.date for point in series.points if first <= point.date <= last}


def _damaged(day: dt.date, trouble: StorageError) -> RecordFinding:
    return RecordFinding(
        level=Severity.ERROR, kind=Kind.DAMAGED, what=trouble.message.rstrip("."), first=day, last=day, days=1,
        advice=trouble.advice,
    )  # fmt: skip


def _broken(text: str) -> RecordFinding:
    advice = tr("Restore it from git (`git checkout -- FILE`), or move it away.")
    return RecordFinding(level=Severity.ERROR, kind=Kind.DAMAGED, what=text.rstrip("."), advice=advice)


def _line(text: str) -> RecordFinding:
    return RecordFinding(
        level=Severity.ERROR, kind=Kind.AMENDMENTS, what=text, advice=tr("Mend the line, or delete it.")
    )


def _doubted(series: TimeSeries, days: Sequence[dt.date]) -> RecordFinding:
    return RecordFinding(
        level=Severity.NOTE,
        kind=Kind.DOUBTED,
        what=f"{named(series)}: {tr('doubtful since it was collected')}",
        artist=series.artist,
        metric=series.item.key,
        first=days[0],
        last=days[-1],
        days=len(days),
        values=len(days),
        advice=tr("If it is true, add a line with `keep` to amendments.csv."),
    )


def _event(series: TimeSeries, first: dt.date, last: dt.date, old: int, new: int) -> RecordFinding:
    return RecordFinding(
        level=Severity.NOTE,
        kind=Kind.EVENT,
        what=f"{named(series)}: {old:,} → {new:,} ({new - old:+,})",
        artist=series.artist,
        metric=series.item.key,
        first=first,
        last=last,
        days=(last - first).days + 1,
        values=1,
    )
