"""Render a checkup: a line for each finding, with what to do below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core.findings import Level
from casa24.text.i18n import count, tr
from casa24.views.page import Grid, Lines, Page, Row, grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casa24.analysis.checkup import Checkup, Line


def checkup_page(result: Checkup, label: str) -> Page:
    """All findings, then how many of them want something."""
    blocks: list[Grid | Lines] = [grid("State | Finding", [row for line in result.lines for row in _rows(line)])]
    blocks.append(Lines((_outcome(result),)))
    tidy: list[Row] = [(line.area, line.level.value, line.what, line.advice, line.link) for line in result.lines]
    return Page(
        tr("{label}: how it stands", label=label), grid("area | level | what | advice | link", tidy), tuple(blocks)
    )


def _rows(line: Line) -> Iterator[Row]:
    yield tr(line.level.value), line.what
    if line.advice:
        yield "", f"→ {line.advice}"
    if line.link:
        yield "", line.link


def _outcome(result: Checkup) -> str:
    if result.interrupted:
        return tr("Interrupted: this is what was found until then.")
    if not result.lines:
        return tr("There was nothing to look at.")
    broken, warnings = result.count(Level.BROKEN), result.count(Level.WARNING)
    if not broken and not warnings:
        return tr("All is well.")
    parts = count(broken, "1 broken", "{n} broken"), count(warnings, "1 to look at", "{n} to look at")
    return f"{', '.join(parts)}."
