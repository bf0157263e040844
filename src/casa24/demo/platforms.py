"""Play the four platforms in one httpx transport, with the numbers of :mod:`casa24.demo.world`."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import httpx

from casa24.demo.world import ACTS, Act, World

if TYPE_CHECKING:
    import datetime as dt

_PAGE = """<!DOCTYPE html><html lang="en"><head><title>{name} (demo) | Spotify</title>
<meta property="og:title" content="{name} (demo)"/><meta property="og:url" content="https://open.spotify.com/artist/{id}"/>
<meta name="description" content="Listen to {name} on Spotify. Artist · {short} monthly listeners."/></head>
<body>{label}{rows}<div><p>{followers:,}</p><p>Followers</p></div></body></html>"""
_ROW = """<div data-testid="track-row" aria-label="{name}" aria-labelledby="listrow-title-track-spotify:track:{id}-{n}">
<div><span>{plays:,}</span></div></div>"""
_SHELL = "<!DOCTYPE html><html><head><title>Spotify – Web Player</title></head><body>demo</body></html>"
_HANDLE = re.compile(r"username\(([^)]*)\)")


class Platforms(httpx.AsyncBaseTransport):
    """Answers for every host a source asks, as of one day. Nothing leaves the process."""

    def __init__(self, day: dt.date) -> None:
        self._world = World(day)
        self._hosts = {
            "accounts.spotify.com": self._token,
            "api.spotify.com": self._spotify,
            "open.spotify.com": self._page,
            "www.googleapis.com": self._youtube,
            "graph.facebook.com": self._instagram,
            "discord.com": self._discord,
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, answered."""
        play = self._hosts.get(request.url.host)
        answer = play(request.url.path.split("/")[1:], request.url.params) if play else None
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(404, json={}) if answer is None else httpx.Response(200, json=answer)

    def _token(self, _path: list[str], _query: httpx.QueryParams) -> dict[str, Any]:
        return {"access_token": "demo", "token_type": "Bearer", "expires_in": 3600}

    def _spotify(self, path: list[str], query: httpx.QueryParams) -> dict[str, Any] | None:
        if path[-1] == "top-tracks":
            act = _act("spotify", path[2])
            return {"tracks": [self._track(act, number) for number in range(len(act.songs))]} if act else None
        return {"artists": [self._artist(act) for act in ACTS if act.spotify in query["ids"].split(",")]}

    def _artist(self, act: Act) -> dict[str, Any]:
        followers = {"href": None, "total": self._world.followers(act)}
        name = f"{act.name} (demo)"
        return {"id": act.spotify, "name": name, "popularity": act.popularity, "followers": followers, "genres": []}

    def _track(self, act: Act, number: int) -> dict[str, Any]:
        popularity = max(0, act.popularity + 3 - number)
        return {"id": _track_id(act, number), "name": act.songs[number], "popularity": popularity, "preview_url": None}

    def _page(self, path: list[str], _query: httpx.QueryParams) -> httpx.Response | None:
        act = _act("spotify", path[-1])
        if act is None or self._world.pages_empty:
            return httpx.Response(200, text=_SHELL) if act else None
        listeners = self._world.listeners(act)
        exact = f'<div data-testid="monthly-listeners-label">{listeners:,} monthly listeners</div>'
        rows = [
            _ROW.format(name=html.escape(name), id=_track_id(act, n), n=n, plays=self._world.plays(act, n))
            for n, name in enumerate(act.songs)
        ]
        page = _PAGE.format(
            name=act.name,
            id=act.spotify,
            short=f"{listeners / 1000:.1f}K" if act.rounded else f"{listeners:,}",
            label="" if act.rounded else exact,
            rows="".join(rows),
            followers=self._world.followers(act),
        )
        return httpx.Response(200, text=page)

    def _youtube(self, path: list[str], query: httpx.QueryParams) -> dict[str, Any] | None:
        ids = query.get("id", "").split(",")
        if path[-1] == "channels":
            return {"items": [self._channel(act) for act in ACTS if act.youtube and act.youtube in ids]}
        if path[-1] == "playlistItems":
            return self._uploads(query["playlistId"], int(query.get("pageToken", "0")))
        return {"items": [self._video(video) for video in ids]}

    def _channel(self, act: Act) -> dict[str, Any]:
        uploads = self._world.uploads(act)
        numbers = {
            "viewCount": str(sum(map(self._world.views, uploads))),
            "subscriberCount": str(self._world.subscribers(act)),
            "hiddenSubscriberCount": False,
            "videoCount": str(len(uploads)),
        }
        content = {"relatedPlaylists": {"uploads": f"UU{act.youtube[2:]}"}}
        snippet = {"title": f"{act.name} (demo)"}
        return {"id": act.youtube, "snippet": snippet, "statistics": numbers, "contentDetails": content}

    def _uploads(self, playlist: str, start: int) -> dict[str, Any] | None:
        act = _act("youtube", f"UC{playlist[2:]}")
        if act is None:
            return None
        ids = self._world.uploads(act)
        answer: dict[str, Any] = {
            "items": [{"contentDetails": {"videoId": video}} for video in ids[start : start + 50]]
        }
        return answer | ({"nextPageToken": str(start + 50)} if start + 50 < len(ids) else {})

    def _video(self, video: str) -> dict[str, Any]:
        act = ACTS[int(video[4:6])]
        snippet = {"title": f"{act.name}: demo video {int(video[6:])}", "publishedAt": "2024-10-01T12:00:00Z"}
        return {"id": video, "snippet": snippet, "statistics": {"viewCount": str(self._world.views(video))}}

    def _instagram(self, _path: list[str], query: httpx.QueryParams) -> dict[str, Any] | httpx.Response:
        if "fields" not in query:
            # A batch of one: how it stands with the token.
            return httpx.Response(200, json=[{"code": 200, "body": json.dumps({"data": {"is_valid": True}})}])
        found = _HANDLE.search(query["fields"])
        act = _act("instagram", found[1]) if found else None
        if act is None or not self._world.readable(act):
            error = {"message": "(#110) Invalid user id", "code": 110, "error_subcode": 2207013}
            return httpx.Response(400, content=json.dumps({"error": error}))
        numbers = {"followers_count": self._world.instagram(act), "media_count": act.posts}
        return {"business_discovery": {"username": act.instagram, "name": f"{act.name} (demo)", **numbers}}

    def _discord(self, path: list[str], _query: httpx.QueryParams) -> dict[str, Any]:
        members, online = self._world.members()
        counts = {"approximate_member_count": members, "approximate_presence_count": online}
        return {"id": path[-1], "name": "Casa 24 (demo)", **counts}


def _act(platform: str, account: str) -> Act | None:
    return next((act for act in ACTS if getattr(act, platform) == account), None)


def _track_id(act: Act, number: int) -> str:
    return f"demo{ACTS.index(act):09}{number:09}"
