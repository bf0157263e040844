"""Links, handles and ids as people paste them: whose they are, or why nobody's."""

from __future__ import annotations

import pytest

from casa24.errors import UsageError
from casa24.setup.links import accounts_of
from casa24.sources import registry
from casa24.sources.base import ArtistSource
from casa24.sources.registry import Installed, Registry
from casa24.sources.spotify import SpotifyStats

SPOTIFY = "5BsYYsSnFsE9SoovY7aQV0"
CHANNEL = "UCY8fZcLURY9LvYJ_fqh91VQ"


def refused(*links: str, among: Registry | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught:
        accounts_of(links, among or registry.load())
    return caught.value


def test_links_of_three_platforms_become_three_keys() -> None:
    links = [
        f"https://open.spotify.com/intl-es/artist/{SPOTIFY}?si=0a1b2c",
        f" https://m.youtube.com/channel/{CHANNEL}?feature=share ",
        "instagram.com/PYRO_0201/?igsh=abc&u=https://example.com/",
    ]
    assert accounts_of(links, registry.load()) == {
        "spotify_id": SPOTIFY,
        "youtube_id": CHANNEL,
        "instagram_username": "pyro_0201",
    }


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"spotify:artist:{SPOTIFY}", "spotify_id"),
        (CHANNEL.replace("_", "-"), "youtube_id"),
        ("a.b", "instagram_username"),
    ],
)
def test_a_text_only_one_platform_can_read_needs_no_link(text: str, key: str) -> None:
    assert list(accounts_of([text], registry.load())) == [key]


@pytest.mark.parametrize(("text", "platforms"), [(SPOTIFY, "Spotify or Instagram"), ("@pyro", "YouTube or Instagram")])
def test_a_text_two_platforms_could_read_is_not_guessed(text: str, platforms: str) -> None:
    error = refused(text)
    assert platforms in error.message
    assert "whole link" in error.advice


@pytest.mark.parametrize(
    ("link", "platform"),
    [
        ("https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M", "Spotify"),
        ("https://open.spotify.com/album/4aawyAB9vmqN3uQ7FjRGTy?si=x", "Spotify"),
        ("open.spotify.com/intl-de/track/11dFghVXANMlKmJXsNCbNl", "Spotify"),
        ("open.spotify.com", "Spotify"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "YouTube"),
        ("https://music.youtube.com/playlist?list=PL1", "YouTube"),
        ("https://www.instagram.com/p/Cabc123/", "Instagram"),
    ],
)
def test_a_link_to_something_else_on_a_platform_is_answered_with_where_its_artists_link_is(
    link: str, platform: str
) -> None:
    error = refused(link)
    assert link in error.message
    assert platform in error.message
    assert error.advice.startswith(f"{platform}: ")
    assert "\n" not in error.advice


@pytest.mark.parametrize(
    "text",
    [
        "https://www.tiktok.com/@pyro",
        f"https://open.spotify.com@evil.example/artist/{SPOTIFY}",
        f"https://notopen.spotify.com.evil.example/artist/{SPOTIFY}",
        f"https://evilyoutube.com/channel/{CHANNEL}",
        "http://[::1",
        "two words",
        "",
        "a\u202eb",
        "line\nbreak",
        "/" * 5000,
    ],
)
def test_what_is_nobodys_is_answered_with_all_that_can_be_pasted(text: str) -> None:
    error = refused(text)
    assert "no platform casa24 knows" in error.message
    assert len(error.message) < 200
    assert [line.split(":")[0].strip() for line in error.advice.split("\n")] == ["Spotify", "YouTube", "Instagram"]


def test_two_links_of_one_platform_are_refused() -> None:
    error = refused("https://instagram.com/one", "https://instagram.com/two")
    assert "Instagram: one and two" in error.message


class _Strange(ArtistSource[SpotifyStats]):
    name = "strange"
    title = "Strange"
    account_key = "strange_id"
    link = "https://{account}.strange.example/music"

    @classmethod
    def account(cls, text: str) -> str:
        return text.removeprefix("https://").split(".")[0]


class _Anything(_Strange):
    link = "https://music.example/{account}"

    @classmethod
    def account(cls, text: str) -> str:
        return text


class _Linkless(ArtistSource[SpotifyStats]):
    name = "strange"
    title = "Strange"
    account_key = "strange_id"

    @classmethod
    def account(cls, text: str) -> str:
        if not text.startswith("https://linkless.example/"):
            raise ValueError("no")
        return text


class _Broken(_Strange):
    @classmethod
    def account(cls, text: str) -> str:
        if text.startswith("https://none."):
            return None  # type: ignore[return-value]
        raise ZeroDivisionError(text)


def with_stranger(source: type[ArtistSource[SpotifyStats]]) -> Registry:
    return Registry((*registry.load().installed, Installed(source, "strange", "1")))


def test_a_strangers_source_is_known_by_its_own_link_wherever_the_account_stands_in_it() -> None:
    among = with_stranger(_Strange)
    assert accounts_of(["https://ana.strange.example/music?x=1"], among) == {"strange_id": "ana"}


def test_a_source_without_links_of_its_own_may_know_some_all_the_same() -> None:
    link = "https://linkless.example/ana"
    assert accounts_of([link], with_stranger(_Linkless)) == {"strange_id": link}


def test_a_source_that_reads_anything_is_not_given_other_platforms_links() -> None:
    among = with_stranger(_Anything)
    assert accounts_of(["ana ben"], among) == {"strange_id": "ana ben"}
    for text in ("https://www.tiktok.com/@pyro", "", "a\u202eb", "a\nb", "x" * 5000):
        assert "no platform casa24 knows" in refused(text, among=among).message


def test_a_strangers_source_that_breaks_is_an_answer_too() -> None:
    among = with_stranger(_Broken)
    assert "ZeroDivisionError" in refused("https://ana.strange.example", among=among).message
    assert "cannot read" in refused("https://none.strange.example", among=among).message
    assert accounts_of(["pyro_0201"], among) == {"instagram_username": "pyro_0201"}
