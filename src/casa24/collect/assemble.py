"""Make a snapshot of what a run asked and received: every value that did not arrive is null and has a flag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casa24._version import __version__
from casa24.core.flags import Cell, CellKey, Cells, Note, sections_of, to_flags
from casa24.core.metrics import Listing, Metric
from casa24.core.reason_codes import CONTROL_SILENT, MISSING, UNANSWERED, Gap, gap_of
from casa24.core.snapshot import SCHEMA, ArtistRecord, Snapshot, SourceRun, State, as_count

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from casa24.config.loading import Roster
    from casa24.core.findings import Finding
    from casa24.core.roster import Artist
    from casa24.sources.base import FieldFlag
    from casa24.sources.registry import AnySource

GENERATOR = f"casa24 {__version__}"


@dataclass(frozen=True, slots=True)
class Request:
    """What to collect: every source and artist, unless ``only_…`` is given. ``deadline`` in seconds.

    ``check``: let each source also check its keys (`casa24 doctor`).
    """

    roster: Roster
    sources: Sequence[AnySource]
    now: dt.datetime
    only_sources: frozenset[str] | None = None
    only_artists: frozenset[str] | None = None
    deadline: float = 600
    generator: str = GENERATOR
    check: bool = False

    @property
    def artists(self) -> tuple[Artist, ...]:
        """Return the artists that are active on the day."""
        return self.roster.active(self.now.date())

    def asks(self, source: AnySource) -> bool:
        """Return whether this source is asked in this run."""
        return self.only_sources is None or source.name in self.only_sources

    def accounts(self, source: AnySource) -> dict[str, str]:
        """Return account → artist, for the artists asked about in this run."""
        wanted = [artist for artist in self.artists if self.only_artists is None or artist.name in self.only_artists]
        return {artist.accounts[source.name]: artist.name for artist in wanted if source.name in artist.accounts}

    def control(self, source: AnySource) -> str | None:
        """Return the source's control account: if it has no numbers, the source is in trouble and not the artist."""
        return None if source.label_wide else self.roster.controls.get(source.name)


@dataclass(frozen=True, slots=True)
class ValidatedReading:
    """A checked reading as plain data, so that no code of the source runs any more.

    ``name``: what the platform calls the account. ``has_number``: whether any value is a number;
    stored because the progress display needs it at every step.
    """

    values: dict[str, Any]
    flags: tuple[FieldFlag, ...]
    account: str | None
    via: str
    has_number: bool
    name: str | None = None


@dataclass(slots=True)
class Progress:
    """One source's progress in a run: what arrived, and what ended it early. ``control``: its control account."""

    source: AnySource
    expected: int
    control: str | None = None
    readings: dict[str, ValidatedReading] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    ended: Gap | None = None
    warnings: list[str] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    done: bool = False

    @property
    def measured(self) -> int:
        """Return how many accounts have given a number."""
        return sum(reading.has_number for reading in self.readings.values())

    @property
    def control_silent(self) -> bool:
        """Return whether the control account gave no number either, and no other reason is known."""
        if self.control is None or self.ended is not None or not self.done:
            return False
        reading = self.readings.get(self.control)
        return reading is None or not reading.has_number

    @property
    def left_out(self) -> bool:
        """Return whether the source is left out of the snapshot: it was never set up, and does not need to be."""
        return self.source.credentials.quiet and self.ended is not None and self.ended.code == "no_credentials"


def snapshot_of(request: Request, progresses: Iterable[Progress]) -> Snapshot:
    """Make the day's snapshot; every value that did not arrive is null and has a flag."""
    by_source = {progress.source.name: progress for progress in progresses}
    cells: Cells = {}
    accounts: dict[str, dict[str, str]] = {artist.name: {} for artist in request.artists}
    runs: dict[str, SourceRun] = {}
    for source in request.sources:
        progress = by_source.get(source.name)
        owners = _owners(request, source)
        if not owners or (progress is None and source.label_wide) or (progress and progress.left_out):
            continue
        for artist, account in owners.items():
            reading = progress.readings.get(account or "") if progress else None
            cells.update(cells_of(artist, source, reading, _reason(request, progress, artist, account)))
            if artist is not None and account is not None:
                accounts[artist][source.name] = (reading.account if reading else None) or account
        if progress and progress.readings:
            via = {reading.via for reading in progress.readings.values()}
            runs[source.name] = SourceRun(collected_at=request.now, via="api" if "api" in via else "page")
        elif progress and (progress.ended is None or progress.ended.state is State.FAILED):
            runs[source.name] = SourceRun(collected_at=request.now)
    return _assemble(request, cells, accounts, runs)


def _owners(request: Request, source: AnySource) -> dict[str | None, str | None]:
    """Return who gets a section of this source, with their account: each artist (None = no account), or the label."""
    if source.label_wide:
        return {None: request.roster.label.accounts.get(source.name)}
    owners: dict[str | None, str | None] = {artist.name: artist.accounts.get(source.name) for artist in request.artists}
    # A platform without any account on the roster gets no sections at all.
    return owners if any(owners.values()) else {}


def _reason(request: Request, progress: Progress | None, artist: str | None, account: str | None) -> Gap:
    """Return why a field without a flag of its own is null."""
    if artist is not None and account is None:
        return Gap(State.NO_ACCOUNT, "no_account")
    narrowed = artist is not None and request.only_artists is not None and artist not in request.only_artists
    if progress is None or narrowed:
        return Gap(State.SKIPPED, "not_asked")
    failure = progress.failures.get(account or "")
    gap = progress.ended or (MISSING if (account or "") in progress.readings else UNANSWERED)
    if failure is not None:
        gap = gap_of(failure, progress.source.gaps)
    silent = progress.control_silent and gap.state is State.FAILED
    return Gap(State.FAILED, CONTROL_SILENT, gap.code) if silent else gap


def cells_of(artist: str | None, source: AnySource, reading: ValidatedReading | None, reason: Gap) -> Cells:
    """Return one section's cells: every declared field, with its value and notes or the reason for the gap."""
    # Not the model's own defaults: without a reading nothing is known.
    fields = source.model.model_fields
    values = reading.values if reading else dict.fromkeys(fields)
    kinds: dict[str, Metric | Listing] = {
        **dict(source.listings()),
        **{series.field: series.metric for series in source.series()},
    }
    cells: Cells = {}
    for name in fields:
        value, gap = values[name], reason
        if value is not None and not _is_valid(value, kinds.get(name)):
            # A negative number, a fraction or a boolean is not a count.
            value, gap = None, Gap(State.FAILED, "bad_reply")
        notes = [
            Note(flag.state, flag.code, flag.detail or None, flag.low, flag.high)
            for flag in (reading.flags if reading else ())
            if flag.field == name and _fits(flag.state, value)
        ]
        if value is None and not notes:
            notes = [Note(gap.state, gap.code, gap.detail or None)]
        cells[CellKey(artist, source.name, name)] = Cell(value, tuple(notes))
    return cells


def _is_valid(value: object, kind: Metric | Listing | None) -> bool:
    """Return whether the numbers in a value are counts."""
    if isinstance(kind, Metric):
        return as_count(value) is not None
    if not (isinstance(kind, Listing) and isinstance(value, list)):
        return True
    entries = [entry for entry in value if isinstance(entry, dict)]
    numbers = [entry.get(field) for entry in entries for field, _ in kind.numbers]
    return all(number is None or as_count(number) is not None for number in numbers)


def _fits(state: State, value: object) -> bool:
    """Return whether a state fits: a note about a value that is there, or a reason for a missing one."""
    return state.has_value == (value is not None) and state not in {State.MEASURED, State.NOT_TRACKED}


def _assemble(
    request: Request, cells: Cells, accounts: dict[str, dict[str, str]], runs: dict[str, SourceRun]
) -> Snapshot:
    sections = sections_of(cells)
    records = [
        ArtistRecord(name=artist.name, accounts=accounts[artist.name], **sections.get(artist.name, {}))
        for artist in request.artists
    ]
    content: dict[str, Any] = {
        "date": request.now.date(),
        "schema": SCHEMA,
        "generator": request.generator,
        "sources": runs,
        "artists": records,
        "flags": to_flags(cells),
        **sections.get(None, {}),
    }
    return Snapshot.model_validate(content)
