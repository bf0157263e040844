"""Test saved replies: complete enough to repair a source with, and without any secret."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.errors import BadReply, RateLimited, StorageError, TimedOut, UsageError
from casa24.testing import Replay
from casa24.web.client import Exchange, Web
from casa24.web.recorder import Redaction, ReplyLog
from tests.loopback import FAST, answers, drips, endless, redirects, resets, serve, trusted

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.politeness import Politeness
    from tests.loopback import Act

SECRET = "canary/7d+1f é"
MOST = 100_000
ONCE = FAST.model_copy(update={"attempts": 1, "patience": 0.5})


def redaction(*secrets: str) -> Redaction:
    found = Redaction()
    for secret in secrets:
        found.hide(secret)
    return found


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "replies.jsonl").read_text("utf-8").splitlines()]


# Redaction.


@pytest.mark.parametrize(
    "text",
    [
        f"it is {SECRET}!",
        "key=canary%2F7d%2B1f%20%C3%A9&x=1",
        "key=canary%2F7d%2B1f+%C3%A9",
        json.dumps({"error": SECRET}),
        json.dumps({"error": SECRET}, ensure_ascii=False),
        json.dumps({"error": SECRET}).replace("/", "\\/"),
        base64.b64encode(f"someone:{SECRET}".encode()).decode(),
        "canary%2f7d%2b1f%20%c3%a9",
        base64.b64encode(json.dumps({"pad": "x" * 60, "session": {"key": SECRET}}).encode()).decode(),
    ],
)
def test_a_secret_is_hidden_however_it_is_written(text: str) -> None:
    redacted = redaction(SECRET)(text)
    assert redacted != text
    assert "7d" not in redacted.replace(base64.b64encode(b"7d").decode(), "7d")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('{"access_token": "BQDqq9z", "expires_in": 3600}', '{"access_token": "***", "expires_in": 3600}'),
        ('{"clientToken":"AAC9","x":1}', '{"clientToken":"***","x":1}'),
        ("https://h/p?access_token=EAAG1&fields=id", "https://h/p?access_token=***&fields=id"),
        ("Authorization: Bearer abcdefgh1234", "Authorization: Bearer ***"),
        ("authorization: basic aWQ6c2VjcmV0", "authorization: basic ***"),
        ('{\\"accessToken\\":\\"BQDqq9z\\"}', '{\\"accessToken\\":\\"***\\"}'),
        ("&quot;accessToken&quot;:&quot;BQDqq9z&quot;", "&quot;accessToken&quot;:&quot;***&quot;"),
        ('{"page_access_token":"EAAG1"}', '{"page_access_token":"***"}'),
        ('{"accessToken":{"value":"BQDqq9z"}}', '{"accessToken":{"value":"***"}}'),
        ("Authorization: OAuth EAAG12345", "Authorization: OAuth ***"),
        ("Error validating access token: Session has expired", None),
        ("Basic instincts and Bot detection", None),
        ("accessToken:this.props.accessToken,x", None),
        ('{"nextPageToken": "CAoQAA", "prevPageToken": "CAoQAQ"}', None),
        ('{"followers": {"total": 798}, "name": "Secret Garden"}', None),
    ],
)
def test_what_a_platform_calls_a_token_is_hidden_and_paging_is_not(text: str, clean: str | None) -> None:
    assert Redaction()(text) == (clean or text)


def test_a_token_that_a_platform_sends_is_hidden_in_later_answers_too() -> None:
    redact = Redaction()
    redact('{"access_token": "BQDqq9z-a-long-one"}')
    assert redact("you sent BQDqq9z-a-long-one") == "you sent ***"


@given(st.text(), st.text(min_size=6), st.text())
def test_a_secret_is_hidden_whatever_text_is_around_it(before: str, secret: str, after: str) -> None:
    redacted = redaction(secret)(before + secret + after)
    assert [part for part in redacted.split("***") if secret in part] == []


@given(st.text('0123456789{}[]":,.<>= é\x00\xff', max_size=300))
def test_an_answer_without_secrets_stays_byte_for_byte(text: str) -> None:
    assert redaction(SECRET)(text) == text


# The folder.


def exchange(number: int = 1, **more: object) -> Exchange:
    fields = {"method": "GET", "url": f"https://api.example/{number}", "status": 200, "headers": {}, "content": b"{}"}
    return Exchange(**{**fields, "seconds": 0.1, **more})  # type: ignore[arg-type]


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        ReplyLog(tmp_path)


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(StorageError, match="cannot hold the replies"):
        ReplyLog(tmp_path / "file" / "replies")


def test_a_folder_that_vanishes_does_not_end_the_run(tmp_path: Path) -> None:
    log = ReplyLog(tmp_path / "replies")
    log.folder.rmdir()
    log(exchange())
    log.report("x")
    assert "could not be saved" in log.trouble


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    log = ReplyLog(tmp_path / "replies")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: log(exchange(number, content=b"x" * number)), range(200)))
    save_replies = lines(log.folder)
    assert sorted(str(line["url"]) for line in save_replies) == sorted(f"https://api.example/{n}" for n in range(200))
    for line in save_replies:
        assert len((log.folder / str(line["file"])).read_bytes()) == int(str(line["url"]).rpartition("/")[2])


def test_cookies_and_what_was_sent_stay_out(tmp_path: Path) -> None:
    log = ReplyLog(tmp_path / "replies")
    log(exchange(headers={"Set-Cookie": "sp_t=1", "X-RateLimit-Limit": "5", "Retry-After": "3", "CF-Ray": "me"}))
    assert lines(log.folder)[0]["headers"] == {"x-ratelimit-limit": "5", "retry-after": "3"}


# From the server to the folder, and back.


def save_replies(folder: Path, *acts: Act, politeness: Politeness = ONCE) -> tuple[Exception | None, str]:
    """One GET with its exchanges kept: what it raised, and its address."""

    async def go() -> tuple[Exception | None, str]:
        async with serve(*acts) as server:
            with trusted():
                web = Web(politeness, listen=ReplyLog(folder))
            async with web:
                try:
                    await web.get(server.url("/v1/x"), most=MOST)
                except Exception as error:  # noqa: BLE001 - the test looks at it
                    return error, server.url("/v1/x")
                return None, server.url("/v1/x")

    return asyncio.run(go())


TROUBLE: dict[str, tuple[tuple[Act, ...], type[Exception] | None]] = {
    "good": ((answers(b'{"followers": 7}', content_type="application/json"),), None),
    "retry": ((answers(b"", 503), answers(b"{}")), None),
    "packed": ((answers(gzip.compress(b'{"followers": 7}'), content_encoding="gzip"),), None),
    "rate": ((answers(b'{"error": 1}', 429, retry_after="86400"),), RateLimited),
    "endless": ((endless(),), BadReply),
    "elsewhere": ((redirects("https://example.org/"),), BadReply),
    "reset": ((resets(),), None),
    "drip": ((drips(b"x" * 100, 0.1),), TimedOut),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_a_replay_gives_the_same_answers_and_errors(name: str, tmp_path: Path) -> None:
    acts, expected = TROUBLE[name]
    politeness = ONCE.model_copy(update={"attempts": 2})
    error, url = save_replies(tmp_path / "replies", *acts, politeness=politeness)
    assert expected is None or isinstance(error, expected)

    async def again() -> Exception | None:
        async with Web(politeness, transport=Replay(tmp_path / "replies")) as web:
            try:
                await web.get(url, most=MOST)
            except Exception as raised:  # noqa: BLE001 - the test looks at it
                return raised
            return None

    if name == "drip":
        # What had arrived is kept; that it then went on too slowly is said beside it.
        first, *_ = lines(tmp_path / "replies")
        assert (tmp_path / "replies" / str(first["file"])).read_bytes().startswith(b"x")
        assert (first["status"], first["error"]) == (200, "TimedOut")
    assert type(asyncio.run(again())) is type(error)


def test_a_replay_names_a_request_that_was_not_sent_then(tmp_path: Path) -> None:
    save_replies(tmp_path / "replies", answers(b"{}"))

    async def ask() -> None:
        async with Web(ONCE, transport=Replay(tmp_path / "replies")) as web:
            await web.get("https://api.example/other")

    with pytest.raises(LookupError, match=r"nothing was kept of GET https://api\.example/other"):
        asyncio.run(ask())


def test_a_form_that_is_sent_is_not_saved(tmp_path: Path) -> None:
    async def go() -> None:
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, json={}))
        async with Web(ONCE, transport=transport, listen=ReplyLog(tmp_path / "replies")) as web:
            await web.post("https://api.example/token", form={"client_secret": SECRET}, headers={"Authorization": "x"})

    asyncio.run(go())
    assert SECRET not in "".join(path.read_text("utf-8") for path in (tmp_path / "replies").iterdir())
