from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import httpx
import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from casa24.core.snapshot import State
from casa24.sources.youtube import API, YouTube, reasons
from tests.sources.youtube_world import (
    ANA,
    BEN,
    BULK,
    CLEO,
    KEY,
    Channel,
    World,
    channel_id,
    counts,
    refusal,
    uploads,
    youtube,
)

if TYPE_CHECKING:
    from pathlib import Path

QUOTA = refusal(403, "quotaExceeded")


# --- what it costs


@pytest.mark.parametrize(
    ("sizes", "handles"),
    [
        ([3], 0),
        ([0], 0),
        ([50, 51, 100], 0),
        ([94, 204, 1, 0], 1),
        ([7] * 120, 0),
        ([7] * 60, 5),
    ],
)
def test_a_run_sends_exactly_the_expected_number_of_requests(sizes: list[int], handles: int) -> None:
    """ids/50 + handles + each channel's uploads/50 + all uploads/50 + the titles of five a channel/50."""
    channels = {channel_id(f"c{i}"): Channel(uploads(f"c{i}v", size)) for i, size in enumerate(sizes)}
    ids = list(channels)
    named = {f"@artist{i}": ids[i] for i in range(handles)}
    result = youtube(World(channels, named), [*named, *ids[handles:]])
    ranked = sum(min(5, size) for size in sizes)
    wanted = {
        "channels": ceil((len(ids) - handles) / 50) + handles,
        "playlistItems": sum(ceil(size / 50) for size in sizes),
        BULK: ceil(sum(sizes) / 50),
        "videos": ceil(ranked / 50),
    }
    assert counts(result) == {kind: number for kind, number in wanted.items() if number}
    assert len(result.readings) == len(sizes)
    assert (result.end, result.failures) == (None, {})


def test_a_channel_without_videos_costs_no_playlist_call_and_has_no_top_videos() -> None:
    result = youtube(World({ANA: Channel()}), [ANA])
    assert counts(result) == {"channels": 1}
    assert (result.stats(ANA).video_count, result.stats(ANA).top_videos) == (0, [])
    assert result.readings[ANA].flags == ()


def test_a_playlist_that_is_not_there_is_no_videos_and_no_error() -> None:
    result = youtube(World({ANA: Channel(uploads=None, videos="3"), BEN: Channel(uploads("b", 2))}), [ANA, BEN])
    assert result.stats(ANA).top_videos == []
    assert result.flag("top_videos", ANA) is None
    assert [video.video_id for video in result.stats(BEN).top_videos] == ["b1", "b0"]


def test_a_fallback_from_bulk_numbers_is_found_out_once_and_needs_no_titles_call() -> None:
    world = World({ANA: Channel(uploads("a", 204)), BEN: Channel(uploads("b", 94))}, bulk=404)
    result = youtube(world, [ANA, BEN])
    assert counts(result) == {"channels": 1, "playlistItems": 7, BULK: 1, "videos": 6}
    assert [video.video_id for video in result.stats(ANA).top_videos] == ["a203", "a202", "a201", "a200", "a199"]
    assert result.stats(BEN).top_videos[0].title == "Title of b93"


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_after_any_refusal_of_bulk_numbers_the_ordinary_call_is_used(status: int) -> None:
    result = youtube(World({ANA: Channel(uploads("a", 3))}, bulk=status), [ANA])
    assert [video.views for video in result.stats(ANA).top_videos] == [1002, 1001, 1000]
    assert counts(result)[BULK] == 1


def test_a_server_error_does_not_end_the_use_of_bulk_numbers() -> None:
    result = youtube(World({ANA: Channel(uploads("a", 60))}, bulk=500), [ANA])
    assert "videos" not in counts(result)
    assert result.why("top_videos", ANA) == (State.FAILED, "server_error")
    assert result.stats(ANA).total_views == 98765


# --- the numbers


def test_a_channel_has_its_totals() -> None:
    result = youtube(World({ANA: Channel(uploads("a", 2), subscribers="976")}), [ANA])
    stats = result.stats(ANA)
    assert (stats.subscribers, stats.total_views, stats.video_count) == (976, 98765, 2)
    reading = result.readings[ANA]
    assert (reading.account_name, reading.account, reading.flags, reading.via) == ("Ana Aurora", ANA, (), "api")


def test_channels_are_told_apart_by_id_whatever_order_they_come_in() -> None:
    names = {ANA: "Ana", BEN: "Ben", CLEO: "Cleo"}
    result = youtube(World({account: Channel(title=name) for account, name in names.items()}), list(names))
    assert {account: result.readings[account].account_name for account in names} == names


def test_the_most_viewed_video_is_found_even_if_it_is_the_oldest_of_hundreds() -> None:
    videos = [*((f"v{index}", index % 7) for index in range(203)), ("oldest", 5000)]
    result = youtube(World({ANA: Channel(videos)}), [ANA])
    top = result.stats(ANA).top_videos
    assert (top[0].video_id, top[0].views) == ("oldest", 5000)
    assert (top[0].title, top[0].published_at) == ("Title of oldest", "2024-05-06T07:08:09Z")
    assert [video.views for video in top] == [5000, 6, 6, 6, 6]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=120), min_size=1, max_size=4))
def test_the_top_five_are_the_true_ones_of_every_channel(views: list[list[int | None]]) -> None:
    channels = {
        channel_id(f"c{i}"): Channel([(f"c{i}v{j}", count) for j, count in enumerate(counted)])
        for i, counted in enumerate(views)
    }
    result = youtube(World(channels), list(channels))
    for account, counted in zip(channels, views, strict=True):
        known = sorted((count for count in counted if count is not None), reverse=True)[:5]
        top = result.stats(account).top_videos
        if counted and not known:
            assert (top, result.why("top_videos", account)) == (None, (State.FAILED, "missing"))
        else:
            assert [video.views for video in top] == known


def test_a_video_whose_views_are_not_public_has_no_rank() -> None:
    result = youtube(World({ANA: Channel([("secret", None), ("shown", 0)])}), [ANA])
    assert [(video.video_id, video.views) for video in result.stats(ANA).top_videos] == [("shown", 0)]


def test_videos_without_public_views_are_not_an_empty_list() -> None:
    result = youtube(World({ANA: Channel([("one", None), ("two", None)])}), [ANA])
    assert result.stats(ANA).top_videos is None
    assert result.why("top_videos", ANA) == (State.FAILED, "missing")


def test_a_playlist_whose_entries_name_no_video_is_not_an_empty_one() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("playlistItems"):
            return httpx.Response(200, json={"items": [{"id": "x", "snippet": {"title": "Tide"}}]})
        return World({ANA: Channel(uploads("a", 1))})(request)

    result = youtube(play, [ANA])
    assert result.stats(ANA).top_videos is None
    assert result.why("top_videos", ANA) == (State.FAILED, "missing")


def test_hidden_subscribers_are_hidden_not_zero() -> None:
    result = youtube(World({ANA: Channel(subscribers="0", hidden=True)}), [ANA])
    assert result.stats(ANA).subscribers is None
    assert result.why("subscribers", ANA) == (State.HIDDEN, "hidden")


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [("1000", 1000, 1009), ("1230", 1230, 1239), ("45600", 45600, 45699), ("10700000", 10700000, 10799999)],
)
def test_a_thousand_subscribers_and_more_are_rounded_down_and_carry_their_bounds(
    printed: str, low: int, high: int
) -> None:
    result = youtube(World({ANA: Channel(subscribers=printed)}), [ANA])
    flag = result.flag("subscribers", ANA)
    assert result.stats(ANA).subscribers == int(printed)
    assert flag is not None
    assert (flag.state, flag.code, flag.low, flag.high) == (State.ROUNDED, "rounded", low, high)


@pytest.mark.parametrize("printed", ["0", "1", "999"])
def test_fewer_subscribers_than_a_thousand_are_exact(printed: str) -> None:
    result = youtube(World({ANA: Channel(subscribers=printed)}), [ANA])
    assert result.stats(ANA).subscribers == int(printed)
    assert result.flag("subscribers", ANA) is None


def test_counts_that_are_missing_are_none_not_zero() -> None:
    content = {"items": [{"id": ANA, "snippet": {"title": "Ana"}}]}
    result = youtube(lambda _request: httpx.Response(200, json=content), [ANA])
    stats = result.stats(ANA)
    assert (stats.subscribers, stats.total_views, stats.video_count, stats.top_videos) == (None, None, None, None)
    assert result.why("top_videos", ANA) == (State.FAILED, "missing")


def test_an_unknown_channel_is_not_found_and_the_others_go_on() -> None:
    result = youtube(World({ANA: Channel()}), [ANA, BEN])
    assert result.failure(BEN) == "not_found"
    assert result.stats(ANA).total_views == 98765
    assert youtube(World({}), [BEN]).failure(BEN) == "not_found"


def test_what_is_no_list_does_not_say_that_a_channel_is_unknown() -> None:
    assert youtube(lambda _request: httpx.Response(200, json={}), [BEN]).failure(BEN) == "bad_reply"
    assert youtube(lambda _request: httpx.Response(404, text="<html>"), [BEN]).failure(BEN) == "gone"


def test_a_handle_is_resolved_and_its_lasting_id_comes_with_the_reading() -> None:
    result = youtube(World({ANA: Channel(uploads("a", 1))}, {"@ana.aurora": ANA}), ["@ana.aurora", "@nobody"])
    assert result.readings["@ana.aurora"].account == ANA
    assert result.stats("@ana.aurora").top_videos[0].video_id == "a0"
    assert result.failure("@nobody") == "not_found"


# --- refusals


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (QUOTA, "quota_exceeded"),
        (refusal(403, "dailyLimitExceeded"), "quota_exceeded"),
        (refusal(429, "rateLimitExceeded"), "quota_exceeded"),
        (refusal(400, "keyInvalid"), "bad_key"),
        (refusal(400, "badRequest", details=[{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}]), "bad_key"),
        (refusal(403, "accessNotConfigured"), "api_off"),
        (refusal(403, "forbidden", details=[{"reason": "API_KEY_IP_ADDRESS_BLOCKED"}]), "key_restricted"),
    ],
)
def test_an_error_for_all_channels_ends_the_run_with_one_request(answer: httpx.Response, code: str) -> None:
    result = youtube(lambda _request: answer, [ANA, BEN])
    assert (result.end, result.readings, len(result.requests)) == (code, {}, 1)
    assert code in YouTube.gaps


def test_a_quota_that_ends_midway_keeps_the_readings_so_far() -> None:
    """The totals of both are there; whose playlist or numbers did not come has no top videos, and no false reason."""
    roster = {ANA: Channel(uploads("a", 120)), BEN: Channel(uploads("b", 120))}
    whole = len(youtube(World(roster), list(roster)).requests)
    for last in range(2, whole):
        result = youtube(World(roster, most=last), list(roster))
        assert result.end == "quota_exceeded"
        assert [result.stats(account).total_views for account in roster] == [98765, 98765]
        assert [result.stats(account).top_videos for account in roster] == [None, None]
        assert all(result.flag("top_videos", account) is None for account in roster)
        # Up to four are under way; each bulk call among them may still try the common quota once.
        assert len(result.requests) <= last + 4 + 4, "nothing more leaves than what was under way"


def test_a_used_up_bulk_quota_leaves_the_common_one_to_try() -> None:
    """The bulk call has its own daily quota: where that is used up, videos.list may still answer."""
    world = World({ANA: Channel(uploads("a", 60))})

    def play(request: httpx.Request) -> httpx.Response:
        bulk = request.url.path.endswith("batchGetStats")
        return refusal(403, "quotaExceeded") if bulk else world(request)

    result = youtube(play, [ANA])
    assert result.end is None
    assert len(result.stats(ANA).top_videos or ()) == 5
    assert sum(request.url.path.endswith("batchGetStats") for request in result.requests) == 1


def test_a_channel_whose_playlist_fails_has_its_totals_and_the_others_their_videos() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("playlistId") == f"UU{ANA[2:]}":
            return refusal(403, "playlistItemsNotAccessible")
        return World({ANA: Channel(uploads("a", 3)), BEN: Channel(uploads("b", 3))})(request)

    result = youtube(play, [ANA, BEN])
    assert result.why("top_videos", ANA) == (State.FAILED, "forbidden")
    assert (result.stats(ANA).total_views, result.stats(ANA).top_videos) == (98765, None)
    assert len(result.stats(BEN).top_videos) == 3
    assert result.end is None


def test_a_top_five_is_missing_if_a_part_of_it_is_unknown() -> None:
    """Of 120 videos 50 have no numbers: the most viewed may be among them."""
    roster = {ANA: Channel(uploads("a", 120))}

    def play(request: httpx.Request) -> httpx.Response:
        lost = request.url.path.endswith(BULK) and "a60," in request.url.params["id"]
        return refusal(503, "backendError") if lost else World(roster)(request)

    result = youtube(play, [ANA])
    assert result.why("top_videos", ANA) == (State.FAILED, "server_error")
    assert result.stats(ANA).top_videos is None
    assert counts(result)[BULK] == 5, "three tries for the one, none for titles nobody can use"
    assert "videos" not in counts(result)


def test_a_block_of_channels_that_fails_leaves_the_other_block() -> None:
    channels = {channel_id(f"c{i}"): Channel() for i in range(60)}
    ids = list(channels)

    def play(request: httpx.Request) -> httpx.Response:
        first = ids[0] in request.url.params.get("id", "")
        return refusal(500, "backendError") if first else World(channels)(request)

    result = youtube(play, ids)
    assert (len(result.failures), len(result.readings)) == (50, 10)
    assert result.failure(ids[0]) == "server_error"


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["error", "errors", "details", "reason"]), inner)))  # fmt: skip
def test_reasons_are_found_or_not_but_never_raise(body: object) -> None:
    reasons(body)


# --- the key


@respx.mock
def test_the_key_is_sent_in_a_header_and_never_in_an_address() -> None:
    route = respx.route(host="www.googleapis.com").mock(side_effect=World({ANA: Channel(uploads("a", 60))}))
    result = youtube(None, [ANA])
    assert len(result.stats(ANA).top_videos) == 5
    assert route.call_count == 6
    for call in route.calls:
        assert call.request.headers["X-Goog-Api-Key"] == KEY
        assert KEY not in str(call.request.url)
        assert "key" not in call.request.url.params


@respx.mock
def test_an_errors_text_holds_neither_key_nor_query() -> None:
    respx.get(f"{API}/channels").respond(403, json={"error": {"errors": [{"reason": "forbidden"}]}})
    text = str(youtube(None, [ANA]).failures[ANA])
    assert "www.googleapis.com" in text
    assert not any(word in text for word in (KEY, ANA, "?"))


# --- what people paste


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (ANA, ANA),
        (f" {ANA} ", ANA),
        (f"https://www.youtube.com/channel/{ANA}", ANA),
        (f"https://m.youtube.com/channel/{ANA}/videos?view=0", ANA),
        (f"youtube.com/channel/{ANA}", ANA),
        ("@AnaAurora", "@anaaurora"),
        ("https://www.youtube.com/@Ana.Aurora", "@ana.aurora"),
        ("https://youtube.com/@ana-aurora/featured", "@ana-aurora"),
    ],
)
def test_whatever_people_paste_becomes_an_id_or_a_handle(text: str, account: str) -> None:
    assert YouTube.account(text) == account


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ana Aurora",
        "@a",
        ANA[:-1],
        f"{ANA}x",
        f"{ANA},{BEN}",
        "@ana,@ben",
        "https://www.youtube.com/c/AnaAurora",
        "https://www.youtube.com/watch?v=abcdefghijk",
        f"https://youtube.com.example/channel/{ANA}",
        "https://www.youtube.com/",
    ],
)
def test_a_text_that_is_no_channel_is_refused_with_advice_on_what_to_paste(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no YouTube channel; paste its id \(UC…\), its @handle or a link"):
        YouTube.account(text)


# --- what YouTube really sent, read in place


def saved(shared: Path, name: str) -> bytes:
    return (shared / "replies" / "youtube" / name).read_bytes()


GOOGLE, DEVELOPERS = "UCK8sQmJBp8GCxrOtXWBpyEA", "UC_x5XG1OV2P6uZZ5FSM9Ttw"


def test_the_saved_channels_are_read(shared: Path) -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("channels"):
            return httpx.Response(200, content=saved(shared, "pyyt_channels_info_multiple.json"))
        return httpx.Response(404, content=saved(shared, "synthetic_error_playlistNotFound_404.json"))

    result = youtube(play, [DEVELOPERS, GOOGLE])
    stats = result.stats(GOOGLE)
    assert (stats.subscribers, stats.total_views, stats.video_count, stats.top_videos) == (
        10700000,
        3331930783,
        2678,
        [],
    )
    assert result.stats(DEVELOPERS).total_views == 208790084
    flag = result.flag("subscribers", DEVELOPERS)
    assert flag is not None
    assert (flag.low, flag.high) == (2260000, 2269999)


def test_the_saved_channel_without_playlists_has_its_totals_only(shared: Path) -> None:
    result = youtube(
        lambda _request: httpx.Response(200, content=saved(shared, "pyyt_channel_info_single.json")), [DEVELOPERS]
    )
    stats = result.stats(DEVELOPERS)
    assert (stats.subscribers, stats.total_views, stats.video_count) == (1927873, 160361638, 5026)
    assert result.why("top_videos", DEVELOPERS) == (State.FAILED, "missing")
    assert len(result.requests) == 1


def test_the_saved_answer_without_items_is_not_found(shared: Path) -> None:
    result = youtube(
        lambda _request: httpx.Response(200, content=saved(shared, "real_channels_list_no_match_200.json")), [ANA]
    )
    assert result.failure(ANA) == "not_found"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("real_error_api_key_invalid_400.json", 400, "bad_key"),
        ("pyyt_error_response.json", 400, "bad_key"),
        ("reported_error_quotaExceeded_403.json", 403, "quota_exceeded"),
    ],
)
def test_a_saved_error_has_its_meaning(shared: Path, name: str, status: int, code: str) -> None:
    assert youtube(lambda _request: httpx.Response(status, content=saved(shared, name)), [ANA]).end == code


def test_the_saved_bulk_numbers_rank_the_one_video_they_name(shared: Path) -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(BULK):
            return httpx.Response(200, content=saved(shared, "docs_batchGetStats_shape_200.json"))
        return World({ANA: Channel([("v1", 1)])})(request)

    (video,) = youtube(play, [ANA]).stats(ANA).top_videos
    assert (video.video_id, video.views, video.title) == ("v1", 1234, "Title of v1")
    # The number's own snippet has another date, of another name: the title's answer has the one that counts.
    assert video.published_at == "2024-05-06T07:08:09Z"


def test_the_saved_videos_give_the_titles(shared: Path) -> None:
    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/videos"):
            return httpx.Response(200, content=saved(shared, "pyyt_videos_videos_info_multi.json"))
        return World({ANA: Channel([("D-lhorsDlUQ", 7), ("ovdbrdCIP7U", 9)])})(request)

    top = youtube(play, [ANA]).stats(ANA).top_videos
    assert [(video.title, video.views, video.published_at) for video in top] == [
        ("How EVERY Team Got Its Name & Identity!", 9, "2019-09-11T23:00:05.000Z"),
        ("What are Actions on Google (Assistant on Air)", 7, "2019-03-21T20:37:49.000Z"),
    ]


def test_the_saved_playlist_asked_for_other_parts_is_read_to_its_end_and_claims_nothing(shared: Path) -> None:
    """Both pages were recorded without `contentDetails`: thirteen entries, no video that could be ranked."""

    def play(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("playlistItems"):
            page = 2 if request.url.params.get("pageToken") == "CAoQAA" else 1
            return httpx.Response(200, content=saved(shared, f"pyyt_playlist_items_playlist_items_paged_{page}.json"))
        return World({ANA: Channel(uploads("a", 13))})(request)

    result = youtube(play, [ANA])
    assert result.stats(ANA).top_videos is None
    assert result.why("top_videos", ANA) == (State.FAILED, "missing")
