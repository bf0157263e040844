"""Render a collection: the stored day, what is missing, and which files were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import tr
from casa24.views.day import label_page
from casa24.views.page import Lines, Page

if TYPE_CHECKING:
    from casa24.analysis.collection import Collection


def collected_page(result: Collection, label: str) -> Page:
    """The day's numbers by platform, the gaps, and the files."""
    page = label_page(result.day, label)
    return Page(page.title, page.main, (*page.blocks, Lines((_outcome(result),))))


def _outcome(result: Collection) -> str:
    if not result.measured:
        return tr("Nothing was measured, so nothing was written: no day is better than an invented one.")
    if result.dry_run:
        return tr("A dry run: nothing was written.")
    if not result.written:
        return tr("Nothing changed since the last run of this day: no file was written.")
    return tr("Written: {files}", files=", ".join(result.written))
