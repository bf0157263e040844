"""Test the data folder: saving is atomic, can be repeated, and loses nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from casa24.core.snapshot import Snapshot, State
from casa24.errors import NewerSnapshot, NoSnapshot, StorageError, UnreadableSnapshot
from casa24.record.data_folder import DataFolder, dump, load
from tests.making import DAY, SERIES, TIKTOK, artist, flag, gaps, old, snapshot, snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEXT, THIRD = DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data", (*SERIES, TIKTOK))


def put(folder: DataFolder, text: str, day: dt.date = DAY) -> Path:
    path = folder.file_of(day)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def content(folder: DataFolder) -> dict[str, bytes]:
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    return {path.relative_to(folder.path).as_posix(): path.read_bytes() for path in files}


def followers(count: int | None, *, day: dt.date = DAY, name: str = "Ana", **more: Any) -> Snapshot:
    return snapshot(artist(name, spotify={"followers": count}), day=day, **more)


@given(snapshots())
def test_what_is_written_read_and_written_again_is_the_same(day: Snapshot) -> None:
    text = dump(day)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "day.json"
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
        again = load(path)
    assert again == day
    assert dump(again) == text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for every example: a folder's lock stays in the temporary folder, one a path."""
    return tmp_path_factory.mktemp("storage") / "data"


@given(day=snapshots())
def test_saving_the_same_day_twice_writes_it_once(day: Snapshot, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    folder = DataFolder(place, (*SERIES, TIKTOK))
    first = folder.save(day)
    before = content(folder)
    second = folder.save(day)
    assert second.written == ()
    assert content(folder) == before
    assert not first.written or folder.read(DAY) == day


def test_a_file_is_readable_text_in_a_stable_order(folder: DataFolder) -> None:
    day = snapshot(artist(spotify={"followers": 5}), motto="é", discord={"online_count": 3}, flags=[flag("Ana", "x")])
    folder.save(day)
    text = folder.file_of(DAY).read_text("utf-8")
    assert list(json.loads(text)) == [
        "date", "schema", "generator", "sources", "motto", "discord", "artists", "flags",
    ]  # fmt: skip
    assert text.endswith("  ]\n}\n")
    assert '\n  "motto": "é"' in text
    assert json.loads(text)["flags"] == [
        {"artist": "Ana", "source": "x", "metric": "*", "state": "failed", "code": "failed"}
    ]


def test_a_day_is_stored_in_three_files(folder: DataFolder) -> None:
    saved = folder.save(followers(5))
    assert [path.name for path in saved.written] == ["2026-03-14.json", "popularity_scores.csv", "latest.json"]
    assert folder.latest_file.read_bytes() == folder.file_of(DAY).read_bytes()
    assert folder.table_file.read_text().splitlines()[1] == "Ana,2026-03-14,,5,,,,,,,"
    assert folder.days() == [DAY]


def test_new_timestamps_alone_touch_no_file(folder: DataFolder) -> None:
    folder.save(followers(5))
    before = content(folder)
    for path in (folder.file_of(DAY), folder.table_file, folder.latest_file):
        os.utime(path, (1, 1))
    saved = folder.save(followers(5, hour=9, generator="casa24 9.9"))
    assert saved.written == ()
    assert content(folder) == before
    assert {path.stat().st_mtime for path in folder.path.rglob("*.*") if path.is_file()} == {1}


def test_a_run_that_measured_nothing_writes_nothing(folder: DataFolder) -> None:
    assert folder.save(followers(None, flags=gaps("Ana", "spotify", "followers"))).written == ()
    assert not folder.path.exists()
    folder.save(followers(5))
    before = content(folder)
    folder.save(followers(None, hour=9, flags=gaps("Ana", "spotify", "followers")))
    assert content(folder) == before


def test_a_failed_second_run_keeps_the_first_runs_numbers(folder: DataFolder) -> None:
    folder.save(snapshot(artist(spotify={"followers": 5}, youtube={"subscribers": 1})))
    sections: dict[str, Any] = {"spotify": {"followers": None}, "youtube": {"subscribers": 2}}
    saved = folder.save(snapshot(artist(**sections), hour=9, flags=[flag("*", "spotify")]))
    assert saved.days[0].artists[0].sections == {"spotify": {"followers": 5}, "youtube": {"subscribers": 2}}
    assert folder.table_file.read_text().splitlines()[1:] == ["Ana,2026-03-14,,5,,2,,,,,"]


def test_latest_is_the_newest_day_whichever_was_saved_last(folder: DataFolder) -> None:
    folder.save(followers(9, day=NEXT))
    folder.save(followers(5))
    assert load(folder.latest_file).date == NEXT
    assert folder.days() == [DAY, NEXT]


def test_other_files_in_the_folder_are_no_days(folder: DataFolder) -> None:
    folder.save(followers(5))
    for name in ("2026-03-14.old-1.json", "2026-13-01.json", "latest.json", ".2026-03-15.json.x.tmp", "x"):
        (folder.history / name).touch()
    assert folder.days() == [DAY]


def test_the_table_can_be_rebuilt_byte_for_byte(folder: DataFolder) -> None:
    names = ["=HYPERLINK(1)", "+1", "-x", "@me", 'Q"uo, te', "Ünï", "line\nbreak", "cr\rcr"]
    for number, day in enumerate([NEXT, DAY, THIRD, DAY]):
        artists = [
            artist(name, spotify={"followers": number, "monthly_listeners": "12"}, tiktok={"likes": number or None})
            for name in names[number:]
        ]
        folder.save(snapshot(*artists, day=day, hour=2 + number, discord={"member_count": 64}))
    before = folder.table_file.read_bytes()
    assert not folder.rebuild_table().changed
    folder.table_file.unlink()
    assert folder.rebuild_table().changed
    assert folder.table_file.read_bytes() == before


def test_a_section_of_a_plugin_that_is_gone_survives_the_next_run(folder: DataFolder) -> None:
    folder.save(snapshot({**artist(tiktok={"likes": 5, "deep": {"er": [1]}}), "mood": "fine"}, motto="loud"))
    DataFolder(folder.path, SERIES).save(followers(7, hour=9))
    kept = json.loads(folder.file_of(DAY).read_text("utf-8"))
    assert kept["artists"][0]["tiktok"] == {"likes": 5, "deep": {"er": [1]}}
    assert (kept["artists"][0]["mood"], kept["motto"]) == ("fine", "loud")
    assert folder.table_file.read_text().splitlines()[1] == "Ana,2026-03-14,,7,,,,,,,5"


def _back(folder: DataFolder, *names: str) -> Callable[[dict[str, bytes]], None]:
    def undo(before: dict[str, bytes]) -> None:
        for name in names:
            path = folder.path / name
            if name in before:
                path.write_bytes(before[name])
            else:
                path.unlink()

    return undo


@pytest.mark.parametrize("lost", [("latest.json",), ("latest.json", "popularity_scores.csv")])
@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("heals", [DAY, NEXT])
def test_the_next_save_heals_a_crash_after_the_first_or_second_file(
    folder: DataFolder, lost: tuple[str, ...], earlier: bool, heals: dt.date
) -> None:
    """The crash came while DAY was written, for the first time or (``earlier``) again."""
    folder.save(followers(1, day=DAY - dt.timedelta(days=1)))
    if earlier:
        folder.save(followers(2))
    before = content(folder)
    folder.save(followers(3, hour=9))
    _back(folder, *lost)(before)
    folder.save(followers(3, hour=10) if heals == DAY else followers(4, day=NEXT))
    assert load(folder.latest_file).date == heals
    assert "Ana,2026-03-14,,3,,,,,,," in folder.table_file.read_text().splitlines()
    assert not folder.rebuild_table().changed


def test_a_table_lost_altogether_comes_back_whole(folder: DataFolder) -> None:
    for day in (DAY, NEXT):
        folder.save(followers(5, day=day))
    before = folder.table_file.read_bytes()
    folder.table_file.unlink()
    folder.save(followers(5, day=NEXT, hour=9))
    assert folder.table_file.read_bytes() == before


def test_a_table_that_fell_days_behind_catches_up(folder: DataFolder) -> None:
    """For example, restored from an old commit: every missing day comes back, not only the last."""
    for number in range(5):
        folder.save(followers(number, day=DAY + dt.timedelta(days=number)))
        if number == 1:
            old_table = folder.table_file.read_bytes()
    folder.table_file.write_bytes(old_table)
    folder.save(followers(5, day=DAY + dt.timedelta(days=5)))
    assert len(folder.table_file.read_text().splitlines()) == 1 + 6
    assert not folder.rebuild_table().changed


HEADER_OF_8 = (
    "artist_name,date,popularity_score,followers,monthly_listeners,youtube_subscribers,youtube_total_views,"
    "youtube_video_count"
)
FOREIGN = {
    "ragged": f"{HEADER_OF_8}\nAna,2026-03-12,1,2,3,4,5,6\nAna,2026-03-13,1,2,3,4,5,6,7,8\n".encode(),
    "repeated": f"{HEADER_OF_8}\nAna,2026-03-13,0,0,0,0,0,0\nAna,2026-03-13,1,2,3,4,5,6\n".encode(),
    "no UTF-8": b"artist_name,date\n\xff,2026-03-14\n",
    "no CSV": b"artist_name,date\na\rb,2026-03-14\n",
    "empty": b"",
}


@pytest.mark.parametrize("table", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_table_is_set_aside_never_deleted_and_rebuilt(folder: DataFolder, table: bytes) -> None:
    put(folder, dump(old(artist(spotify={"followers": 4, "monthly_listeners": "N/A"}))))
    folder.table_file.write_bytes(table)
    saved = folder.save(followers(5, day=NEXT))
    assert [path.name for path in saved.set_aside] == ["popularity_scores.old-1.csv"]
    assert saved.set_aside[0].read_bytes() == table
    assert folder.table_file.read_text().splitlines()[1:] == ["Ana,2026-03-14,,4,,,,,,,", "Ana,2026-03-15,,5,,,,,,,"]
    assert folder.save(followers(6, day=NEXT, hour=9)).set_aside == ()


@pytest.mark.parametrize("damage", ["", "{", '{"date": "2026-03-14", "artists": [', "[]", "null", '{"artists": []}'])
def test_a_damaged_snapshot_of_today_is_set_aside_and_the_new_readings_stored(folder: DataFolder, damage: str) -> None:
    put(folder, damage)
    saved = folder.save(followers(5))
    assert [path.read_text() for path in saved.set_aside] == [damage]
    assert folder.read(DAY) == followers(5)
    assert folder.days() == [DAY]


def test_a_file_that_holds_another_day_is_no_snapshot_of_its_day(folder: DataFolder) -> None:
    put(folder, dump(followers(1, day=NEXT)))
    with pytest.raises(UnreadableSnapshot, match="holds another day: 2026-03-15"):
        folder.read(DAY)
    assert len(folder.save(followers(5)).set_aside) == 1


def test_a_damaged_day_costs_the_table_only_its_own_rows(folder: DataFolder) -> None:
    for day in (DAY, NEXT):
        folder.save(followers(5, day=day))
    put(folder, "{", DAY)
    folder.table_file.unlink()
    folder.save(followers(6, day=THIRD))
    dates = [line.split(",")[1] for line in folder.table_file.read_text().splitlines()[1:]]
    assert dates == ["2026-03-15", "2026-03-16"]


WRONG: list[tuple[str, type[StorageError], str]] = [
    ('{"date": "2026-03-14", "x": NaN}', UnreadableSnapshot, "damaged"),
    ('{"date": "2026-03-14", "x": Infinity}', UnreadableSnapshot, "damaged"),
    ('{"date": "2026-03-14", "artists": [{"name"', UnreadableSnapshot, "damaged"),
    ("[" * 100_000, UnreadableSnapshot, "damaged"),
    ("\x00", UnreadableSnapshot, "damaged"),
    ("[]", UnreadableSnapshot, "the whole file"),
    ('{"artists": []}', UnreadableSnapshot, "date"),
    ('{"date": "2026-03-14", "artists": {}}', UnreadableSnapshot, "artists"),
    ('{"date": "2026-03-14", "artists": [{"name": 5}]}', UnreadableSnapshot, r"artists\.0\.name"),
    ('{"date": "2026-03-14", "flags": [{"source": "x"}]}', UnreadableSnapshot, r"flags\.0\.artist"),
    (
        '{"date": "2026-03-14", "flags": [{"artist": null, "source": "x", "state": "odd"}]}',
        UnreadableSnapshot,
        "state",
    ),
    ('{"date": "2026-03-14", "schema": 3}', NewerSnapshot, "newer casa24"),
    ('{"date": "2026-03-14", "schema": 3, "artists": {"Ana": {}}}', NewerSnapshot, "newer casa24"),
]


@pytest.mark.parametrize(("text", "error", "words"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_snapshot_is_refused_by_name_with_advice(
    folder: DataFolder, text: str, error: type[StorageError], words: str
) -> None:
    path = put(folder, text)
    with pytest.raises(error, match=words) as caught:
        folder.read(DAY)
    assert type(caught.value) is error
    assert str(path) in caught.value.message
    assert caught.value.advice


def test_a_snapshot_of_a_newer_casa24_is_left_alone(folder: DataFolder) -> None:
    """It knows better what is in it: neither merged, nor set aside."""
    path = put(folder, '{"date": "2026-03-14", "schema": 3, "artists": {"Ana": {}}}')
    with pytest.raises(NewerSnapshot):
        folder.save(followers(5))
    assert list(content(folder)) == [path.relative_to(folder.path).as_posix()]


def test_a_day_that_was_not_recorded_is_an_error_that_says_what_to_do(folder: DataFolder) -> None:
    assert folder.days() == []
    with pytest.raises(NoSnapshot) as caught:
        folder.read(DAY)
    assert "casa24 collect" in caught.value.advice


def test_a_file_far_too_large_is_not_even_read(folder: DataFolder) -> None:
    with put(folder, "{}").open("rb+") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(UnreadableSnapshot, match="too large"):
        folder.read(DAY)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_in_place_of_a_file_is_no_snapshot_and_no_table(folder: DataFolder) -> None:
    """To read it would wait for ever."""
    folder.history.mkdir(parents=True)
    os.mkfifo(folder.file_of(DAY))
    os.mkfifo(folder.table_file)
    with pytest.raises(UnreadableSnapshot, match="is no file"):
        folder.read(DAY)
    assert len(folder.save(followers(5)).set_aside) == 2
    assert folder.read(DAY) == followers(5)


def test_a_byte_order_mark_does_no_harm(folder: DataFolder) -> None:
    put(folder, "\ufeff" + dump(followers(5)))
    assert folder.read(DAY) == followers(5)


@pytest.mark.parametrize("name", ["data", "data/historical"])
def test_a_file_in_place_of_a_folder_is_an_error_with_advice(folder: DataFolder, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    with pytest.raises(StorageError) as caught:
        folder.save(followers(5))
    assert caught.value.advice
    assert (tmp_path / name).read_bytes() == b""
    with pytest.raises(StorageError, match="cannot be listed"):
        folder.days()


@contextmanager
def _a_plain_user() -> Iterator[Path]:
    """A folder whose permissions apply to root too."""
    place = Path(tempfile.mkdtemp(prefix="casa24-test-"))
    place.chmod(0o777)
    root = os.geteuid() == 0
    before = tempfile.tempdir
    tempfile.tempdir = str(place)
    if root:
        os.seteuid(65534)
    try:
        yield place
    finally:
        if root:
            os.seteuid(0)
        tempfile.tempdir = before
        subprocess.run(["/bin/sh", "-c", 'chmod -R u+rwX "$0" && rm -r "$0"', str(place)], check=True)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
@pytest.mark.parametrize("mode", [0o500, 0o400, 0o000])
@pytest.mark.parametrize("name", ["data", "data/historical"])
def test_a_folder_without_rights_is_an_error_with_advice(mode: int, name: str) -> None:
    with _a_plain_user() as place:
        folder = DataFolder(place / "data", SERIES)
        folder.save(followers(5))
        before = content(folder)
        (place / name).chmod(mode)
        with pytest.raises(StorageError) as caught:
            folder.save(followers(6, hour=9))
        assert caught.value.advice
        (place / name).chmod(0o755)
        assert content(folder).keys() == before.keys()
        assert folder.read(DAY) in {5: followers(5), 6: followers(6, hour=9)}.values()
        folder.save(followers(6, hour=9))
        assert folder.read(DAY) == load(folder.latest_file) == followers(6, hour=9)
        assert not folder.rebuild_table().changed


def test_a_crashs_temporary_files_are_swept(folder: DataFolder) -> None:
    folder.save(followers(5))
    for where in (folder.path, folder.history):
        (where / ".2026-03-14.json.abc.tmp").write_text("half")
    folder.save(followers(5, hour=9))
    assert sorted(content(folder)) == ["historical/2026-03-14.json", "latest.json", "popularity_scores.csv"]


def test_the_old_collectors_zeros_of_the_same_morning_do_not_become_measurements(folder: DataFolder) -> None:
    """The day a label moves: the old collector failed at 2:30, so did casa24 at noon. Nothing was measured."""
    zeros = {"popularity_score": 0, "followers": 0, "monthly_listeners": "N/A"}
    put(folder, dump(old(artist(spotify=zeros, youtube={"subscribers": 5, "total_views": 0}))))
    sections: dict[str, Any] = {"spotify": dict.fromkeys(zeros), "youtube": {"subscribers": None, "total_views": None}}
    saved = folder.save(
        snapshot(
            artist(instagram={"followers": 7}, **sections), hour=12, flags=[flag("*", "spotify"), flag("*", "youtube")]
        )
    ).days[0]
    assert saved.schema_version == 2
    assert {saved.measurement("Ana", "spotify", field).state for field in zeros} == {State.FAILED}
    assert saved.artists[0].sections["youtube"] == {"subscribers": 5, "total_views": 0}
    assert folder.table_file.read_text().splitlines()[1] == "Ana,2026-03-14,,,,5,0,,7,,"


def test_two_runs_at_once_are_both_stored(folder: DataFolder) -> None:
    """Two real processes, each storing its own artist twenty times over: neither loses the other's."""
    script = """
import sys
from pathlib import Path
from casa24.record.data_folder import DataFolder
from tests.making import SERIES, artist, snapshot
name, path = sys.argv[1:]
folder = DataFolder(Path(path), SERIES)
for number in range(20):
    folder.save(snapshot(artist(name, spotify={"followers": number}), hour=number))
"""
    here = Path(__file__).parents[2]
    runs = [
        subprocess.Popen([sys.executable, "-c", script, name, str(folder.path)], cwd=here) for name in ("Ana", "Ben")
    ]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    stored = folder.read(DAY)
    followers = {name: stored.measurement(name, "spotify", "followers").value for name in ("Ana", "Ben")}
    assert followers == {"Ana": 19, "Ben": 19}
    assert len(stored.artists) == 2
    assert sorted(content(folder)) == ["historical/2026-03-14.json", "latest.json", "popularity_scores.csv"]
    assert load(folder.latest_file) == stored
    assert not DataFolder(folder.path, SERIES).rebuild_table().changed
