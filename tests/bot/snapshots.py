"""The bot's answers of an invented label, as somebody read them: ``python -m tests.bot.snapshots`` writes them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from casa24.bot import questions
from casa24.bot.service import RecordService
from casa24.text.i18n import speak
from tests.bot.conftest import lay_down
from tests.making import DAY

ASKED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (questions.stats, {}), (questions.growth, {}), (questions.growth, {"artist": "ana", "period": 60}),
    (questions.predict, {}), (questions.artist, {"name": "ben"}), (questions.compare, {"artists": ("ana", "ben")}),
    (questions.leaderboard, {}), (questions.week, {}), (questions.unusual, {}), (questions.milestones, {}),
)  # fmt: skip


def file_of(language: str) -> Path:
    """Where the answers in a language stand."""
    return Path(__file__).with_name(f"embeds.{language}.md")


def rendered(language: str) -> str:
    """Every answer, as Discord is given it; not the footer, which tells how old the data is."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_rendered(lay_down(Path(folder), 60, DAY), language))


async def _rendered(label: Path, language: str) -> str:
    speak(language)
    desk = RecordService(label / "casa24.toml")
    parts: list[str] = []
    for question, choices in ASKED:
        told = (await desk.ask(question, **choices)).embed
        parts.append(f"# {told.title}\n\n{told.text}".rstrip())
        parts += [f"## {field.name}\n\n{field.value}" for field in told.fields]
    desk.close()
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    for code in ("en", "es"):
        file_of(code).write_text(rendered(code), "utf-8")
