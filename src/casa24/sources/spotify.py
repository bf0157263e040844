"""Read Spotify: popularity, followers, genres, top tracks from the Web API, monthly listeners from the page.

Works in three cases, found out at run time: with the full API, with a restricted app (fields
and endpoints were taken away in 2026), and without API, when the page alone gives
listeners, followers and top tracks with play counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, PlainSerializer

from casa24.core.findings import ok
from casa24.core.metrics import Listing, Metric
from casa24.core.reason_codes import MISSING, REPORT, Explanation, Gap, gap_of
from casa24.core.snapshot import State
from casa24.errors import BadStatus, Casa24Error
from casa24.sources._counts import Count
from casa24.sources.base import (
    ArtistSource,
    Consent,
    Credentials,
    FieldFlag,
    Reading,
    SourceOptions,
    Stats,
    as_they_come,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence

    from casa24.core.findings import Finding
    from casa24.sources import _spotify_api as web_api
    from casa24.sources._spotify_page import ArtistPage

PAGE = "https://open.spotify.com/artist"

_ID = re.compile(r"[0-9A-Za-z]{22}")
_LINK = re.compile(r"(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?artist/([0-9A-Za-z]{22})(?:[/?#].*)?")

_PAGES = Consent(
    "read every artist's public Spotify page, once a day, for monthly listeners",
    "Spotify's User Guidelines forbid scraping, its Developer Policy (III.13) derived listenership metrics, "
    "its terms storing content indefinitely.",
)

_Job = tuple[str, tuple[str, ...]]

# On disk the number is a text ("976"), which the label's own programs expect.
_TextOnDisk = PlainSerializer(str, when_used="json-unless-none")


class Track(BaseModel, defer_build=True):
    """A top track: ``popularity`` from the API, ``play_count`` from the page."""

    name: str
    popularity: int | None = None
    preview_url: str | None = None
    track_id: str | None = None
    play_count: int | None = None


class SpotifyStats(Stats):
    """One artist's values on Spotify."""

    popularity_score: Annotated[int | None, Metric("Popularity", kind="score", csv="popularity_score")] = None
    followers: Annotated[int | None, Metric("Followers", kind="audience", csv="followers", event=(5, 0.01))] = None
    monthly_listeners: Annotated[
        int | None,
        Metric("Monthly listeners", kind="window", days=28, csv="monthly_listeners", event=(30, 0.05)),
        _TextOnDisk,
    ] = None
    genres: Annotated[list[str] | None, Listing("Genres")] = None
    top_tracks: Annotated[
        list[Track] | None,
        Listing(
            "Top tracks",
            label="name",
            numbers=(("popularity", "Popularity"), ("play_count", "Plays")),
            link="https://open.spotify.com/track/{track_id}",
        ),
    ] = None


@dataclass(slots=True)
class _Parts:
    """The answers about one artist so far; None: still awaited."""

    api: web_api.ApiArtist | Gap | None = None
    tracks: list[web_api.ApiTrack] | Gap | None = None
    page: ArtistPage | Gap | None = None


class Spotify(ArtistSource[SpotifyStats]):
    """The source for Spotify."""

    name = "spotify"
    title = "Spotify"
    account_key = "spotify_id"
    account_help = "Open the artist's page, Share → Copy link, and paste the link."
    credentials = Credentials(
        "SPOTIFY_CLIENT_ID",
        "SPOTIFY_CLIENT_SECRET",
        optional=True,
        shapes=dict.fromkeys(("SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"), (r"[0-9a-f]{32}", "32 of 0–9 and a–f")),
    )
    link = "https://open.spotify.com/artist/{account}"
    order = 10
    gaps = {
        "no_credentials": Explanation(
            "only Spotify's API has it, and no key is set",
            "Set SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET (docs/keys.md).",
            State.SKIPPED,
        ),
        "bad_credentials": Explanation(
            "Spotify refused the app's id and secret",
            "Copy both again from developer.spotify.com/dashboard (docs/keys.md).",
        ),
        "restricted_app": Explanation(
            "Spotify no longer gives this to the app in use",
            "Nothing to do: only apps with Extended Quota still get it. The page is read where it can help.",
            State.NOT_OFFERED,
        ),
        "premium_required": Explanation(
            "Spotify's API wants the app's owner to have Premium",
            "Subscribe with the account that owns the app, or remove the keys to read pages only.",
        ),
        "quota_exceeded": Explanation(
            "the app's daily quota at Spotify is used up", "It starts anew tomorrow.", passes=True
        ),
        "page_off": Explanation(
            "only Spotify's page has it, and page reading is off",
            "Set page = true under [sources.spotify] if you want it.",
            State.SKIPPED,
        ),
        "page_refused": Explanation("Spotify refused to show its page", REPORT),
        "page_shell": Explanation("Spotify's page came empty, without numbers", REPORT),
        "page_unsupported": Explanation("Spotify's page says our browser is not supported", REPORT),
        "page_wrong_artist": Explanation(
            "Spotify's page is another artist's", "Check spotify_id; the artist may have moved to a new page."
        ),
        "page_unknown": Explanation("Spotify's page has a form casa24 does not know", REPORT),
    }

    class Options(SourceOptions):
        """``page``: whether to read the public page; ``market``: the country of the top tracks."""

        page: Annotated[bool, _PAGES] = Field(
            default=True, description="read the public page for monthly listeners (see docs/terms.md)"
        )
        market: str = Field(default="US", pattern=r"^[A-Z]{2}$", description="whose charts the top tracks are")

    options: Options

    @classmethod
    def account(cls, text: str) -> str:
        """Return the 22-character id from an id, a link or a ``spotify:artist:`` URI."""
        text = text.strip()
        match = _LINK.fullmatch(text)
        account = match[1] if match else text.removeprefix("spotify:artist:")
        if not _ID.fullmatch(account):
            raise ValueError(
                f"{text!r} is no Spotify artist; paste the link of the artist's page or its 22-character id"
            )
        return account

    async def start(self) -> None:
        """Get a token if there are keys; without one only the page is read."""
        from casa24.sources._spotify_api import Api

        self._api = Api(self.web, self.options.market)
        self._no_api: Gap | None = None
        identity, secret = self.credential("SPOTIFY_CLIENT_ID"), self.credential("SPOTIFY_CLIENT_SECRET")
        if identity is None or secret is None:
            self._no_api = Gap(State.SKIPPED, "no_credentials")
            return
        try:
            await self._api.log_in(identity, secret)
        except Casa24Error as error:
            self._no_api = gap_of(error, self.gaps)

    async def check(self) -> list[Finding]:
        """Report whether the app's keys were accepted; the numbers themselves show what the app does not get."""
        return [ok("Spotify accepts the app's id and secret")] if self._no_api is None else []

    async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[tuple[str, Reading[SpotifyStats] | Exception]]:
        """Yield an artist's reading again with every part that arrives: API, top tracks, page."""
        no_page = None if self.options.page else Gap(State.SKIPPED, "page_off")
        parts_of = {account: _Parts(self._no_api, self._no_api, no_page) for account in accounts}
        for account, parts in parts_of.items():
            yield account, _reading(parts)
        async for (part, block), answers in as_they_come(self._jobs(accounts)):
            if isinstance(answers, Exception):
                raise answers
            for account, answer in zip(block, answers, strict=True):
                setattr(parts_of[account], part, answer)
                yield account, _reading(parts_of[account])

    def _jobs(self, accounts: tuple[str, ...]) -> Iterator[tuple[_Job, Coroutine[Any, Any, Sequence[object]]]]:
        """Yield the requests to make, each with the part and the accounts it is for."""
        from casa24.sources._spotify_api import BATCH

        if self.options.page:
            yield from ((("page", (account,)), self._page(account)) for account in accounts)
        if self._no_api is None:
            blocks = (accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH))
            yield from ((("api", block), self._api.artists(block)) for block in blocks)
            yield from ((("tracks", (account,)), self._api.top_tracks(account)) for account in accounts)

    async def _page(self, account: str) -> list[ArtistPage | Gap]:
        from casa24.sources._spotify_page import read_page

        try:
            reply = await self.web.get(f"{PAGE}/{account}")
            return [read_page(reply.text, account)]
        except BadStatus as error:
            gap = gap_of(error, self.gaps)
            return [gap if gap.code in {"not_found", "server_error"} else gap._replace(code="page_refused")]
        except Casa24Error as error:
            return [gap_of(error, self.gaps)]


def _reading(parts: _Parts) -> Reading[SpotifyStats]:
    """Make a reading of the parts so far; a field whose part is still awaited is None, without a flag."""
    from casa24.sources._spotify_api import LOST

    api, page = parts.api, parts.page
    listeners = _part(page, "listeners", MISSING)
    answers: dict[str, list[Any]] = {
        "popularity_score": [_part(api, "popularity", LOST)],
        "followers": [_part(api, "total", LOST), _part(page, "followers", MISSING)],
        "monthly_listeners": [listeners.value if isinstance(listeners, Count) else listeners],
        "genres": [_part(api, "genres", LOST)],
        "top_tracks": [_with_plays(parts.tracks, page), _page_tracks(page)],
    }
    values = {field: value for field, candidates in answers.items() if (value := _first_value(candidates)) is not None}
    flags = [
        FieldFlag(field, gap.state, gap.code, gap.detail)
        for field, candidates in answers.items()
        if field not in values and (gap := _reason(candidates)) is not None
    ]
    if isinstance(listeners, Count) and not listeners.exact:
        flags.append(FieldFlag("monthly_listeners", State.ROUNDED, "rounded", low=listeners.low, high=listeners.high))
    api_artist, artist_page = None if isinstance(api, Gap) else api, None if isinstance(page, Gap) else page
    return Reading(
        SpotifyStats(**values),
        tuple(flags),
        account_name=(api_artist.name if api_artist else None) or (artist_page.name if artist_page else None),
        via="page" if artist_page and (api_artist is None or api_artist.bare) else "api",
    )


def _part(part: object, field: str, otherwise: Gap) -> Any:
    """Return one field of a part: its value, the reason for its absence, or None while the part is awaited."""
    if part is None or isinstance(part, Gap):
        return part
    value = getattr(part, field)
    return otherwise if value is None else value


def _first_value(answers: list[Any]) -> Any:
    return next((answer for answer in answers if answer is not None and not isinstance(answer, Gap)), None)


def _reason(answers: list[Any]) -> Gap | None:
    """Return why none of the answers is a value, a failure first; None while an answer is still awaited."""
    if any(answer is None for answer in answers):
        return None
    gaps: list[Gap] = answers
    return min(gaps, key=lambda gap: gap.state is not State.FAILED)


def _with_plays(tracks: list[web_api.ApiTrack] | Gap | None, page: ArtistPage | Gap | None) -> list[Track] | Gap | None:
    """Return the API's tracks, with play counts of those that the page lists too."""
    if tracks is None or isinstance(tracks, Gap):
        return tracks
    listed = () if page is None or isinstance(page, Gap) else page.tracks or ()
    plays = {track.track_id: track.play_count for track in listed if track.track_id}
    return [
        Track(
            name=track.name or "",
            popularity=track.popularity,
            preview_url=track.preview_url,
            track_id=track.id,
            play_count=plays.get(track.id or ""),
        )
        for track in tracks
    ]


def _page_tracks(page: ArtistPage | Gap | None) -> list[Track] | Gap | None:
    tracks = _part(page, "tracks", MISSING)
    if tracks is None or isinstance(tracks, Gap):
        return tracks
    return [Track(name=track.name, track_id=track.track_id, play_count=track.play_count) for track in tracks]
