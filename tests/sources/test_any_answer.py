"""Test sources with any answer: they yield only numbers that were sent, or a reason, and raise nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casa24.errors import Casa24Error
from casa24.sources.discord import Discord
from casa24.sources.instagram import Instagram
from casa24.sources.spotify import Spotify
from casa24.sources.youtube import YouTube
from tests.sources.platform import RunResult, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from casa24.sources.base import Source

ACCOUNTS: dict[type[Source[Any]], list[str]] = {
    Spotify: ["4Z8W4fKeB5YxbusRsdQVPb", "0TnOYISbd1XYRBk9myaseg"],
    YouTube: ["UC_x5XG1OV2P6uZZ5FSM9Ttw", "@anybody"],
    Instagram: ["facebookfordevelopers", "anybody"],
    Discord: ["1114391825336250432"],
}
STATUS = [200, 400, 401, 403, 404, 429, 500]
sources = pytest.mark.parametrize("kind", ACCOUNTS, ids=lambda kind: kind.name)


def run(kind: type[Source[Any]], play: Callable[[httpx.Request], httpx.Response]) -> RunResult:
    names = kind.credentials.names
    result = ask(kind, ACCOUNTS[kind], play, credentials=dict.fromkeys(names, "1114391825336250432"))
    errors = [*result.failures.values(), *([result.stopped] if result.stopped else [])]
    assert all(isinstance(error, Casa24Error) for error in errors), errors
    return result


def numbers(content: Any) -> Iterator[int]:
    """Every number in a JSON value."""
    if isinstance(content, bool):
        return
    if isinstance(content, int):
        yield content
    elif isinstance(content, dict | list):
        for inner in content.values() if isinstance(content, dict) else content:
            yield from numbers(inner)


def measured(result: RunResult) -> set[int]:
    """Every number a source read."""
    dumped = [reading.stats.model_dump() for reading in result.readings.values()]
    return {value for content in dumped for value in numbers(content)}


KEYS = [
    "artists", "tracks", "id", "name", "popularity", "followers", "total", "items", "snippet", "statistics",
    "viewCount", "videoId", "title", "contentDetails", "relatedPlaylists", "uploads", "access_token",
    "business_discovery", "username", "followers_count", "guild", "approximate_member_count", "error", "code",
    "reason", "errors", "details", "message",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@sources
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=JSON, status=st.sampled_from(STATUS))
def test_any_json_is_a_number_that_was_sent_or_a_reason(kind: type[Source[Any]], content: Any, status: int) -> None:
    result = run(kind, lambda _request: httpx.Response(status, json=content))
    sent = {int(digit) for digit in json.dumps(content) if digit.isdigit()}
    assert measured(result) <= sent


@sources
@settings(max_examples=30, deadline=None)
@given(content=st.binary(), status=st.sampled_from(STATUS))
def test_no_bytes_are_a_number(kind: type[Source[Any]], content: bytes, status: int) -> None:
    assert measured(run(kind, lambda _request: httpx.Response(status, content=content))) == set()


@sources
def test_a_connection_that_breaks_is_a_reason(kind: type[Source[Any]]) -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    assert measured(run(kind, play)) == set()


@sources
@pytest.mark.parametrize("status", STATUS)
def test_any_saved_answer_to_any_request_is_read_or_refused(kind: type[Source[Any]], status: int, shared: Path) -> None:
    files = [file for file in sorted((shared / "replies" / kind.name).iterdir()) if file.suffix != ".headers"]
    assert len(files) > 5
    for file in files:
        content = file.read_bytes()
        result = run(kind, lambda _request, content=content: httpx.Response(status, content=content))  # type: ignore[misc]
        if status != 200:
            assert measured(result) == set(), file.name
