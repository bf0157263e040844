"""Spotify's Web API, as much of it as this app is still given.

In 2026 fields and endpoints were taken from most apps. What is gone is found out
once a run, by the first request that meets it, and not asked for again.
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
    # It goes into a header, which takes nothing else.
    access_token: str = Field(pattern=r"^[!-~]+$")


class _Followers(BaseModel, defer_build=True):
    total: int | None = Field(default=None, ge=0, strict=True)


class ApiArtist(BaseModel, defer_build=True):
    """The API's artist; which numbers it holds depends on the app."""

    id: str | None = None
    name: str | None = None
    popularity: int | None = Field(default=None, ge=0, le=100, strict=True)
    followers: _Followers | None = None
    genres: list[str] | None = None

    @property
    def bare(self) -> bool:
        """Whether the answer of a restricted app: a name, no numbers."""
        return self.popularity is None and self.total is None

    @property
    def total(self) -> int | None:
        """The followers."""
        return self.followers.total if self.followers else None


class _Artists(BaseModel, defer_build=True):
    artists: list[ApiArtist | None]


class ApiTrack(BaseModel, defer_build=True):
    """The API's track."""

    id: str | None = None
    name: str | None = None
    popularity: int | None = Field(default=None, ge=0, le=100, strict=True)
    preview_url: str | None = None


class _TopTracks(BaseModel, defer_build=True):
    tracks: list[ApiTrack]


LOST = Gap(State.NOT_OFFERED, "restricted_app")
"""What a restricted app gets: found out once, then not asked for again."""


class Endpoint:
    """An API endpoint this app may have lost: asked one at a time until an answer tells.

    Spotify answers 403 on what it took from an app; older removals answer 404, which a
    wrong id does too, so only ``misses`` of those in a row mean the endpoint.
    """

    def __init__(self, misses: int) -> None:
        import asyncio

        self._open: bool | None = None
        self._misses = misses
        self._turn = asyncio.Lock()

    async def ask(self, request: Callable[[], Awaitable[V]]) -> V | Gap:
        """The request's answer, or why there is none."""
        if self._open is None:
            async with self._turn:
                if self._open is None:
                    return await self._knock(request)
        return await self._knock(request) if self._open else LOST

    async def _knock(self, request: Callable[[], Awaitable[V]]) -> V | Gap:
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
            # That tells nothing, but to wait for each artist's time-out in turn would cost the night.
            self._open = True
            return gap_of(error)
        self._open = True
        return answer


class Api:
    """The Web API for one run."""

    def __init__(self, web: Web, market: str) -> None:
        import asyncio

        self._web = web
        self._market = market
        self._headers: dict[str, str] = {}
        self._probing = asyncio.Lock()
        self._bare = False
        self._batches, self._singles, self._charts = Endpoint(misses=1), Endpoint(misses=2), Endpoint(misses=2)

    async def log_in(self, identity: str, secret: str) -> None:
        """Get a token. Raises SourceUnavailable or a WebError."""
        basic = base64.b64encode(f"{identity}:{secret}".encode()).decode()
        reply = await self._web.post(
            TOKEN_URL,
            headers={"Authorization": f"Basic {basic}"},
            form={"grant_type": "client_credentials"},
            on_error=_token_error,
        )
        self._headers = {"Authorization": f"Bearer {reply.parse(_Token).access_token}"}

    async def artists(self, block: tuple[str, ...]) -> list[ApiArtist | Gap]:
        """The API's numbers for up to 50 artists, in their order."""

        async def ask() -> list[ApiArtist | Gap]:
            reply = await self._get("/artists", ids=",".join(block))
            found = {artist.id: artist for artist in reply.parse(_Artists).artists if artist is not None}
            return [found.get(account, Gap(State.FAILED, "not_found")) for account in block]

        answer = await self._batches.ask(ask)
        if answer == LOST:
            return await self._one_by_one(block)
        return [answer] * len(block) if isinstance(answer, Gap) else answer

    async def _one_by_one(self, block: tuple[str, ...]) -> list[ApiArtist | Gap]:
        """The batch was taken away: the first artist that answers tells whether single ones have numbers."""
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
            # Then it was not the first one's id that was unknown.
            return [LOST] * len(block)
        if isinstance(last, Gap):
            return [*answers, *([last] * len(rest))]
        return [*answers, *await asyncio.gather(*(self._artist(account) for account in rest))]

    async def _artist(self, account: str) -> ApiArtist | Gap:
        async def ask() -> ApiArtist:
            return (await self._get(f"/artists/{account}")).parse(ApiArtist)

        return await self._singles.ask(ask)

    async def top_tracks(self, account: str) -> list[list[ApiTrack] | Gap]:
        async def ask() -> list[ApiTrack]:
            reply = await self._get(f"/artists/{account}/top-tracks", market=self._market)
            # The platform's order is kept: it is not by popularity.
            return [track for track in reply.parse(_TopTracks).tracks[:TOP] if track.name]

        return [await self._charts.ask(ask)]

    async def _get(self, path: str, **params: str) -> Reply:
        return await self._web.get(f"{API}{path}", params=params, headers=self._headers, on_error=_api_error)


def _token_error(reply: Reply, body: object) -> None:
    """The token host's own error form: ``{"error": "invalid_client"}``."""
    if reply.status in _GONE - {_FORBIDDEN}:
        raise SourceUnavailable("gone")
    if reply.status in {400, 401} and isinstance(body, dict) and str(body.get("error")).startswith("invalid_client"):
        raise SourceUnavailable("bad_credentials")


def _api_error(reply: Reply, body: object) -> None:
    """What the Web API means by an error that concerns every artist."""
    if reply.status == _UNAUTHORIZED:
        raise SourceUnavailable("unauthorized")
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return
    if reply.status == _FORBIDDEN and "premium" in str(error.get("message")).lower():
        raise SourceUnavailable("premium_required")
    if error.get("reason") == "QUOTA_EXCEEDED":
        raise SourceUnavailable("quota_exceeded")
