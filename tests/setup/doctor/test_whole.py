"""`casa24 doctor` of everything at once: one thing that is wrong is one finding, and nothing else is called so."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from casa24.config import credentials
from casa24.config.credentials import Wallet
from casa24.config.github_oidc import Job
from casa24.config.loading import Roster
from casa24.core.findings import Level
from casa24.core.reserved import WORKER_KEY, WORKER_URL
from casa24.setup.doctor.areas import Area
from casa24.sources import registry
from casa24.sources.base import ArtistSource, Stats
from casa24.sources.registry import Installed
from tests.setup.doctor.healthy_folder import Folder, ago, lay_down, night
from tests.setup.doctor.healthy_keys import (
    GUARD,
    KEYS,
    NOW,
    WORKER,
    Internet,
    Play,
    context,
    fine,
    look,
    only_one,
    roster,
    says,
    wallet,
    without,
)

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.analysis.checkup import Checkup

NAMES = (*registry.load().credential_names, WORKER_URL, WORKER_KEY)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return lay_down(tmp_path, monkeypatch)


def whole(folder: Folder, plays: dict[str, Play] | None = None, **more: Any) -> Checkup:
    """Look at everything. ``plays``: what the internet answers otherwise."""
    internet = Internet({"pypi.org": says(200, {"info": {"version": folder.index}}), **(plays or {})})
    return look(folder.context(**{"transport": internet, **more}))


def written(folder: Folder, *lines: str, keys: dict[str, str] = KEYS) -> Wallet:
    """What casa24 takes from a .env with these lines and the keys."""
    path = folder.path / ".env"
    path.write_text("\n".join((*lines, *(f"{name}={value}" for name, value in keys.items()))), "utf-8")
    return credentials.local(NAMES, environ={}, dotenv=path)


def test_where_all_is_well_nothing_else_is_said(folder: Folder) -> None:
    told = fine(whole(folder, here=written(folder)))
    assert "Spotify: all 3 accounts answer" in told
    assert "31 days recorded; the newest is 2026-11-22" in told


def test_a_key_with_a_quote_at_one_end_is_told(folder: Folder) -> None:
    key = KEYS["YOUTUBE_API_KEY"]
    for value in (f'{key}"', f"'{key[:-4]}"):
        line = only_one(whole(folder, here=wallet({**KEYS, "YOUTUBE_API_KEY": value})), Level.WARNING)
        assert line.what == "YOUTUBE_API_KEY (from .env) has a quote at one end"


def test_a_line_of_env_that_names_nothing_is_told(folder: Folder) -> None:
    line = only_one(whole(folder, here=written(folder, "# keys", "YOUTUBE_API_KEY: x y")), Level.WARNING)
    assert line.what == f"Line 2 of {folder.path / '.env'} is no NAME=value, and is not used"


def test_a_key_with_a_character_no_key_has_is_told(folder: Folder) -> None:
    here = wallet({**KEYS, "YOUTUBE_API_KEY": f"{KEYS['YOUTUBE_API_KEY']}\u200b"})
    line = only_one(whole(folder, here=here), Level.WARNING)
    assert line.what.startswith("YOUTUBE_API_KEY (from .env) holds characters no key has")
    assert "Copy the value again" in line.advice


def test_a_key_a_platform_does_not_know_is_told(folder: Folder) -> None:
    reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    error = {"code": 400, "message": "API key not valid.", "errors": [{"reason": "badRequest"}], "details": [reason]}
    line = only_one(whole(folder, {"googleapis.com": says(400, {"error": error})}), Level.BROKEN)
    assert line.what == "YouTube: YouTube refused the API key"


def vouched(folder: Folder, guard: str | None, plays: dict[str, Play]) -> Checkup:
    """A label whose keys lie in the Worker, examined by a job of GitHub's."""
    here = Wallet()
    here.add({WORKER_KEY: guard or ""}, (WORKER_KEY,), "environment")
    job = Job("https://github.example/token?id=1", SecretStr("job"), lambda _token: None)
    return whole(folder, plays, label=roster(WORKER), here=here, job=job)


def test_a_job_github_does_not_vouch_for_has_another_way_in(folder: Folder) -> None:
    line = only_one(vouched(folder, GUARD, {"github.example": says(500)}), Level.WARNING)
    assert line.what == "GitHub did not vouch for this job (github.example answered 500)"
    assert "Used WORKER_API_KEY instead" in line.advice


@pytest.mark.parametrize(
    ("line", "rest", "what", "level"),
    [
        (
            "YOUTUBE_KEY=x",
            without("YOUTUBE_API_KEY"),
            "YOUTUBE_KEY (in .env): did you mean YOUTUBE_API_KEY",
            Level.BROKEN,
        ),
        ("youtube_api_key=x", without("YOUTUBE_API_KEY"), "youtube_api_key (in .env): did you mean", Level.BROKEN),
        (
            "SPOTIFY_CLIENTID=x",
            without("SPOTIFY_CLIENT_ID"),
            "SPOTIFY_CLIENTID (in .env): did you mean SPOTIFY_CLIENT_ID",
            Level.WARNING,
        ),
        ("INSTAGRAM_API_VERSON=v26.0", KEYS, "did you mean INSTAGRAM_API_VERSION", Level.WARNING),
        ("WORKER_URL=https://x.example", KEYS, "did you mean WORKER_API_URL", Level.WARNING),
    ],
)
def test_a_name_nobody_knows_is_asked_about(
    folder: Folder, line: str, rest: dict[str, str], what: str, level: Level
) -> None:
    """Readings that are lost by it make it broken, as a key that is not set is."""
    found = only_one(whole(folder, here=written(folder, line, keys=rest)), level)
    assert what in found.what
    assert found.advice.startswith("Call it ")


@pytest.mark.parametrize("line", ["DISCORD_CLIENT_ID=5", "YOUTUBE_API_KEY_OLD=x", "DEEZER_API_KEY=x", "YOUTUBE_KEY="])
def test_a_name_of_another_program_is_nobodys_business(folder: Folder, line: str) -> None:
    assert fine(whole(folder, here=written(folder, line)))


def test_a_misspelt_name_without_a_value_is_no_key_that_is_set(folder: Folder) -> None:
    here = written(folder, "YOUTUBE_KEY=", keys=without("YOUTUBE_API_KEY"))
    assert only_one(whole(folder, here=here), Level.BROKEN).what == "YouTube: YOUTUBE_API_KEY is not set"


@pytest.mark.parametrize(
    ("name", "level"), [("YOUTUBE_API_KEY", Level.BROKEN), ("SPOTIFY_CLIENT_SECRET", Level.WARNING)]
)
def test_what_a_guide_shows_in_place_of_a_key_is_called_so(folder: Folder, name: str, level: Level) -> None:
    here = written(folder, f"{name}=your_token", keys=without(name))
    line = only_one(whole(folder, here=here), level)
    assert line.what == f"{name} (from .env) is a placeholder, no key"
    environ = {name: "your_token"}
    here = credentials.local(NAMES, environ={**without(name), **environ})
    (folder.path / ".env").unlink()
    line = only_one(whole(folder, here=here, environ=environ), level)
    assert line.what == f"{name} (from environment) is a placeholder, no key"


def test_a_placeholder_is_nothing_where_the_worker_has_the_key(folder: Folder) -> None:
    here = written(folder, "YOUTUBE_API_KEY=your_token", f"{WORKER_KEY}={GUARD}", keys={})
    assert fine(whole(folder, here=here, label=roster(WORKER)))
    assert fine(whole(folder, here=here, label=roster(WORKER), offline=True))


def test_a_day_that_is_still_to_come_has_a_wrong_clock(folder: Folder) -> None:
    folder.data.save(night(-3))
    folder.commit()
    line = only_one(whole(folder), Level.WARNING)
    assert line.what == f"The newest day is {ago(-3)}, which is still to come: a clock is wrong"


@pytest.mark.parametrize("offline", [False, True])
def test_an_address_no_key_may_travel_to_is_found_with_and_without_a_network(folder: Folder, *, offline: bool) -> None:
    line = only_one(whole(folder, label=roster("http://keys.casa24.example"), offline=offline), Level.BROKEN)
    assert (line.area, "must be a plain https:// address" in line.what) == (Area.WORKER, True)


@pytest.mark.parametrize("offline", [False, True])
def test_a_version_that_has_ended_is_known_with_and_without_a_network(folder: Folder, *, offline: bool) -> None:
    here = wallet({**KEYS, "INSTAGRAM_API_VERSION": "v18.0"})
    line = only_one(whole(folder, here=here, offline=offline), Level.WARNING)
    assert line.what.startswith("Instagram's API v18.0 ended on 2026-01-26")
    assert "Set INSTAGRAM_API_VERSION to" in line.advice


class _Stats(Stats):
    plays: int | None = None


class _Talker(ArtistSource[_Stats]):
    """A stranger's: it says one thing before it asks, and another because nobody answers."""

    name = "talker"
    title = "Talker"
    account_key = "youtube_id"

    async def start(self) -> None:
        self.warn("It rains. Take a coat.")
        try:
            await self.web.get("https://talker.example/")
        except Exception:  # noqa: BLE001 - whatever it is
            self.warn("Nobody answers.")
        raise SystemExit


def test_offline_only_what_a_source_says_before_it_asks_is_heard() -> None:
    sources = (Installed(_Talker, "talker", "1"),)
    label = Roster(artists=tuple(artist._replace(accounts={"talker": "a"}) for artist in roster().artists))
    whom = context(label=label, offline=True)
    whom.registry = registry.Registry(sources)
    line = only_one(look(whom, Area.CREDENTIALS), Level.WARNING)
    assert (line.what, line.advice) == ("It rains", "Take a coat.")


@pytest.mark.parametrize(("hours", "old"), [(49, "49 hours"), (24 * 9, "9 days")])
def test_one_is_not_called_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, old: str) -> None:
    folder = lay_down(tmp_path, monkeypatch)
    for day in folder.data.days()[:-1]:
        folder.data.file_of(day).unlink()
    folder.commit()
    alone = roster()._replace(artists=roster().artists[:1])
    told = fine(whole(folder, label=alone))
    assert {"casa24.toml: 1 artist", "1 day recorded; the newest is 2026-11-22", "YouTube: the account answers"} <= {
        *told
    }
    newest = folder.data.read(NOW.date()).collected_at
    assert newest is not None
    line = only_one(folder.examine(Area.RECORD, now=newest + dt.timedelta(hours=hours)), Level.BROKEN)
    assert line.what.endswith(f"{old} old")
