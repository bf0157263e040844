"""Test `as_they_come`: many requests at once, with their answers one by one."""

from __future__ import annotations

import asyncio
import weakref

from casa24.sources.base import as_they_come


class Answer:
    """Stands for a platform's answer."""


async def answer(seconds: float) -> Answer:
    await asyncio.sleep(seconds)
    return Answer()


def test_an_answer_is_freed_when_the_next_one_arrives() -> None:
    """A thousand artists' answers must not lie in memory until the last has come."""

    async def go() -> list[int]:
        references: list[weakref.ref[Answer]] = []
        alive = []
        async for _, result in as_they_come((number, answer(number / 50)) for number in range(3)):
            references.append(weakref.ref(result))  # type: ignore[arg-type]
            del result
            alive.append(sum(reference() is not None for reference in references))
        return alive

    assert asyncio.run(go()) == [1, 1, 1]


def test_answers_are_yielded_as_they_arrive_each_with_its_key() -> None:
    async def go() -> list[str]:
        jobs = [("late", answer(0.05)), ("early", answer(0))]
        return [key async for key, _ in as_they_come(jobs)]

    assert asyncio.run(go()) == ["early", "late"]
