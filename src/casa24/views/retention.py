"""Render what was archived or pruned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.text.i18n import count, tr
from casa24.views.migration import span

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from casa24.record.archive import Packed, Restored
    from casa24.record.prune import Pruned


def packed_lines(done: Packed, *, dry_run: bool, elsewhere: Path | None) -> list[str]:
    """What was packed where, and how to have it back."""
    lines = _damaged(done.damaged)
    if not done.days:
        return [*lines, tr("Nothing to pack.")]
    where = ", ".join(str(path) for path in done.files)
    said = tr("would be packed into {files}", files=where) if dry_run else tr("packed into {files}", files=where)
    lines.append(f"{span(done.days)}: {said}.")
    if dry_run:
        return lines
    if elsewhere is None:
        return [*lines, tr("They are read as before. To unpack them: casa24 data archive --restore")]
    back = f"casa24 data import {elsewhere}"
    lines.append(tr("They are there now, and not here. To have them back: {command}", command=back))
    return lines


def restored_lines(done: Restored) -> list[str]:
    """What was unpacked, and what was left as it is."""
    lines = [f"{span(done.days)}: {tr('unpacked, byte for byte')}."] if done.days else []
    if done.kept:
        lines.append(f"{span(done.kept)}: {tr('left as it is: the file here is newer than the packed one')}.")
    return lines or [tr("Nothing is packed.")]


def pruned_lines(done: Pruned, source: str, *, dry_run: bool) -> list[str]:
    """On how many days the values are gone, in which files, and where some may still be."""
    lines = _damaged(done.damaged)
    if done.days:
        said = (
            tr("would lose their {source} values", source=source)
            if dry_run
            else tr("their {source} values are gone, and the days say so", source=source)
        )
        lines.append(f"{span(done.days)}: {said}.")
    tables = [path.name for path in done.written if path.suffix == ".csv"]
    if tables:
        lines.append(f"{', '.join(tables)}: {tr('the same')}.")
    if not done.days and not tables:
        lines.append(tr("Nothing to prune."))
    lines += [tr("{file} was set aside, and may still hold such numbers.", file=path) for path in done.unseen]
    lines.append(tr("git still holds what was committed: docs/data-format.md."))
    return lines


def _damaged(days: Sequence[dt.date]) -> list[str]:
    if not days:
        return []
    told = count(
        len(days), "1 day could not be read and was left alone", "{n} days could not be read and were left alone"
    )
    return [f"{told}: {', '.join(str(day) for day in days)}."]
