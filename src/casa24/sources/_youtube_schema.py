"""What YouTube's Data API answers, as much of it as is used. Loaded by those who ask it: readers need none of it."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Statistics(BaseModel, defer_build=True):
    """Numbers of a channel or a video; a channel may hide its subscribers."""

    view_count: int | None = Field(default=None, alias="viewCount", ge=0)
    subscriber_count: int | None = Field(default=None, alias="subscriberCount", ge=0)
    hidden: bool | None = Field(default=None, alias="hiddenSubscriberCount")
    video_count: int | None = Field(default=None, alias="videoCount", ge=0)


class Playlists(BaseModel, defer_build=True):
    """The lists a channel has of itself."""

    uploads: str | None = None


class Snippet(BaseModel, defer_build=True):
    """What is shown of it."""

    title: str | None = None
    published_at: str | None = Field(default=None, alias="publishedAt")


class Content(BaseModel, defer_build=True):
    """What it leads to: a channel to its lists, an entry to its video."""

    playlists: Playlists = Field(default_factory=Playlists, alias="relatedPlaylists")
    video_id: str | None = Field(default=None, alias="videoId")


class Item(BaseModel, defer_build=True):
    """A channel, a playlist's entry or a video: what of it is used."""

    id: str | None = None
    snippet: Snippet = Field(default_factory=Snippet)
    statistics: Statistics = Field(default_factory=Statistics)
    content: Content = Field(default_factory=Content, alias="contentDetails")


class ListAnswer(BaseModel, defer_build=True):
    """A list. Nothing found is HTTP 200 without ``items``; ``kind`` every answer has."""

    kind: str | None = None
    items: list[Item] = []
    next_page: str | None = Field(default=None, alias="nextPageToken")
