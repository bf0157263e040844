"""Read Spotify's Web API, as far as the app in use may.

In 2026 Spotify took fields and endpoints from most apps. The first request of a run that
needs one finds out whether it is lost; then it is not asked for again in that run.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, Field

from casa24.core.reason_codes import Gap, gap_of
from casa24.core.snapshot import State
from casa24.errors import BadStatus, Casa24Error, SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from casa24.web.client import Reply, Web

TOKEN_URL = "https://accounts.spotify.com/api/token"  # noqa: S105 - an address, no secret
API = "https://api.spotify.com/v1"
BATCH = 50
TOP = 5

_UNAUTHORIZED, _FORBIDDEN, _GONE = 401, 403, {403, 404, 410}
_PROBES = 2

V = TypeVar("V")


class _Token(BaseModel, defer_build=True):
    # It goes into a header, which allows no other characters.
    access_token: str = Field(pattern=r"^[!-~]+$")


class _Followers(BaseModel, defer_build=True):
    total: int | None = Field(default=None, ge=0, strict=True)


class ApiArtist(BaseModel, defer_build=True):
    """An artist in the API's answer; which numbers it has depends on the app."""

    id: str | None = None
    name: str | None = None
    popularity: int | None = Field(default=None, ge=0, le=100, strict=True)
    followers: _Followers | None = None
    genres: list[str] | None = None

    @property
    def bare(self) -> bool:
        """Return whether this is the answer to a restricted app: a name without numbers."""
        return self.popularity is None and self.total is None

    @property
    def total(self) -> int | None:
        """Return the number of followers."""
        return self.followers.total if self.followers else None


class _Artists(BaseModel, defer_build=True):
    artists: list[ApiArtist | None]


class ApiTrack(BaseModel, defer_build=True):
    """A track in the API's answer."""

    id: str | None = None
    name: str | None = None
    popularity: int | None = Field(default=None, ge=0, le=100, strict=True)
    preview_url: str | None = None


class _TopTracks(BaseModel, defer_build=True):
    tracks: list[ApiTrack]


LOST = Gap(State.NOT_OFFERED, "restricted_app")
"""The reason for what a restricted app does not get."""


class Endpoint:
    """An API endpoint that this app may have lost: asked one request at a time until an answer shows it.

    Spotify answers 403 for what it took from an app. Older removals answer 404, but so does
    a wrong id: only after ``misses`` of those does the endpoint count as lost.
    """

    def __init__(self, misses: int) -> None:
        import asyncio

        self._open: bool | None = None
        self._misses = misses
        self._turn = asyncio.Lock()

    async def ask(self, request: Callable[[], Awaitable[V]]) -> V | Gap:
        """Send the request; return its answer, or why there is none."""
        if self._open is None:
            async with self._turn:
                if self._open is None:
                    return await self._try(request)
        return await self._try(request) if self._open else LOST

    async def _try(self, request: Callable[[], Awaitable[V]]) -> V | Gap:
        try:
            answer = await request()
        except BadStatus as error:
            if self._open is None and error.status in _GONE:
                self._misses -= 1
                if error.status == _FORBIDDEN or self._misses <= 0:
                    self._open = False
                    return LOST
            else:
                self._open = True
            return gap_of(error)
        except Casa24Error as error:
            # This shows nothing, but waiting for one time-out after the other would take the whole night.
            self._open = True
            return gap_of(error)
        self._open = True
        return answer


class Api:
    """A client of the Web API for one run."""

    def __init__(self, web: Web, market: str) -> None:
        import asyncio

        self._web = web
        self._market = market
        self._headers: dict[str, str] = {}
        self._probing = asyncio.Lock()
        self._bare = False
        self._batches, self._singles, self._charts = Endpoint(misses=1), Endpoint(misses=2), Endpoint(misses=2)

    async def log_in(self, identity: str, secret: str) -> None:
        """Get an access token. Raises SourceUnavailable or a WebError."""
        basic = base64.b64encode(f"{identity}:{secret}".encode()).decode()
        reply = await self._web.post(
            TOKEN_URL,
            headers={"Authorization": f"Basic {basic}"},
            form={"grant_type": "client_credentials"},
            on_error=_token_error,
        )
        self._headers = {"Authorization": f"Bearer {reply.parse(_Token).access_token}"}

    async def artists(self, block: tuple[str, ...]) -> list[ApiArtist | Gap]:
        """Return the API's answers about up to 50 artists, in their order."""

        async def ask() -> list[ApiArtist | Gap]:
            reply = await self._get("/artists", ids=",".join(block))
            by_id = {artist.id: artist for artist in reply.parse(_Artists).artists if artist is not None}
            return [by_id.get(account, Gap(State.FAILED, "not_found")) for account in block]

        answer = await self._batches.ask(ask)
        if answer == LOST:
            return await self._one_by_one(block)
        return [answer] * len(block) if isinstance(answer, Gap) else answer

    async def _one_by_one(self, block: tuple[str, ...]) -> list[ApiArtist | Gap]:
        """Ask without the batch endpoint: the first artist that answers shows whether single ones have numbers."""
        import asyncio

        answers: list[ApiArtist | Gap] = []
        async with self._probing:
            for account in () if self._bare else block[:_PROBES]:
                answers.append(await self._artist(account))
                if isinstance(answers[-1], ApiArtist):
                    self._bare = answers[-1].bare
                    break
        if self._bare:
            return [*answers, *(ApiArtist(id=account) for account in block[len(answers) :])]
        rest, last = block[len(answers) :], answers[-1]
        if last == LOST:
            # The endpoint is lost: the first artists' ids were not wrong.
            return [LOST] * len(block)
        if isinstance(last, Gap):
            return [*answers, *([last] * len(rest))]
        return [*answers, *await asyncio.gather(*(self._artist(account) for account in rest))]

    async def _artist(self, account: str) -> ApiArtist | Gap:
        async def ask() -> ApiArtist:
            return (await self._get(f"/artists/{account}")).parse(ApiArtist)

        return await self._singles.ask(ask)

    async def top_tracks(self, account: str) -> list[list[ApiTrack] | Gap]:
        """Return one artist's top tracks, as a list of one answer."""

        async def ask() -> list[ApiTrack]:
            reply = await self._get(f"/artists/{account}/top-tracks", market=self._market)
            # The platform's order is kept: it is not by popularity.
            return [track for track in reply.parse(_TopTracks).tracks[:TOP] if track.name]

        return [await self._charts.ask(ask)]

    async def _get(self, path: str, **params: str) -> Reply:
        return await self._web.get(f"{API}{path}", params=params, headers=self._headers, on_error=_api_error)


def _token_error(reply: Reply, body: object) -> None:
    """Raise the meaning of the token host's errors: ``{"error": "invalid_client"}``."""
    if reply.status in _GONE - {_FORBIDDEN}:
        raise SourceUnavailable("gone")
    if reply.status in {400, 401} and isinstance(body, dict) and str(body.get("error")).startswith("invalid_client"):
        raise SourceUnavailable("bad_credentials")


def _api_error(reply: Reply, body: object) -> None:
    """Raise SourceUnavailable for an error of the Web API that concerns every artist."""
    if reply.status == _UNAUTHORIZED:
        raise SourceUnavailable("unauthorized")
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return
    if reply.status == _FORBIDDEN and "premium" in str(error.get("message")).lower():
        raise SourceUnavailable("premium_required")
    if error.get("reason") == "QUOTA_EXCEEDED":
        raise SourceUnavailable("quota_exceeded")
