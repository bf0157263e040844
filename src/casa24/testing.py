"""Test a source: subclass :class:`SourceContract` in your own test suite. casa24's own sources pass it too.

::

    class TestDeezer(SourceContract):
        source = Deezer
        accounts = {"https://www.deezer.com/artist/27": "27"}
        wrong_accounts = ("not an artist",)

        def answer(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"name": "Ana Sol", "nb_fan": 12})

No network is used: ``answer`` answers for the platform. Needs pytest.

:class:`Replay` answers with what `casa24 collect --save-replies FOLDER` saved.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr

from casa24.collect.assemble import Request
from casa24.collect.collector import collect
from casa24.config.credentials import FoundCredential, Wallet
from casa24.config.loading import Roster
from casa24.core.politeness import Politeness
from casa24.core.roster import Artist, Label
from casa24.core.snapshot import Snapshot, State, as_count
from casa24.sources import registry
from casa24.web import recorder
from casa24.web.client import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from casa24.sources.registry import AnySource

_NOW = dt.datetime(2026, 11, 22, 2, 31, tzinfo=dt.UTC)
_ARTIST = "Ana Sol"

_TROUBLE: Mapping[str, httpx.Response] = {
    **{str(status): httpx.Response(status, json={}) for status in (400, 401, 403, 404, 410, 500, 503)},
    "429": httpx.Response(429, headers={"Retry-After": "0"}),
    "429 for a day": httpx.Response(429, headers={"Retry-After": "86400"}),
    "a redirect to another host": httpx.Response(302, headers={"Location": "https://example.org/"}),
    "HTML": httpx.Response(200, text="<!DOCTYPE html><html><body>Please log in: 42 followers</body></html>"),
    "nothing": httpx.Response(200),
    "null": httpx.Response(200, text="null"),
    "an empty object": httpx.Response(200, json={}),
    "an empty list": httpx.Response(200, json=[]),
    "a number": httpx.Response(200, text="42"),
    "not a number": httpx.Response(200, text='{"a": NaN}'),
}
"""Answers of a platform from which no number may come."""

_WRONG: Mapping[str, object] = {
    "null": None, "a text": "many", "negative": -7, "a fraction": 0.5, "a yes": True, "a list": [],
}  # fmt: skip
"""Values that may be in the place of a number."""

_NUMBER = re.compile(r"(?<![\d.,-])\d[\d,]*(?![.\d])")


class Replay(httpx.AsyncBaseTransport):
    """Answers requests with the replies saved in a run; a transport for :class:`~casa24.web.client.Web`.

    A request that was sent several times gets its answers in the order of that run, and then the
    last one again and again. A request that the run did not send raises LookupError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._exchanges: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for line in (folder / recorder.INDEX).read_text("utf-8").splitlines():
            exchange = json.loads(line)
            self._exchanges.setdefault((exchange["method"], exchange["url"]), []).append(exchange)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the saved answer."""
        exchanges = self._exchanges.get((request.method, str(request.url)))
        if not exchanges:
            raise LookupError(f"nothing was kept of {request.method} {request.url}")
        exchange = exchanges.pop(0) if len(exchanges) > 1 else exchanges[0]
        # A BadReply (too large, or a redirect to another host) is raised again by the client itself.
        if exchange["error"] not in {None, "BadReply"}:
            late = "Time" in exchange["error"]
            raise (httpx.ReadTimeout if late else httpx.ConnectError)(exchange["error"])
        content = (self._folder / exchange["file"]).read_bytes()
        return httpx.Response(exchange["status"], headers=exchange["headers"], content=content)


class SourceContract:
    """Tests for a source. Subclass it, name the class ``Test…``, and define the first four members."""

    source: ClassVar[AnySource]
    """The class under test."""
    accounts: ClassVar[Mapping[str, str]]
    """What people paste → the account it means. The tests collect the first one."""
    wrong_accounts: ClassVar[tuple[str, ...]]
    """Texts that are not accounts of this platform."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Return the platform's answer about the first account, when all is well."""
        raise NotImplementedError

    # --- its declarations

    def test_it_can_be_installed(self) -> None:
        """Its declarations are valid: name, columns, keys; unknown values are None by default."""
        assert registry.unfit(self.source.name, self.source) == ""

    def test_what_people_paste_becomes_the_account(self) -> None:
        """An account itself stays unchanged, so that a normalised roster does too."""
        for pasted, account in self.accounts.items():
            assert self.source.account(pasted) == account
            assert self.source.account(account) == account

    def test_what_is_no_account_is_refused_with_a_message(self) -> None:
        """Raises ValueError whose text names what was pasted."""
        for wrong in self.wrong_accounts:
            with pytest.raises(ValueError, match=r"\w") as refusal:
                self.source.account(wrong)
            assert repr(wrong) in str(refusal.value)

    # --- what it measures

    def test_a_good_answer_is_measured(self) -> None:
        """Every number it declares has a value, or a reason that is no failure."""
        states = self._states(self._collect(self.answer))
        assert State.MEASURED in states.values() or State.ROUNDED in states.values()
        assert {field for field, state in states.items() if state is State.FAILED} == set()

    def test_its_codes_are_explained(self) -> None:
        """Every code it uses has an explanation and, if something failed, advice."""
        for answer in _TROUBLE.values():
            for gap in self._missing(self._collect(_always(answer))):
                assert gap.what
                assert gap.advice or gap.state is not State.FAILED, gap.code

    @pytest.mark.parametrize("trouble", _TROUBLE)
    def test_trouble_is_a_reason_never_a_number(self, trouble: str) -> None:
        """Whatever goes wrong: no value, no zero, a flag, and no error in the source's own code."""
        snapshot = self._collect(_always(_TROUBLE[trouble]))
        assert [value for _, value in self._values(snapshot) if as_count(value) is not None] == []
        assert not {State.MEASURED, State.NOT_TRACKED} & set(self._states(snapshot).values())
        assert "source_error" not in {flag.code for flag in snapshot.flags}

    @pytest.mark.parametrize("wrong", _WRONG)
    def test_a_changed_answer_gives_what_was_sent_or_nothing(self, wrong: str) -> None:
        """Replace each number of a JSON answer in turn by a value that is not a count: nothing is invented."""
        for place in range(self._numbers_sent()):
            snapshot, sent = self._with_one_replaced(place, _WRONG[wrong])
            assert {str(value) for _, value in self._values(snapshot) if value is not None} <= sent
            assert "source_error" not in {flag.code for flag in snapshot.flags}

    # --- secrets

    def test_no_credential_stands_in_an_address(self) -> None:
        """Addresses end up in logs; credentials go in headers or a form."""
        addresses: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            addresses.append(str(request.url))
            return self.answer(request)

        self._collect(answer)
        urls = " ".join(addresses)
        assert [name for name in self.source.credentials.secrets if _secret(name) in urls] == []

    def test_no_credential_stands_in_what_is_stored(self) -> None:
        """No credential is stored, even if the platform sends it back."""
        secrets = [_secret(name) for name in self.source.credentials.secrets]
        echo = httpx.Response(403, json={"error": {"message": " ".join(secrets), "errors": [{"reason": secrets}]}})
        stored = self._collect(_always(echo)).model_dump_json()
        assert [secret for secret in secrets if secret in stored] == []

    # --- helpers

    def _collect(self, answer: Callable[[httpx.Request], httpx.Response]) -> Snapshot:
        return asyncio.run(self._run(answer))

    async def _run(self, answer: Callable[[httpx.Request], httpx.Response]) -> Snapshot:
        account = next(iter(self.accounts.values()))
        accounts = {self.source.name: account}
        label = self.source.label_wide
        roster = Roster(
            Label(accounts=accounts if label else {}),
            (Artist(_ARTIST, {} if label else accounts), Artist("Nobody", {})),
        )
        names = self.source.credentials.names
        wallet = Wallet({name: FoundCredential(SecretStr(_secret(name)), "test") for name in names})
        polite = Politeness(pause=0, backoff=0)
        async with Web(polite, transport=httpx.MockTransport(lambda request: _fresh(answer(request)))) as web:
            return (await collect(Request(roster, (self.source,), _NOW), wallet, web)).snapshot

    def _section(self, snapshot: Snapshot) -> dict[str, Any]:
        return snapshot.section(None if self.source.label_wide else _ARTIST, self.source.name) or {}

    def _values(self, snapshot: Snapshot) -> Iterator[tuple[str, object]]:
        section = self._section(snapshot)
        return ((item.field, section.get(item.field)) for item in self.source.series())

    def _states(self, snapshot: Snapshot) -> dict[str, State]:
        artist = None if self.source.label_wide else _ARTIST
        series = self.source.series()
        return {item.field: snapshot.measurement(artist, item.source, item.field).state for item in series}

    def _missing(self, snapshot: Snapshot) -> list[Any]:
        from casa24.analysis.reasons import missing

        return missing(snapshot, (self.source,))

    def _with_one_replaced(self, place: int, wrong: object) -> tuple[Snapshot, set[str]]:
        """Collect with the number at ``place`` of every answer replaced; return all the numbers that were sent too."""
        sent: set[str] = set()

        def answer(request: httpx.Request) -> httpx.Response:
            reply = _replaced(self.answer(request), place, wrong)
            sent.update(number.replace(",", "") for number in _NUMBER.findall(reply.text))
            return reply

        return self._collect(answer), sent

    def _numbers_sent(self) -> int:
        sent: list[int] = []
        self._collect(lambda request: _counted(self.answer(request), sent))
        return max(sent, default=0)


def _secret(name: str) -> str:
    return f"canary-{name.lower().replace('_', '-')}"


def _always(answer: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: answer


def _fresh(answer: httpx.Response) -> httpx.Response:
    """Copy an answer: a response can be read only once."""
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def _json(answer: httpx.Response) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError:
        return None


def _leaves(content: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the place of each count in a JSON value: (container, key)."""
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in list(items):
        if as_count(value) is not None:
            yield content, key
        yield from _leaves(value)


def _counted(answer: httpx.Response, sent: list[int]) -> httpx.Response:
    sent.append(sum(1 for _ in _leaves(_json(answer))))
    return answer


def _replaced(answer: httpx.Response, place: int, wrong: object) -> httpx.Response:
    """Return the answer with one of its counts replaced."""
    content = _json(answer)
    for number, (container, key) in enumerate(list(_leaves(content))):
        if number == place:
            container[key] = wrong
            return httpx.Response(answer.status_code, json=content)
    return answer
