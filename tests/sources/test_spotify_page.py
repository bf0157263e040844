from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.errors import AccountUnavailable
from casa24.sources._counts import Count
from casa24.sources._spotify_page import ArtistPage, PageTrack, read_page
from tests.sources.spotify_world import (
    ANA,
    BEN,
    SHELL,
    UNSUPPORTED,
    followers,
    label,
    linked_data,
    page,
    rows,
    script,
    state,
    state_tracks,
    track_id,
)

if TYPE_CHECKING:
    from pathlib import Path

SAVED = "4Z8W4fKeB5YxbusRsdQVPb"


def refused(text: str, artist: str = ANA) -> str:
    with pytest.raises(AccountUnavailable) as caught:
        read_page(text, artist)
    return caught.value.code


def listeners(*body: str, **more: str) -> Count | None:
    return read_page(page(ANA, *body, **more), ANA).listeners


def exactly(value: int) -> Count:
    return Count(value, value, value)


def test_a_rendered_page_gives_listeners_followers_tracks_and_the_name() -> None:
    text = page(ANA, label("6,481,936"), rows(("Tide", "1,234,567"), ("Dune", "980")), followers("48,876"))
    assert read_page(text, ANA) == ArtistPage(
        listeners=exactly(6481936),
        followers=48876,
        tracks=(PageTrack("Tide", track_id(1), 1234567), PageTrack("Dune", track_id(2), 980)),
        name="Ana Aurora",
    )


# --- listeners: five places, the exact ones first


def test_an_exact_count_is_preferred_to_a_rounded_one_wherever_they_are() -> None:
    rounded = "Artist · 24.5K monthly listeners."
    assert listeners(label("24,468"), description=rounded, og=rounded) == exactly(24468)
    assert listeners(label("24.5K"), state(ANA, stats={"monthlyListeners": 24468})) == exactly(24468)
    assert listeners(label("1.2K"), description="Listen to Ana on Spotify. Artist · 1,234 monthly listeners.") == (
        exactly(1234)
    )
    assert listeners(linked_data(ANA, description="Artist · 24,468 monthly listeners."), og=rounded) == exactly(24468)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (label("976"), {}),
        (state(ANA, stats={"monthlyListeners": 976}), {}),
        ("", {"description": "Listen to Ana Aurora on Spotify. Artist · 976 monthly listeners."}),
        ("", {"og": "Artist · 976 monthly listeners."}),
        (linked_data(ANA, description="Listen to Ana Aurora on Spotify. Artist · 976 monthly listeners."), {}),
    ],
    ids=["label", "data", "description", "og", "json-ld"],
)
def test_each_place_alone_gives_the_listeners(body: str, more: dict[str, str]) -> None:
    assert listeners(body, **more) == exactly(976)


@pytest.mark.parametrize("printed", ["6,481,936", "6.481.936", "6\u00a0481\u00a0936", "6\u202f481\u202f936"])
def test_any_separator_of_groups_is_read(printed: str) -> None:
    assert listeners(label(printed)) == exactly(6481936)
    assert listeners(og=f"Artist · {printed} monthly listeners.") == exactly(6481936)


def test_a_rounded_count_alone_comes_with_its_bounds() -> None:
    assert listeners(og="Artist · 23.5M monthly listeners.") == Count(23500000, 23450000, 23549999)


def test_zero_listeners_is_a_true_zero() -> None:
    assert listeners(og="Artist · 0 monthly listeners.") == exactly(0)


def test_one_listener_is_written_in_the_singular() -> None:
    assert listeners(og="Artist · 1 monthly listener.") == exactly(1)


def test_a_count_that_the_server_rendered_in_pieces_is_read_whole() -> None:
    """React puts empty comments between the pieces of a text it renders."""
    assert listeners(
        '<div data-testid="monthly-listeners-label">24,468<!-- --> <!-- -->monthly listeners</div>',
        og="Artist · 24.5K monthly listeners.",
    ) == exactly(24468)


@pytest.mark.parametrize(
    "text",
    [
        "Artist",
        "Artist · many monthly listeners.",
        "Artist · 1,2345 monthly listeners.",
        "Artist · 1,2 Mio. monatliche Hörer.",
        "Artist · 976 followers.",
        "Artist · 976 monthly listeners in 12 countries.",
        "311 monthly listeners · Artist",
    ],
)
def test_a_text_that_is_not_certainly_the_count_is_not_read(text: str) -> None:
    assert listeners(og=text) is None


def test_numbers_in_an_artists_name_are_no_listeners() -> None:
    assert listeners(description="Listen to 24 Hours. 500 on Spotify. Artist · 976 monthly listeners.") == exactly(976)
    assert listeners(description="Listen to 311 on Spotify. Artist.") is None


@pytest.mark.parametrize("value", [None, -1, 1.5, True, "12K", "", [], {}, "many"])
def test_page_data_of_another_kind_than_a_count_is_no_count(value: object) -> None:
    assert listeners(state(ANA, stats={"monthlyListeners": value})) is None
    assert listeners(state(ANA, stats=value)) is None


# --- followers and tracks


def test_followers_are_taken_from_the_data_before_the_print() -> None:
    text = page(ANA, followers("1,000"), state(ANA, stats={"followers": 1007}))
    assert read_page(text, ANA).followers == 1007


@pytest.mark.parametrize("printed", ["22.6K", "1.2M", "", "many"])
def test_followers_that_are_not_printed_in_full_are_not_known(printed: str) -> None:
    assert read_page(page(ANA, followers(printed)), ANA).followers is None


def test_the_pages_order_of_tracks_is_kept_and_five_of_them() -> None:
    names = ["Tide", "Dune", "Vale", "Glen", "Moor", "Fell"]
    plays = [5, 90, 7, 6, 8, 1000]
    from_data = page(ANA, state(ANA, discography=state_tracks(*zip(names, map(str, plays), strict=True))))
    from_rows = page(ANA, rows(*zip(names, (f"{count:,}" for count in plays), strict=True)))
    for text in (from_data, from_rows):
        tracks = read_page(text, ANA).tracks
        assert tracks is not None
        assert [(track.name, track.play_count) for track in tracks] == list(zip(names[:5], plays[:5], strict=True))


def test_a_page_without_tracks_says_nothing_of_tracks() -> None:
    assert read_page(page(ANA, label("5")), ANA).tracks is None


@pytest.mark.parametrize("printed", ["", "1.2M", "<1,000"])
def test_plays_that_are_not_printed_in_full_are_not_known(printed: str) -> None:
    tracks = read_page(page(ANA, rows(("Tide", printed))), ANA).tracks
    assert tracks == (PageTrack("Tide", track_id(1), None),)


def test_a_song_called_1999_has_not_1999_plays() -> None:
    row = (
        f'<div aria-labelledby="x-spotify:track:{track_id(1)}-0" aria-label="1999" data-testid="track-row">'
        "<div><span>1999</span></div><div><span>&lt;1,000</span></div></div>"
    )
    assert read_page(page(ANA, row), ANA).tracks == (PageTrack("1999", track_id(1), None),)


# --- whose page it is


@pytest.mark.parametrize(
    "text",
    [
        page(BEN, label("976")),
        page(None, label("976"), linked_data(BEN)),
        page(None, label("976"), state(BEN, stats={"monthlyListeners": 976})),
        page(ANA, label("976"), linked_data(BEN)),
        page(BEN, state(ANA, stats={"monthlyListeners": 976})),
    ],
    ids=["address", "json-ld", "data", "two names", "our data on another's page"],
)
def test_a_page_of_another_artist_is_a_flag_never_a_number(text: str) -> None:
    assert refused(text) == "page_wrong_artist"


def test_another_artists_data_on_our_page_is_not_read() -> None:
    """A page also carries its related artists."""
    nodes = {
        f"spotify:artist:{BEN}": {
            "stats": {"monthlyListeners": 999_999, "followers": 5},
            "discography": state_tracks(("Not ours", "1")),
        }
    }
    found = read_page(page(ANA, label("976"), script({"entities": {"items": nodes}})), ANA)
    assert found == ArtistPage(exactly(976), None, None, "Ana Aurora")


def test_if_only_the_data_names_the_artist_the_visible_text_is_not_read() -> None:
    text = page(None, label("999"), followers("7"), rows(("Tide", "1")), state(ANA, stats={"monthlyListeners": 976}))
    assert read_page(text, ANA) == ArtistPage(exactly(976), None, None, None)


def test_an_id_that_only_begins_like_ours_is_another_artist() -> None:
    assert refused(page(f"{ANA}x", label("976"))) == "page_unknown"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SHELL, "page_shell"),
        (UNSUPPORTED, "page_unsupported"),
        (page(None, label("976")), "page_unknown"),
        ("", "page_unknown"),
        ('{"error": "JSON"}', "page_unknown"),
        ("<html><head><title>Page not found</title></head></html>", "page_unknown"),
    ],
    ids=["shell", "unsupported", "nameless", "empty", "json", "not found"],
)
def test_a_page_that_is_no_artist_page_is_a_flag(text: str, code: str) -> None:
    assert refused(text) == code


# --- whatever comes


@given(st.text())
def test_no_text_is_taken_for_a_page(text: str) -> None:
    assert refused(text) in {"page_shell", "page_unsupported", "page_unknown", "page_wrong_artist"}


@given(st.binary())
def test_no_bytes_are_taken_for_a_page(content: bytes) -> None:
    assert refused(content.decode("utf-8", "replace")).startswith("page_")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["stats", "discography", "topTracks", "items", "track", "all"]))
def test_page_data_of_any_shape_is_read_without_an_error(value: Any, place: str) -> None:
    shapes: dict[str, Any] = {
        "stats": {"stats": value},
        "discography": {"discography": value},
        "topTracks": {"discography": {"topTracks": value}},
        "items": {"discography": {"topTracks": {"items": value}}},
        "track": {"discography": {"topTracks": {"items": [value, {"track": value}]}}},
        "all": value,
    }
    nodes = {f"spotify:artist:{ANA}": shapes[place]}
    for content in ({"entities": {"items": nodes}}, {"entities": value}, value):
        found = read_page(page(ANA, script(content)), ANA)
        assert found.listeners is None
        assert found.followers is None


@given(st.text(), st.binary())
def test_a_damaged_data_element_leaves_the_printed_count(text: str, content: bytes) -> None:
    for inside in (text.replace("<", ""), base64.b64encode(content).decode()):
        damaged = f'<script id="initialState" type="text/plain">{inside}</script>'
        assert listeners(label("976"), damaged) == exactly(976)


@given(st.text())
def test_a_description_gives_no_number_that_is_not_in_it(text: str) -> None:
    content = json.dumps(text)[1:-1].replace('"', "")
    found = listeners(og=content)
    assert found is None or str(found.value)[0] in content


def test_data_that_is_nested_without_end_is_no_data() -> None:
    deep = base64.b64encode(b"[" * 100_000).decode()
    assert listeners(label("976"), f'<script id="initialState">{deep}</script>') == exactly(976)


# --- what Spotify really sent (or what we built of its markers), read in place


def saved(shared: Path, name: str) -> str:
    return (shared / "replies" / "spotify" / name).read_text(encoding="utf-8")


def test_the_saved_rendered_page_is_read(shared: Path) -> None:
    found = read_page(saved(shared, "artist_ssr_en_full.html"), SAVED)
    assert (found.listeners, found.followers, found.name) == (exactly(24468), 22599, "Example Artist")
    assert found.tracks is not None
    assert [(track.name, track.play_count) for track in found.tracks] == [
        ("Song 0", 1234567),
        ("Song 1", 98765),
        ("Song 2", 43210),
        ("Song 3", 9876),
        ("Song 4", 120),
    ]
    assert found.tracks[4].track_id == "0000000000000000000004"


def test_the_saved_page_of_an_artist_without_listeners_is_a_true_zero(shared: Path) -> None:
    found = read_page(saved(shared, "artist_ssr_zero.html"), SAVED)
    assert (found.listeners, found.followers) == (exactly(0), 174)
    assert found.tracks is not None
    assert found.tracks[0] == PageTrack("Song 0", "0000000000000000000000", 1234567)


def test_the_saved_page_asked_for_another_artist_is_refused(shared: Path) -> None:
    assert refused(saved(shared, "artist_ssr_en_full.html")) == "page_wrong_artist"


@pytest.mark.parametrize(
    ("name", "artist", "code"),
    [
        ("web_player_shell.html", ANA, "page_shell"),
        ("error_unsupported_browser_2025-06.html", ANA, "page_unsupported"),
        ("embed_not_found_200.html", ANA, "page_unknown"),
        # Neither says whose it is, although a count is printed on the first.
        ("artist_meta_radiohead_trimmed.html", ANA, "page_unknown"),
        ("artist_rick_astley_embed_DERIVED.html", "0gxyHStUsqpMadRV0Di1Qt", "page_unknown"),
        ("artist_rick_astley_next_data_2026-06.json", "0gxyHStUsqpMadRV0Di1Qt", "page_unknown"),
        # A track's page holds two artists' listeners: neither is the page's own number.
        ("track_page_ssr_2026-04.html", ANA, "page_unknown"),
        ("track_page_ssr_2026-04.initialState.decoded.json", ANA, "page_unknown"),
    ],
)
def test_a_saved_page_that_is_no_artist_page_is_a_flag(shared: Path, name: str, artist: str, code: str) -> None:
    assert refused(saved(shared, name), artist) == code


def test_both_artists_of_the_saved_track_page_are_refused_too(shared: Path) -> None:
    text = saved(shared, "track_page_ssr_2026-04.html")
    data = json.loads(saved(shared, "track_page_ssr_2026-04.initialState.decoded.json"))
    track = next(iter(data["entities"]["items"].values()))
    artists = [track[key]["items"][0]["id"] for key in ("firstArtist", "otherArtists")]
    assert [refused(text, artist) for artist in artists] == ["page_unknown", "page_unknown"]


def test_the_saved_data_is_read_where_an_artist_page_carries_it(shared: Path) -> None:
    """The node's form as recorded on a track page, under the key an artist page has it under."""
    data = json.loads(saved(shared, "track_page_ssr_2026-04.initialState.decoded.json"))
    node = next(iter(data["entities"]["items"].values()))["firstArtist"]["items"][0]
    found = read_page(page(node["id"], state(node["id"], **node)), node["id"])
    assert found.listeners == exactly(35226)
    assert found.tracks is not None
    assert [track.play_count for track in found.tracks] == [1140585, 928674, 588649, 536010]
    assert all(track.track_id for track in found.tracks)
