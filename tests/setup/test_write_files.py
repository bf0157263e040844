"""Laying files down: what is planned happens, and nothing of anybody's is lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from casa24.errors import StorageError, UsageError
from casa24.setup.write_files import FileAction, Planned, lay_down, plan

if TYPE_CHECKING:
    from pathlib import Path

FILES = (Planned("notes.txt", "ours\n"), Planned("deep/er/file", "ours\n"), Planned(".gitignore", "#\n.env\n", True))


def fates(folder: Path, *, force: bool = False) -> list[str]:
    return [step.fate.value for step in plan(folder, FILES, force=force)]


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    assert fates(tmp_path / "new") == ["new", "new", "new"]
    assert list(tmp_path.iterdir()) == []


def test_into_a_new_folder_every_file_is_written_and_a_second_time_none(tmp_path: Path) -> None:
    lay_down(plan(tmp_path / "new", FILES))
    before = content(tmp_path / "new")
    assert before == {"notes.txt": b"ours\n", "deep/er/file": b"ours\n", ".gitignore": b"#\n.env\n"}
    assert fates(tmp_path / "new") == ["unchanged"] * 3
    lay_down(plan(tmp_path / "new", FILES))
    assert content(tmp_path / "new") == before


def test_another_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"theirs\n")
    assert fates(tmp_path) == ["kept", "new", "new"]
    lay_down(plan(tmp_path, FILES))
    assert content(tmp_path)["notes.txt"] == b"theirs\n"


def test_with_force_another_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"theirs\n")
    assert fates(tmp_path, force=True) == ["replaced", "new", "new"]
    lay_down(plan(tmp_path, FILES, force=True))
    assert content(tmp_path)["notes.txt"] == b"ours\n"


def test_windows_line_ends_make_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"ours\r\n")
    assert fates(tmp_path, force=True)[0] == "unchanged"


@pytest.mark.parametrize(
    ("there", "afterwards"),
    [
        (b"", b"# Added by casa24:\n.env\n*.env\n"),
        (b"build/", b"build/\n\n# Added by casa24:\n.env\n*.env\n"),
        (b"build/\n.env\n", b"build/\n.env\n\n# Added by casa24:\n*.env\n"),
        (b"build/\r\n", b"build/\r\n\r\n# Added by casa24:\r\n.env\r\n*.env\r\n"),
        (b"*.env\n  .env\n", b"*.env\n  .env\n\n# Added by casa24:\n.env\n"),
        (b".env\n*.env\n!.env\n", b".env\n*.env\n!.env\n\n# Added by casa24:\n.env\n"),
        ("# Größe\n".encode(), "# Größe\n\n# Added by casa24:\n.env\n*.env\n".encode()),
    ],
    ids=["empty", "no last line end", "one missing", "Windows", "indented is another", "taken back", "not English"],
)
def test_a_list_of_lines_is_completed_once(tmp_path: Path, there: bytes, afterwards: bytes) -> None:
    file = Planned(".gitignore", "# Secrets\n.env\n*.env\n", by_line=True)
    (tmp_path / ".gitignore").write_bytes(there)
    steps = plan(tmp_path, [file])
    assert [step.fate for step in steps] == [FileAction.COMPLETED]
    lay_down(steps)
    assert (tmp_path / ".gitignore").read_bytes() == afterwards
    assert [step.fate for step in plan(tmp_path, [file])] == [FileAction.UNCHANGED]


def test_a_complete_list_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"mine\n.env")
    assert fates(tmp_path)[2] == "unchanged"


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="is a file, not a folder"):
        plan(tmp_path / "file", FILES)


@pytest.mark.parametrize("inside", ["file/label", "label/deep"])
def test_a_file_where_a_folder_must_be_is_named_before_anything_is_written(tmp_path: Path, inside: str) -> None:
    blocker = tmp_path / inside.split("/", maxsplit=1)[0] if inside.startswith("file") else tmp_path / inside
    blocker.parent.mkdir(exist_ok=True)
    blocker.write_text("x", "utf-8")
    with pytest.raises(StorageError, match="is a file, where a folder"):
        plan(tmp_path / "file/label" if inside.startswith("file") else tmp_path / "label", FILES)
    assert content(tmp_path) == {blocker.relative_to(tmp_path).as_posix(): b"x"}


def test_a_folder_where_a_file_must_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").mkdir()
    with pytest.raises(StorageError, match=r"notes\.txt is a folder"):
        plan(tmp_path, FILES)


def test_what_is_no_utf8_is_named_and_left(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"Gr\xf6\xdfe\n")
    with pytest.raises(StorageError, match="not saved as UTF-8"):
        plan(tmp_path, FILES)


@pytest.mark.skipif(os.name != "posix", reason="made with a POSIX link")
def test_a_link_to_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(StorageError, match="link to nowhere"):
        plan(tmp_path, FILES)


@pytest.mark.skipif(os.name != "posix", reason="made with a POSIX link")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("theirs\n", "utf-8")
    (tmp_path / "notes.txt").symlink_to(tmp_path / "elsewhere.txt")
    lay_down(plan(tmp_path, FILES, force=True))
    assert (tmp_path / "notes.txt").is_symlink()
    assert (tmp_path / "elsewhere.txt").read_text("utf-8") == "ours\n"
