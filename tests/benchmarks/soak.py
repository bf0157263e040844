"""Five thousand commands to the bot while its data folder changes: how long they take, and what stays in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import resource
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from casa24.bot import questions
from casa24.bot.service import RecordService
from tests.benchmarks.world import FIRST, _day, _todays, lay_down

if TYPE_CHECKING:
    from pathlib import Path

# None of them draws: what has a picture takes as long as the picture.
ASKED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (questions.stats, {}), (questions.growth, {}), (questions.growth, {"period": 90}), (questions.predict, {}),
    (questions.compare, {"artists": ("Artist 1", "Artist 2")}), (questions.leaderboard, {}),
    (questions.leaderboard, {"metric": "youtube.total_views"}), (questions.week, {}), (questions.unusual, {}),
    (questions.milestones, {}), (questions.milestones, {"artist": "Artist 3"}), (questions.predict, {"days": 7}),
)  # fmt: skip
_DAYS = 182
# Each so many commands the record is another: a new day, or one that is completed.
_CHANGES = 100


@dataclass
class Soaked:
    """How long each command took (seconds), and the process's peak in MiB after a tenth of them and at the end."""

    seconds: list[float] = field(default_factory=list)
    early: float = 0.0
    late: float = 0.0

    @property
    def p99(self) -> float:
        """In milliseconds."""
        return sorted(self.seconds)[int(0.99 * len(self.seconds))] * 1000


def soak(folder: Path, commands: int) -> Soaked:
    """Ask so often, one after the other."""
    place = lay_down(folder / "label", _DAYS)
    return asyncio.run(_soak(place, commands))


async def _soak(place: Path, commands: int) -> Soaked:
    desk = RecordService(place / "casa24.toml")
    soaked = Soaked()
    for number in range(commands):
        if number % _CHANGES == 0:
            _change(place, number // _CHANGES)
        question, choices = ASKED[number % len(ASKED)]
        started = time.perf_counter()
        await desk.ask(question, **choices)
        soaked.seconds.append(time.perf_counter() - started)
        if number == commands // 10:
            soaked.early = _peak()
    soaked.late = _peak()
    desk.close()
    return soaked


def _change(place: Path, number: int) -> None:
    day = FIRST + dt.timedelta(days=_DAYS + number % 20)
    content = {**_day(day, _DAYS + number), **_todays(day)}
    file = place / "data" / "historical" / f"{day}.json"
    new = file.with_suffix(".new")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(file)


def _peak() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024 * 1024)
