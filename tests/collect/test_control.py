"""Test control accounts: if even a famous account has no numbers, the source is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casa24.config import loading
from casa24.errors import AccountUnavailable, ConfigError, SourceUnavailable
from casa24.sources import registry
from casa24.sources.base import Reading
from tests.invented import Numbers, Other, fans, flags, night, roster

if TYPE_CHECKING:
    from casa24.collect.collector import Collected

FAMOUS = "a99"
_SILENT = "Other gave nothing for the control account either"


class Picky(Other):
    """Answers for these accounts only."""

    known: frozenset[str] = frozenset()

    async def fetch(self, account: str) -> Reading[Numbers]:
        if account not in self.known:
            raise AccountUnavailable("not_found")
        return Reading(Numbers(fans=int(account[1:]), plays=10, title=account))


class Broken(Picky):
    """Answers without a number, whoever is asked for."""

    async def fetch(self, account: str) -> Reading[Numbers]:
        return Reading(Numbers(title=account))


class Gone(Picky):
    async def start(self) -> None:
        raise SourceUnavailable("token_expired")


def ask(source: type[Picky], control: str | None = FAMOUS) -> Collected:
    label = roster()._replace(controls={"other": control} if control else {})
    return night(source, label=label)


def codes(collected: Collected) -> set[str]:
    return {code for _, _, _, code in flags(collected.snapshot)}


def test_if_the_control_account_answers_the_artist_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picky, "known", frozenset({"a1", FAMOUS}))
    found = ask(Picky)
    assert fans(found.snapshot) == [1, None, None]
    assert codes(found) == {"not_found"}
    assert (found.warnings, found.silent) == ((), frozenset())


@pytest.mark.parametrize("source", [Picky, Broken])
def test_if_the_control_account_is_silent_too_the_source_is_at_fault(source: type[Picky]) -> None:
    found = ask(source)
    assert codes(found) == {"control_silent"}
    assert found.silent == {"other"}
    assert any(_SILENT in text for text in found.warnings)


def test_the_control_accounts_numbers_are_never_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picky, "known", frozenset({"a1", "a2", "a3", FAMOUS}))
    found = ask(Picky)
    assert FAMOUS not in found.snapshot.model_dump_json()
    assert fans(found.snapshot) == [1, 2, 3]


def test_a_more_specific_reason_is_kept() -> None:
    found = ask(Gone)
    assert codes(found) == {"token_expired"}
    assert found.silent == frozenset()


def test_without_a_control_account_nothing_changes() -> None:
    assert codes(ask(Picky, control=None)) == {"not_found"}


def read(text: str) -> loading.Roster:
    return loading.parse(text).resolve(registry.load())


def test_a_control_account_is_set_under_its_source_in_any_form_people_paste() -> None:
    link = "https://open.spotify.com/artist/0TnOYISbd1XYRBk9myaseg?si=1"
    assert read(f'[sources.spotify]\ncontrol = "{link}"\npage = false\n').controls == {
        "spotify": "0TnOYISbd1XYRBk9myaseg"
    }


@pytest.mark.parametrize(
    "text",
    ['[sources.spotify]\ncontrol = "nobody"', "[sources.spotify]\ncontrol = 7", '[sources.discord]\ncontrol = "1"'],
)
def test_an_invalid_control_account_is_a_mistake_with_its_place(text: str) -> None:
    with pytest.raises(ConfigError, match=r"\[sources\.[a-z]+\][: ]+control"):
        read(text)
