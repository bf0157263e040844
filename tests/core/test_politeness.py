"""How fast a platform is asked by whoever says nothing about it."""

from __future__ import annotations

from casa24.core.politeness import Politeness


def test_without_a_word_in_casa24_toml_ten_requests_a_second_leave_for_a_host_and_none_waits_for_ever() -> None:
    assert Politeness().model_dump() == {
        "concurrency": 4, "pause": 0.1, "timeout": 20, "patience": 45,
        "longest_wait": 60, "attempts": 3, "backoff": 1,
    }  # fmt: skip
