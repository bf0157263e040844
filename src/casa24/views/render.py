"""Render a page as JSON, CSV or Markdown: one renderer for every command."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from casa24.text.escape import clean, harmful, markdown, safe_cell
from casa24.views.formats import Format
from casa24.views.page import Grid

if TYPE_CHECKING:
    from pydantic import BaseModel

    from casa24.views.page import Page

_SIGNED = re.compile(r"[+-][0-9]+(\.[0-9]+)?")
# JSON escapes C0 controls itself; the rest of the harmful would still reach a terminal.
_NOT_PLAIN = re.compile("[^\n -~]")


def as_text(page: Page, result: BaseModel, form: Format) -> str:
    """An answer as JSON, CSV or Markdown."""
    if form is Format.JSON:
        return as_json(result)
    return as_csv(page.main) if form is Format.CSV else as_markdown(page)


def as_json(result: BaseModel) -> str:
    """The result itself: its fields are the documented format."""
    text = json.dumps(result.model_dump(mode="json"), indent=2, ensure_ascii=False)
    return _NOT_PLAIN.sub(lambda found: json.dumps(found[0])[1:-1] if harmful(found[0]) else found[0], text)


def as_csv(table: Grid) -> str:
    """The main table; no cell a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column.title for column in table.columns)
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return out.getvalue().rstrip("\n")


def _cell(text: str) -> str:
    return text if _SIGNED.fullmatch(text) else safe_cell(clean(text))


def as_markdown(page: Page) -> str:
    """The page for a mail or a job summary."""
    parts = [f"## {markdown(page.title)}"]
    for block in page.blocks:
        if block.title:
            parts.append(f"### {markdown(block.title)}")
        if isinstance(block, Grid):
            parts.append(_markdown_table(block))
        elif block.fixed:
            parts.append("\n".join(["```text", *(clean(line) for line in block.lines), "```"]))
        else:
            parts.append("\n".join(_bullet(line) for line in block.lines))
    return "\n\n".join(parts)


def _bullet(line: str) -> str:
    """A sentence as a bullet; one that is indented belongs to the bullet before."""
    return f"  {markdown(line.strip())}" if line.startswith("  ") else f"- {markdown(line)}"


def _markdown_table(table: Grid) -> str:
    lines = [_markdown_row([markdown(column.title) for column in table.columns])]
    lines.append(_markdown_row(["---:" if column.right else "---" for column in table.columns]))
    for number, row in enumerate(table.rows):
        cells = [markdown(cell) for cell in row]
        if number in table.heads:
            cells[0] = f"**{cells[0]}**"
        elif number in table.links:
            cells[0] = f"[{cells[0]}]({table.links[number]})"
        lines.append(_markdown_row(cells))
    return "\n".join(lines)


def _markdown_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
