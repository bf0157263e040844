"""What a label answered becomes its files; ours are the ones this repository holds."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from casa24 import ArtistSource, Consent, Metric, Reading, SourceOptions, Stats
from casa24.config import loading
from casa24.errors import CredentialError, UsageError
from casa24.setup import label_files, roster_file
from casa24.setup.label_files import Answers
from casa24.sources import registry
from casa24.sources.registry import Installed, Registry

ROOT = Path(__file__).parents[2]
SOURCES = registry.load()


def our_casa24_toml() -> str:
    """Laid down from the answers our own file holds."""
    ours: dict[str, Any] = tomllib.loads((ROOT / "casa24.toml").read_text("utf-8"))
    keys = [source.account_key for source in SOURCES.label_sources]
    answers = Answers(
        name=ours["label"]["name"],
        language=ours["label"]["language"],
        worker=ours["label"]["worker"],
        accounts={key: ours["label"][key] for key in keys},
        consents=ours["sources"],
    )
    text = label_files.roster_text(answers, SOURCES)
    for artist in ours["artists"]:
        text = roster_file.add(text, artist.pop("name"), artist)
    return text


def test_for_our_own_label_it_lays_down_what_this_repository_holds() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    files = {file.name: file for file in label_files.planned(ROOT, our_casa24_toml())}
    assert {name for name, file in files.items() if not file.by_line} == {"casa24.toml", label_files.WORKFLOW}
    for name, file in files.items():
        if file.by_line:
            assert [line for line in file.text.splitlines() if line not in ignored] == []
        else:
            assert (ROOT / name).read_text("utf-8") == file.text


@given(name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), artist=st.text(min_size=1))
def test_any_name_is_in_the_file_as_it_was_said_or_refused(name: str, artist: str) -> None:
    text = label_files.roster_text(Answers(name=label_files.label_name(name)), SOURCES)
    try:
        text = roster_file.add(text, artist, {"youtube_id": "@some"})
    except UsageError:
        assert not artist.strip().isprintable() or not artist.strip() or artist.strip() == "*" or len(artist) > 200
        return
    found = loading.parse(text).resolve(SOURCES)
    assert found.label.name == name
    assert [artist.name for artist in found.artists] == [artist.strip()]


@pytest.mark.parametrize("name", ['"', "'", '"""', "\\", "[label]", "# no comment", 'a"\nname = "b', "$label", "ñ😀"])
def test_no_name_is_taken_for_toml(name: str) -> None:
    text = label_files.roster_text(Answers(name=name, accounts={"discord_guild_id": "1" * 18}), SOURCES)
    tables = tomllib.loads(text)
    assert tables == {
        "label": {"name": name, "color": "#00a651", "language": "en", "discord_guild_id": "1" * 18},
    }


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "bell\x07", "\udcff"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no name"):
        label_files.label_name(name)


def test_the_workers_address_is_held_to_what_casa24_sends_keys_to() -> None:
    assert label_files.worker_address(" https://keys.example.workers.dev ") == "https://keys.example.workers.dev"
    assert label_files.worker_address("") is None
    for address in ("http://keys.example.workers.dev", "https://user@keys.example.workers.dev", "keys"):
        with pytest.raises(CredentialError):
            label_files.worker_address(address)


def test_what_nobody_decided_on_is_left_to_the_source() -> None:
    undecided = tomllib.loads(label_files.roster_text(Answers(), SOURCES))
    assert "sources" not in undecided
    decided = tomllib.loads(label_files.roster_text(Answers(consents={"spotify": {"page": False}}), SOURCES))
    assert decided["sources"] == {"spotify": {"page": False}}


def test_the_commented_lines_are_right_once_their_mark_is_gone() -> None:
    """Whoever edits the file removes a # and gets what the line says."""
    text = label_files.roster_text(Answers(), SOURCES).replace("\n# [", "\n[").replace('\n# market = "', '\nmarket = "')
    assert loading.parse(text).resolve(SOURCES) == loading.parse("").resolve(SOURCES)
    assert tomllib.loads(text)["sources"] == {"spotify": {"market": "US"}, "discord": {}}


class MoonStats(Stats):
    craters: Annotated[int | None, Metric("Craters", kind="count")] = None


class Moon(ArtistSource[MoonStats]):
    name = "moon"
    title = "Moon"
    account_key = "moon_id"

    class Options(SourceOptions):
        far_side: Annotated[bool, Consent("look behind the Moon", "The Moon forbids it.")] = Field(
            default=False, description="look behind\nfar_side = 5"
        )
        phases: list[str] = Field(default=[], description="which phases")
        untold: int = 3

    async def fetch(self, account: str) -> Reading[MoonStats]:
        return Reading(MoonStats(craters=len(account)))


def test_a_plugins_switch_is_asked_about_and_stands_in_the_file() -> None:
    beside = Registry((*SOURCES.installed, Installed(Moon, "casa24-moon", "1")))
    asked = [(source.name, option, consent.allows) for source, option, consent in label_files.consents(beside)]
    assert ("moon", "far_side", "look behind the Moon") in asked
    text = label_files.checked(label_files.roster_text(Answers(consents={"moon": {"far_side": True}}), beside), beside)
    assert tomllib.loads(text)["sources"] == {"moon": {"far_side": True}}
    assert "# phases" in text
    assert "untold" not in text


def test_a_text_casa24_would_not_accept_is_never_handed_on() -> None:
    with pytest.raises(UsageError, match=r"\[label\] language: 'xx' is not known"):
        label_files.checked(label_files.roster_text(Answers(language="xx"), SOURCES), SOURCES)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("0.1.0", "casa24>=0.1.0,<0.2"),
        ("0.9.3", "casa24>=0.9.3,<0.10"),
        ("1.4.2", "casa24>=1.4.2,<2"),
        ("12.0.1", "casa24>=12.0.1,<13"),
    ],
)
def test_another_labels_workflow_installs_what_is_compatible(tmp_path: Path, version: str, wanted: str) -> None:
    assert label_files.requirement(tmp_path, version) == wanted


@pytest.mark.parametrize(
    ("project", "ours"),
    [
        ('[project]\nname = "casa24"', True),
        ('[project]\nname = "casa24-deezer"', False),
        ('name = "casa24"', False),
        ("project = 3", False),
        ("no TOML", False),
    ],
)
def test_only_casa24s_own_checkout_installs_itself(tmp_path: Path, project: str, ours: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(project, "utf-8")
    assert (label_files.requirement(tmp_path) == ".") is ours


def test_the_workflow_differs_in_one_line_only() -> None:
    ours, released = (
        label_files.workflow_text(".").splitlines(),
        label_files.workflow_text("casa24>=0.1.0,<0.2").splitlines(),
    )
    assert [pair for pair in zip(ours, released, strict=True) if pair[0] != pair[1]] == [
        ("  CASA24: .", "  CASA24: casa24>=0.1.0,<0.2")
    ]


def test_a_data_folder_that_is_there_needs_no_empty_one(tmp_path: Path) -> None:
    assert [file.name for file in label_files.planned(tmp_path, "")][-1] == "data/.gitkeep"
    (tmp_path / "data").mkdir()
    assert "data/.gitkeep" not in [file.name for file in label_files.planned(tmp_path, "")]
