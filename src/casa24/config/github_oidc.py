"""GitHub's word for who a job is: a signed token (OIDC), valid for minutes, that no secret has to stand for.

A job with ``permissions: id-token: write`` may ask for one, naming whom it is for (the audience).
https://docs.github.com/actions/reference/openid-connect-reference
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from casa24.core.reserved import REQUEST_TOKEN, REQUEST_URL
from casa24.errors import BadReply, WebError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casa24.web.client import Web


_ANSWER_LIMIT = 64 * 1024
# Three parts between dots, of nothing a header could not carry.
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Job(NamedTuple):
    """A job that GitHub vouches for. ``hide``: is told each token before it is sent, so that it is never shown."""

    url: str
    token: SecretStr
    hide: Callable[[SecretStr], object]


def this_job(hide: Callable[[SecretStr], object], *, environ: Mapping[str, str] | None = None) -> Job | None:
    """The job we run in; None where there is none, or where it may not ask for tokens."""
    environ = os.environ if environ is None else environ
    url, token = (environ.get(name, "").strip() for name in (REQUEST_URL, REQUEST_TOKEN))
    return Job(url, SecretStr(token), hide) if url and token else None


async def identity(job: Job, audience: str, web: Web) -> SecretStr:
    """A token that proves to ``audience``, and to nobody else, which job this is. Raises WebError."""
    if urlsplit(job.url).scheme != "https":
        raise WebError(f"{REQUEST_URL} is no https:// address")
    job.hide(job.token)
    # GitHub's address has a query of its own, which must stay.
    url = f"{job.url}{'&' if '?' in job.url else '?'}audience={quote(audience, safe='')}"
    headers = {"Authorization": f"Bearer {job.token.get_secret_value()}"}
    reply = await web.get(url, headers=headers, most=_ANSWER_LIMIT, redirects=False)
    answer = reply.json()
    value = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise BadReply(f"{reply.where} did not answer with a token")
    token = SecretStr(value)
    job.hide(token)
    return token


def audience_of(address: str) -> str:
    """What a token for this address names: its origin, without a slash at the end."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':443')}"
