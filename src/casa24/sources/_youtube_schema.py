"""Define the parts of the YouTube Data API's answers that casa24 uses.

They are apart from the source so that commands that only read the record do not load them.
"""

from __future__ import annotations

from pydantic import BaseModel, Field


class Statistics(BaseModel, defer_build=True):
    """The numbers of a channel or a video; a channel may hide its subscribers."""

    view_count: int | None = Field(default=None, alias="viewCount", ge=0)
    subscriber_count: int | None = Field(default=None, alias="subscriberCount", ge=0)
    hidden: bool | None = Field(default=None, alias="hiddenSubscriberCount")
    video_count: int | None = Field(default=None, alias="videoCount", ge=0)


class Playlists(BaseModel, defer_build=True):
    """The playlists that a channel has by itself."""

    uploads: str | None = None


class Snippet(BaseModel, defer_build=True):
    """The title and date of a channel or a video."""

    title: str | None = None
    published_at: str | None = Field(default=None, alias="publishedAt")


class Content(BaseModel, defer_build=True):
    """References: from a channel to its playlists, from a playlist's entry to its video."""

    playlists: Playlists = Field(default_factory=Playlists, alias="relatedPlaylists")
    video_id: str | None = Field(default=None, alias="videoId")


class Item(BaseModel, defer_build=True):
    """A channel, a playlist's entry or a video."""

    id: str | None = None
    snippet: Snippet = Field(default_factory=Snippet)
    statistics: Statistics = Field(default_factory=Statistics)
    content: Content = Field(default_factory=Content, alias="contentDetails")


class ListAnswer(BaseModel, defer_build=True):
    """An answer with a list. Without results it is HTTP 200 without ``items``; every answer has a ``kind``."""

    kind: str | None = None
    items: list[Item] = []
    next_page: str | None = Field(default=None, alias="nextPageToken")
