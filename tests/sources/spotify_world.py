"""Answer as Spotify does: its API, its token host and its artist pages, about invented artists."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from casa24.core.snapshot import State
from casa24.sources.spotify import Spotify
from tests.sources.platform import RunResult, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANA = "0000000000000000000Ana"
BEN = "0000000000000000000Ben"
CLEO = "000000000000000000Cleo"

SHELL = "<!DOCTYPE html><html><head><title>Spotify – Web Player</title></head><body><div id='main'></div></body></html>"
UNSUPPORTED = "<!DOCTYPE html><html><head><title>Unsupported browser</title></head><body>Please update.</body></html>"


def track_id(number: int) -> str:
    return f"{number:022}"


def state(artist: str, **content: Any) -> str:
    """The page's own data: one artist's node, as the script element that carries it."""
    return script({"entities": {"items": {f"spotify:artist:{artist}": content}}})


def script(content: object) -> str:
    text = base64.b64encode(json.dumps(content).encode()).decode()
    return f'<script id="initialState" type="text/plain">{text}</script>'


def state_tracks(*tracks: tuple[str, object]) -> dict[str, Any]:
    items = [
        {"track": {"uri": f"spotify:track:{track_id(number)}", "name": name, "playcount": plays}}
        for number, (name, plays) in enumerate(tracks, 1)
    ]
    return {"topTracks": {"items": items}}


def rows(*tracks: tuple[str, str]) -> str:
    return "".join(
        f'<div aria-labelledby="listrow-title-track-spotify:track:{track_id(number)}-{number}"'
        f' aria-label="{html.escape(name)}" data-testid="track-row"><p><span>{html.escape(name)}</span></p>'
        f"<div><span>{html.escape(plays)}</span></div></div>"
        for number, (name, plays) in enumerate(tracks, 1)
    )


def label(listeners: str) -> str:
    return f'<div data-testid="monthly-listeners-label">{listeners} monthly listeners</div>'


def followers(count: str) -> str:
    return f"<div><p>{count}</p><p>Followers</p></div>"


def linked_data(artist: str, **more: str) -> str:
    content = {"@type": "MusicGroup", "@id": f"https://open.spotify.com/artist/{artist}", **more}
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


def page(artist: str | None, *body: str, name: str = "Ana Aurora", description: str = "", og: str = "") -> str:
    """Make a rendered page. ``artist`` None: the page does not say which artist it is about."""
    head = f'<title>{name} | Spotify</title><meta property="og:title" content="{name}"/>'
    if artist:
        address = f"https://open.spotify.com/artist/{artist}"
        head += f'<meta property="og:url" content="{address}"/><link rel="canonical" href="{address}"/>'
    if description:
        head += f'<meta name="description" content="{description}"/>'
    if og:
        head += f'<meta property="og:description" content="{og}"/>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(body)}</body></html>"


KEYS = {"SPOTIFY_CLIENT_ID": "an-id", "SPOTIFY_CLIENT_SECRET": "a-secret"}
ROSTER = [f"{number:022}" for number in range(100, 106)]
API, PAGES, TOKEN = "api.spotify.com", "open.spotify.com", "accounts.spotify.com"
BATCH, SINGLE, CHARTS = "api.spotify.com/v1/artists", "/v1/artists/", "/top-tracks"
TITLES = ("Dune", "Tide", "Vale", "Glen", "Moor", "Fell")
NOT_OFFERED = (State.NOT_OFFERED, "restricted_app")


def error(status: int, message: str = "Forbidden", **more: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"status": status, "message": message, **more}})


def artist(account: str, *, bare: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {"id": account, "name": f"Artist {account[-3:]}", "type": "artist"}
    if not bare:
        content |= {"popularity": 40, "followers": {"href": None, "total": 1200}, "genres": ["dream pop"]}
    return content


def a_page(account: str) -> httpx.Response:
    body = (label("976"), followers("1,199"), rows(("Tide", "12,345"), ("Dune", "678")))
    return httpx.Response(200, text=page(account, *body))


def charts(*titles: str) -> dict[str, Any]:
    tracks = [
        {"id": track_id(number), "name": title, "popularity": 10 * number, "preview_url": None}
        for number, title in enumerate(titles, 1)
    ]
    return {"tracks": tracks}


@dataclass
class World:
    """Spotify on one day: the answer of each endpoint, by default with all numbers."""

    token: httpx.Response | None = None
    batch: httpx.Response | None = None
    single: httpx.Response | None = None
    charts: httpx.Response | None = None
    api: httpx.Response | None = None
    bare: bool = False
    pages: Mapping[str, httpx.Response] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, account = request.url.path, request.url.path.split("/")[-1]
        if request.url.host == TOKEN:
            return again(self.token or httpx.Response(200, json={"access_token": "a-token", "expires_in": 3600}))
        if request.url.host == PAGES:
            return again(self.pages.get(account) or a_page(account))
        assert request.headers["Authorization"] == "Bearer a-token"
        if self.api is not None:
            return again(self.api)
        if path.endswith(CHARTS):
            return again(self.charts or httpx.Response(200, json=charts(*TITLES)))
        if path == "/v1/artists":
            ids = request.url.params["ids"].split(",")
            everyone = {"artists": [artist(account, bare=self.bare) for account in ids]}
            return again(self.batch or httpx.Response(200, json=everyone))
        return again(self.single or httpx.Response(200, json=artist(account, bare=self.bare)))


def again(answer: httpx.Response) -> httpx.Response:
    """Copy an answer: a response can be read only once."""
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def spotify(world: World, accounts: Sequence[str] = ROSTER, *, keys: bool = True, **options: object) -> RunResult:
    return ask(Spotify, accounts, world, credentials=KEYS if keys else {}, options=options)


def counts(result: RunResult) -> dict[str, int]:
    """How often each kind of request was sent."""
    paths = [f"{request.url.host}{request.url.path}" for request in result.requests]
    kinds = {
        "token": sum(path.startswith(TOKEN) for path in paths),
        "batch": sum(path == BATCH for path in paths),
        "charts": sum(path.endswith(CHARTS) for path in paths),
        "single": sum(SINGLE in path and not path.endswith(CHARTS) for path in paths),
        "page": sum(path.startswith(PAGES) for path in paths),
    }
    assert sum(kinds.values()) == len(paths)
    return {kind: count for kind, count in kinds.items() if count}
