"""Test finding artists by names as people write them."""

from __future__ import annotations

import pytest

from casa24.core.names import find, key_of
from casa24.errors import UnknownName

ROSTER = ["Casa 24", "Casa 24Beats", "bo.wlie", "Mango Blade", "José Ñandú", "PYRO"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("pyro", "PYRO"),
        ("  Mango   blade ", "Mango Blade"),
        ("jose nandu", "José Ñandú"),
        ("JOSE\u0301 ÑANDÚ", "José Ñandú"),
        ("mango", "Mango Blade"),
        ("wlie", "bo.wlie"),
        ("beats", "Casa 24Beats"),
    ],
)
def test_case_accents_and_the_rest_of_the_name_do_not_matter(query: str, name: str) -> None:
    assert find(query, ROSTER) == name


def test_a_whole_name_comes_before_a_part_of_another() -> None:
    assert find("casa 24", ROSTER) == "Casa 24"
    assert find("casa 24b", ROSTER) == "Casa 24Beats"


def test_a_name_that_may_be_several_artists_is_refused_with_their_names() -> None:
    with pytest.raises(UnknownName, match=r"several artists: Casa 24, Casa 24Beats") as caught:
        find("casa", ROSTER)
    assert caught.value.advice == "Write the whole name."
    assert caught.value.exit_code == 2


def test_an_alias_comes_before_a_part_of_a_name() -> None:
    assert find("man", ROSTER, {"PYRO": ["Man"]}) == "PYRO"
    assert find("Mango Blade", ROSTER, {"PYRO": ["mango blade"]}) == "Mango Blade"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no artist called 'mangro blad'") as caught:
        find("mangro blad", ROSTER)
    assert caught.value.advice == "Nearest: Mango Blade."


@pytest.mark.parametrize("query", ["", "  ", "\u0301", "zzz"])
def test_a_name_unlike_any_other_shows_which_artists_there_are(query: str) -> None:
    with pytest.raises(UnknownName) as caught:
        find(query, ROSTER)
    assert "Casa 24, Casa 24Beats" in caught.value.advice


def test_an_empty_record_has_no_artist_to_find() -> None:
    with pytest.raises(UnknownName) as caught:
        find("Ana", [])
    assert caught.value.advice == "No artist is recorded yet."


def test_the_same_name_twice_is_one_artist() -> None:
    assert find("ana", ["Ana", "Ana"]) == "Ana"


@pytest.mark.parametrize(
    ("left", "right"), [("STRASSE", "straße"), ("ﬁn", "FIN"), ("É", "e\u0301"), ("a\u00a0b", "A B")]
)
def test_equal_names_have_equal_keys(left: str, right: str) -> None:
    assert key_of(left) == key_of(right)
