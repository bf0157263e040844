"""The whole of it: a `casa24` process asks the Worker in the real workerd, vouched for or with the key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from casa24.core.reserved import REQUEST_TOKEN, REQUEST_URL
from casa24.demo import lay_down
from tests.internet import Internet, casa24, internet
from tests.worker.conftest import HELD, KEY
from tests.worker.tokens import CLAIMS, github

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.worker.workerd import Running

GIVEN = {name for name, value in HELD.items() if value}
ADDRESS = CLAIMS["aud"]
VOUCHES = "https://vouches.example.org/idtoken?api-version=2.0"


@dataclass
class Night:
    """A job's surroundings: ``branch`` is what it runs on, ``variant`` the Worker it finds, ``sent`` what it showed."""

    world: Internet
    folder: Path
    workerd: Running
    branch: str = CLAIMS["ref"]
    variant: str = "full"

    def __post_init__(self) -> None:
        self.sent: list[str] = []
        self.world.play = self.answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        """GitHub's token endpoint, and the Worker's address, behind which workerd answers."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.url.host == httpx.URL(VOUCHES).host:
            if bearer != "request-token":
                return httpx.Response(403)
            token = github().token(aud=request.url.params["audience"], ref=self.branch)
            return httpx.Response(200, json={"count": 1, "value": token})
        assert f"https://{request.url.host}" == ADDRESS
        self.sent.append(bearer)
        return self.workerd.ask(self.variant, bearer or None, path=request.url.path)

    def asks(self, **environ: str) -> tuple[dict[str, Any], str]:
        """What `casa24 sources --worker` tells, and everything it wrote."""
        env = {**self.world.environ, "WORKER_API_URL": f"{ADDRESS}/", "GITHUB_ACTIONS": "true", **environ}
        done = casa24("sources", "--worker", "--format", "json", env=env, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), done.stdout + done.stderr


JOB = {REQUEST_URL: VOUCHES, REQUEST_TOKEN: "request-token"}


@pytest.fixture
def night(tmp_path: Path, workerd: Running) -> Iterator[Night]:
    lay_down(tmp_path / "label")
    with internet(tmp_path) as world:
        yield Night(world, tmp_path / "label", workerd)


def from_worker(told: dict[str, Any]) -> set[str]:
    """The credentials that came from the Worker."""
    found = (credential for source in told["sources"] for credential in source["credentials"])
    return {credential["name"] for credential in found if credential["origin"] == "Worker"}


def shown(written: str) -> str:
    """What a reader of GitHub's log sees: its runner takes the masks, and blots out what they name."""
    lines = written.splitlines()
    for mask in [line.removeprefix("::add-mask::") for line in lines if line.startswith("::add-mask::")]:
        written = written.replace(mask, "***")
    return written


@pytest.mark.parametrize("variant", ["full", "keyless"])
def test_the_nightly_job_gets_the_keys_without_having_one(night: Night, variant: str) -> None:
    night.variant = variant
    told, written = night.asks(**JOB)
    assert from_worker(told) == GIVEN
    assert told["warnings"] == []
    (token,) = night.sent
    assert f"::add-mask::{token}\n" in written
    assert written.count(token) == 1


def test_elsewhere_the_key_opens(night: Night) -> None:
    told, _ = night.asks(WORKER_API_KEY=KEY)
    assert (from_worker(told), told["warnings"], night.sent) == (GIVEN, [], [KEY])


def test_a_job_on_another_branch_gets_in_with_the_key_only_and_is_told_so(night: Night) -> None:
    night.branch = "refs/heads/other"
    told, written = night.asks(**JOB, WORKER_API_KEY=KEY)
    assert from_worker(told) == GIVEN
    (warning,) = told["warnings"]
    assert warning.startswith("The Worker refused GitHub's word for this job")
    assert warning.endswith("Used WORKER_API_KEY instead.")
    token, key = night.sent
    assert key == KEY
    assert not any(secret in shown(written) for secret in (token, KEY, "request-token"))
    told, _ = night.asks(**JOB)
    assert from_worker(told) == set()


def test_where_github_does_not_vouch_the_key_opens(night: Night) -> None:
    told, _ = night.asks(**{**JOB, REQUEST_TOKEN: "stale"}, WORKER_API_KEY=KEY)
    assert (from_worker(told), night.sent) == (GIVEN, [KEY])
    (warning,) = told["warnings"]
    assert warning.startswith("GitHub did not vouch for this job (vouches.example.org answered 403).")


def test_without_the_key_and_without_github_nothing_is_given(night: Night) -> None:
    told, written = night.asks()
    assert from_worker(told) == set()
    assert not any(value in written for value in HELD.values() if value.startswith("secret-"))
