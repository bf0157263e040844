"""Test atomic writes, and the lock of a data folder."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from casa24.errors import FolderBusy, StorageError
from casa24.record.files import hold, set_aside, sweep, write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.json"
    assert write_atomically(path, "é\u2028\r\n")
    assert path.read_bytes() == "é\u2028\r\n".encode()
    assert [item.name for item in path.parent.iterdir()] == ["a.json"]


def test_a_file_that_already_says_it_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, "same")
    os.utime(path, (1, 1))
    assert not write_atomically(path, "same")
    assert path.stat().st_mtime == 1


def test_half_a_character_from_outside_is_written_as_the_escape_it_came_from(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.json", '"x\ud83d"')
    assert (tmp_path / "a.json").read_bytes() == b'"x\\ud83d"'


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_others_may_read_a_new_file_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, "1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o664)
    write_atomically(path, "2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


def test_a_place_that_cannot_be_written_is_an_error_with_advice_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    (tmp_path / "a.json" / "inside").touch()
    with pytest.raises(StorageError, match=r"a\.json could not be written") as caught:
        write_atomically(tmp_path / "a.json", "text")
    assert "unharmed" in caught.value.advice
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


def test_a_file_set_aside_gets_a_free_name_and_is_never_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text in ("first", "second"):
        path.write_text(text)
        set_aside(path)
    assert not path.exists()
    assert (tmp_path / "a.old-1.csv").read_text() == "first"
    assert (tmp_path / "a.old-2.csv").read_text() == "second"


def test_a_file_that_cannot_be_set_aside_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be set aside") as caught:
        set_aside(tmp_path / "missing.csv")
    assert caught.value.advice


def test_a_crashs_leftovers_are_swept_and_nothing_else(tmp_path: Path) -> None:
    kept = ["a.json", "a.tmp", ".env", ".a.json.tmp.bak"]
    for name in (*kept, ".a.json.x1.tmp", ".b.csv.x2.tmp"):
        (tmp_path / name).touch()
    (tmp_path / ".folder.tmp").mkdir()
    (tmp_path / ".z.json.x3.tmp").touch()
    sweep(tmp_path)
    sweep(tmp_path / "missing")
    assert sorted(item.name for item in tmp_path.iterdir()) == sorted([*kept, ".folder.tmp"])


def test_a_folder_is_held_by_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        hold(tmp_path),
        pytest.raises(FolderBusy, match="Another casa24 is writing") as caught,
        hold(tmp_path, timeout=0.05),
    ):
        pass
    assert "Wait" in caught.value.advice
    with hold(tmp_path, timeout=0.05):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets ordinary users make no links")
def test_another_name_of_the_folder_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with hold(tmp_path / "data"), pytest.raises(FolderBusy), hold(tmp_path / "link", timeout=0.05):
        pass
    with hold(tmp_path / "data"), hold(tmp_path / "other", timeout=0.05):
        pass


def test_the_record_holds_nothing_but_the_record(tmp_path: Path) -> None:
    """The lock lies outside the data folder, which is a git repository's."""
    with hold(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_is_released_when_its_holder_dies(tmp_path: Path) -> None:
    imports = "import os\nfrom pathlib import Path\nfrom casa24.record.files import hold\n"
    script = f"{imports}with hold(Path({str(tmp_path)!r})): "
    died = subprocess.run([sys.executable, "-c", f"{script}os._exit(9)"], check=False)
    assert died.returncode == 9
    started = time.perf_counter()
    with hold(tmp_path):
        assert time.perf_counter() - started < 5


def test_a_lock_that_cannot_be_made_is_an_error_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="lock for") as caught, hold(tmp_path):
        pass
    assert "TMPDIR" in caught.value.advice
