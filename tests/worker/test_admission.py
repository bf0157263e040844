"""Who gets the keys from the Worker, and that nobody else learns anything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from casa24.core.reserved import NOTIFY
from casa24.sources import registry
from tests.worker.conftest import FILLED, FULL, HELD, IDENTITY, KEY, OTHERS
from tests.worker.tokens import CLAIMS, github, stranger

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.worker.workerd import Running

_CLAIMS = {"AUDIENCE": "aud", "REPOSITORY_ID": "repository_id", "REF": "ref", "WORKFLOW_REF": "workflow_ref"}
GIVEN = {name: value for name, value in HELD.items() if value}
LONG_AGO, FAR_OFF = 1_000_000_000, 4_000_000_000

BAD_TOKENS: dict[str, tuple[Callable[[], str], str]] = {
    "audience": (lambda: github().token(aud="https://casa24-api.example.org"), "aud is"),
    "audience as a list": (lambda: github().token(aud=[CLAIMS["aud"]]), "aud is"),
    "no audience": (lambda: github().token(aud=None), "aud is"),
    "issuer": (lambda: github().token(iss="https://token.example.org"), "iss is"),
    "expired": (lambda: github().token(exp=LONG_AGO), "expired"),
    "no expiry": (lambda: github().token(exp=None), "expired"),
    "expiry as a text": (lambda: github().token(exp=str(FAR_OFF)), "expired"),
    "not yet valid": (lambda: github().token(nbf=FAR_OFF, exp=FAR_OFF + 9), "not valid yet"),
    "no beginning": (lambda: github().token(nbf=None), "not valid yet"),
    "repository": (lambda: github().token(repository_id="240025"), "repository_id is"),
    "repository as a number": (lambda: github().token(repository_id=240024), "repository_id is"),
    "branch": (lambda: github().token(ref="refs/heads/other"), "ref is"),
    "pull request": (lambda: github().token(ref="refs/pull/1/merge"), "ref is"),
    "workflow": (
        lambda: github().token(workflow_ref=CLAIMS["workflow_ref"].replace("update", "other")),
        "workflow_ref is",
    ),
    "foreign key": (lambda: stranger().token(), "signature is wrong"),
    "changed after signing": (lambda: _grafted(github().token(), github().token(ref="x")), "signature is wrong"),
    "no signature": (lambda: github().token().rpartition(".")[0] + ".", "signature is wrong"),
    "alg none": (lambda: github().unsigned(), "not signed with RS256"),
    "HS256 with the public key": (lambda: github().signed_with_the_public_key(), "not signed with RS256"),
    "no kid": (lambda: github().token({"kid": None}), "does not name its key"),
    "unknown kid": (lambda: github().token({"kid": "another"}), "does not have"),
    "a kid every object has": (lambda: github().token({"kid": "constructor"}), "does not have"),
    "a kid of no RSA key": (lambda: github().token({"kid": "other"}), "does not have"),
    "an unknown demand": (lambda: github().token({"crit": ["exp"]}), "demands"),
    "garbage": (lambda: "a.b.c", "cannot be read"),
    "no JSON": (lambda: "e30.W10.AAAA", "cannot be read"),
}


def _grafted(signed: str, signature_of: str) -> str:
    (head, _, signature), (_, body, _) = signed.split("."), signature_of.split(".")
    return f"{head}.{body}.{signature}"


def assert_refused(answer: httpx.Response) -> None:
    """Every refusal is the same answer: it says nothing of what was wrong."""
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    assert dict(answer.headers) == {
        "content-length": "24",
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "www-authenticate": "Bearer",
    }


def test_the_right_key_gets_the_known_names_and_nothing_else(workerd: Running) -> None:
    answer = workerd.ask("full", KEY)
    assert (answer.status_code, answer.json()) == (200, GIVEN)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(secret in answer.text for secret in OTHERS.values())


def test_the_names_it_may_hand_out_are_those_casa24_asks_for(workerd: Running) -> None:
    everything = {*registry.load().credential_names, NOTIFY}
    assert {*GIVEN} < everything
    source = (workerd.log_file.parent / "index.js").read_text("utf-8")
    listed = source.partition("const NAMES = [")[2].partition("]")[0]
    assert {name.strip().strip('"') for name in listed.split(",") if name.strip()} == everything


@pytest.mark.parametrize("bearer", [None, "", "x", f"{KEY}x", KEY[:-1], KEY.replace("l", "L"), "é" * 9, "x" * 20_000])
def test_any_other_key_gets_nothing(workerd: Running, bearer: str | None) -> None:
    """Also one of another length: it is digests that are compared."""
    assert_refused(workerd.ask("full", bearer))


@pytest.mark.parametrize("variant", ["keyless", "empty-key"])
@pytest.mark.parametrize("bearer", [None, "", "undefined", "null", KEY])
def test_where_no_key_was_set_no_key_opens(workerd: Running, variant: str, bearer: str | None) -> None:
    assert_refused(workerd.ask(variant, bearer))


@pytest.mark.parametrize("variant", ["full", "keyless"])
def test_the_nightly_job_gets_in_by_its_identity(workerd: Running, variant: str) -> None:
    answer = workerd.ask(variant, github().token())
    assert (answer.status_code, answer.json()) == (200, GIVEN)


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_token_that_is_wrong_in_one_respect_gets_nothing_and_the_log_says_why(workerd: Running, case: str) -> None:
    make, why = BAD_TOKENS[case]
    token = make()
    before = workerd.log()
    assert_refused(workerd.ask("full", token))
    told = workerd.log().removeprefix(before)
    assert told.startswith("Refused: ")
    assert why in told
    assert not any(part in told for part in token.split(".") if len(part) > 1)


def test_clocks_may_differ_a_little(workerd: Running) -> None:
    now = time.time()
    assert workerd.ask("full", github().token(exp=now - 20)).status_code == 200
    assert workerd.ask("full", github().token(nbf=now + 20)).status_code == 200


@pytest.mark.parametrize("name", IDENTITY)
@pytest.mark.parametrize("how", ["without", "empty"])
def test_what_is_not_set_is_not_met(workerd: Running, name: str, how: str) -> None:
    """Not even by a token that lacks the same thing: no identity opens until every setting is there."""
    claim = _CLAIMS.get(name)
    lacking: list[dict[str, Any]] = [{claim: None}, {claim: ""}] if claim else []
    for token in (github().token(**claims) for claims in ({}, *lacking)):
        assert_refused(workerd.ask(f"{how}-{name}", token))
    assert f"wrangler.jsonc does not set {name}" in workerd.log()
    assert workerd.ask(f"{how}-{name}", KEY).json() == GIVEN


def test_as_it_is_shipped_no_identity_opens(workerd: Running) -> None:
    assert_refused(workerd.ask("as-shipped", github().token()))


def test_unknown_keys_do_not_make_it_ask_the_issuer_again_and_again(workerd: Running) -> None:
    """The first question fetches the issuer's keys; a flood of invented ones within the minute fetches nothing."""
    before = workerd.internet.times(FILLED["JWKS"])
    assert workerd.ask("fresh", github().token()).status_code == 200
    for number in range(5):
        assert_refused(workerd.ask("fresh", github().token({"kid": f"invented-{number}"})))
    assert workerd.ask("fresh", github().token()).status_code == 200
    assert workerd.internet.times(FILLED["JWKS"]) == before + 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_other_methods_are_not_allowed(workerd: Running, method: str) -> None:
    answer = workerd.ask("full", KEY, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/credentials/", "/API/credentials", "/api/credentials/x", "//api/credentials"]
)
def test_there_is_nothing_at_any_other_address(workerd: Running, path: str) -> None:
    assert workerd.ask("full", KEY, path=path).status_code == 404


def test_whoever_asks_too_often_is_told_to_wait(workerd: Running) -> None:
    """The limiter lets five through; the key does not help."""
    answers = [workerd.ask("limited", KEY) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_no_answer_holds_a_secret_that_is_not_asked_for(workerd: Running) -> None:
    answers = [workerd.ask("full", bearer) for bearer in (KEY, github().token(), "x", stranger().token())]
    answers += [workerd.ask("full", KEY, path="/"), workerd.ask("full", KEY, method="POST")]
    kept = {value for name, value in FULL.items() if name in OTHERS}
    assert not any(secret in answer.text + str(answer.headers) for answer in answers for secret in kept)
    assert not any(secret in workerd.log() for secret in {*kept, *GIVEN.values()} - {"v26.0"})
