"""Read YouTube: a channel's totals, and the five most viewed of all its uploads.

It makes as few calls as the Data API allows: channels, video numbers and titles are asked
for in blocks of 50 over the whole roster; only playlists are read one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel

from casa24.core.metrics import Listing, Metric
from casa24.core.reason_codes import MISSING, Explanation, Gap, gap_of
from casa24.core.snapshot import State
from casa24.errors import AccountUnavailable, BadReply, BadStatus, SourceUnavailable
from casa24.sources.base import ArtistSource, Credentials, FieldFlag, Reading, Stats, as_they_come

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence

    from casa24.sources._youtube_schema import Item, ListAnswer
    from casa24.web.client import Reply

    Ask = Callable[[tuple[str, ...]], Coroutine[Any, Any, ListAnswer]]

API = "https://www.googleapis.com/youtube/v3"

_CHANNEL = re.compile(r"UC[0-9A-Za-z_-]{22}")
_HANDLE = re.compile(r"@[\w.·-]{3,30}")
_LINK = re.compile(r"(?:https?://)?(?:www\.|m\.)?youtube\.com/(?:channel/)?([^/?#]+)(?:[/?#].*)?", re.IGNORECASE)
_BLOCK = 50
_TOP = 5
# Above 999 YouTube shows three digits, rounded down.
_EXACT_BELOW, _DIGITS = 1000, 3
_NOT_FOUND = 404


class Video(BaseModel, defer_build=True):
    """One of a channel's most viewed videos."""

    title: str
    views: int
    video_id: str
    published_at: str | None = None


class YouTubeStats(Stats):
    """One channel's values."""

    subscribers: Annotated[
        int | None, Metric("Subscribers", kind="audience", csv="youtube_subscribers", coarse=True)
    ] = None
    total_views: Annotated[int | None, Metric("Views", kind="total", csv="youtube_total_views")] = None
    video_count: Annotated[int | None, Metric("Videos", kind="count", csv="youtube_video_count")] = None
    top_videos: Annotated[
        list[Video] | None,
        Listing(
            "Most viewed videos",
            label="title",
            numbers=(("views", "Views"),),
            link="https://www.youtube.com/watch?v={video_id}",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class _RankedVideo:
    """The parts of a video's answer that are needed: a hundred thousand whole answers would not fit in memory."""

    id: str
    views: int | None
    title: str | None
    published_at: str | None


@dataclass(slots=True, eq=False)
class _Channel:
    """The answers about one channel so far; ``videos`` or ``gap`` is set after its uploads were ranked.

    Compared by identity, so that it can be a key while its content changes.
    """

    item: Item
    uploads: list[str] | None = None
    videos: list[Video] | None = None
    gap: Gap | None = None


class YouTube(ArtistSource[YouTubeStats]):
    """The source for YouTube."""

    name = "youtube"
    title = "YouTube"
    account_key = "youtube_id"
    account_help = "The channel's address, its @handle, or its id (UC…) from About → Share → Copy channel ID."
    credentials = Credentials(
        "YOUTUBE_API_KEY",
        shapes={"YOUTUBE_API_KEY": (r"AIza[\w-]{35}|AQ\.[\w.-]{20,}", "39 characters that begin with AIza")},
    )
    link = "https://www.youtube.com/channel/{account}"
    order = 20
    gaps = {
        "quota_exceeded": Explanation(
            "the API key's daily quota is used up",
            "It starts anew at midnight Pacific time; the next run reads on.",
            passes=True,
        ),
        "bad_key": Explanation("YouTube refused the API key", "Copy YOUTUBE_API_KEY again (docs/keys.md)."),
        "api_off": Explanation(
            "the YouTube Data API is not enabled for this key",
            "Enable “YouTube Data API v3” in the key's project at console.cloud.google.com.",
        ),
        "key_restricted": Explanation(
            "the API key may not be used from here", "Remove its address or referrer restriction at Google."
        ),
        "hidden": Explanation("the channel hides its subscribers", "", State.HIDDEN),
        "rounded": Explanation("YouTube rounds down to three digits", "", State.ROUNDED),
    }

    @classmethod
    def account(cls, text: str) -> str:
        """Return the channel id (``UC…``) or ``@handle``, from either or a link."""
        match = _LINK.fullmatch(text.strip())
        account = match[1] if match else text.strip()
        if _CHANNEL.fullmatch(account):
            return account
        if _HANDLE.fullmatch(account):
            return account.lower()
        raise ValueError(f"{text!r} is no YouTube channel; paste its id (UC…), its @handle or a link with one of them")

    async def start(self) -> None:
        """Prepare the header with the key; the first block of videos finds out which endpoint gives their numbers."""
        self._headers = {"X-Goog-Api-Key": self.credential("YOUTUBE_API_KEY") or ""}
        self._stats_in_bulk = True

    async def collect(self, accounts: tuple[str, ...]) -> AsyncIterator[tuple[str, Reading[YouTubeStats] | Exception]]:
        """Yield each channel twice: with its totals, then with its top videos."""
        channels: dict[str, _Channel] = {}
        async for account, outcome in self._channels(accounts):
            if isinstance(outcome, Exception):
                yield account, outcome
            else:
                channels[account] = _Channel(outcome)
                yield account, _reading(channels[account])
        await self._read_uploads(channels.values())
        await self._rank(list(channels.values()))
        for account, channel in channels.items():
            yield account, _reading(channel)

    async def _channels(self, accounts: tuple[str, ...]) -> AsyncIterator[tuple[str, Item | Exception]]:
        """Yield every account's channel; ids are asked for in blocks, handles one by one (the API allows no more)."""
        ids = [account for account in accounts if not account.startswith("@")]
        blocks = [tuple(ids[start : start + _BLOCK]) for start in range(0, len(ids), _BLOCK)]
        queries: list[tuple[tuple[str, ...], dict[str, Any]]] = [(block, {"id": ",".join(block)}) for block in blocks]
        queries += [((account,), {"forHandle": account}) for account in accounts if account.startswith("@")]
        jobs = ((block, self._look_up(query)) for block, query in queries)
        async for block, answer in as_they_come(jobs):
            if isinstance(answer, Exception):
                for account in block:
                    yield account, answer
                continue
            by_id = {item.id: item for item in answer.items}
            for account in block:
                item = by_id.get(account) or (answer.items[0] if account.startswith("@") and answer.items else None)
                yield account, item if item is not None else AccountUnavailable("not_found")

    async def _look_up(self, query: Mapping[str, Any]) -> ListAnswer:
        """Ask for channels. Unknown ones give an empty list: a 404 means that the address is gone, not an artist."""
        try:
            answer = await self._list("channels", part="snippet,statistics,contentDetails", maxResults=_BLOCK, **query)
        except BadStatus as error:
            raise AccountUnavailable("gone") if error.status == _NOT_FOUND else error from None
        if answer.kind is None and not answer.items:
            raise BadReply("www.googleapis.com answered without a list")
        return answer

    async def _read_uploads(self, channels: Iterable[_Channel]) -> None:
        async for channel, uploads in as_they_come((channel, self._uploads(channel.item)) for channel in channels):
            if isinstance(uploads, Exception):
                channel.gap = gap_of(uploads, self.gaps)
            else:
                channel.uploads = uploads

    async def _uploads(self, channel: Item) -> list[str]:
        """Return the ids of all uploads. A channel without a public video has no playlist: that is an empty list."""
        playlist = channel.content.playlists.uploads
        if channel.statistics.video_count == 0:
            return []
        if not playlist:
            raise AccountUnavailable("missing")
        ids: list[str] = []
        page: dict[str, Any] = {}
        while True:
            try:
                answer = await self._list(
                    "playlistItems", part="contentDetails", playlistId=playlist, maxResults=_BLOCK, **page
                )
            except BadStatus as error:
                if error.status == _NOT_FOUND and "playlistNotFound" in reasons(error.body):
                    return ids
                raise
            page_ids = [item.content.video_id for item in answer.items if item.content.video_id]
            if len(page_ids) < len(answer.items):
                # The most viewed videos may be among those without an id: the list is unknown, not empty.
                raise AccountUnavailable("missing")
            ids += page_ids
            if not answer.next_page or answer.next_page == page.get("pageToken"):
                return list(dict.fromkeys(ids))
            page = {"pageToken": answer.next_page}

    async def _rank(self, channels: Sequence[_Channel]) -> None:
        """Fill in the five most viewed videos of every channel whose uploads are known."""
        with_uploads = [channel for channel in channels if channel.uploads is not None]
        videos = await self._videos(
            [video for channel in with_uploads for video in channel.uploads or ()], self._numbers
        )
        best = {channel: _top(channel.uploads or (), videos) for channel in with_uploads}
        shown = [video for videos in best.values() if isinstance(videos, list) for video in videos]
        untitled = [video.id for video in shown if not video.title]
        titled = {**videos, **(await self._videos(untitled, self._titles))}
        for channel, top in best.items():
            result = top if isinstance(top, Gap) else _titled(top, titled)
            if isinstance(result, Gap):
                channel.gap = result
            else:
                channel.videos = result

    async def _videos(self, ids: Sequence[str], ask: Ask) -> dict[str, _RankedVideo | Gap]:
        """Ask about videos in blocks of 50, the first block alone: it shows which endpoint answers."""
        blocks = [tuple(ids[start : start + _BLOCK]) for start in range(0, len(ids), _BLOCK)]
        videos: dict[str, _RankedVideo | Gap] = {}
        for group in (blocks[:1], blocks[1:]):
            async for block, answer in as_they_come((block, ask(block)) for block in group):
                if isinstance(answer, Exception):
                    videos.update(dict.fromkeys(block, gap_of(answer, self.gaps)))
                else:
                    videos.update({item.id: _ranked_video(item.id, item) for item in answer.items if item.id})
        return videos

    async def _numbers(self, block: tuple[str, ...]) -> ListAnswer:
        """Return the views of up to 50 videos, from the bulk call with its own quota if it works, else with titles."""
        if self._stats_in_bulk:
            try:
                return await self._list("videos:batchGetStats", _explain_bulk, part="statistics", id=",".join(block))
            except AccountUnavailable:
                self._stats_in_bulk = False
            except BadStatus as error:
                if error.status >= 500:  # noqa: PLR2004 - a server error says nothing about the endpoint
                    raise
                self._stats_in_bulk = False
        return await self._list("videos", part="snippet,statistics", id=",".join(block), maxResults=_BLOCK)

    async def _titles(self, block: tuple[str, ...]) -> ListAnswer:
        return await self._list("videos", part="snippet", id=",".join(block), maxResults=_BLOCK)

    async def _list(
        self, resource: str, on_error: Callable[[Reply, object], None] | None = None, **params: str | int
    ) -> ListAnswer:
        from casa24.sources._youtube_schema import ListAnswer

        # The key goes in a header: addresses end up in logs.
        reply = await self.web.get(
            f"{API}/{resource}", params=params, headers=self._headers, on_error=on_error or _explain
        )
        return reply.parse(ListAnswer)


def _ranked_video(video: str, item: Item) -> _RankedVideo:
    return _RankedVideo(video, item.statistics.view_count, item.snippet.title, item.snippet.published_at)


def _top(ids: Sequence[str], videos: Mapping[str, _RankedVideo | Gap]) -> list[_RankedVideo] | Gap:
    """Return the most viewed of these videos, if all have answers; one without public views has no rank."""
    known = [videos[video] for video in ids if video in videos]
    gap = next((video for video in known if isinstance(video, Gap)), None)
    ranked = [video for video in known if isinstance(video, _RankedVideo) and video.views is not None]
    if gap is None and ids and not ranked:
        # There are videos, but none with views: that is not an empty list.
        gap = MISSING
    return gap or sorted(ranked, key=lambda video: (-(video.views or 0), video.id))[:_TOP]


def _titled(top: list[_RankedVideo], titled: Mapping[str, _RankedVideo | Gap]) -> list[Video] | Gap:
    named = [(video, titled.get(video.id, video)) for video in top]
    gap = next((name for _, name in named if isinstance(name, Gap)), None)
    return gap or [_video(video, name) for video, name in named if isinstance(name, _RankedVideo)]


def _video(video: _RankedVideo, named: _RankedVideo) -> Video:
    return Video(title=named.title or "", views=video.views or 0, video_id=video.id, published_at=named.published_at)


def _reading(channel: _Channel) -> Reading[YouTubeStats]:
    """Make a reading of the channel's answers so far."""
    numbers = channel.item.statistics
    subscribers = None if numbers.hidden else numbers.subscriber_count
    flags = []
    if numbers.hidden:
        flags.append(FieldFlag("subscribers", State.HIDDEN, "hidden"))
    elif subscribers is not None and subscribers >= _EXACT_BELOW:
        step = 10 ** (len(str(subscribers)) - _DIGITS)
        high = subscribers + step - 1
        flags.append(FieldFlag("subscribers", State.ROUNDED, "rounded", low=subscribers, high=high))
    if channel.gap is not None:
        flags.append(FieldFlag("top_videos", channel.gap.state, channel.gap.code, channel.gap.detail))
    stats = YouTubeStats(
        subscribers=subscribers,
        total_views=numbers.view_count,
        video_count=numbers.video_count,
        top_videos=channel.videos,
    )
    return Reading(stats, tuple(flags), account_name=channel.item.snippet.title, account=channel.item.id)


def reasons(body: object) -> set[str]:
    """Return every ``reason`` in an error answer of Google, from ``errors`` and ``details``."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return set()
    entries = [entry for key in ("errors", "details") if isinstance(error.get(key), list) for entry in error[key]]
    return {str(entry.get("reason")) for entry in entries if isinstance(entry, dict)}


_MEANING = {
    "quota_exceeded": {"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "RATE_LIMIT_EXCEEDED"},
    "bad_key": {"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED"},
    "api_off": {"accessNotConfigured", "SERVICE_DISABLED"},
    "key_restricted": {"ipRefererBlocked", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED",
                       "API_KEY_SERVICE_BLOCKED"},
}  # fmt: skip


def _explain(_reply: Reply, body: object) -> None:
    """Raise SourceUnavailable for an error that concerns every channel."""
    named = reasons(body)
    for code, meaning in _MEANING.items():
        if named & meaning:
            raise SourceUnavailable(code)


def _explain_bulk(reply: Reply, body: object) -> None:
    """Raise the meaning of the bulk call's error; its quota is its own, so the common one may not be used up."""
    if reasons(body) & _MEANING["quota_exceeded"]:
        raise AccountUnavailable("quota_exceeded")
    _explain(reply, body)
