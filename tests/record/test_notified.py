"""Test that no message is sent twice, and that no address is ever written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.errors import StorageError
from casa24.record.amendments import FILE_NAME as AMENDMENTS
from casa24.record.amendments import Action, Amendment, Amendments, add_lines
from casa24.record.data_folder import DataFolder
from casa24.record.importer import merge_into
from casa24.record.notified import FILE_NAME, Notices, note
from tests.making import DAY, SERIES, artist, snapshot

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 3, 14, 2, 40, tzinfo=dt.UTC)
SECRET = "discord://123/canary-webhook-token"


def test_what_arrived_is_known_by_its_address_and_the_address_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    note(path, SECRET, [("week:2026-W10", "The week"), ("milestone:=ana:x:100", "=SUM(A1)")], NOW)
    found = Notices.read(path)
    assert found.keys(SECRET) == {"week:2026-W10", "milestone:=ana:x:100"}
    assert found.keys("discord://123/another") == frozenset()
    text = path.read_text("utf-8")
    assert "canary" not in text
    assert text.splitlines()[0] == "key,address,sent_at,what"
    assert "'=SUM(A1)" in text


def test_lines_are_added_and_none_is_changed(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    note(path, SECRET, [("a", "x")], NOW)
    before = path.read_bytes()
    note(path, "other", [("a", "x")], NOW)
    assert path.read_bytes().startswith(before)
    assert len(path.read_text("utf-8").splitlines()) == 3


def test_nothing_was_sent_where_there_is_no_file_and_a_broken_one_is_an_error(tmp_path: Path) -> None:
    assert Notices.read(tmp_path / FILE_NAME).keys(SECRET) == frozenset()
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe")
    with pytest.raises(StorageError, match="cannot be read"):
        Notices.read(tmp_path / FILE_NAME)


def test_two_machines_lists_become_one_when_their_days_do(tmp_path: Path) -> None:
    """As the nightly job does after a refused push."""
    ours, theirs = (DataFolder(tmp_path / name / "data", SERIES) for name in ("ours", "theirs"))
    for folder in (ours, theirs):
        folder.save(snapshot(artist("Ana", spotify={"followers": 5})))
        note(folder.path / FILE_NAME, SECRET, [("both", "x")], NOW)
    note(theirs.path / FILE_NAME, SECRET, [("theirs", "x")], NOW)
    note(ours.path / FILE_NAME, SECRET, [("ours", "x")], NOW)
    add_lines(theirs.path / AMENDMENTS, [Amendment(DAY, None, "Ana", "*", Action.KEEP, "theirs")])
    merge_into(ours, tmp_path / "theirs")
    found = Notices.read(ours.path / FILE_NAME)
    assert found.keys(SECRET) == {"both", "theirs", "ours"}
    assert len((ours.path / FILE_NAME).read_text("utf-8").splitlines()) == 4
    assert [line.reason for line in Amendments.read(ours.path / AMENDMENTS).lines] == ["theirs"]
    before = (ours.path / FILE_NAME).read_bytes()
    merge_into(ours, tmp_path / "theirs")
    assert (ours.path / FILE_NAME).read_bytes() == before
