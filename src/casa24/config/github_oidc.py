"""Get a signed token (OIDC) from GitHub that proves which job is running, without any stored secret.

A token is valid for minutes. A job with ``permissions: id-token: write`` may ask for one, and names who it
is for (the audience).
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
# Three parts with dots between them, of characters that a header can hold.
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Job(NamedTuple):
    """A job that may ask GitHub for tokens. ``hide`` is called with each token first, to keep it out of logs."""

    url: str
    token: SecretStr
    hide: Callable[[SecretStr], object]


def this_job(hide: Callable[[SecretStr], object], *, environ: Mapping[str, str] | None = None) -> Job | None:
    """Return the job we run in; None outside of a job, or if it may not ask for tokens."""
    environ = os.environ if environ is None else environ
    url, token = (environ.get(name, "").strip() for name in (REQUEST_URL, REQUEST_TOKEN))
    return Job(url, SecretStr(token), hide) if url and token else None


async def identity(job: Job, audience: str, web: Web) -> SecretStr:
    """Get a token that proves which job this is, valid for ``audience`` only. Raises WebError."""
    if urlsplit(job.url).scheme != "https":
        raise WebError(f"{REQUEST_URL} is no https:// address")
    job.hide(job.token)
    # GitHub's address already has a query, which must be kept.
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
    """Return the audience of a token for this address: its origin, without a slash at the end."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':443')}"
