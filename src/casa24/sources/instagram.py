"""Read Instagram: followers and posts of business and creator accounts, from the Graph API's business discovery."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Annotated

from pydantic import ValidationError

from casa24.core.findings import ok, warning
from casa24.core.metrics import Metric
from casa24.core.reason_codes import Explanation
from casa24.errors import AccountUnavailable, BadReply, BadStatus, SourceUnavailable
from casa24.sources.base import ArtistSource, Credentials, Reading, Stats

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.sources._instagram_schema import Token
    from casa24.web.client import Reply

API = "https://graph.facebook.com"
NEWEST = "v26.0"

_HANDLE = re.compile(r"[a-z0-9._]{1,30}")
_LINK = re.compile(r"(?:https?://)?(?:www\.)?instagram\.com/([^/?#]+)/?(?:[?#].*)?", re.IGNORECASE)
_VERSION = re.compile(r"v([0-9]{1,3})\.0")

# From Meta's table of versions, November 2026: the last day of each version it names.
# All versions before the oldest living one (v21.0) have ended; v18.0 did on 2026-01-26.
LAST_DAYS = {
    18: dt.date(2026, 1, 26),
    21: dt.date(2027, 1, 21),
    22: dt.date(2027, 5, 20),
    23: dt.date(2027, 10, 8),
    24: dt.date(2028, 2, 18),
    25: dt.date(2028, 7, 29),
}
_OLDEST = 21
_NOTICE = dt.timedelta(days=90)

# How long before a token ends its owner is warned.
_RENEW = dt.timedelta(days=14)
_SCOPES = ("instagram_basic", "pages_read_engagement")
_DEBUGGER = "https://developers.facebook.com/tools/debug/accesstoken/"
_TOKENS = "https://developers.facebook.com/docs/facebook-login/guides/access-tokens"

_NOT_READABLE = {110}
_DEAD_TOKEN = {190, 102}
_NO_PERMISSION = {10, *range(200, 300)}
_LIMITS = {4, 17, 32, 613, 80002}
_PASSING = {1, 2}
_OWN_ACCOUNT = {803}


class InstagramStats(Stats):
    """One artist's values on Instagram. ``media_count``: posts."""

    followers: Annotated[int | None, Metric("Followers", kind="audience", csv="instagram_followers")] = None
    media_count: Annotated[int | None, Metric("Posts", kind="count", csv="instagram_media_count")] = None
    username: str | None = None
    name: str | None = None


class Instagram(ArtistSource[InstagramStats]):
    """The source for Instagram. It makes one call for each artist; a batch would save nothing."""

    name = "instagram"
    title = "Instagram"
    account_key = "instagram_username"
    account_help = "The username, as in the profile's address (a business or creator account)."
    credentials = Credentials(
        "INSTAGRAM_ACCESS_TOKEN",
        settings=("INSTAGRAM_BUSINESS_ACCOUNT_ID", "INSTAGRAM_API_VERSION"),
        needs=("INSTAGRAM_BUSINESS_ACCOUNT_ID",),
        shapes={
            "INSTAGRAM_ACCESS_TOKEN": (r"EAA[0-9A-Za-z]{20,}", "a long text that begins with EAA"),
            "INSTAGRAM_BUSINESS_ACCOUNT_ID": (r"[0-9]{5,25}", "a number, mostly of 17 digits"),
        },
    )
    link = "https://www.instagram.com/{account}/"
    order = 30
    gaps = {
        "not_readable": Explanation(
            "Instagram does not show this account: renamed, private, personal or gone",
            "Check the username in casa24.toml, and that it is a business or creator account.",
        ),
        "other_account": Explanation("Instagram answered for another account", "Check the username in casa24.toml."),
        "token_expired": Explanation(
            "the Instagram access token is no longer valid",
            "Make a new one and store it as INSTAGRAM_ACCESS_TOKEN (docs/keys.md).",
        ),
        "no_permission": Explanation(
            "the Instagram token lacks a permission",
            "Make a new one with instagram_basic and pages_read_engagement (docs/keys.md).",
        ),
        "own_account": Explanation(
            "INSTAGRAM_BUSINESS_ACCOUNT_ID is not an account of this token",
            "Set it to the id of the label's own Instagram business account (docs/keys.md).",
        ),
        "hourly_limit": Explanation(
            "Instagram's hourly limit is reached", "It starts anew within the hour.", passes=True
        ),
    }

    @classmethod
    def account(cls, text: str) -> str:
        """Return the username in lower case, from ``@name``, a link or the name itself."""
        match = _LINK.fullmatch(text.strip())
        handle = (match[1] if match else text).strip().lstrip("@").lower()
        # It becomes part of an expression in the query: nothing but a handle may get there.
        if not _HANDLE.fullmatch(handle):
            raise ValueError(f"{text!r} is no Instagram username; letters, digits, dots and underscores, at most 30")
        return handle

    async def start(self) -> None:
        """Choose the version of the API, and warn if it ends soon."""
        version = self.credential("INSTAGRAM_API_VERSION") or NEWEST
        if not _VERSION.fullmatch(version):
            self.warn(f"INSTAGRAM_API_VERSION {version!r} is no version; using {NEWEST}. Set it like {NEWEST}.")
            version = NEWEST
        self._version = version
        trouble = version_trouble(version, self.now.date())
        if trouble:
            self.warn(trouble)

    async def check(self) -> list[Finding]:
        """Check until when the token is valid, and what it may read."""
        try:
            token = await self._about_token()
        except (BadStatus, BadReply):
            what = "Meta did not say how long the Instagram token lives"
            return [warning(what, "Look at it in Meta's Access Token Debugger.", _DEBUGGER)]
        if token.is_valid is False:
            raise SourceUnavailable("token_expired")
        return [*_ends(token, self.now), *_lacks(token)] or [ok(f"The Instagram token {_lives(token)}")]

    async def _about_token(self) -> Token:
        """Ask Meta about the token in use.

        It is a batch of one request: a direct one would have the token in its address, and addresses end up in logs.
        """
        from casa24.sources._instagram_schema import AboutToken, Batch

        token = self.credential("INSTAGRAM_ACCESS_TOKEN") or ""
        request = {"method": "GET", "relative_url": f"debug_token?input_token={token}"}
        form = {"access_token": token, "include_headers": "false", "batch": json.dumps([request])}
        answers = (await self.web.post(f"{API}/{self._version}", form=form, on_error=_explain)).parse(Batch).root
        if not answers or answers[0].code != 200:  # noqa: PLR2004 - OK
            raise BadReply("graph.facebook.com answered without a word on the token")
        try:
            return AboutToken.model_validate_json(answers[0].body).data
        except ValidationError:
            raise BadReply("graph.facebook.com answered in another form (data)") from None

    async def fetch(self, account: str) -> Reading[InstagramStats]:
        """Return one artist's reading, asked for through the label's own account."""
        from casa24.sources._instagram_schema import AccountAnswer

        own = self.credential("INSTAGRAM_BUSINESS_ACCOUNT_ID")
        fields = f"business_discovery.username({account}){{username,name,followers_count,media_count}}"
        reply = await self.web.get(
            f"{API}/{self._version}/{own}",
            params={"fields": fields},
            headers={"Authorization": f"Bearer {self.credential('INSTAGRAM_ACCESS_TOKEN')}"},
            on_error=_explain,
        )
        answer = reply.parse(AccountAnswer).business_discovery
        if answer.username and answer.username.lower() != account:
            raise AccountUnavailable("other_account")
        stats = InstagramStats(
            followers=answer.followers_count, media_count=answer.media_count, username=answer.username, name=answer.name
        )
        return Reading(stats, account_name=answer.name or answer.username)


def _ends(token: Token, now: dt.datetime) -> list[Finding]:
    """Warn if the token, or its access to data, ends soon: without a new one there are no more numbers."""
    limits = {"ends": token.expires_at, "may read data only": token.data_access_expires_at}
    soon = {how: when for how, at in limits.items() if (when := _moment(at)) and when - now < _RENEW}
    advice = "Make a new one and set INSTAGRAM_ACCESS_TOKEN. A system user's token does not end."
    return [
        warning(f"The Instagram token {how} {'on' if how == 'ends' else 'until'} {when.date()}", advice, _TOKENS)
        for how, when in soon.items()
    ][:1]


def _lacks(token: Token) -> list[Finding]:
    missing = [scope for scope in _SCOPES if token.scopes is not None and scope not in token.scopes]
    if not missing:
        return []
    what = f"The Instagram token lacks {' and '.join(missing)}"
    return [warning(what, f"Make a new one with {' and '.join(_SCOPES)}.", _TOKENS)]


def _lives(token: Token) -> str:
    ends = _moment(token.expires_at)
    return f"lives until {ends.date()}" if ends else "does not end"


def _moment(seconds: int | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def version_trouble(version: str, today: dt.date) -> str:
    """Return what is wrong with an API version: it has ended, or ends within 90 days; empty if nothing is."""
    match = _VERSION.fullmatch(version)
    number = int(match[1]) if match else 0
    last = LAST_DAYS.get(number)
    advice = f"Set INSTAGRAM_API_VERSION to {NEWEST}."
    if number < _OLDEST or (last and last < today):
        when = f" on {last}" if last else ""
        return f"Instagram's API {version} ended{when}; the oldest living version answers instead. {advice}"
    if last and last - today <= _NOTICE:
        return f"Instagram's API {version} ends on {last}. {advice}"
    return ""


def _explain(reply: Reply, body: object) -> None:
    """Raise the meaning of Meta's error codes: almost all come as HTTP 400."""
    from casa24.web.client import Transient

    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    code = code if isinstance(code, int) else None
    if code in _NOT_READABLE:
        raise AccountUnavailable("not_readable")
    if code in _DEAD_TOKEN:
        raise SourceUnavailable("token_expired")
    limited = code in _LIMITS or reply.status == 429  # noqa: PLR2004 - Too Many Requests
    # If the answer names a time, the client waits until then.
    if limited and "retry-after" not in reply.headers:
        raise SourceUnavailable("hourly_limit" if code in _LIMITS else "rate_limited")
    if code in _OWN_ACCOUNT:
        raise SourceUnavailable("own_account")
    if code in _NO_PERMISSION:
        raise SourceUnavailable("no_permission")
    if code in _PASSING:
        raise Transient
    if reply.status == 404:  # noqa: PLR2004 - Not Found; an account that is not there is a 400
        raise SourceUnavailable("gone")
