"""Test reading and writing `amendments.csv`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.errors import StorageError
from casa24.record.amendments import FILE_NAME, Action, Amendment, Amendments, add_lines
from tests.making import DAY

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "first_date,last_date,artist,metric,action,reason\n"
ANA = frozenset({"ana"})
LABEL: frozenset[str] = frozenset()


def parsed(*lines: str) -> Amendments:
    return Amendments.parse(HEAD + "".join(f"{line}\n" for line in lines))


def decides(lines: Amendments, names: frozenset[str] = ANA, metric: str = "spotify.followers") -> str | None:
    source, _, field = metric.partition(".")
    line = lines.on(DAY).decide(names, source, field)
    return line.reason if line else None


@pytest.mark.parametrize(
    ("line", "speaks"),
    [
        ("2026-03-14,2026-03-14,Ana,spotify.followers,suspect,x", True),
        ("2026-03-01,,Ana,spotify.*,suspect,x", True),
        ("2026-03-01,,ÁNA,*,suspect,x", True),
        ("2026-03-01,2026-03-31,*,*,suspect,x", True),
        ("2026-03-15,,Ana,*,suspect,x", False),
        ("2026-03-01,2026-03-13,Ana,*,suspect,x", False),
        ("2026-03-01,,Ben,*,suspect,x", False),
        ("2026-03-01,,,*,suspect,x", False),
        ("2026-03-01,,Ana,spotify.popularity_score,suspect,x", False),
        ("2026-03-01,,Ana,youtube.*,suspect,x", False),
    ],
)
def test_a_line_applies_to_its_days_its_artist_and_its_numbers(line: str, speaks: bool) -> None:
    assert (decides(parsed(line)) is not None) is speaks


def test_an_empty_artist_means_the_label_and_a_star_includes_it() -> None:
    assert decides(parsed("2026-03-01,,,discord.*,suspect,label"), LABEL, "discord.member_count") == "label"
    assert decides(parsed("2026-03-01,,*,*,suspect,all"), LABEL, "discord.member_count") == "all"
    assert decides(parsed("2026-03-01,,Ana,*,suspect,ana"), LABEL, "discord.member_count") is None


def test_of_several_lines_that_apply_the_last_one_decides() -> None:
    lines = parsed(
        "2026-03-01,,*,*,suspect,first", "2026-03-01,,Ana,spotify.*,keep,second", "2026-03-01,,Ben,*,suspect,third"
    )
    assert decides(lines) == "second"
    assert decides(lines, metric="youtube.total_views") == "first"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("14.3.2026,,Ana,*,suspect,x", "'14.3.2026' is not a date like 2025-10-17"),
        ("2026-03-14,soon,Ana,*,suspect,x", "'soon' is not a date like 2025-10-17, or nothing"),
        ("2026-03-14,2026-03-13,Ana,*,suspect,x", "it ends on 2026-03-13, before it begins"),
        ("2026-03-14,,Ana,followers,suspect,x", "'followers' is no metric"),
        ("2026-03-14,,Ana,.followers,suspect,x", "'.followers' is no metric"),
        ("2026-03-14,,Ana,*,delete,x", "'delete' is not suspect or keep"),
        ("2026-03-14,,Ana,*", "it has 4 cells instead of 6"),
    ],
)
def test_an_invalid_line_is_named_and_the_others_are_used(line: str, why: str) -> None:
    found = parsed(line, "2026-03-01,,Ana,*,suspect,good")
    (problem,) = found.problems
    assert problem.startswith(f"{FILE_NAME}, line 2: ")
    assert why in problem
    assert decides(found) == "good"


_DATES = st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1))
_TEXTS = st.sampled_from(["Ana", "*", "", "=SUM(A1)", 'two\nlines, "quoted"', "@all", "Ünï 😀"])
_AMENDMENTS = st.builds(
    Amendment,
    _DATES,
    st.none() | st.just(dt.date(2027, 1, 2)),
    _TEXTS,
    st.sampled_from(["*", "spotify.*", "spotify.followers"]),
    st.sampled_from(Action),
    st.sampled_from(["", "a copy", "with, comma"]),
)


@given(st.lists(_AMENDMENTS, max_size=4), st.lists(_AMENDMENTS, max_size=4))
def test_added_lines_are_read_again_and_earlier_ones_stay(
    tmp_path_factory: pytest.TempPathFactory, first: list[Amendment], second: list[Amendment]
) -> None:
    path = tmp_path_factory.mktemp("data") / FILE_NAME
    add_lines(path, first)
    before = path.read_bytes() if path.exists() else b""
    assert add_lines(path, second) is bool(second)
    assert not before or path.read_bytes().startswith(before)
    found = Amendments.read(path)
    assert found.problems == ()
    assert list(found.lines) == [*first, *second]


def test_a_name_no_spreadsheet_may_run_still_means_its_artist(tmp_path: Path) -> None:
    add_lines(tmp_path / FILE_NAME, [Amendment(DAY, None, "=SUM(A1)", "*", Action.SUSPECT, "x")])
    assert "'=SUM(A1)" in (tmp_path / FILE_NAME).read_text("utf-8")
    assert decides(Amendments.read(tmp_path / FILE_NAME), frozenset({"=sum(a1)"})) == "x"


def test_a_file_edited_by_hand_without_a_last_line_feed_is_continued(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(HEAD + "2026-03-01,,Ana,*,suspect,by hand", "utf-8")
    add_lines(path, [Amendment(DAY, None, "Ben", "*", Action.KEEP)])
    assert [line.artist for line in Amendments.read(path).lines] == ["Ana", "Ben"]


def test_no_file_is_no_amendment(tmp_path: Path) -> None:
    assert not Amendments.read(tmp_path / FILE_NAME)


def test_what_is_no_file_or_no_text_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StorageError, match=FILE_NAME):
        Amendments.read(tmp_path / FILE_NAME)
    (tmp_path / "other.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StorageError, match=r"other\.csv cannot be read"):
        Amendments.read(tmp_path / "other.csv")
