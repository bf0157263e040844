"""The roster edited in its file: one block or line more, and nothing else moves."""

from __future__ import annotations

import datetime as dt
import os
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.config import loading
from casa24.errors import ConfigError, UnknownName, UsageError
from casa24.setup.roster_file import add, leave, read, write
from casa24.sources import registry

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.roster import Artist

DAY = dt.date(2026, 1, 31)
NEW = {"instagram_username": "nueva"}
BLOCK = '[[artists]]\nname = "Nueva"\ninstagram_username = "nueva"\n'


def text(written: str) -> str:
    return textwrap.dedent(written).removeprefix("\n")


def artists(toml: str) -> tuple[Artist, ...]:
    return loading.parse(toml.removeprefix("\ufeff")).resolve(registry.load()).artists


TWO = text("""
    # The roster
    [[artists]]
    name = "Ana"   # first
    instagram_username = "ana"

    [[artists]] # second
      name = 'Ben'
      instagram_username = "ben" # inline
      # youtube_id = "later"

    # How to ask
    [web]
    pause = 1
""")


def test_a_new_artist_stands_behind_the_last_with_its_indentation_and_comments() -> None:
    block = BLOCK.replace("\nname", "\n  name").replace("\ninst", "\n  inst")
    assert add(TWO, "Nueva", NEW) == TWO.replace("\n\n# How", f"\n\n{block}\n# How")


def test_a_comment_that_heads_what_follows_stays_with_it() -> None:
    toml = text("""
        [[artists]]
        name = "Ana"
        # How to ask
        [web]
        pause = 1
    """)
    assert add(toml, "Nueva", NEW) == toml.replace("# How", f"\n{BLOCK}# How")


@pytest.mark.parametrize(
    ("before", "between"),
    [
        ("", ""),
        ('[label]\nname = "L"', "\n\n"),
        ('[label]\nname = "L"\n', "\n"),
        ("# only a comment\n\n", ""),
        ('[[artists]]\nname = "Ana"', "\n\n"),
        ('[[artists]]\nname = "Ana" # last line', "\n\n"),
    ],
)
def test_the_first_artist_and_one_at_the_end_of_the_file(before: str, between: str) -> None:
    assert add(before, "Nueva", NEW) == before + between + BLOCK


def test_windows_line_endings_and_a_byte_order_mark_stay() -> None:
    toml = "\ufeff" + TWO.replace("\n", "\r\n")
    for edited in (add(toml, "Nueva", NEW), leave(toml, "Ana", DAY)):
        assert edited.startswith("\ufeff")
        assert edited.count("\n") == edited.count("\r\n") > toml.count("\n")
    assert add(toml, "Nueva", NEW).replace("\r\n", "\n") == "\ufeff" + add(TWO, "Nueva", NEW)


@pytest.mark.parametrize("name", ['C "q" ]', "[[artists]]", "ñandú 😀", "C:\\new\\table", "'''", '"""', "# no", "漢字"])
def test_any_printable_name_comes_back_as_it_was(name: str) -> None:
    assert artists(add(TWO, name, NEW))[-1].name == name


def test_spaces_around_a_name_are_not_a_part_of_it() -> None:
    assert add("", " Nueva ", NEW) == BLOCK


@pytest.mark.parametrize("name", ["", "  ", "x\u202ey", "x" * 300, "two\nlines", "*", "half \ud83d"])
def test_a_name_casa24_would_not_accept_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="name") as caught:
        add(TWO, name, NEW)
    assert "Nothing was written" in caught.value.advice


@pytest.mark.parametrize(("name", "account", "owner"), [("ANÁ", "nueva", "Ana"), ("Nueva", "ben", "Ben")])
def test_a_name_or_account_that_is_taken_names_who_has_it(name: str, account: str, owner: str) -> None:
    with pytest.raises(UsageError, match=f"as artist '{owner}'"):
        add(TWO, name, {"instagram_username": account})


def test_who_left_has_the_day_below_the_other_keys() -> None:
    assert leave(TWO, "ana", DAY) == TWO.replace('"ana"\n', f'"ana"\nleft = {DAY}\n')
    assert leave(TWO, "BEN", DAY) == TWO.replace("# inline\n", f"# inline\n  left = {DAY}\n")
    assert leave('[[artists]]\nname = "Ana"', "Ana", DAY) == f'[[artists]]\nname = "Ana"\nleft = {DAY}\n'


@pytest.mark.parametrize("there", ["2020-01-01", '"2020-01-01"'])
def test_a_day_that_is_there_is_replaced_and_its_comment_stays(there: str) -> None:
    toml = text(f"""
        [[artists]]
        left   =   {there}   # the contract's end
        name = "Ana"
    """)
    assert leave(toml, "Ana", DAY) == toml.replace(there, str(DAY))


def test_nobody_leaves_before_they_joined() -> None:
    with pytest.raises(UsageError, match="must be after joined"):
        leave('[[artists]]\nname = "Ana"\njoined = 2026-02-01\n', "Ana", DAY)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        leave(TWO, "Bem", DAY)
    assert caught.value.advice == "Nearest: Ben."


@pytest.mark.parametrize(
    "odd",
    [
        'artists = [{ name = "Ana" }]\n',
        "artists = []\n",
        '[[artists]]\nname = "Ana"\nnote = """\n[[artists]]\n"""\n',
        '[[artists]]\nname = "Ana"\nnote = """\n[any\n"""\n',
    ],
)
def test_a_form_that_cannot_be_edited_without_moving_something_is_refused(odd: str) -> None:
    with pytest.raises(UsageError, match="a form casa24 does not edit") as caught:
        add(odd, "Nueva", NEW)
    assert "[[artists]]" in caught.value.advice
    assert len(artists(odd)) == odd.count("name")


@pytest.mark.parametrize(
    "around",
    [
        "[sources.spotify]\npage = true\n\n{}\n[sources.youtube]\n# nothing yet\n[web]\npause = 1\n",
        '[[artists]]\nname = "Ana"\n[web]\npause = 1\n\n{}',
        '[[ "artists" ]]\nname = "Ana"\n\n{}',
        'label.name = "L"\nsources.spotify.page = true\n\n{}[sources.youtube]\n',
    ],
)
def test_tables_may_stand_in_any_order(around: str) -> None:
    ben = '[[artists]]\nname = "Ben"\n'
    assert add(around.format(ben), "Nueva", NEW) == around.format(f"{ben}\n{BLOCK}")
    assert leave(around.format(ben), "Ben", DAY) == around.format(f"{ben}left = {DAY}\n")


@pytest.mark.parametrize(
    "below",
    [
        '[artists.notes]\nmood = "fine"\n',
        "[artists.notes]\n",
        "notes.mood = 1\nnotes.more = 2 # fine\n",
        '[[artists.shows]]\ncity = "Colón"\n\n[[artists.shows]]\ncity = "David"\n',
        "[artists.notes]\nlong.ago = 1\n[artists.notes.more]\nmood = [\n 1,\n] # fine\n",
    ],
)
def test_a_table_below_an_artist_stays_with_it(below: str) -> None:
    toml = f'[[artists]]\nname = "Ana"\n{below}'
    assert add(toml, "Nueva", NEW) == f"{toml}\n{BLOCK}"
    assert leave(toml, "Ana", DAY) == f'[[artists]]\nname = "Ana"\nleft = {DAY}\n{below}'


@pytest.mark.parametrize("wrong", ["[[artists]\n", "[[artists]]\nnme = 1\n"])
def test_a_file_that_is_wrong_already_is_told_as_such(wrong: str) -> None:
    with pytest.raises(ConfigError):
        add(wrong, "Nueva", NEW)
    with pytest.raises(ConfigError):
        leave(wrong, "Ana", DAY)


_LINES = st.sampled_from(["", "# note", "  # [[artists]]", "\t", "# é\u2028x", "#"])
_KEYS = st.sampled_from(
    [
        'aliases = ["[[artists]]", "#"]',
        "aliases = [\n  'x', # y\n\n]",
        'instagram_username="a.b"  # c',
        "joined = 2020-01-01",
        "notes.a = 1\nnotes.b = 2",
    ]
)
_TAIL = st.sampled_from(["", "[web]\npause = 1\n", '[sources.spotify]\nmarket = "PA" # there', "[label]"])


@given(
    st.lists(_LINES, max_size=3), st.one_of(st.none(), _KEYS), st.lists(_LINES, max_size=3), _TAIL,
    st.sampled_from(["\n", "\r\n"]), st.booleans(),
)  # fmt: skip
def test_whatever_stands_around_it_stays_byte_for_byte(
    above: list[str], key: str | None, below: list[str], tail: str, newline: str, end: bool
) -> None:
    lines = [*above, "[[artists]]", 'name = "Ana"', *([key] if key else [])]
    toml = "\n".join([*lines, *below, tail]) + ("\n" if end else "")
    toml = toml.replace("\n", newline)
    for edited, count in ((add(toml, "Nueva", NEW), 2), (leave(toml, "Ana", DAY), 1)):
        at = next((i for i, (old, new) in enumerate(zip(toml, edited, strict=False)) if old != new), len(toml))
        grown = len(edited) - len(toml)
        assert any(edited[:i] + edited[i + grown :] == toml for i in range(max(0, at - grown), at + 1))
        assert len(artists(edited)) == count
    assert artists(leave(toml, "Ana", DAY))[0].left == DAY


def test_only_what_casa24_accepts_reaches_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "casa24.toml"
    path.write_bytes(TWO.encode())
    for wrong in ("[[artists]\n", TWO + "[[artists]]\nname = 'Ana'\n"):
        with pytest.raises(ConfigError, match=r"casa24\.toml"):
            write(path, wrong)
    assert path.read_bytes() == TWO.encode()
    assert [item.name for item in tmp_path.iterdir()] == ["casa24.toml"]


def test_what_is_read_is_written_back_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "casa24.toml"
    content = ("\ufeff" + TWO.replace("\n", "\r\n")).encode()
    path.write_bytes(content)
    assert not write(path, read(path))
    assert write(path, add(read(path), "Nueva", NEW))
    assert path.read_bytes().startswith(content[:60])


@pytest.mark.skipif(os.name != "posix", reason="elsewhere links need rights of their own")
def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "casa24.toml"
    real.write_text(TWO, "utf-8")
    link.symlink_to(real)
    write(link, add(read(link), "Nueva", NEW))
    assert link.is_symlink()
    assert len(artists(real.read_text("utf-8"))) == 3
