"""Test our four sources with the test suite for plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from casa24.sources.discord import Discord
from casa24.sources.instagram import Instagram
from casa24.sources.spotify import Spotify
from casa24.sources.youtube import YouTube
from casa24.testing import SourceContract
from tests.sources import spotify_world, youtube_world

if TYPE_CHECKING:
    from collections.abc import Sequence

ID = spotify_world.ROSTER[0]
CHANNEL = youtube_world.ANA


class TestSpotify(SourceContract):
    source = Spotify
    accounts = {
        f"https://open.spotify.com/intl-es/artist/{ID}?si=x": ID,
        f"spotify:artist:{ID}": ID,
    }
    wrong_accounts = ("", "Ana Sol", f"https://open.spotify.com/track/{ID}")

    def answer(self, request: httpx.Request) -> httpx.Response:
        return spotify_world.World()(request)


class TestYouTube(SourceContract):
    source = YouTube
    accounts = {f"https://www.youtube.com/channel/{CHANNEL}": CHANNEL, "@AnaSol": "@anasol"}
    wrong_accounts = ("", "Ana Sol", "https://www.youtube.com/user/anasol")
    uploads: Sequence[youtube_world.Upload] = [(f"video{n}", 10 * n) for n in range(7)]

    def answer(self, request: httpx.Request) -> httpx.Response:
        return youtube_world.World({CHANNEL: youtube_world.Channel(self.uploads)})(request)


class TestInstagram(SourceContract):
    source = Instagram
    accounts = {"https://www.instagram.com/Ana.Sol/": "ana.sol", "@ana.sol": "ana.sol"}
    wrong_accounts = ("", "ana sol", "a){id}")

    def answer(self, _request: httpx.Request) -> httpx.Response:
        found = {"username": "ana.sol", "name": "Ana Sol", "followers_count": 12, "media_count": 3}
        return httpx.Response(200, json={"business_discovery": found, "id": "1"})


class TestDiscord(SourceContract):
    source = Discord
    accounts = {" 1000913895415877712 ": "1000913895415877712"}
    wrong_accounts = ("", "our server", "123")

    def answer(self, request: httpx.Request) -> httpx.Response:
        counts = {"approximate_member_count": 64, "approximate_presence_count": 16}
        return httpx.Response(200, json={"id": request.url.path.rpartition("/")[2], "name": "Sol", **counts})
