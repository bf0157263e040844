"""What the bot says of an invented label, word for word; see `tests.bot.snapshots`."""

from __future__ import annotations

import pytest

from tests.bot.snapshots import file_of, rendered


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_answer_is_the_one_somebody_read(language: str) -> None:
    assert rendered(language) == file_of(language).read_text("utf-8")
