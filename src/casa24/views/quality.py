"""Render what is wrong in the record: the errors to decide about first, then notes by kind."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from casa24.analysis.quality.findings import Kind, Severity
from casa24.text.i18n import count, tr
from casa24.views.page import Grid, Lines, Page, Row, grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from casa24.analysis.quality.findings import Quality, RecordFinding

_TITLES = {
    Kind.COPIED: "Nothing changed",
    Kind.ZERO: "Zeros",
    Kind.DAMAGED: "Files",
    Kind.AMENDMENTS: "amendments.csv",
    Kind.MISSING: "Missing days",
    Kind.REPEATED: "Artists that stand twice in a day",
    Kind.TABLE: "popularity_scores.csv",
    Kind.FUTURE: "Days to come",
    Kind.DOUBTED: "Doubtful since they were collected",
    Kind.UNKNOWN_ZERO: "Zeros of which nobody can tell",
    Kind.FALL: "Counters that fell",
    Kind.STUCK: "Values that stood still",
    Kind.JOINED: "Who joined",
    Kind.LEFT: "Who left",
    Kind.EVENT: "Unusual changes",
}


def quality_page(result: Quality, label: str) -> Page:
    """Every finding, with what to do about it once a kind."""
    span = f", {result.first} … {result.last}" if result.first else ""
    errors = [finding for finding in result.findings if finding.level is Severity.ERROR]
    notes = [finding for finding in result.findings if finding.level is Severity.NOTE]
    blocks: list[Grid | Lines] = []
    if not result.days:
        blocks.append(Lines((tr("Nothing is recorded yet."),)))
    parts = (
        (tr("To decide"), [finding for finding in errors if finding.decided is None]),
        (tr("Decided"), [finding for finding in errors if finding.decided is not None]),
    )
    blocks += [block for title, part in parts if part for block in _errors(title, part)]
    for kind, group in groupby(notes, key=lambda finding: finding.kind):
        blocks += _notes(tr(_TITLES[kind]), list(group))
    blocks.append(Lines((_outcome(result),)))
    looked = count(result.days, "1 day looked at", "{n} days looked at")
    return Page(f"{label}: {looked}{span}", _tidy(result), tuple(blocks))


def _errors(title: str, errors: Sequence[RecordFinding]) -> list[Grid | Lines]:
    rows = [
        (tr(finding.decided or "error"), f"{_who(finding)}{finding.what}{_sure(finding)}", *_when(finding))
        for finding in errors
    ]
    table = grid("State | What | First | Last | >Days", rows, title=title)
    return [table, *_advice(finding for finding in errors if finding.decided is None)]


def _notes(title: str, notes: Sequence[RecordFinding]) -> list[Grid | Lines]:
    rows = [(f"{_who(finding)}{finding.what}", *_when(finding)) for finding in notes]
    return [grid("What | First | Last | >Days", rows, title=title), *_advice(notes)]


def _advice(findings: Iterable[RecordFinding]) -> list[Lines]:
    lines = tuple(dict.fromkeys(f"→ {finding.advice}" for finding in findings if finding.advice))
    return [Lines(lines)] if lines else []


def _sure(finding: RecordFinding) -> str:
    return f" ({finding.sure})" if finding.sure else ""


def _who(finding: RecordFinding) -> str:
    return f"{finding.artist}: " if finding.artist else ""


def _when(finding: RecordFinding) -> tuple[str, str, str]:
    if finding.first is None or finding.last is None:
        return "", "", ""
    return (
        finding.first.isoformat(),
        "" if finding.last == finding.first else finding.last.isoformat(),
        str(finding.days),
    )


def _outcome(result: Quality) -> str:
    notes = sum(finding.level is Severity.NOTE for finding in result.findings)
    if not result.open:
        return tr("No open error, {notes} to know.", notes=notes)
    can = any(finding.proposals for finding in result.open)
    how = tr("`casa24 data check --amend` asks about each that can be amended.") if can else ""
    return f"{tr('{n} open, {notes} to know.', n=len(result.open), notes=notes)} {how}".rstrip()


def _tidy(result: Quality) -> Grid:
    rows: list[Row] = [
        (
            finding.level.value, finding.kind.value, finding.artist or "", finding.metric,
            str(finding.first or ""), str(finding.last or ""), str(finding.days), str(finding.values), finding.what,
            finding.sure, finding.decided.value if finding.decided else "", finding.advice,
        )
        for finding in result.findings
    ]  # fmt: skip
    heads = "level | kind | artist | metric | first | last | >days | >values | what | sure | decided | advice"
    return grid(heads, rows)
