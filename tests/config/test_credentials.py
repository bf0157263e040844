"""Test where keys come from, which one wins, and that none is ever shown."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from casa24.config.credentials import Wallet, gather, local, mask, worker_endpoint
from casa24.core.politeness import Politeness
from casa24.core.reserved import WORKER_KEY
from casa24.errors import CredentialError
from casa24.web.client import Web
from tests.loopback import FAST, answers, redirects, resets, serve, waits

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loopback import Act, ReceivedRequest

NAMES = ("SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "YOUTUBE_API_KEY")
CANARY = "CANARY-51a0"


def values(wallet: Wallet) -> dict[str, tuple[str, str]]:
    """Each credential with its origin, opened."""
    return {name: (found.secret.get_secret_value(), found.origin) for name, found in wallet.found.items()}


def ask(
    *acts: Act, here: dict[str, str] | None = None, politeness: Politeness = FAST
) -> tuple[Wallet, list[ReceivedRequest]]:
    """The Worker asked once, over TLS, with these credentials of our own."""

    async def go() -> tuple[Wallet, list[ReceivedRequest]]:
        own = local((*NAMES, WORKER_KEY), environ=here or {})
        async with serve(*acts) as server, server.web(politeness) as web:
            return await gather(NAMES, own, worker=server.url(""), web=web), server.requests

    return asyncio.run(go())


# Which one wins.


def test_the_worker_goes_before_the_environment_and_that_before_the_dotenv_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("\n".join(f"{name}=file" for name in NAMES), "utf-8")
    environ = {"SPOTIFY_CLIENT_ID": "machine", "SPOTIFY_CLIENT_SECRET": "machine"}

    async def go() -> Wallet:
        own = local(NAMES, environ=environ, dotenv=dotenv)
        async with serve(answers(b'{"SPOTIFY_CLIENT_ID": "worker"}')) as server, server.web() as web:
            return await gather(NAMES, own, worker=server.url("/"), web=web)

    assert values(asyncio.run(go())) == {
        "SPOTIFY_CLIENT_ID": ("worker", "Worker"),
        "SPOTIFY_CLIENT_SECRET": ("machine", "environment"),
        "YOUTUBE_API_KEY": ("file", ".env"),
    }


def test_without_a_worker_only_this_machines_credentials_are_used() -> None:
    async def go() -> Wallet:
        async with Web() as web:
            return await gather(NAMES, local(NAMES, environ={"YOUTUBE_API_KEY": "k"}), worker=None, web=web)

    wallet = asyncio.run(go())
    assert values(wallet) == {"YOUTUBE_API_KEY": ("k", "environment")}
    assert wallet.warnings == []


@pytest.mark.parametrize("empty", ["", "  ", "\n", "your_spotify_client_id", "optional_for_now"])
def test_an_empty_value_or_a_placeholder_is_missing_and_the_next_origin_counts(tmp_path: Path, empty: str) -> None:
    """GitHub gives an unset secret as an empty text; the label's guide shows `your_…`."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("YOUTUBE_API_KEY=real", "utf-8")
    wallet = local(NAMES, environ={"YOUTUBE_API_KEY": empty}, dotenv=dotenv)
    assert values(wallet) == {"YOUTUBE_API_KEY": ("real", ".env")}
    assert wallet.warnings == []


def test_an_empty_value_of_the_worker_leaves_the_environments() -> None:
    wallet, _ = ask(answers(b'{"YOUTUBE_API_KEY": " "}'), here={"YOUTUBE_API_KEY": "k"})
    assert values(wallet) == {"YOUTUBE_API_KEY": ("k", "environment")}


def test_outer_space_of_a_value_is_dropped() -> None:
    assert values(local(NAMES, environ={"YOUTUBE_API_KEY": " k\n"})) == {"YOUTUBE_API_KEY": ("k", "environment")}


@pytest.mark.parametrize("value", [f"{CANARY}\nsecond", f"{CANARY}\x00", f"“{CANARY}”", f"{CANARY}\u200b"])
def test_a_value_no_key_can_have_is_named_but_neither_used_nor_shown(value: str) -> None:
    wallet = local(NAMES, environ={"YOUTUBE_API_KEY": value})
    (warning,) = wallet.warnings
    assert wallet.found == {}
    assert warning.startswith("YOUTUBE_API_KEY (from environment) holds characters no key has")
    assert CANARY not in warning


def test_only_the_names_asked_for_are_taken() -> None:
    wallet, _ = ask(answers(b'{"YOUTUBE_API_KEY": "k", "PATH": "/", "SPOTIFY_CLIENT_ID": 7}'))
    assert values(wallet) == {"YOUTUBE_API_KEY": ("k", "Worker")}


def test_a_source_is_given_only_what_it_names() -> None:
    wallet = local(NAMES, environ={"SPOTIFY_CLIENT_ID": "a", "YOUTUBE_API_KEY": "b"})
    given = wallet.give(["YOUTUBE_API_KEY", "SPOTIFY_CLIENT_SECRET"])
    assert {name: secret.get_secret_value() for name, secret in given.items()} == {"YOUTUBE_API_KEY": "b"}
    assert wallet.has(["YOUTUBE_API_KEY"])
    assert not wallet.has(NAMES)
    assert (wallet.origin("YOUTUBE_API_KEY"), wallet.origin("SPOTIFY_CLIENT_SECRET")) == ("environment", None)


# The .env file.


def test_an_invalid_line_of_a_dotenv_file_is_named(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("YOUTUBE_API_KEY=k\n=nothing here\nSPOTIFY_CLIENT_ID=7\n", "utf-8")
    wallet = local(NAMES, environ={}, dotenv=dotenv)
    assert wallet.warnings == [f"Line 2 of {dotenv} is no NAME=value, and is not used."]
    assert wallet.has(("YOUTUBE_API_KEY", "SPOTIFY_CLIENT_ID"))


def test_a_dotenv_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    """With quotes, `export`, comments, Windows' line ends, a byte-order mark, and a `$` that means itself."""
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(
        '\ufeffSPOTIFY_CLIENT_ID=first\r\nexport SPOTIFY_CLIENT_SECRET="a ${HOME} b"\r\n'
        "# YOUTUBE_API_KEY=no\r\nYOUTUBE_API_KEY=\r\n".encode()
    )
    assert values(local(NAMES, environ={}, dotenv=dotenv)) == {
        "SPOTIFY_CLIENT_ID": ("first", ".env"),
        "SPOTIFY_CLIENT_SECRET": ("a ${HOME} b", ".env"),
    }


def test_a_missing_dotenv_file_is_not_reported(tmp_path: Path) -> None:
    assert local(NAMES, environ={}, dotenv=tmp_path / ".env") == Wallet()


def test_a_dotenv_file_that_is_no_text_is_named_and_not_shown(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"\xff\xfe" + f"YOUTUBE_API_KEY={CANARY}".encode("utf-16-le"))
    with pytest.raises(CredentialError, match="UnicodeDecodeError") as caught:
        local(NAMES, environ={}, dotenv=dotenv)
    assert str(dotenv) in caught.value.message
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in shown
    assert CANARY not in shown.replace("\0", "")


def test_the_environment_is_the_machines_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUTUBE_API_KEY", "k")
    assert values(local(NAMES)) == {"YOUTUBE_API_KEY": ("k", "environment")}


# The Worker.


def test_the_worker_is_asked_at_its_one_address_with_our_key() -> None:
    _, (request,) = ask(answers(b"{}"), here={"WORKER_API_KEY": "wk"})
    assert (request.method, request.target, request.headers["authorization"]) == (
        "GET",
        "/api/credentials",
        "Bearer wk",
    )


def test_without_a_key_none_is_sent() -> None:
    _, (request,) = ask(answers(b"{}"))
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (answers(b"", 500), "answered 500"),
        (answers(b"", 404), "answered 404"),
        (answers(b"", 429, retry_after="3600"), "asked us to wait"),
        (answers(b"", 429, retry_after="0"), "asked us to wait"),
        (waits(2, answers(b"{}")), "no complete answer in time"),
        (resets(), "no connection"),
        (answers(b"<html>"), "did not answer with JSON"),
        (answers(b"[" * 60_000), "did not answer with JSON"),
        (answers(b'["k"]'), "did not answer with an object"),
        (answers(b'{"YOUTUBE_API_KEY": "' + b"k" * 65_536 + b'"}'), "more than 65,536 bytes"),
        (redirects("/elsewhere"), "redirects elsewhere"),
        (redirects("https://evil.example/"), "redirects elsewhere"),
    ],
    ids=["500", "404", "long 429", "429", "silent", "reset", "html", "deep", "array", "large", "redirect", "other"],
)
def test_a_worker_that_is_down_is_a_warning_and_the_rest_is_used(act: Act, message: str) -> None:
    quick = Politeness(pause=0, backoff=0, timeout=0.3, patience=1, attempts=2)
    wallet, _ = ask(act, here={"YOUTUBE_API_KEY": CANARY, "WORKER_API_KEY": "wk"}, politeness=quick)
    assert wallet.has(["YOUTUBE_API_KEY"])
    (warning,) = wallet.warnings
    assert warning.startswith("The Worker gave no credentials (")
    assert "127.0.0.1" in warning
    assert message in warning
    assert warning.endswith("using what this machine has.")


def test_a_worker_that_does_not_exist_is_a_warning() -> None:
    async def go() -> Wallet:
        async with serve(answers()) as server:
            gone = server.url("")
        async with server.web() as web:
            return await gather(NAMES, Wallet(), worker=gone, web=web)

    (warning,) = asyncio.run(go()).warnings
    assert "no connection" in warning


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_has_its_own_warning(status: int) -> None:
    wallet, _ = ask(answers(b"", status), here={"WORKER_API_KEY": CANARY, "YOUTUBE_API_KEY": "k"})
    (warning,) = wallet.warnings
    assert warning.startswith("The Worker refused our key")
    assert warning.endswith("Set WORKER_API_KEY to the key the Worker was given.")
    assert CANARY not in warning
    assert wallet.has(["YOUTUBE_API_KEY"])


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("https://n.workers.dev", "https://n.workers.dev/api/credentials"),
        (" https://n.workers.dev/ ", "https://n.workers.dev/api/credentials"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787/api/credentials"),
        ("http://localhost:8787/", "http://localhost:8787/api/credentials"),
        ("http://[::1]:8787", "http://[::1]:8787/api/credentials"),
    ],
)
def test_a_worker_is_reached_by_https_or_on_this_machine(address: str, endpoint: str) -> None:
    assert worker_endpoint(address) == endpoint


@pytest.mark.parametrize(
    "address",
    [
        "http://n.workers.dev",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "ftp://n.workers.dev",
        "n.workers.dev",
        "https://",
        "",
        f"https://user:{CANARY}@n.workers.dev",
        f"https://:{CANARY}@n.workers.dev",
        "https://@n.workers.dev",
        f"https://n.workers.dev/?key={CANARY}",
        f"https://n.workers.dev/#{CANARY}",
        "https://n.workers.dev/?",
        f"https://[{CANARY}",
        f"{CANARY.lower()}:secret",
    ],
)
def test_an_address_that_is_not_safe_for_keys_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(CredentialError) as caught:
        worker_endpoint(address)
    assert "WORKER_API_URL" in caught.value.advice
    shown = "".join([*traceback.format_exception(caught.value), repr(caught.value), caught.value.advice])
    assert CANARY.lower() not in shown.lower()


def test_an_unsafe_worker_ends_the_run_before_anything_is_sent() -> None:
    async def go() -> None:
        async with Web() as web:
            await gather(NAMES, Wallet(), worker="http://n.workers.dev", web=web)

    with pytest.raises(CredentialError):
        asyncio.run(go())


# Nothing is shown.


def test_no_representation_holds_a_secret() -> None:
    wallet = local(NAMES, environ={"YOUTUBE_API_KEY": CANARY})
    given = wallet.give(NAMES)
    assert CANARY not in f"{wallet} {wallet!r} {given} {given!r} {wallet.found['YOUTUBE_API_KEY']!r}"


@pytest.mark.parametrize(
    "act",
    [
        answers(f'{{"YOUTUBE_API_KEY": "{CANARY}"}}'.encode(), 500),
        answers(f'["{CANARY}"]'.encode()),
        answers(f'{{"YOUTUBE_API_KEY": "{CANARY}\\n{CANARY}"}}'.encode()),
        answers(f'{{"YOUTUBE_API_KEY": "{CANARY}"'.encode()),
        redirects(f"https://evil.example/{CANARY}"),
    ],
    ids=["500", "array", "two lines", "cut off", "redirect"],
)
def test_no_warning_and_no_log_line_holds_what_the_worker_sent(act: Act, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "casa24")
    wallet, _ = ask(act, here={"WORKER_API_KEY": CANARY})
    (warning,) = wallet.warnings
    assert CANARY not in warning
    assert CANARY not in repr(wallet)
    assert CANARY not in caplog.text


def test_only_secrets_are_registered_to_be_masked() -> None:
    """A mask on a setting such as `v26.0` would blot out harmless words all over the log."""
    wallet = local(
        (*NAMES, "INSTAGRAM_API_VERSION"), environ={"YOUTUBE_API_KEY": "k-1", "INSTAGRAM_API_VERSION": "v26.0"}
    )
    written: list[str] = []
    mask(wallet, NAMES, written.append)
    assert written == ["::add-mask::k-1"]


def test_a_percent_sign_reaches_github_as_one() -> None:
    """The runner decodes %25 in a command: unescaped, it would mask another text than the secret."""
    wallet = local(NAMES, environ={"YOUTUBE_API_KEY": "a%25b"})
    written: list[str] = []
    mask(wallet, NAMES, written.append)
    assert written == ["::add-mask::a%2525b"]
