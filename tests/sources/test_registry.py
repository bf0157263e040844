"""Test finding the sources, and that a plugin's broken one is named and left out without harm."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from casa24.core.metrics import Metric
from casa24.errors import UnknownName
from casa24.sources import registry
from casa24.sources.base import ArtistSource, Credentials, LabelSource, Reading, Stats
from casa24.sources.registry import build

if TYPE_CHECKING:
    from casa24.sources.registry import Registry

MODULE = "an_invented_plugin"


class MoonStats(Stats):
    craters: Annotated[int | None, Metric("Craters", kind="count")] = None


class Moon(ArtistSource[MoonStats]):
    """A whole, sound source; the broken ones differ from it in one thing."""

    name = "moon"
    title = "Moon"
    account_key = "moon_id"
    credentials = Credentials("MOON_KEY", settings=("MOON_PHASE",))

    async def fetch(self, account: str) -> Reading[MoonStats]:
        return Reading(MoonStats(craters=len(account)))


class Label(LabelSource[MoonStats]):
    name = "sun"
    title = "Sun"
    account_key = "sun_id"

    async def fetch(self, account: str | None) -> Reading[MoonStats]:
        return Reading(MoonStats(craters=len(account or "")))


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An importable module whose attributes entry points can name."""
    module = ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, module)
    return module


def point(name: str, attribute: str) -> EntryPoint:
    return EntryPoint(name, f"{MODULE}:{attribute}", registry.GROUP)


def ours() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=registry.GROUP))


def with_ours(*points: EntryPoint) -> Registry:
    return build((*points, *ours()))


def names(found: Registry) -> list[str]:
    return [source.name for source in found.sources]


def test_the_four_platforms_are_found_by_entry_point_in_the_order_of_tables() -> None:
    found = registry.load()
    assert names(found) == ["spotify", "youtube", "instagram", "discord"]
    assert found.broken == ()
    assert {item.package for item in found.installed} == {"casa24"}


def test_the_csv_has_the_labels_columns() -> None:
    assert [series.column for series in registry.load().artist_series] == [
        "popularity_score", "followers", "monthly_listeners",
        "youtube_subscribers", "youtube_total_views", "youtube_video_count",
        "instagram_followers", "instagram_media_count",
    ]  # fmt: skip


def test_only_secrets_are_called_secret() -> None:
    found = registry.load()
    assert set(found.secret_names) < set(found.credential_names)
    assert "INSTAGRAM_API_VERSION" in found.credential_names
    assert "INSTAGRAM_API_VERSION" not in found.secret_names


def test_a_source_is_found_as_people_write_it() -> None:
    assert registry.load().find(" Spotify ").name == "spotify"
    with pytest.raises(UnknownName, match="no source called 'tiktok'") as caught:
        registry.load().find("tiktok")
    assert caught.value.advice == "Installed: spotify, youtube, instagram, discord."


def test_a_plugins_valid_source_is_listed_beside_ours(plugin: ModuleType) -> None:
    plugin.Moon, plugin.Label = Moon, Label  # type: ignore[attr-defined]
    found = with_ours(point("moon", "Moon"), point("sun", "Label"))
    assert found.broken == ()
    assert names(found) == ["spotify", "youtube", "instagram", "discord", "moon", "sun"]
    assert found.artist_series[-1].column == "moon_craters"
    assert found.credential_names[-2:] == ("MOON_KEY", "MOON_PHASE")
    assert [source.name for source in found.label_sources] == ["discord", "sun"]


class NoTitle(ArtistSource[MoonStats]):
    name = "moon"
    account_key = "moon_id"
    fetch = Moon.fetch


class NoModel(ArtistSource[Any]):
    name = "moon"
    title = "Moon"
    account_key = "moon_id"
    fetch = Moon.fetch


class Idle(ArtistSource[MoonStats]):
    name = "moon"
    title = "Moon"
    account_key = "moon_id"


class IdleLabel(LabelSource[MoonStats]):
    name = "moon"
    title = "Moon"
    account_key = "moon_id"


class Empty(Stats):
    craters: int | None = None


class Measureless(Moon):
    model = Empty


class Zero(Stats):
    craters: Annotated[int, Metric("Craters", kind="count")] = 0


class FalseZero(Moon):
    model = Zero


class Required(Stats):
    craters: Annotated[int | None, Metric("Craters", kind="count")]


class Demanding(Moon):
    model = Required


def made(**changes: Any) -> type[Moon]:
    """The sound source, different in this."""
    return type("Changed", (Moon,), changes)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (None, "it is no subclass of ArtistSource or LabelSource"),
        ("Moon", "it is no subclass"),
        (MoonStats, "it is no subclass"),
        (Moon.__new__(Moon), "it is no subclass"),
        (NoTitle, "it does not define title as it must"),
        (NoModel, "it does not define model as it must"),
        (made(name="luna"), "its name is 'luna', its entry point 'moon'"),
        (made(account_key="aliases"), "claims a name casa24 needs itself"),
        (Idle, "it defines neither fetch nor collect"),
        (IdleLabel, "it defines no fetch"),
        (Measureless, "declares no Metric and no Listing"),
        (FalseZero, "unknown must be None: its stats model gives craters"),
        (Demanding, "unknown must be None: its stats model gives craters"),
        (made(credentials=None), "it does not define credentials"),
        (made(credentials=("MOON_KEY",)), "it does not define credentials"),
        (made(order="first"), "it does not define order"),
        (made(account_key=["moon_id"]), "it does not define account_key"),
        (made(gaps=None), "it does not define gaps"),
        (made(Options=dict), "it does not define Options"),
    ],
)
def test_an_unusable_source_is_named_and_left_out(plugin: ModuleType, source: Any, why: str) -> None:
    plugin.Source = source  # type: ignore[attr-defined]
    found = with_ours(point("moon", "Source"))
    (broken,) = found.broken
    assert broken.name == "moon"
    assert why in broken.reason
    assert names(found) == ["spotify", "youtube", "instagram", "discord"]


@pytest.mark.parametrize("name", ["artists", "flags", "schema", "label", "Moon", "my-moon", "1moon", "*", "moon.dust"])
def test_a_name_of_the_files_own_layout_is_refused(plugin: ModuleType, name: str) -> None:
    plugin.Source = made(name=name)  # type: ignore[attr-defined]
    (broken,) = with_ours(point(name, "Source")).broken
    assert "claims a name casa24 needs itself" in broken.reason


@pytest.mark.parametrize("error", [RuntimeError("no moon tonight"), SystemExit(3), ImportError("gone")])
def test_a_source_that_raises_at_import_is_named_with_its_error(
    plugin: ModuleType, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def load(_point: EntryPoint) -> object:
        raise error

    installed = ours()
    sound = {entry.name: entry.load() for entry in installed}
    monkeypatch.setattr(EntryPoint, "load", lambda entry: load(entry) if entry.name == "moon" else sound[entry.name])
    found = build((point("moon", "Moon"), *installed))
    assert (found.broken[0].name, found.broken[0].reason) == ("moon", f"{type(error).__name__}: {error}")
    assert len(found.sources) == 4
    assert plugin is not None


def test_a_module_that_is_not_there_is_named() -> None:
    (broken,) = with_ours(EntryPoint("moon", "no_such_plugin:Moon", registry.GROUP)).broken
    assert broken.reason.startswith("ModuleNotFoundError")


class SpotifyLike(Stats):
    followers: Annotated[int | None, Metric("Followers", kind="audience", csv="followers")] = None


class Twice(Stats):
    a: Annotated[int | None, Metric("A", kind="count", csv="moon")] = None
    b: Annotated[int | None, Metric("B", kind="count", csv="moon")] = None


class Dated(Stats):
    day: Annotated[int | None, Metric("Day", kind="count", csv="date")] = None


@pytest.mark.parametrize("order", [1, 500])
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model": SpotifyLike}, "CSV column taken: followers"),
        ({"model": Twice}, "CSV column taken: moon, moon"),
        ({"model": Dated}, "CSV column taken: date"),
        ({"account_key": "spotify_id"}, "another source has this name or account key"),
        ({"name": "spotify"}, "another source has this name or account key"),
    ],
)
def test_a_name_or_column_claimed_twice_stays_ours_whatever_the_order(
    plugin: ModuleType, changes: dict[str, Any], why: str, order: int
) -> None:
    """A plugin's source may come first in tables, but must not take over Spotify's column and its record."""
    plugin.Source = made(**changes, order=order)  # type: ignore[attr-defined]
    found = with_ours(point(changes.get("name", "moon"), "Source"))
    assert [broken.reason for broken in found.broken] == [why]
    assert names(found) == ["spotify", "youtube", "instagram", "discord"]
    assert {item.package for item in found.installed} == {"casa24"}


def test_a_plugins_source_may_come_first_in_tables(plugin: ModuleType) -> None:
    plugin.Source = made(order=1)  # type: ignore[attr-defined]
    assert names(with_ours(point("moon", "Source")))[0] == "moon"


@pytest.mark.parametrize(
    "secret",
    [
        "SPOTIFY_CLIENT_SECRET",
        "WORKER_API_KEY",
        "INSTAGRAM_BUSINESS_ACCOUNT_ID",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    ],
)
def test_a_plugins_source_is_not_given_our_keys(plugin: ModuleType, secret: str) -> None:
    """A source sees the credentials it declares: so it may not declare another package's."""
    plugin.Moon = made(credentials=Credentials(secret))  # type: ignore[attr-defined]
    found = with_ours(point("moon", "Moon"))
    assert "moon" not in names(found)
    assert [broken.reason for broken in found.broken] == ["it asks for credentials that are not its own"]
