"""What is looked at before the bot starts, as far as no Discord is needed for it."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.bot.checkup import examine
from casa24.bot.service import RecordService
from casa24.bot.settings import look
from casa24.core.findings import Level
from tests.bot.conftest import lay_down, today

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("age", "level"), [(2, Level.OK), (3, Level.WARNING)])
def test_one_missed_night_is_no_worry_and_two_are(tmp_path: Path, age: int, level: Level) -> None:
    place = lay_down(tmp_path, 20, today() - dt.timedelta(days=age))
    record = asyncio.run(examine(look(tmp_path, {}), RecordService(place / "casa24.toml")))[-1]
    assert (record.level, "The record's newest day is" in record.what) == (level, True)
