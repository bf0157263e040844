"""Test reading casa24.toml, and how its mistakes are reported."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import Field

from casa24.config import loading
from casa24.core.roster import Artist
from casa24.errors import ConfigError
from casa24.sources import registry
from casa24.sources.base import SourceOptions
from casa24.sources.discord import Discord
from casa24.sources.registry import Installed, Registry
from casa24.sources.spotify import Spotify

if TYPE_CHECKING:
    from collections.abc import Callable

    from casa24.config.loading import Roster

REPOSITORY = Path(__file__).parents[2]
SPOTIFY_ID = "2QpRYjtwNg9z6KwD4fhC5h"
CHANNEL = "UCshvYG0n1I_gXbM8htuANAg"


@pytest.fixture
def resolve(tmp_path: Path) -> Callable[[str], Roster]:
    def resolved(text: str) -> Roster:
        path = tmp_path / "casa24.toml"
        path.write_text(textwrap.dedent(text), "utf-8")
        return loading.read(path).resolve(registry.load())

    return resolved


@pytest.fixture
def mistakes(resolve: Callable[[str], Roster], tmp_path: Path) -> Callable[[str], tuple[str, ...]]:
    """Return every mistake in a text; each must be reported with its file."""

    def found(text: str) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            resolve(text)
        error = caught.value
        assert error.exit_code == 2
        assert error.advice
        lines = error.message.split("\n")
        assert lines == [f"{tmp_path / 'casa24.toml'}: {problem}" for problem in error.problems]
        return error.problems

    return found


# The label's own file.


def test_the_labels_file_resolves_to_its_eight_artists_in_order_with_their_accounts() -> None:
    roster = loading.read(REPOSITORY / "casa24.toml").resolve(registry.load())
    assert [artist.name for artist in roster.artists] == [
        "Casa 24", "Chef Lino", "PYRO", "bo.wlie", "Mango Blade", "ZACKO", "ARANDA", "Casa 24Beats",
    ]  # fmt: skip
    assert roster.artists[0].accounts == {
        "spotify": SPOTIFY_ID,
        "youtube": CHANNEL,
        "instagram": "casa24records",
    }
    assert roster.artists[5].accounts == {"spotify": "3gXXs7vEDPmeJ2HAOCGi8e", "instagram": "zacko.____"}
    assert roster.artists[7].accounts == {"youtube": "UCg3IuQwjIBbkvEbDVJZd8VQ"}
    assert roster.active(dt.date(2026, 11, 22)) == roster.artists


def test_the_labels_file_names_the_label_its_server_and_its_worker() -> None:
    label = loading.read(REPOSITORY / "casa24.toml").resolve(registry.load()).label
    assert (label.name, label.color, label.language) == ("Casa 24 Records", "#00a651", "en")
    assert label.accounts == {"discord": "1000913895415877712"}
    assert label.worker == "https://casa24-api.casa24records.workers.dev"


# What people paste.


@pytest.mark.parametrize(
    ("key", "pasted", "account"),
    [
        ("spotify_id", f"https://open.spotify.com/intl-de/artist/{SPOTIFY_ID}?si=abc", SPOTIFY_ID),
        ("spotify_id", f"spotify:artist:{SPOTIFY_ID}", SPOTIFY_ID),
        ("youtube_id", f"https://www.youtube.com/channel/{CHANNEL}", CHANNEL),
        ("youtube_id", "https://youtube.com/@Casa24Records", "@casa24records"),
        ("youtube_id", "@Casa24Records", "@casa24records"),
        ("instagram_username", "@Casa24Records", "casa24records"),
        ("instagram_username", "https://www.instagram.com/casa24records/?hl=en", "casa24records"),
    ],
)
def test_an_id_may_be_pasted_as_a_link_or_a_handle(
    resolve: Callable[[str], Roster], key: str, pasted: str, account: str
) -> None:
    (artist,) = resolve(f'[[artists]]\nname = "A"\n{key} = " {pasted} "').artists
    assert list(artist.accounts.values()) == [account]


def test_an_empty_account_is_no_account(resolve: Callable[[str], Roster]) -> None:
    (artist,) = resolve('[[artists]]\nname = "A"\nspotify_id = ""').artists
    assert artist.accounts == {}


def test_an_empty_file_is_a_label_without_artists(resolve: Callable[[str], Roster]) -> None:
    roster = resolve("")
    assert (roster.artists, roster.label.name, roster.politeness) == ((), "Our label", None)


def test_options_and_politeness_arrive_checked(resolve: Callable[[str], Roster]) -> None:
    roster = resolve('[sources.spotify]\npage = false\nmarket = "ES"\n[web]\npause = 2')
    options = roster.options["spotify"]
    assert isinstance(options, Spotify.Options)
    assert (options.page, options.market) == (False, "ES")
    assert set(roster.options) == {"spotify", "youtube", "instagram", "discord"}
    assert roster.politeness is not None
    assert roster.politeness.pause == 2


# Mistakes. Each case: the file, and what is said.

ONE = '[[artists]]\nname = "Chef Lino"\n'
TWO = f'{ONE}spotify_id = "{SPOTIFY_ID}"\n[[artists]]\nname = "PYRO"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{ONE}spotfy_id = 'x'", "artist 'Chef Lino' spotfy_id: unknown key; did you mean spotify_id?"),
        ("[label]\ncolour = '#fff000'", "[label] colour: unknown key; did you mean color?"),
        ("[labels]\nname = 'X'", "labels: unknown key; did you mean label?"),
        ("[sources.spotfy]\npage = true", "[sources] spotfy: unknown key; did you mean spotify?"),
        ("[sources.spotify]\npgae = true", "[sources.spotify] pgae: unknown key; did you mean page?"),
        ("[sources.spotify]\npage = 'perhaps'", "[sources.spotify] page: Input should be a valid boolean"),
        ("[web]\nconcurrences = 3", "[web] concurrences: unknown key; did you mean concurrency?"),
        ("[web]\npause = -1", "[web] pause: Input should be greater than or equal to 0"),
        ("web = 3", "web: must be a table, written [web]"),
        ("[sources]\nspotify = true", "spotify: must be a table, written [sources.spotify]"),
        (f"{ONE}spotify_id = 'abc'", "artist 'Chef Lino': spotify_id: 'abc' is no Spotify artist"),
        (f"{ONE}youtube_id = 'abc'", "artist 'Chef Lino': youtube_id: 'abc' is no YouTube channel"),
        (f"{ONE}instagram_username = 'a b'", "artist 'Chef Lino': instagram_username: 'a b' is no Instagram username"),
        ("[label]\ndiscord_guild_id = 'casa'", "[label]: discord_guild_id: 'casa' is no Discord server id"),
        (f"{ONE}spotify_id = 24", "artist 'Chef Lino': spotify_id must be a text in quotes, like \"…\", not 24"),
        ("[label]\ndiscord_guild_id = 1000913895415877712", "[label]: discord_guild_id must be a text in quotes"),
        ("[label]\ncolor = 'green'", "[label] color: 'green' is no colour; write it like \"#00a651\""),
        ("[label]\nlanguage = 'de'", "[label] language: 'de' is not known; one of en, es"),
        ("[label]\nworker = 'http://keys.example'", "[label] worker: write a plain https:// address"),
        ("[label]\nworker = 'my-secret-key'", "[label] worker: write a plain https:// address"),
        (f"{ONE}joined = 'soon'", "artist 'Chef Lino': joined must be a date like 2025-10-17, not 'soon'"),
        (f"{ONE}left = 2025-10-17T10:00:00", "artist 'Chef Lino': left must be a date like 2025-10-17, not 2025-10-17"),
        (f"{ONE}joined = 2025-10-17\nleft = 2025-10-17", "artist 'Chef Lino': left (2025-10-17) must be after joined"),
        (f"{ONE}aliases = 'Lino'", "artist 'Chef Lino': aliases must be a list of texts"),
        (f"{ONE}aliases = ['']", "artist 'Chef Lino': aliases must be a list of texts"),
        ("[[artists]]\nspotify_id = ''", "artist number 1: name is missing"),
        ("[[artists]]\nname = ' '", "artist number 1: name is missing"),
        ("[[artists]]\nname = 24", "artist number 1: name must be a text in quotes"),
        ('[[artists]]\nname = "*"', "artist '*': name must be one printable line"),
        ('[[artists]]\nname = "A\\nB"', "artist 'A\\nB': name must be one printable line"),
        (f"[[artists]]\nname = '{'A' * 201}'", f"artist '{'A' * 201}': name must be one printable line"),
        ("[artists]\nname = 'A'", "artists: write each artist as its own [[artists]] block"),
        ("artists = ['A']", "artists: write each artist as its own [[artists]] block"),
        (f"{ONE}{ONE}", "artist 'Chef Lino': the same name as artist 'Chef Lino' (chef lino)"),
        (f"{ONE}[[artists]]\nname = 'CHEF  LÍNO'", "artist 'CHEF  LÍNO': the same name as artist 'Chef Lino'"),
        (f"{TWO}aliases = ['chef lino']", "artist 'PYRO': the same name as artist 'Chef Lino' (chef lino)"),
        (f"{TWO}spotify_id = 'spotify:artist:{SPOTIFY_ID}'", "artist 'PYRO': the same spotify as artist 'Chef Lino'"),
    ],
)
def test_a_mistake_names_artist_and_key(mistakes: Callable[[str], tuple[str, ...]], text: str, message: str) -> None:
    """One mistake is one line, not two."""
    (problem,) = mistakes(text)
    assert problem.startswith(message)


def test_a_key_written_where_the_workers_address_belongs_is_not_shown(
    mistakes: Callable[[str], tuple[str, ...]],
) -> None:
    assert "my-secret-key" not in "".join(mistakes("[label]\nworker = 'my-secret-key'"))


def test_an_alias_that_repeats_the_artists_own_name_is_no_mistake(resolve: Callable[[str], Roster]) -> None:
    (artist,) = resolve(f"{ONE}aliases = ['chef lino', ' Lino ']").artists
    assert artist.aliases == ("chef lino", "Lino")


def test_all_mistakes_are_named_at_once(mistakes: Callable[[str], tuple[str, ...]]) -> None:
    text = f"""
    [labels]
    [label]
    color = "red"
    [web]
    attempts = 0
    timeout = "long"
    [[artists]]
    name = "PYRO"
    spotify_id = "{SPOTIFY_ID}"
    left = "later"
    [[artists]]
    name = "Pyro"
    spotify_id = "{SPOTIFY_ID}"
    spotfy_id = "x"
    """
    problems = mistakes(text)
    assert len(problems) == 8
    assert [problem.split(":")[0] for problem in problems] == [
        "labels", "[label] color", "artist 'PYRO'", "artist 'Pyro' spotfy_id", "artist 'Pyro'", "artist 'Pyro'",
        "[web] timeout", "[web] attempts",
    ]  # fmt: skip


def test_a_plugins_required_option_that_is_not_set_is_a_named_mistake() -> None:
    class Needy(Discord):
        class Options(SourceOptions):
            server: str = Field()

    settings = loading.Config(None, {})
    with pytest.raises(ConfigError, match=r"the configuration: \[sources\.discord\] server: Field required"):
        settings.resolve(Registry((Installed(Needy, "stranger", "1"),)))


# The file itself.


def test_a_missing_file_is_reported_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file") as caught:
        loading.read(tmp_path / "casa24.toml")
    assert str(tmp_path) in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[label]\nname = "A\n', "line 2"),
        ("[label\n", "line 1"),
        ("a = 1\na = 2\n", "line 2"),
        ("[[artists]]\nname = 'A'\njoined = 2026-02-30\n", "line 3"),
        (f"a = {'9' * 5000}\n", "is not valid TOML"),
        (f"a = {'[' * 5000}\n", "is not valid TOML"),
    ],
    ids=["quote", "bracket", "twice", "date", "number without end", "depth"],
)
def test_broken_toml_is_reported_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "casa24.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="is not valid TOML") as caught:
        loading.read(path)
    assert message in caught.value.message
    assert str(path) in caught.value.message


@pytest.mark.parametrize("content", [b"\xff\xfe[\x00l\x00", None], ids=["utf-16", "a folder"])
def test_an_unreadable_file_is_reported_without_the_advice_to_correct_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "casa24.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"cannot be read|is not saved as UTF-8") as caught:
        loading.read(path)
    assert ("you may read it" if content is None else "Save it as UTF-8") in caught.value.advice


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "casa24.toml"
    path.write_bytes('\ufeff[label]\r\nname = "Señal"\r\n[[artists]]\r\nname = "A"\r\n'.encode())
    roster = loading.read(path).resolve(registry.load())
    assert (roster.label.name, roster.artists[0].name) == ("Señal", "A")


def test_the_file_is_found_from_a_folder_below(tmp_path: Path) -> None:
    below = tmp_path / "data" / "historical"
    below.mkdir(parents=True)
    (tmp_path / "casa24.toml").write_text("", "utf-8")
    found = loading.find(below)
    assert found == tmp_path.resolve() / "casa24.toml"
    assert loading.read(found).folder == tmp_path.resolve()


def test_the_nearest_file_wins_and_a_folder_of_that_name_is_none(tmp_path: Path) -> None:
    near, nearest = tmp_path / "label", tmp_path / "label" / "inner"
    (nearest / "casa24.toml").mkdir(parents=True)
    for folder in (tmp_path, near):
        (folder / "casa24.toml").write_text("", "utf-8")
    assert loading.find(nearest) == near.resolve() / "casa24.toml"


def test_without_a_file_there_is_nothing_to_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert loading.find() is None
    assert loading.Config(None, {}).folder == Path.cwd()


# Who is active.


def test_an_artist_is_active_from_the_day_of_joining_to_the_day_before_leaving() -> None:
    artist = Artist("A", joined=dt.date(2025, 3, 1), left=dt.date(2026, 3, 1))
    days = [dt.date(2025, 2, 28), dt.date(2025, 3, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1)]
    assert [artist.active(day) for day in days] == [False, True, True, False]


def test_an_artist_who_left_stays_in_the_roster_but_is_not_active(resolve: Callable[[str], Roster]) -> None:
    roster = resolve(f"{TWO}left = 2026-01-01\njoined = '2025-01-01'")
    assert [artist.name for artist in roster.artists] == ["Chef Lino", "PYRO"]
    assert [artist.name for artist in roster.active(dt.date(2026, 11, 22))] == ["Chef Lino"]
    assert len(roster.active(dt.date(2025, 12, 31))) == 2


@pytest.mark.parametrize("key", ["deezer_id", "tiktok_username", "x_username", "lastfm_id"])
def test_a_key_of_a_source_that_is_not_there_is_a_warning(tmp_path: Path, key: str) -> None:
    """One plugin that was not installed again must not cost the night."""
    path = tmp_path / "casa24.toml"
    path.write_text(f"[[artists]]\nname = 'Ana'\n{key} = 'x'\n[sources.tidal]\npage = true\n", "utf-8")
    roster = loading.read(path).resolve(registry.load())
    assert [artist.name for artist in roster.artists] == ["Ana"]
    assert [warning.split(" in ")[0] for warning in roster.warnings] == [
        f"Nobody knows the key {name}" for name in ("tidal", key)
    ]
