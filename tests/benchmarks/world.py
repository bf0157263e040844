"""A label of any size that does not exist: its roster, its record, and what the platforms say about its artists."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from casa24.config.loading import Roster
from casa24.core.roster import Artist, Label

if TYPE_CHECKING:
    from pathlib import Path

FIRST = dt.date(2016, 4, 20)
KEYS = {
    "SPOTIFY_CLIENT_ID": "invented-id",
    "SPOTIFY_CLIENT_SECRET": "invented-secret",
    "YOUTUBE_API_KEY": "invented-key",
    "INSTAGRAM_ACCESS_TOKEN": "invented-token",
    "INSTAGRAM_BUSINESS_ACCOUNT_ID": "24",
    "DISCORD_BOT_TOKEN": "invented-bot",
}
# As many videos as a small label's channels have; a playlist's page holds 50.
UPLOADS = (94, 6, 12, 71, 1, 116, 30, 3)
PAGE = 50
# A real artist page is as large.
_PAGE_BYTES = 140_000
_FILLER = '<div class="row"><span>filler</span><a href="/x">x</a></div>\n'


def spotify_id(artist: int) -> str:
    return f"bench{artist:017}"


def youtube_id(artist: int) -> str:
    return f"UCbench{artist:017}"


def roster(artists: int) -> Roster:
    """So many artists, each on all three platforms; and the label's server."""
    accounts = [
        {"spotify": spotify_id(number), "youtube": youtube_id(number), "instagram": f"bench.{number}"}
        for number in range(artists)
    ]
    listed = tuple(Artist(f"Artist {number}", own) for number, own in enumerate(accounts))
    return Roster(Label("Bench", accounts={"discord": "1" * 18}), listed)


def uploads(artist: int) -> list[str]:
    """The ids of a channel's videos."""
    return [f"v{artist:05}{video:05}" for video in range(UPLOADS[artist % len(UPLOADS)])]


def lay_down(folder: Path, days: int, *, old_layout: bool = False) -> Path:
    """A label's folder: eight artists, so many days up to yesterday's latest."""
    history = folder / "data" / "historical"
    history.mkdir(parents=True)
    lines = ['[label]\nname = "Bench"\n']
    lines += [
        f'[[artists]]\nname = "{artist.name}"\n'
        + "".join(f'{key} = "{value}"\n' for key, value in _keys(artist).items())
        for artist in roster(8).artists
    ]
    (folder / "casa24.toml").write_text("\n".join(lines), "utf-8")
    for number in range(days):
        day = FIRST + dt.timedelta(days=number)
        content = _day(day, number) if old_layout else {**_day(day, number), **_todays(day)}
        (history / f"{day}.json").write_text(json.dumps(content, indent=2), "utf-8")
    return folder


def _keys(artist: Artist) -> dict[str, str]:
    """The roster's keys of an artist; the last two have no channel, so that old zeros there are doubtful."""
    keys = {"spotify_id": artist.accounts["spotify"], "instagram_username": artist.accounts["instagram"]}
    return keys if artist.name in {"Artist 6", "Artist 7"} else {**keys, "youtube_id": artist.accounts["youtube"]}


def _day(day: dt.date, number: int) -> dict[str, Any]:
    """A day in the old collector's layout: a 0 where an artist has no channel."""
    artists = [
        {
            "name": f"Artist {number_of_artist}",
            "spotify": {
                "popularity_score": number_of_artist,
                "followers": 100 * number_of_artist + number,
                "monthly_listeners": str(300 * number_of_artist + number),
                "genres": ["trap latino"],
                "top_tracks": [_track(song, number) for song in range(5)],
            },
            "youtube": {
                "subscribers": 0 if number_of_artist in {6, 7} else 90 * number_of_artist + number + 1,
                "total_views": 0 if number_of_artist in {6, 7} else 4000 * number_of_artist + 9 * number + 1,
                "video_count": 0 if number_of_artist in {6, 7} else 12 * number_of_artist + 1,
                "top_videos": [] if number_of_artist in {6, 7} else [_video(video, number) for video in range(5)],
            },
            "instagram": {
                "followers": 500 + number_of_artist + number // 3,
                "media_count": 20 + number_of_artist,
                "username": f"bench.{number_of_artist}",
            },
        }
        for number_of_artist in range(8)
    ]
    return {"date": day.isoformat(), "artists": artists, "discord": {"member_count": 60, "online_count": 14}}


def _track(song: int, number: int) -> dict[str, Any]:
    return {"name": f"Song {song}", "popularity": 9 - song, "track_id": f"track{song:017}", "play_count": 90 + number}


def _video(video: int, number: int) -> dict[str, Any]:
    published = "2024-10-01T12:00:00Z"
    return {"title": f"Video {video}", "views": 900 + number, "video_id": f"v{video:010}", "published_at": published}


def _todays(day: dt.date) -> dict[str, Any]:
    run = {"collected_at": f"{day}T02:31:00Z", "via": "api"}
    return {"schema": 2, "generator": "bench", "sources": dict.fromkeys(("spotify", "youtube"), run), "flags": []}


def page(artist: int) -> str:
    """An artist's public page on Spotify."""
    rows = "".join(
        f'<div data-testid="track-row" aria-label="Song {song}" aria-labelledby="spotify:track:bench{song:017}">'
        f"<div><span>{1000 + song:,}</span></div></div>"
        for song in range(5)
    )
    body = f'<div data-testid="monthly-listeners-label">{artist + 300:,} monthly listeners</div>{rows}'
    head = f'<meta property="og:url" content="https://open.spotify.com/artist/{spotify_id(artist)}"/>'
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{body}{_FILLER * (_PAGE_BYTES // len(_FILLER))}</body></html>"
    )
