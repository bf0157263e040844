"""Read numbers from Spotify's public artist page.

The page comes in three forms (rendered, an empty shell, "unsupported browser") and has
the listeners in several places; the exact ones are read first. A page that does not say
which artist it is about, or names another artist, is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casa24.core.snapshot import as_count
from casa24.errors import AccountUnavailable
from casa24.sources._counts import Count, parse_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

_LISTENERS = re.compile(r"(?:^|·\s*|\.\s+)([0-9][^·]*?)[\s\u00a0\u202f]+monthly listeners?\.?\s*$", re.IGNORECASE)
_ARTIST = re.compile(r"(?:artist[/:])([0-9A-Za-z]{22})(?![0-9A-Za-z])")
_TRACK = re.compile(r"spotify:track:([0-9A-Za-z]{22})(?![0-9A-Za-z])")
_TOP = 5


@dataclass(frozen=True, slots=True)
class PageTrack:
    """One of the page's top tracks."""

    name: str
    track_id: str | None
    play_count: int | None


@dataclass(frozen=True, slots=True)
class ArtistPage:
    """The numbers of an artist page; None: it does not have them."""

    listeners: Count | None
    followers: int | None
    tracks: tuple[PageTrack, ...] | None
    name: str | None


def read_page(text: str, artist_id: str) -> ArtistPage:
    """Read the page of this artist. Raises AccountUnavailable if it is not certainly that artist's page."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    nodes = _artist_nodes(_initial_state(tree))
    node = nodes.get(f"spotify:artist:{artist_id}", {})
    named = set(_identities(tree))
    if named - {artist_id} or (nodes and not named and not node):
        raise AccountUnavailable("page_wrong_artist")
    if not named and not node:
        raise AccountUnavailable(_no_artist_page(_text(tree.css_first("title"))))
    if not named:
        # Only the embedded data names the artist; the text around it may be about another one.
        tree = LexborHTMLParser("")
    return ArtistPage(
        listeners=_listeners(tree, node),
        followers=_followers(tree, node),
        tracks=_tracks(tree, node),
        name=_attribute(tree, 'meta[property="og:title"]', "content"),
    )


def _no_artist_page(title: str) -> str:
    if "unsupported browser" in title.lower():
        return "page_unsupported"
    return "page_shell" if "web player" in title.lower() else "page_unknown"


def _identities(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the artist ids in the page's own addresses."""
    candidates = (
        _attribute(tree, 'meta[property="og:url"]', "content"),
        _attribute(tree, 'link[rel="canonical"]', "href"),
        *(str(data.get(key)) for data in _linked_data(tree) for key in ("@id", "url")),
    )
    for candidate in candidates:
        match = _ARTIST.search(candidate or "")
        if match:
            yield match[1]


def _listeners(tree: LexborHTMLParser, node: dict[str, Any]) -> Count | None:
    """Return the exact count if any place has one, else the rounded one."""
    counts = [count for count in _listener_counts(tree, node) if count is not None]
    return next((count for count in counts if count.exact), counts[0] if counts else None)


def _listener_counts(tree: LexborHTMLParser, node: dict[str, Any]) -> Iterator[Count | None]:
    yield _count_in(_text(tree.css_first('[data-testid="monthly-listeners-label"]')))
    stats = node.get("stats")
    value = as_count(stats.get("monthlyListeners")) if isinstance(stats, dict) else None
    yield Count(value, value, value) if value is not None else None
    yield _count_in(_attribute(tree, 'meta[name="description"]', "content"))
    yield _count_in(_attribute(tree, 'meta[property="og:description"]', "content"))
    for data in _linked_data(tree):
        yield _count_in(str(data.get("description")))


def _count_in(text: str | None) -> Count | None:
    """Read ``Artist · 976 monthly listeners.`` → 976. Other languages are not read: their suffixes are unknown."""
    match = _LISTENERS.search((text or "").strip())
    return parse_count(match[1]) if match else None


def _followers(tree: LexborHTMLParser, node: dict[str, Any]) -> int | None:
    stats = node.get("stats")
    value = as_count(stats.get("followers")) if isinstance(stats, dict) else None
    if value is not None:
        return value
    for label in tree.css("p"):
        if _text(label).lower() in {"followers", "follower"}:
            before = label.prev
            while before is not None and not before.is_element_node:
                before = before.prev
            count = parse_count(_text(before)) if before is not None and before.tag == "p" else None
            return count.value if count and count.exact else None
    return None


def _tracks(tree: LexborHTMLParser, node: dict[str, Any]) -> tuple[PageTrack, ...] | None:
    tracks = tuple(_state_tracks(node)) or tuple(_row_tracks(tree))
    return tracks[:_TOP] or None


def _state_tracks(node: dict[str, Any]) -> Iterator[PageTrack]:
    items: Any = node
    for key in ("discography", "topTracks", "items"):
        items = items.get(key) if isinstance(items, dict) else None
    for item in items if isinstance(items, list) else ():
        track = item.get("track") if isinstance(item, dict) else None
        if isinstance(track, dict) and isinstance(track.get("name"), str):
            uri = _TRACK.search(str(track.get("uri")))
            yield PageTrack(track["name"], uri[1] if uri else None, as_count(track.get("playcount")))


def _row_tracks(tree: LexborHTMLParser) -> Iterator[PageTrack]:
    for row in tree.css('[data-testid="track-row"]'):
        name = (row.attributes.get("aria-label") or "").strip()
        uri = _TRACK.search(row.attributes.get("aria-labelledby") or "")
        # A song's name is not a count, even if it is "1999".
        counts = [parse_count(_text(cell)) for cell in row.css("div > span") if _text(cell) != name]
        plays = next((count.value for count in reversed(counts) if count and count.exact), None)
        if name:
            yield PageTrack(name, uri[1] if uri else None, plays)


def _initial_state(tree: LexborHTMLParser) -> dict[str, Any]:
    try:
        raw = base64.b64decode(_text(tree.css_first("script#initialState")), validate=True)
        state = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def _artist_nodes(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the artists in the page's embedded data, by URI."""
    items: Any = state
    for key in ("entities", "items"):
        items = items.get(key) if isinstance(items, dict) else None
    nodes = items.items() if isinstance(items, dict) else ()
    return {key: node for key, node in nodes if key.startswith("spotify:artist:") and isinstance(node, dict)}


def _linked_data(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            data = json.loads(_text(script))
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and data.get("@type") == "MusicGroup":
            yield data


def _text(node: LexborNode | None) -> str:
    # Not `strip=True`: it would strip each piece of a text, and the server puts comments between the pieces.
    return node.text().strip() if node is not None else ""


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return node.attributes.get(name) if node is not None else None
