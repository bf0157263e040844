from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
import respx
from pydantic import ValidationError

from casa24.core.reason_codes import gap_of
from casa24.core.snapshot import State
from casa24.sources.discord import API, Discord
from tests.sources.platform import RunResult, ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOKEN = "an-invented-token"
SERVER, OTHER = "110000000000000001", "110000000000000002"
BOT = {"DISCORD_BOT_TOKEN": TOKEN}
INVITE = {"invite": "https://discord.gg/casa24"}
COUNTS = {"approximate_member_count": 125, "approximate_presence_count": 16}
HTML = "<!DOCTYPE html><title>Access denied | discord.com</title>"


def guild(server: str = SERVER, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": server, "name": "Casa", **COUNTS, **more})


def invited(server: str = SERVER, **more: Any) -> httpx.Response:
    content = {"code": "casa24", "guild": {"id": server, "name": "Casa"}, **COUNTS, **more}
    return httpx.Response(200, json=content)


def discord(
    answer: httpx.Response,
    server: str | None = SERVER,
    *,
    credentials: Mapping[str, str] | None = None,
    invite: Mapping[str, str] | None = None,
) -> RunResult:
    return ask(Discord, [server], lambda _request: answer, credentials=credentials or {}, options=invite)


def why(result: RunResult) -> tuple[State, str]:
    """The reason the whole server has no reading, as it ends in the snapshot."""
    assert result.stopped is not None
    assert result.readings == {}
    gap = gap_of(result.stopped, Discord.gaps)
    return gap.state, gap.code


# --- with a bot's token


def test_a_bots_token_gives_members_and_who_is_online() -> None:
    result = discord(guild(), credentials=BOT)
    assert result.stats().model_dump() == {
        "member_count": 125,
        "online_count": 16,
        "server_name": "Casa",
        "server_id": SERVER,
    }
    (request,) = result.requests
    assert request.url == f"{API}/guilds/{SERVER}?with_counts=true"
    assert (result.warnings, result.stopped) == ([], None)


def test_the_token_is_preferred_to_an_invite() -> None:
    result = discord(guild(), credentials=BOT, invite=INVITE)
    assert [request.url.path for request in result.requests] == [f"/api/v10/guilds/{SERVER}"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(401, json={"message": "401: Unauthorized", "code": 0}), "unauthorized"),
        (httpx.Response(403, json={"message": "Missing Access", "code": 50001}), "forbidden"),
        (httpx.Response(403, text=HTML), "forbidden"),
        (httpx.Response(404, json={"message": "Unknown Guild", "code": 10004}), "not_found"),
        (httpx.Response(502, text=HTML), "server_error"),
        (httpx.Response(200, text=HTML), "bad_reply"),
        (httpx.Response(429, headers={"Retry-After": "3600"}, text=HTML), "rate_limited"),
        (guild(OTHER), "other_server"),
        (httpx.Response(200, json={}), "bad_reply"),
        (guild(approximate_member_count=-1), "bad_reply"),
    ],
)
def test_each_refusal_is_a_flag_of_its_own(answer: httpx.Response, code: str) -> None:
    assert why(discord(answer, credentials=BOT)) == (State.FAILED, code)


def test_a_server_without_counts_has_none_which_is_not_zero() -> None:
    answer = httpx.Response(200, json={"id": SERVER, "name": "Casa"})
    stats = discord(answer, credentials=BOT).stats()
    assert (stats.member_count, stats.online_count, stats.server_name) == (None, None, "Casa")


def test_an_empty_server_is_a_true_zero() -> None:
    answer = guild(approximate_member_count=0, approximate_presence_count=0)
    stats = discord(answer, credentials=BOT).stats()
    assert (stats.member_count, stats.online_count) == (0, 0)


@respx.mock
def test_the_token_is_sent_in_a_header_in_the_form_discord_asks_for() -> None:
    route = respx.get(host="discord.com").mock(return_value=guild())
    ask(Discord, [SERVER], None, credentials=BOT)
    request = route.calls.last.request
    assert request.headers["Authorization"] == f"Bot {TOKEN}"
    assert request.headers["User-Agent"].startswith("DiscordBot (https://")
    assert TOKEN not in str(request.url)


# --- with an invite


@pytest.mark.parametrize(
    "invite", ["casa24", "discord.gg/casa24", "https://discord.gg/casa24", "https://discord.com/invite/casa24/"]
)
def test_an_invite_gives_both_counts_without_any_key(invite: str) -> None:
    result = discord(invited(), invite={"invite": invite})
    stats = result.stats()
    assert (stats.member_count, stats.online_count, stats.server_name, stats.server_id) == (125, 16, "Casa", SERVER)
    (request,) = result.requests
    assert request.url == f"{API}/invites/casa24?with_counts=true"
    assert "Authorization" not in request.headers


def test_an_invite_needs_no_server_id() -> None:
    assert discord(invited(), None, invite=INVITE).stats().server_id == SERVER


def test_an_invite_of_another_server_is_a_flag_never_a_number() -> None:
    assert why(discord(invited(OTHER), invite=INVITE)) == (State.FAILED, "other_server")
    nameless = httpx.Response(200, json=COUNTS)
    assert why(discord(nameless, invite=INVITE)) == (State.FAILED, "bad_reply")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(404, json={"message": "Unknown Invite", "code": 10006}), "unknown_invite"),
        (httpx.Response(404, text=HTML), "not_found"),
        (httpx.Response(403, text=HTML), "forbidden"),
        (httpx.Response(200, json=[]), "bad_reply"),
    ],
)
def test_an_invite_that_is_refused_is_a_flag(answer: httpx.Response, code: str) -> None:
    assert why(discord(answer, invite=INVITE)) == (State.FAILED, code)


@pytest.mark.parametrize(
    "invite",
    [
        "",
        "x",
        "casa 24",
        "casa24?x=1",
        "../guilds/1",
        "https://evil.example/casa24",
        "https://discord.gg/a/b",
        "a" * 33,
    ],
)
def test_what_is_no_invite_is_refused_by_the_options(invite: str) -> None:
    """It becomes a part of the address that is asked."""
    with pytest.raises(ValidationError):
        Discord.Options.model_validate({"invite": invite})


# --- with neither, and with too much


def test_with_neither_token_nor_invite_nothing_is_asked() -> None:
    result = discord(guild())
    assert why(result) == (State.SKIPPED, "no_credentials")
    assert result.requests == []


def test_a_token_without_a_server_says_that_the_server_is_missing() -> None:
    """Not "no credentials": that is passed over in silence, and a token was set."""
    result = discord(guild(), None, credentials=BOT)
    assert why(result) == (State.SKIPPED, "no_server")
    assert "discord_guild_id" in Discord.gaps["no_server"].advice
    assert result.requests == []


def test_the_environments_server_is_used_where_the_file_names_none() -> None:
    result = discord(guild(), None, credentials=BOT | {"DISCORD_GUILD_ID": SERVER})
    assert result.requests[0].url.path == f"/api/v10/guilds/{SERVER}"
    assert result.warnings == []


def test_of_two_servers_the_one_in_the_file_is_used_with_a_warning() -> None:
    result = discord(guild(), credentials=BOT | {"DISCORD_GUILD_ID": OTHER})
    assert result.stats().server_id == SERVER
    assert result.requests[0].url.path == f"/api/v10/guilds/{SERVER}"
    assert result.warnings == [
        f"DISCORD_GUILD_ID differs from discord_guild_id in casa24.toml; using {SERVER} from the file.",
    ]


def test_the_same_server_twice_gives_no_warning() -> None:
    assert discord(guild(), credentials=BOT | {"DISCORD_GUILD_ID": SERVER}).warnings == []


def test_a_server_id_is_a_long_number() -> None:
    assert Discord.account(f" {SERVER}\n") == SERVER
    for text in (
        "",
        "casa24",
        "1100",
        f"{SERVER}000",
        f"{SERVER}/x",
        "٢" * 18,
        "https://discord.gg/casa24",
    ):
        with pytest.raises(ValueError, match="is no Discord server id; it is a number of 17 to 20 digits"):
            Discord.account(text)


# --- what Discord really sent, read in place


def saved(shared: Path, name: str) -> bytes:
    return (shared / "replies" / "discord" / name).read_bytes()


def headers(shared: Path, name: str) -> dict[str, str]:
    lines = saved(shared, name).decode().splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def test_the_saved_server_is_read(shared: Path) -> None:
    answer = httpx.Response(200, content=saved(shared, "docs_get_guild_with_counts.json"))
    stats = discord(answer, "2909267986263572999", credentials=BOT).stats()
    assert (stats.member_count, stats.online_count, stats.server_name) == (2, 2, "Mason's Test Server")


def test_the_saved_invite_is_read_although_it_fails_the_official_description(shared: Path) -> None:
    sent = headers(shared, "real_invite_with_counts_200.headers")
    answer = httpx.Response(200, headers=sent, content=saved(shared, "real_invite_with_counts_200.json"))
    stats = discord(answer, "1114391825336250432", invite=INVITE).stats()
    assert (stats.member_count, stats.online_count) == (125, 16)
    assert (stats.server_id, stats.server_name) == ("1114391825336250432", "Nanako‘s Community")  # noqa: RUF001
    assert why(discord(answer, SERVER, invite=INVITE)) == (State.FAILED, "other_server")


def test_the_saved_refusals_have_their_meaning(shared: Path) -> None:
    unknown = httpx.Response(404, content=saved(shared, "real_invite_unknown_404.json"))
    assert why(discord(unknown, invite=INVITE)) == (State.FAILED, "unknown_invite")
    disabled = httpx.Response(403, content=saved(shared, "real_widget_disabled_403.json"))
    assert why(discord(disabled, credentials=BOT)) == (State.FAILED, "forbidden")


def test_the_saved_limit_of_65_seconds_is_not_waited_for(shared: Path) -> None:
    limited = httpx.Response(
        429,
        headers=headers(shared, "docs_ratelimited_429_user.headers"),
        content=saved(shared, "docs_ratelimited_429_user.json"),
    )
    result = discord(limited, credentials=BOT)
    assert why(result) == (State.FAILED, "rate_limited")
    assert len(result.requests) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [("docs_interaction_slash_command.json", "other_server"), ("docs_interaction_autocomplete.json", "bad_reply")],
)
def test_a_saved_interaction_is_no_server(shared: Path, name: str, code: str) -> None:
    """One has an id, which is no server's; the other has none."""
    answer = httpx.Response(200, content=saved(shared, name))
    assert why(discord(answer, credentials=BOT)) == (State.FAILED, code)
