"""Define a finding about the record: what, where, since when, how certain, what to do."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from casa24.analysis.result import Result
from casa24.record.amendments import Action, Amendment
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from casa24.core.timeseries import TimeSeries


class Severity(StrEnum):
    """``error``: certainly not what a platform said, and to be decided. ``note``: to be known."""

    ERROR = "error"
    NOTE = "note"


class Kind(StrEnum):
    """What is odd."""

    COPIED = "copied_day"
    ZERO = "false_zero"
    DAMAGED = "damaged_file"
    AMENDMENTS = "amendments"
    MISSING = "missing_days"
    REPEATED = "repeated_artist"
    TABLE = "table"
    FUTURE = "future"
    DOUBTED = "doubted"
    UNKNOWN_ZERO = "unknown_zero"
    FALL = "fall"
    STUCK = "stuck"
    JOINED = "joined"
    LEFT = "left"
    EVENT = "event"


class Proposal(Result):
    """Lines of amendments.csv that would keep analyses from using what was found."""

    first: dt.date
    last: dt.date
    artist: str
    metric: str

    def line(self, action: Action, reason: str) -> Amendment:
        """The line itself."""
        return Amendment(self.first, self.last, self.artist, self.metric, action, reason)


class RecordFinding(Result):
    """One thing. ``artist`` None: the label, or nobody's; ``days``: on how many days.

    ``values``: how many stored values it is about; ``sure``: how sure it is, in words. ``decided``: what
    amendments.csv says of it already; ``proposals``: what `--amend` would write.
    """

    level: Severity
    kind: Kind
    what: str
    artist: str | None = None
    metric: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    days: int = 0
    values: int = 0
    sure: str = ""
    advice: str = ""
    decided: Action | None = None
    proposals: tuple[Proposal, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody has to decide about it."""
        return self.level is Severity.ERROR and self.decided is None

    def since(self, day: dt.date | None) -> bool:
        """Whether it still was so on that day or later; what has no date always is."""
        return day is None or self.last is None or self.last >= day


def named(series: TimeSeries) -> str:
    """A number in words: ``Spotify · Followers``."""
    return f"{series.item.source_title} · {tr(series.item.metric.title)}"


class Quality(Result):
    """What is odd in the record, errors first. ``first``…``last``: the days looked at."""

    days: int
    first: dt.date | None
    last: dt.date | None
    findings: tuple[RecordFinding, ...]
    amended: int = 0

    @property
    def open(self) -> tuple[RecordFinding, ...]:
        """The errors nobody has decided about."""
        return tuple(finding for finding in self.findings if finding.open)

    @property
    def exit_code(self) -> int:
        """0, or 1 while an error is undecided."""
        return 1 if self.open else 0
