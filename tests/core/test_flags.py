"""Test flags for each value, and folded into as few flags as possible."""

from __future__ import annotations

import time

from hypothesis import given

from casa24.core.flags import Cell, CellKey, Note, loose, to_cells, to_flags
from casa24.core.snapshot import Flag, Snapshot, State
from tests.making import artist, flag, gaps, snapshot, snapshots

LOST = Note(State.FAILED, "timeout")


def refolded(day: Snapshot) -> Snapshot:
    return Snapshot.model_validate({**day.model_dump(by_alias=True), "flags": to_flags(to_cells(day))})


@given(snapshots())
def test_folding_and_expanding_gives_each_value_its_flags_back(day: Snapshot) -> None:
    assert to_cells(refolded(day)) == to_cells(day)


@given(snapshots())
def test_folding_twice_changes_nothing_more(day: Snapshot) -> None:
    once = refolded(day)
    assert to_flags(to_cells(once)) == once.flags


def test_a_restricted_app_is_one_flag_a_day_not_one_an_artist() -> None:
    artists = [artist(name, spotify={"followers": 5, "popularity_score": None}) for name in ("Ana", "Ben", "Cleo")]
    flags = [flag(name, "spotify", "popularity_score", "not_offered") for name in ("Ana", "Ben", "Cleo")]
    folded = to_flags(to_cells(snapshot(*artists, flags=flags)))
    assert [flag.place for flag in folded] == [("*", "spotify", "popularity_score")]


def test_a_platform_that_was_down_is_one_flag_a_day() -> None:
    names = ("Ana", "Ben", "Cleo")
    artists = [artist(name, spotify={"followers": None, "genres": None}) for name in names]
    flags = [flag for name in names for flag in gaps(name, "spotify", "followers", "genres")]
    assert [flag.place for flag in to_flags(to_cells(snapshot(*artists, flags=flags)))] == [("*", "spotify", "*")]


def test_an_artist_whose_reason_differs_has_a_flag_of_their_own() -> None:
    names = ("Ana", "Ben", "Cleo")
    artists = [artist(name, spotify={"followers": None, "genres": None}) for name in names]
    flags = [*(flag(name, "spotify") for name in names[:2]), flag("Cleo", "spotify", state="no_account")]
    day = snapshot(*artists, flags=flags)
    assert {flag.place for flag in to_flags(to_cells(day))} == {("*", "spotify", "*"), ("Cleo", "spotify", "*")}


def test_two_reasons_shared_by_some_do_not_hide_each_other() -> None:
    """A field's `*` is read before everything's `*`: both at once would give Ana the reason of Cleo."""
    names = ("Ana", "Ben", "Cleo", "Dan")
    artists = [artist(name, spotify={"followers": None, "genres": None}) for name in names[:2]]
    artists += [artist(name, spotify={"followers": None, "genres": []}) for name in names[2:]]
    flags = [flag(name, "spotify", code="down") for name in names[:2]]
    flags += [flag(name, "spotify", "followers", code="lost") for name in names[2:]]
    day = snapshot(*artists, flags=flags)
    folded = refolded(day)
    assert [folded.measurement(name, "spotify", "followers").code for name in names] == ["down", "down", "lost", "lost"]


def test_an_artist_that_was_not_asked_about_gets_no_reason_from_the_others() -> None:
    """A null without a flag stays one: `*` would put Ana's and Ben's failure on Cleo too."""
    artists = [artist(name, spotify={"followers": None, "genres": []}) for name in ("Ana", "Ben", "Cleo")]
    day = snapshot(*artists, flags=gaps("Ana", "spotify", "followers") + gaps("Ben", "spotify", "followers"))
    folded = refolded(day)
    assert folded.measurement("Ana", "spotify", "followers").state is State.FAILED
    assert folded.measurement("Cleo", "spotify", "followers").state is State.NOT_TRACKED


def test_an_artist_without_a_section_gets_no_reason_from_the_others() -> None:
    artists = [artist(name, tiktok={"likes": None}) for name in ("Ana", "Ben")] + [artist("Cleo", spotify={"plays": 1})]
    day = snapshot(*artists, flags=gaps("Ana", "tiktok", "likes") + gaps("Ben", "tiktok", "likes"))
    folded = refolded(day)
    assert folded.measurement("Cleo", "tiktok", "likes").state is State.NOT_TRACKED


def test_of_several_reasons_for_a_gap_the_most_specific_is_used() -> None:
    flags = [flag("*", "spotify", code="wide"), flag("Ana", "spotify", "followers", code="narrow")]
    cells = to_cells(snapshot(artist(spotify={"followers": None}), flags=flags))
    assert [note.code for note in cells[CellKey("Ana", "spotify", "followers")].notes] == ["narrow"]


def test_a_value_may_have_several_flags() -> None:
    flags = [flag("Ana", "spotify", "followers", "rounded", low=1, high=9), flag("Ana", "spotify", "*", "suspect")]
    cell = to_cells(snapshot(artist(spotify={"followers": 5}), flags=flags))[CellKey("Ana", "spotify", "followers")]
    assert {note.state for note in cell.notes} == {State.ROUNDED, State.SUSPECT}
    assert cell.state is State.SUSPECT


def test_the_labels_own_gaps_are_not_the_artists() -> None:
    day = snapshot(artist(spotify={"followers": 1}), flags=[flag(None, "discord")], discord={"member_count": None})
    assert [flag.place for flag in to_flags(to_cells(day))] == [(None, "discord", "member_count")]


def test_a_flag_about_a_section_that_is_not_there_is_loose() -> None:
    kept = [flag("Ana", "gone"), flag(None, "discord"), flag("*", "gone"), flag("Ana", "spotify", "saves")]
    day = snapshot(artist(spotify={"followers": None}), flags=[*kept, flag("*", "spotify"), flag("Ana", "spotify")])
    assert loose(day.flags, to_cells(day)) == [Flag.model_validate(flag) for flag in kept]


def test_unknown_keys_of_a_flag_survive_the_folding() -> None:
    day = snapshot(artist(spotify={"followers": None}), flags=[flag("Ana", "spotify", "followers", seen_by=["x"])])
    (folded,) = to_flags(to_cells(day))
    assert folded.model_extra == {"seen_by": ["x"]}


def test_flags_keep_the_artists_order() -> None:
    """The daily git diff stays readable: nothing is shuffled from one run to the next."""
    names = ("Cleo", "Ana", "Ben")
    artists = [artist(name, youtube={"subscribers": 1000}) for name in names]
    flags = [flag(name, "youtube", "subscribers", "rounded", low=1000, high=1009) for name in names]
    assert [flag.artist for flag in to_flags(to_cells(snapshot(*artists, flags=flags)))] == list(names)


def test_the_flags_of_a_thousand_artists_are_expanded_and_folded_quickly() -> None:
    artists = [artist(f"A{n}", spotify={"followers": n if n % 3 else None, "genres": []}) for n in range(1000)]
    flags = [flag(f"A{n}", "spotify", "followers", code=f"c{n % 7}") for n in range(0, 1000, 3)]
    started = time.perf_counter()
    day = snapshot(*artists, flags=flags)
    assert len(to_flags(to_cells(day))) <= len(flags)
    assert time.perf_counter() - started < 2


def test_a_gap_without_a_reason_was_not_tracked() -> None:
    assert Cell(None).state is State.NOT_TRACKED
    assert Cell(None, (LOST,)).state is State.FAILED
    assert Cell([], ()).state is State.MEASURED
