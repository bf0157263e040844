"""Every command, as somebody in a Discord server types it: the real client, over real sockets."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from casa24.bot import questions
from casa24.bot.client import BotOptions
from casa24.record.data_folder import DataFolder, dump
from casa24.views import embed
from tests.bot.conftest import QUIET, ROSTER, lay_down, night, running, today
from tests.bot.discord_server import DEFERRED, MESSAGE, Said, Server
from tests.making import SERIES, artist, snapshot

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("stats", {}),
    ("growth", {}),
    *(("growth", {"period": days}) for days in (7, 14, 30, 60, 90)),
    ("growth", {"artist": "ana maria", "period": 60}),
    ("growth", {"artist": "label"}),
    ("predict", {}),
    ("predict", {"artist": "ANA", "days": 7}),
    ("predict", {"days": 90}),
    ("artist", {"name": "Ana María"}),
    ("artist", {"name": "benjamin"}),
    ("compare", {"first": "ana", "second": "ben"}),
    ("leaderboard", {}),
    ("leaderboard", {"metric": "youtube.total_views"}),
    ("week", {}),
    ("unusual", {}),
    ("milestones", {}),
    ("milestones", {"artist": "Ben"}),
]
PICTURES = {("growth", "ana maria"), ("predict", "ANA"), ("artist", "Ana María"), ("artist", "benjamin")}


def assert_taken_by_discord(said: Said) -> None:
    """The limits of Discord's documentation, counted in UTF-16 units."""
    embed_sent = said.embed
    fields = embed_sent.get("fields", [])
    assert 0 < embed.size(embed_sent["title"]) <= 256
    assert embed.size(embed_sent.get("description", "")) <= 4096
    assert len(fields) <= 25
    for each in fields:
        assert 0 < embed.size(each["name"]) <= 256
        assert 0 < embed.size(each["value"]) <= 1024
    assert embed.size(embed_sent["footer"]["text"]) <= 2048
    assert embed.size(said.text.replace("\n", "")) <= 6000


async def ask_everything(server: Server, locale: str) -> list[Said]:
    return [await server.ask(name, locale=locale, **options) for name, options in COMMANDS]


@pytest.mark.parametrize(("locale", "footer"), [("en-US", "Data of"), ("es-419", "Datos del"), ("es-ES", "Datos del")])
def test_every_command_answers_in_the_users_language_with_the_datas_date(label: Path, locale: str, footer: str) -> None:
    async def scene() -> list[Said]:
        async with running(label) as server:
            answers = await ask_everything(server, locale)
            assert server.twice == []
            return answers

    day = today()
    for (name, options), said in zip(COMMANDS, asyncio.run(scene()), strict=True):
        assert_taken_by_discord(said)
        assert said.embed["footer"]["text"].startswith(f"{footer} {day.day} "), name
        assert said.embed["color"] == 0xC81E5A
        picture = (name, next(iter(options.values()), None)) in PICTURES
        assert (said.picture is not None) == picture, (name, options)
        if picture:
            assert said.picture is not None
            assert said.picture.startswith(b"\x89PNG")
            assert said.embed["image"] == {"url": "attachment://chart.png"}


def test_every_command_answers_from_the_labels_own_record(shared: Path, tmp_path: Path) -> None:
    """Six months of the old collector, with its copied days and its zeros: no gap is told as a number."""
    place = tmp_path / "label"
    place.mkdir()
    shutil.copy(Path(__file__).parents[2] / "casa24.toml", place)
    (place / "data").symlink_to(shared / "legacy-history")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("stats", {}), ("growth", {"period": 90}), ("predict", {}), ("artist", {"name": "pyro"}), ("week", {}),
        ("unusual", {}), ("milestones", {}), ("leaderboard", {}), ("compare", {"first": "pyro", "second": "zacko"}),
        ("predict", {"artist": "casa 24", "days": 14}),
    ]  # fmt: skip

    async def scene() -> list[Said]:
        async with running(place) as server:
            return [
                await server.ask(name, locale=language, **options)
                for name, options in asked
                for language in ("en-US", "es-ES")
            ]

    answers = asyncio.run(scene())
    for said in answers:
        assert_taken_by_discord(said)
    assert "no reading" in answers[6].text
    assert "nightly run may have failed" in answers[0].text
    assert "ejecución nocturna" in answers[1].text


def test_an_answer_is_what_the_terminal_says_in_other_clothes(label: Path) -> None:
    async def scene() -> tuple[Said, Said]:
        async with running(label) as server:
            return await server.ask("artist", name="ben"), await server.ask("stats")

    ben, stats = asyncio.run(scene())
    day = today()
    since = day - dt.timedelta(days=1)
    assert ben.embed["title"] == f"Ben on {day} (changes since {since}), collected {day} 02:00 UTC"
    assert ben.embed["description"].split("\n")[:2] == [
        "**Spotify · Followers** 90 · 0", "**Spotify · Monthly listeners** 40 · 0",
    ]  # fmt: skip
    assert stats.embed["description"].split("\n")[:3] == [
        "**Spotify**", "Followers 318…408 · +60", "Monthly listeners 509…549 · +6",
    ]  # fmt: skip
    (top,) = (field for field in stats.embed["fields"] if field["name"].startswith("Most by"))
    assert top["value"] == "**1** Ana María · 509 · =\n**2** Ben · 40 · ="


def test_a_gap_is_told_as_one(label: Path) -> None:
    data = DataFolder(label / "data", SERIES)
    silent = night(today(), 53)
    data.file_of(today()).write_text(dump(silent), "utf-8")

    async def scene() -> Said:
        async with running(label) as server:
            return await server.ask("artist", name="ben")

    said = asyncio.run(scene())
    assert "**Spotify · Followers** no reading" in said.text
    assert "Missing" in said.text


def test_the_age_of_the_data_is_told(tmp_path: Path) -> None:
    async def scene(days: int) -> str:
        place = lay_down(tmp_path / f"{days}", 40, today() - dt.timedelta(days=days))
        async with running(place) as server:
            said = await server.ask("stats")
            text: str = said.embed["footer"]["text"]
            return text

    assert asyncio.run(scene(0)).endswith(" · today")
    assert asyncio.run(scene(1)).endswith(" · 1 day old")
    assert asyncio.run(scene(2)).endswith(" · 2 days old: the nightly run may have failed")


def test_new_data_needs_no_restart(tmp_path: Path) -> None:
    place = lay_down(tmp_path, 40, today() - dt.timedelta(days=1))

    async def scene() -> tuple[Said, Said]:
        async with running(place) as server:
            before = await server.ask("artist", name="ana")
            lay_down(place, 41)
            return before, await server.ask("artist", name="ana")

    before, after = asyncio.run(scene())
    assert f"on {today() - dt.timedelta(days=1)}" in before.embed["title"]
    assert f"on {today()}" in after.embed["title"]


@pytest.mark.parametrize("content", ["", "{", '{"date": 5}', "null"], ids=["empty", "half", "wrong", "null"])
def test_a_damaged_newest_day_means_the_day_before_and_a_word_about_it(label: Path, content: str) -> None:
    (label / "data" / "historical" / f"{today()}.json").write_text(content, "utf-8")

    async def scene() -> list[Said]:
        async with running(label) as server:
            return await ask_everything(server, "en-US")

    for said in asyncio.run(scene()):
        footer = said.embed["footer"]["text"]
        assert " · 1 day old · " in footer
        assert "cannot be read: `casa24 data check` says why" in footer


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("artist", {"name": "nobody"}, "There is no artist called 'nobody'."),
        ("compare", {"first": "ana", "second": "ana"}, "One artist can be compared with nobody."),
        ("week", {"week": "soon"}, "'soon' is no week. Write it like 2025-W42."),
        ("leaderboard", {"metric": "likes"}, "There is no metric called 'likes'."),
    ],
)
def test_what_nobody_can_answer_is_said_to_the_one_who_asked(
    label: Path, name: str, options: dict[str, Any], words: str
) -> None:
    async def scene() -> Said:
        async with running(label) as server:
            return await server.ask(name, **options)

    said = asyncio.run(scene())
    assert said.content["content"].startswith(words)
    assert said.content["flags"] == 64


def test_where_nothing_is_recorded_or_readable_the_answer_says_so(tmp_path: Path) -> None:
    (tmp_path / "casa24.toml").write_text(ROSTER, "utf-8")

    async def scene() -> tuple[Said, list[dict[str, str]], Said]:
        async with running(tmp_path) as server:
            nothing, offered = await server.ask("stats", locale="es-ES"), await server.complete("artist", "name", "a")
            history = tmp_path / "data" / "historical"
            history.mkdir(parents=True)
            (history / f"{today()}.json").write_text("{", "utf-8")
            return nothing, offered, await server.ask("stats")

    nothing, offered, unreadable = asyncio.run(scene())
    assert nothing.content["content"].startswith("Aún no hay nada registrado.")
    assert offered == []
    assert unreadable.content["content"].startswith("No day of the record can be read.")


def test_what_nobody_expected_is_a_short_sentence_and_an_id_that_leads_to_the_log(
    label: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_record: object) -> None:
        raise ZeroDivisionError("a secret place: /home/somebody")

    monkeypatch.setattr(questions, "stats", broken)

    async def scene() -> tuple[Said, Said]:
        async with running(label) as server:
            return await server.ask("stats"), await server.ask("week")

    with caplog.at_level(logging.ERROR, "casa24.bot"):
        said, after = asyncio.run(scene())
    found = re.fullmatch(
        r"Something went wrong\. The bot's log knows more under ([0-9a-f]{8})\.", said.content["content"]
    )
    assert found
    assert f"{found[1]}: stats failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "week" in after.embed["title"]


def test_a_configuration_that_broke_is_told_by_an_id_and_named_in_the_log(
    label: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> tuple[Said, Said, Said]:
        async with running(label) as server:
            before = await server.ask("stats")
            (label / "casa24.toml").write_text("[label\n", "utf-8")
            broken = await server.ask("stats")
            (label / "casa24.toml").write_text(ROSTER, "utf-8")
            return before, broken, await server.ask("stats")

    before, broken, mended = asyncio.run(scene())
    assert broken.content["content"].startswith("Something went wrong.")
    assert "casa24.toml" in caplog.text
    assert before.embed == mended.embed


def test_names_and_titles_are_data(tmp_path: Path) -> None:
    """No markup, no mention, no link and no escape sequence comes from outside."""
    evil = "[x](https://evil.example) @everyone <@1> **b** `c` ||d|| \x1b[31m\u202e ~~e~~"
    place = lay_down(tmp_path, 2)
    (place / "casa24.toml").write_text('[label]\nname = "Our @here label"\n', "utf-8")
    tracks = [{"name": evil, "popularity": 1, "track_id": "4uLU6hMCjMI75M1A2tKUQC"}]
    DataFolder(place / "data", SERIES).file_of(today()).write_text(
        dump(
            snapshot(
                artist(evil, spotify={"followers": 5, "monthly_listeners": "7", "top_tracks": tracks}), day=today()
            )
        ),
        "utf-8",
    )

    async def scene() -> list[Said]:
        async with running(place) as server:
            offered = await server.complete("artist", "name", "evil")
            about = await server.ask("artist", name=offered[0]["value"])
            return [about, *[await server.ask(name) for name in ("stats", "growth", "leaderboard", "week")]]

    for said in asyncio.run(scene()):
        body = said.text.removeprefix(said.embed["title"])
        assert "@everyone" not in body
        assert "<@1>" not in body
        assert "](https://evil" not in body
        assert not re.search(r"(?<!\\)\*\*b|(?<!\\)`c|(?<!\\)\|\|d|(?<!\\)~~e", body)
        assert not re.search("[\x1b\u202e]", said.text)
        assert said.content["allowed_mentions"] == {"parse": []}


def test_two_hundred_artists_with_two_hundred_letters_fit(tmp_path: Path) -> None:
    place = tmp_path
    (place / "data" / "historical").mkdir(parents=True)
    names = [f"{number:03} {'*é😀_' * 49}" for number in range(200)]
    for ago in (40, 30, 8, 1, 0):
        crowd = [
            artist(
                name, spotify={"followers": 990 + 7 * number - ago, "monthly_listeners": f"{number + 90 * (ago < 9)}"}
            )
            for number, name in enumerate(names)
        ]
        day = today() - dt.timedelta(days=ago)
        DataFolder(place / "data", SERIES).file_of(day).write_text(dump(snapshot(*crowd, day=day)), "utf-8")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("artist", {"name": names[7]}),
        ("compare", {"first": names[1], "second": names[2]}),
    ]
    asked += [(name, {}) for name in ("stats", "growth", "predict", "leaderboard", "week", "unusual", "milestones")]

    async def scene() -> tuple[list[Said], list[dict[str, str]], Said]:
        async with running(place) as server:
            answers = [await server.ask(name, **options) for name, options in asked]
            offered = await server.complete("artist", "name", "")
            return answers, offered, await server.ask("artist", name=offered[3]["value"])

    answers, offered, picked = asyncio.run(scene())
    for said in answers:
        assert_taken_by_discord(said)
    assert any("… and " in said.text for said in answers)
    assert len(offered) == 25
    assert all(0 < embed.size(choice["name"]) <= 100 for choice in offered)
    assert all(0 < embed.size(choice["value"]) <= 100 for choice in offered)
    assert picked.embed["title"].startswith("003 ")


def test_artists_are_offered_as_people_type_them(label: Path) -> None:
    async def scene() -> list[list[str]]:
        async with running(label) as server:
            typed = ("", "MARIA", "b", "ben", "zz")
            return [[field["value"] for field in await server.complete("artist", "name", text)] for text in typed]

    assert asyncio.run(scene()) == [["Ana María", "Ben"], ["Ana María"], ["Ben"], ["Ben"], []]


def test_numbers_are_offered_in_the_users_words(label: Path) -> None:
    async def scene() -> list[dict[str, str]]:
        async with running(label) as server:
            return await server.complete("leaderboard", "metric", "oyentes", locale="es-ES")

    assert asyncio.run(scene()) == [{"name": "Spotify · Oyentes mensuales", "value": "spotify.monthly_listeners"}]


def test_what_takes_long_is_deferred_and_answered_all_the_same(label: Path) -> None:
    async def scene() -> list[Said]:
        async with running(label, BotOptions(patience=0.001, cooldown=None)) as server:
            queue = await server.type("predict", artist="ana")
            return [await asyncio.wait_for(queue.get(), 20) for _ in range(2)]

    first, second = asyncio.run(scene())
    assert (first.kind, second.kind, second.later) == (DEFERRED, MESSAGE, True)
    assert second.picture is not None
    assert second.embed["title"].startswith("Ana María")


def test_an_error_after_a_deferral_is_told_too(label: Path) -> None:
    async def scene() -> Said:
        async with running(label, BotOptions(patience=0.0, cooldown=None)) as server:
            return await server.ask("artist", name="nobody")

    assert asyncio.run(scene()).content["content"].startswith("There is no artist called 'nobody'.")


def test_ten_at_once_are_all_answered_while_the_record_is_replaced(label: Path) -> None:
    async def scene() -> list[Said]:
        async with running(label) as server:
            queues = []
            for number in range(10):
                name, options = COMMANDS[number]
                queues.append(await server.type(name, user=number, **options))
                lay_down(label, 60 - number % 2)
            return [await _answered(queue) for queue in queues]

    answers = asyncio.run(scene())
    assert len(answers) == 10
    for said in answers:
        assert_taken_by_discord(said)


async def _answered(queue: asyncio.Queue[Said]) -> Said:
    said = await asyncio.wait_for(queue.get(), 20)
    return said if said.kind != DEFERRED else await asyncio.wait_for(queue.get(), 20)


def test_who_asks_too_often_is_asked_to_wait_and_nobody_else_is(label: Path) -> None:
    async def scene() -> tuple[list[Said], Said]:
        async with running(label, QUIET._replace(cooldown=(2, 60.0))) as server:
            mine = [await server.ask("unusual", user=1) for _ in range(3)]
            return mine, await server.ask("unusual", user=2)

    mine, theirs = asyncio.run(scene())
    assert all("embeds" in said.content for said in (*mine[:2], theirs))
    assert re.fullmatch(r"Not so fast: ask again in \d+ seconds\.", mine[2].content["content"])


def test_an_account_leads_to_its_page_unless_its_address_is_odd(label: Path) -> None:
    """An id from a file is data: with a bracket in it, a link would end where somebody else wants."""
    odd = snapshot(
        {**artist("Ben", spotify={"followers": 9}), "accounts": {"spotify": "x) [y](https://evil.example"}}, day=today()
    )

    async def scene() -> tuple[str, str]:
        async with running(label) as server:
            plain = (await server.ask("artist", name="ben")).text
            DataFolder(label / "data", SERIES).file_of(today()).write_text(dump(odd), "utf-8")
            return plain, (await server.ask("artist", name="ben")).text

    plain, odd_one = asyncio.run(scene())
    assert "- [Spotify](https://open.spotify.com/artist/spotify-Ben)" in plain
    assert not re.search(r"(?<!\\)\]\(", odd_one)
