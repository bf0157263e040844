"""The bot and Discord: registration, reconnection, a token nobody takes, and the way out."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casa24.bot.client import Bot
from casa24.bot.commands import COMMANDS
from casa24.bot.run import serve
from casa24.bot.service import RecordService
from casa24.bot.settings import Settings
from casa24.errors import Casa24Error, CredentialError
from tests.bot.conftest import QUIET, running
from tests.bot.discord_server import CLIENT, GUILD, TOKEN, Server, discord_on_loopback
from tests.bot.test_answers import assert_taken_by_discord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAGE = (Path(__file__).parents[2] / "docs" / "bot.md").read_text("utf-8")
NAMES = ["stats", "growth", "predict", "artist", "compare", "leaderboard", "week", "unusual", "milestones"]
# As a program of its own would be: discord.py is led to loopback, and nothing else is changed.
PROGRAM = """
import sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from tests.bot.discord_server import lead_to
lead_to(int(sys.argv.pop(1)))
from casa24.cli import main
main()
"""


def test_commands_are_registered_at_the_labels_server_in_both_languages(label: Path) -> None:
    async def scene() -> Server:
        async with running(label) as server:
            return server

    server = asyncio.run(scene())
    assert list(server.commands) == [str(GUILD)]
    found = {command["name"]: command for command in server.commands[str(GUILD)]}
    assert list(found) == NAMES
    for command in found.values():
        for told in (command, *command["options"]):
            for language in ("es-ES", "es-419"):
                name = told["name_localizations"][language]
                assert 1 <= len(name) <= 32
                assert name == name.lower()
                assert told["description_localizations"][language] != told["description"]
            assert 1 <= len(told["description"]) <= 100
            assert all(1 <= len(text) <= 100 for text in told["description_localizations"].values())
    growth = {option["name"]: option for option in found["growth"]["options"]}
    assert [choice["value"] for choice in growth["period"]["choices"]] == [7, 14, 30, 60, 90]
    assert growth["artist"]["autocomplete"] is True
    days = next(option for option in found["predict"]["options"] if option["name"] == "days")
    assert (days["min_value"], days["max_value"]) == (7, 90)
    assert found["growth"]["name_localizations"]["es-419"] == "crecimiento"


def test_no_two_options_of_a_command_have_one_name_in_any_language(label: Path) -> None:
    async def scene() -> Server:
        async with running(label) as server:
            return server

    for command in asyncio.run(scene()).commands[str(GUILD)]:
        for language in ("es-ES", "es-419"):
            names = [option["name_localizations"][language] for option in command["options"]]
            assert len(set(names)) == len(names)


@pytest.mark.parametrize("guild", [GUILD, None])
def test_commands_may_be_registered_everywhere(label: Path, guild: int | None) -> None:
    async def scene() -> Server:
        async with running(label, QUIET._replace(everywhere=guild is not None), guild=guild) as server:
            return server

    assert list(asyncio.run(scene()).commands) == ["everywhere"]


def test_nothing_is_asked_of_discord_that_needs_a_privilege(label: Path) -> None:
    settings = Settings(_secret(TOKEN), CLIENT, GUILD)

    async def scene() -> Bot:
        return Bot(COMMANDS, RecordService(label / "casa24.toml"), settings)

    intents = asyncio.run(scene()).intents
    assert dict(intents)["guilds"] is True
    assert sum(dict(intents).values()) == 1


@pytest.mark.parametrize("code", [1001, 4000, 1006])
def test_a_lost_connection_is_taken_up_where_it_ended(label: Path, code: int) -> None:
    async def scene() -> Server:
        async with running(label) as server:
            await server.ask("stats")
            await server.drop(code if code != 1006 else 1011)
            await server.ready()
            said = await server.ask("week")
            assert_taken_by_discord(said)
            return server

    server = asyncio.run(scene())
    assert (server.sessions, server.resumed) == (1, 1)


def test_a_token_discord_does_not_take_is_said_with_what_to_do(label: Path) -> None:
    async def scene() -> None:
        async with discord_on_loopback():
            bot = Bot(COMMANDS, RecordService(label / "casa24.toml"), Settings(_secret("wrong"), CLIENT, GUILD))
            await serve(bot, "wrong")

    with pytest.raises(CredentialError, match="does not accept DISCORD_BOT_TOKEN") as caught:
        asyncio.run(scene())
    assert "Reset Token" in caught.value.advice


def test_a_bot_that_is_not_in_the_server_is_told_how_to_get_there(label: Path) -> None:
    async def scene() -> None:
        async with discord_on_loopback() as server:
            server.invited = False
            await serve(
                Bot(COMMANDS, RecordService(label / "casa24.toml"), Settings(_secret(TOKEN), CLIENT, GUILD)), TOKEN
            )

    with pytest.raises(Casa24Error, match="not in this server") as caught:
        asyncio.run(scene())
    assert f"client_id={CLIENT}" in caught.value.advice


def test_where_no_discord_is_reached_it_ends_with_a_sentence(label: Path) -> None:
    async def scene() -> None:
        async with discord_on_loopback() as server:
            from tests.bot.discord_server import lead_to

            lead_to(1)
            assert server.port
            await serve(
                Bot(COMMANDS, RecordService(label / "casa24.toml"), Settings(_secret(TOKEN), CLIENT, GUILD)), TOKEN
            )

    with pytest.raises(Casa24Error, match="could not be reached"):
        asyncio.run(scene())


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)


@asynccontextmanager
async def program(
    label: Path, server: Server, *arguments: str, environ: dict[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The whole command, in a process of its own."""
    own = {"PATH": os.environ["PATH"], "HOME": str(label), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(server.port), "bot", *arguments,
        cwd=label,
        env={**own, **(environ or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield done
    finally:
        if done.returncode is None:
            done.kill()
            await done.wait()


def settings_file(label: Path, **values: object) -> None:
    """Write ``bot/.env``."""
    (label / "bot").mkdir(exist_ok=True)
    lines = {"DISCORD_BOT_TOKEN": TOKEN, "DISCORD_CLIENT_ID": CLIENT, "DISCORD_GUILD_ID": GUILD} | values
    (label / "bot" / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_whole_command_answers_until_it_is_asked_to_stop(label: Path, number: int) -> None:
    settings_file(label)

    async def scene() -> tuple[int | None, str]:
        async with discord_on_loopback() as server, program(label, server) as bot:
            await server.ready()
            said = await server.ask("artist", name="ana")
            assert said.picture is not None
            bot.send_signal(number)
            _, stderr = await asyncio.wait_for(bot.communicate(), 20)
            return bot.returncode, stderr.decode()

    code, stderr = asyncio.run(scene())
    assert code == 0, stderr
    lines = stderr.splitlines()
    assert lines[0].startswith("To invite the bot: https://discord.com/oauth2/authorize?client_id=")
    assert any("casa24.bot: 9 commands registered in server" in line for line in lines)
    assert any("casa24.bot: artist answered in en" in line for line in lines)
    assert lines[-1].endswith("casa24.bot: stopping")
    assert TOKEN not in stderr
    assert all(line[:2] == "20" for line in lines[1:]), stderr


def test_the_check_says_what_is_missing_and_what_is_well(label: Path) -> None:
    async def scene() -> list[tuple[int | None, str]]:
        found = []
        async with discord_on_loopback() as server:
            for values in (
                {},
                {"DISCORD_BOT_TOKEN": "wrong"},
                {"DISCORD_CLIENT_ID": "300000000000000024"},
                {"DISCORD_GUILD_ID": ""},
            ):
                settings_file(label, **values)
                found.append(await checked(label, server))
            server.invited = False
            settings_file(label)
            found.append(await checked(label, server))
            (label / "bot" / ".env").unlink()
            found.append(await checked(label, server))
        return found

    well, token, client, guild, uninvited, nothing = asyncio.run(scene())
    assert well[0] == 0
    assert comparable(well[1]) == comparable(PAGE.partition("$ casa24 bot --check\n")[2].partition("```")[0])
    assert "Discord accepts DISCORD_BOT_TOKEN: this is casa24" in well[1]
    assert "The bot is in Our server" in well[1]
    assert "All is well." in well[1]
    assert f"client_id={CLIENT}&scope=bot+applications.commands&permissions=49152" in well[1]
    assert (token[0], "Discord does not accept DISCORD_BOT_TOKEN" in token[1]) == (1, True)
    assert (client[0], "another application's" in client[1]) == (1, True)
    assert (guild[0], "DISCORD_GUILD_ID is not set" in guild[1]) == (0, True)
    assert (uninvited[0], "The bot is not in server" in uninvited[1]) == (1, True)
    assert (nothing[0], nothing[1].count("is not set")) == (1, 3)


def comparable(answer: str) -> list[str]:
    """The answer without what differs from label to label: ids and dates."""
    plain = re.sub(r"\d{18}|YOUR_\w+|\d{4}-\d\d-\d\d", "…", answer)
    return [line.rstrip() for line in plain.strip().splitlines()]


async def checked(label: Path, server: Server) -> tuple[int | None, str]:
    async with program(label, server, "--check") as bot:
        stdout, stderr = await asyncio.wait_for(bot.communicate(), 30)
        assert TOKEN not in stdout.decode() + stderr.decode()
        return bot.returncode, stdout.decode()


def test_settings_come_from_the_file_first_and_else_from_the_environment(label: Path) -> None:
    """The collector's token of the same name, in the environment, is not the bot's."""
    settings_file(label)
    environ = {"DISCORD_BOT_TOKEN": "the-collectors-own"}

    async def scene() -> Server:
        async with discord_on_loopback() as server:
            async with program(label, server, "--check", environ=environ) as bot:
                await asyncio.wait_for(bot.communicate(), 30)
            (label / "bot" / ".env").unlink()
            environ.update(DISCORD_CLIENT_ID=str(CLIENT))
            async with program(label, server, "--check", environ=environ) as bot:
                await asyncio.wait_for(bot.communicate(), 30)
            return server

    assert asyncio.run(scene()).logins == [f"Bot {TOKEN}", "Bot the-collectors-own"]
