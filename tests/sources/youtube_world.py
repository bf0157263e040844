"""Answer as YouTube's Data API does, about invented channels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from casa24.sources.youtube import YouTube
from tests.sources.platform import RunResult, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEY = "an-invented-key"
Upload = tuple[str, int | None]
BULK = "videos:batchGetStats"


def channel_id(name: str) -> str:
    return f"UC{name:_>22}"


ANA, BEN, CLEO = (channel_id(name) for name in ("ana", "ben", "cleo"))


def refusal(status: int, reason: str, **more: Any) -> httpx.Response:
    errors = [{"reason": reason, "domain": "youtube"}]
    return httpx.Response(status, json={"error": {"code": status, "message": reason, "errors": errors, **more}})


@dataclass
class Channel:
    """``uploads``: newest first, as the playlist has them; None: the playlist is not found."""

    uploads: Sequence[Upload] | None = ()
    subscribers: str | None = "123"
    hidden: bool = False
    views: str | None = "98765"
    videos: str | None = None
    title: str = "Ana Aurora"

    def item(self, name: str, account: str) -> dict[str, Any]:
        statistics = {
            "viewCount": self.views,
            "subscriberCount": self.subscribers,
            "videoCount": self.videos or str(len(self.uploads or ())),
        }
        return {
            "kind": "youtube#channel",
            "id": account,
            "snippet": {"title": self.title, "publishedAt": "2020-01-02T03:04:05Z"},
            "statistics": {key: value for key, value in statistics.items() if value is not None}
            | {"hiddenSubscriberCount": self.hidden},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU{name}"}},
        }


@dataclass
class World:
    """Every channel by its id. ``bulk``: what batchGetStats answers; ``most``: requests before the quota is gone."""

    channels: Mapping[str, Channel]
    handles: Mapping[str, str] = field(default_factory=dict)
    bulk: int = 200
    most: int = 10_000
    request_count: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.request_count += 1
        assert request.url.path.startswith("/youtube/v3/")
        resource = request.url.path.removeprefix("/youtube/v3/")
        if self.request_count > self.most:
            return refusal(403, "quotaExceeded")
        params = request.url.params
        assert int(params.get("maxResults", "50")) <= 50
        answers = {
            "channels": self._channels,
            "playlistItems": self._playlist,
            BULK: self._bulk,
            "videos": self._videos,
        }
        return answers[resource](params)

    def _channels(self, params: httpx.QueryParams) -> httpx.Response:
        wanted = [self.handles.get(params["forHandle"], "")] if "forHandle" in params else params["id"].split(",")
        assert len(wanted) <= 50
        items = [self.channels[i].item(i[2:], i) for i in wanted if i in self.channels]
        # The API's own order is not the one asked for; nothing found is an answer without `items`.
        return httpx.Response(
            200, json={"kind": "youtube#channelListResponse", **({"items": items[::-1]} if items else {})}
        )

    def _playlist(self, params: httpx.QueryParams) -> httpx.Response:
        uploads = self.channels[f"UC{params['playlistId'][2:]}"].uploads
        if uploads is None:
            return refusal(404, "playlistNotFound")
        start, size = int(params.get("pageToken", "0")), int(params.get("maxResults", "5"))
        content: dict[str, Any] = {
            "items": [{"contentDetails": {"videoId": video}} for video, _ in uploads[start : start + size]]
        }
        if start + size < len(uploads):
            content["nextPageToken"] = str(start + size)
        return httpx.Response(200, json=content)

    def _bulk(self, params: httpx.QueryParams) -> httpx.Response:
        if self.bulk != 200:
            return refusal(self.bulk, "notFound")
        return self._numbers(params, titles=False)

    def _videos(self, params: httpx.QueryParams) -> httpx.Response:
        return self._numbers(params, titles="snippet" in params["part"])

    def _numbers(self, params: httpx.QueryParams, *, titles: bool) -> httpx.Response:
        wanted = params["id"].split(",")
        assert len(wanted) <= 50
        views = {video: count for channel in self.channels.values() for video, count in channel.uploads or ()}
        items = []
        for video in wanted:
            item: dict[str, Any] = {"id": video}
            if "statistics" in params["part"]:
                item["statistics"] = {} if views[video] is None else {"viewCount": str(views[video])}
            if titles:
                item["snippet"] = {"title": f"Title of {video}", "publishedAt": "2024-05-06T07:08:09Z"}
            items.append(item)
        return httpx.Response(200, json={"items": items})


def uploads(name: str, number: int) -> list[Upload]:
    """So many videos, newest first; the older, the more viewed."""
    return [(f"{name}{index}", 1000 + index) for index in range(number)]


def youtube(play: Callable[[httpx.Request], httpx.Response] | None, accounts: Sequence[str]) -> RunResult:
    return ask(YouTube, accounts, play, credentials={"YOUTUBE_API_KEY": KEY})


def counts(result: RunResult) -> dict[str, int]:
    """How often each resource was asked for."""
    kinds: dict[str, int] = {}
    for request in result.requests:
        kind = request.url.path.removeprefix("/youtube/v3/")
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds
