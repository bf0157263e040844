"""What the bot must know, where it is found, and what is said where it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casa24.bot.settings import invite, look, settings_of
from casa24.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = {
    "DISCORD_BOT_TOKEN": "a-token",
    "DISCORD_CLIENT_ID": "100000000000000024",
    "DISCORD_GUILD_ID": "1000913895415877712",
}


def test_all_three_make_settings(tmp_path: Path) -> None:
    found = look(tmp_path, WHOLE)
    assert found.problems == ()
    settings = settings_of(found)
    assert (settings.client, settings.guild) == (100000000000000024, 1000913895415877712)
    assert "a-token" not in repr(settings)


def test_without_a_server_the_commands_go_everywhere(tmp_path: Path) -> None:
    found = look(tmp_path, WHOLE | {"DISCORD_GUILD_ID": ""})
    assert settings_of(found).guild is None
    (problem,) = found.problems
    assert problem.what == "DISCORD_GUILD_ID is not set"
    assert problem.advice.startswith("Find it at: right-click your server")


@pytest.mark.parametrize("name", ["DISCORD_BOT_TOKEN", "DISCORD_CLIENT_ID"])
def test_one_that_is_missing_is_named_with_where_to_find_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match=f"{name} is not set") as caught:
        settings_of(look(tmp_path, {key: value for key, value in WHOLE.items() if key != name}))
    assert "https://discord.com/developers/applications" in caught.value.advice
    assert "bot/.env" in caught.value.advice


@pytest.mark.parametrize("name", ["DISCORD_CLIENT_ID", "DISCORD_GUILD_ID"])
@pytest.mark.parametrize("value", ["casa24", "12", "-100000000000000024", "\uff11" * 18, "9" * 30])
def test_an_id_that_is_none_is_named(name: str, value: str, tmp_path: Path) -> None:
    found = look(tmp_path, WHOLE | {name: value})
    assert any(problem.what.startswith(f"{name} ") for problem in found.problems)
    with pytest.raises(CredentialError, match=name):
        settings_of(found)


def test_the_invite_asks_for_two_rights_and_leads_to_the_server() -> None:
    assert invite(1, 2) == (
        "https://discord.com/oauth2/authorize?client_id=1&scope=bot+applications.commands&permissions=49152"
        "&guild_id=2&disable_guild_select=true"
    )
