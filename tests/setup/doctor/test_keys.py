"""`casa24 doctor`, the credentials: each thing that can be wrong with a key, alone, and no key in what is said."""

from __future__ import annotations

import pytest

from casa24.core.findings import Level
from casa24.setup.doctor.areas import Area
from tests.setup.doctor.healthy_keys import KEYS, context, fine, look, only_one, without


def test_keys_that_look_right_are_named_with_where_they_come_from() -> None:
    told = fine(look(context(), Area.CREDENTIALS))
    assert told == [
        "SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET (from .env)",
        "YOUTUBE_API_KEY (from .env)",
        "INSTAGRAM_ACCESS_TOKEN, INSTAGRAM_BUSINESS_ACCOUNT_ID (from .env)",
        "DISCORD_BOT_TOKEN (from .env)",
    ]


@pytest.mark.parametrize(
    ("missing", "level", "what"),
    [
        (("YOUTUBE_API_KEY",), Level.BROKEN, "YouTube: YOUTUBE_API_KEY is not set"),
        (("INSTAGRAM_ACCESS_TOKEN",), Level.BROKEN, "Instagram: INSTAGRAM_ACCESS_TOKEN is not set"),
        (("INSTAGRAM_BUSINESS_ACCOUNT_ID",), Level.BROKEN, "Instagram: INSTAGRAM_BUSINESS_ACCOUNT_ID is not set"),
        (
            ("SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"),
            Level.WARNING,
            "Spotify: SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET are not set; something is measured without",
        ),
    ],
)
def test_a_key_that_is_not_set_is_told_by_name(missing: tuple[str, ...], level: Level, what: str) -> None:
    assert only_one(look(context(keys=without(*missing)), Area.CREDENTIALS), level).what == what


def test_discord_without_a_token_is_not_worth_a_word() -> None:
    assert len(fine(look(context(keys=without("DISCORD_BOT_TOKEN")), Area.CREDENTIALS))) == 3


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("YOUTUBE_API_KEY", "AIzaTooShort", "does not look like one"),
        ("YOUTUBE_API_KEY", f'"{KEYS["YOUTUBE_API_KEY"]}"', "stands in quotes"),
        ("YOUTUBE_API_KEY", '"AIzaTooShort"', "stands in quotes"),
        ("YOUTUBE_API_KEY", "paste-it-here", "is a placeholder, no key"),
        ("INSTAGRAM_ACCESS_TOKEN", "IGQVJYinventedinvented", "does not look like one"),
        ("INSTAGRAM_BUSINESS_ACCOUNT_ID", "the_label", "does not look like one"),
        ("INSTAGRAM_BUSINESS_ACCOUNT_ID", KEYS["INSTAGRAM_ACCESS_TOKEN"], "looks like INSTAGRAM_ACCESS_TOKEN"),
        ("SPOTIFY_CLIENT_SECRET", "<secret>", "is a placeholder, no key"),
        ("DISCORD_BOT_TOKEN", "not-a-token", "does not look like one"),
    ],
)
def test_a_key_of_another_shape_is_a_warning_and_is_not_shown(name: str, value: str, fault: str) -> None:
    line = only_one(look(context(keys={**KEYS, name: value}), Area.CREDENTIALS), Level.WARNING)
    assert line.what == f"{name} (from .env) {fault}"
    assert value not in line.model_dump_json()


def test_two_keys_in_each_others_place_are_told_once() -> None:
    swapped = {
        "INSTAGRAM_ACCESS_TOKEN": KEYS["INSTAGRAM_BUSINESS_ACCOUNT_ID"],
        "INSTAGRAM_BUSINESS_ACCOUNT_ID": KEYS["INSTAGRAM_ACCESS_TOKEN"],
    }
    line = only_one(look(context(keys={**KEYS, **swapped}), Area.CREDENTIALS), Level.WARNING)
    assert line.what == "INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_BUSINESS_ACCOUNT_ID look swapped"
    assert "EAA" not in line.what
