"""Kill saves at random moments: ``python -m tests.crash --times 1000 [--seed N]``.

A forked child saves day after day, each several times with other readings, and is killed with
SIGKILL at some moment. After every kill each file is read, then one more save must repair what was
left. Every reading is a different number, so a mix of two saves or an invented number is noticed.
POSIX only: it forks.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa24.record.csv_table import Table
from casa24.record.data_folder import DataFolder, load
from casa24.record.files import hold
from tests.making import DAY, SERIES, artist, gaps, snapshot

if TYPE_CHECKING:
    from casa24.core.snapshot import Snapshot

_ARTISTS = tuple(f"Artist {number}" for number in range(12))
_FIELDS = {"spotify": "followers", "youtube": "subscribers"}
_COLUMNS = {"spotify": "followers", "youtube": "youtube_subscribers"}
# What a save brings in turn: a source that is not named failed, so that days are merged.
_TURNS = (("spotify", "youtube"), ("spotify",), ("youtube",))
_SAVES_A_DAY = 6
_KILLS_A_FOLDER = 25

Readings = dict[tuple[str, str], int]
"""A day: the number of each artist and source."""


def day_of(number: int) -> dt.date:
    """Return the day of a save; several saves in a row have the same day."""
    return DAY + dt.timedelta(days=number // _SAVES_A_DAY)


def brought_by(number: int) -> Readings:
    """Return what a save measured: no other save has one of these numbers."""
    sources = _TURNS[number % len(_TURNS)]
    return {
        (name, source): number * 100 + place * len(_FIELDS) + column
        for place, name in enumerate(_ARTISTS)
        for column, source in enumerate(_FIELDS)
        if source in sources
    }


def fresh(number: int) -> Snapshot:
    """Return a save's snapshot."""
    brought = brought_by(number)
    records: list[dict[str, Any]] = []
    flags: list[dict[str, Any]] = []
    for name in _ARTISTS:
        sections = {source: {metric: brought.get((name, source))} for source, metric in _FIELDS.items()}
        records.append(artist(name, **sections))
        for source, metric in _FIELDS.items():
            flags += gaps(name, source, metric) if (name, source) not in brought else ()
    return snapshot(*records, day=day_of(number), hour=2 + number % _SAVES_A_DAY, flags=flags)


def read_in(day: Snapshot) -> Readings:
    """Return the readings in a stored day."""
    readings = {
        (record.name, source): record.sections.get(source, {}).get(metric)
        for record in day.artists
        for source, metric in _FIELDS.items()
    }
    return {place: value for place, value in readings.items() if value is not None}


@dataclass
class Label:
    """A data folder, what it must hold (``days``), and the number of the next save."""

    folder: DataFolder
    days: dict[dt.date, Readings] = field(default_factory=dict)
    next: int = 0

    def after(self, number: int) -> Readings:
        """Return the day's readings once this save is stored."""
        return {**self.days.get(day_of(number), {}), **brought_by(number)}

    def save(self) -> None:
        """Save once more, completely; everything must agree then."""
        self.folder.save(fresh(self.next))
        self.days[day_of(self.next)] = self.after(self.next)
        self.next += 1
        self.check_healed()

    def seen(self, day: dt.date) -> tuple[Readings | None, Readings | None, Readings | None]:
        """Return a day as in its snapshot, the CSV and latest.json; None if it is not there."""
        stored = read_in(self.folder.read(day)) if day in self.folder.days() else None
        latest = load(self.folder.latest_file) if self.folder.latest_file.exists() else None
        return stored, self.rows().get(day), read_in(latest) if latest and latest.date == day else None

    def rows(self) -> dict[dt.date, Readings]:
        """Return the CSV's readings by day."""
        if not self.folder.table_file.exists():
            return {}
        days: dict[dt.date, Readings] = {}
        for (day, name), row in Table.parse(self.folder.table_file.read_text("utf-8")).rows.items():
            numbers = {(name, source): int(row[column]) for source, column in _COLUMNS.items() if row[column]}
            days.setdefault(dt.date.fromisoformat(day), {}).update(numbers)
        return days

    def leftovers(self) -> list[Path]:
        """Return the temporary files of saves that did not end."""
        return sorted(self.folder.path.rglob(".*.tmp"))

    def check_others(self, but: dt.date) -> None:
        """Check that every day that was not being saved is unchanged everywhere."""
        unsaved = {day: readings for day, readings in self.days.items() if day != but}
        stored = {day: read_in(self.folder.read(day)) for day in self.folder.days() if day != but}
        assert stored == unsaved
        assert {day: readings for day, readings in self.rows().items() if day != but} == unsaved
        latest = load(self.folder.latest_file) if self.folder.latest_file.exists() else None
        assert latest is None or latest.date == but or (latest.date, read_in(latest)) == max(unsaved.items())

    def check_healed(self) -> None:
        """Check that all files agree, and that there are no others."""
        newest = max(self.days)
        self.check_others(newest)
        assert self.seen(newest) == (self.days[newest],) * 3
        assert self.folder.latest_file.read_bytes() == self.folder.file_of(newest).read_bytes()
        names = {str(path.relative_to(self.folder.path)) for path in self.folder.path.rglob("*") if path.is_file()}
        assert names == {f"historical/{day}.json" for day in self.days} | {"latest.json", "popularity_scores.csv"}
        assert not self.folder.rebuild_table().changed

    def check_killed(self, number: int, *, ended: bool) -> str:
        """Check that every file is complete, of this save or the one before; return how far the save had come."""
        for path in self.folder.path.rglob("*.json"):
            load(path)
        for done in range(self.next, number):
            self.days[day_of(done)] = self.after(done)
        day = day_of(number)
        self.check_others(day)
        before, after = self.days.get(day), self.after(number)
        seen = self.seen(day)
        assert all(readings in (before, after) for readings in seen), (
            f"save {number}: neither what was there nor what was saved"
        )
        written = [readings == after for readings in seen]
        assert written == sorted(written, reverse=True), f"save {number}: not written in order: {written}"
        assert all(written) or not ended, f"save {number} had ended and is not there"
        if written[0]:
            self.days[day] = after
        self.next = number + 1
        return "between two saves" if ended else _PHASES[sum(written), bool(self.leftovers())]


_PHASES = {
    (0, False): "before the snapshot",
    (0, True): "while the snapshot was written",
    (1, False): "snapshot there, CSV not",
    (1, True): "while the CSV was written",
    (2, False): "CSV there, latest.json not",
    (2, True): "while latest.json was written",
    (3, False): "all there, not yet said",
}


def kill_once(label: Label, seconds: float) -> tuple[int, bool]:
    """Let a child save on and on, and kill it; return the last save it began, and whether that ended."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        _save_on_and_on(label, write_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        first = pipe.read(1)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        words = (first + pipe.read()).split()
    assert os.WIFSIGNALED(status), "the child ended by itself: its save failed"
    return label.next + words.count(b"began") - 1, words[-1] == b"ended"


def _save_on_and_on(label: Label, write_end: int) -> None:
    """Save in the child process, which never returns."""
    try:
        for number in count(label.next):
            os.write(write_end, b"began ")
            label.folder.save(fresh(number))
            os.write(write_end, b"ended ")
    except BaseException:  # noqa: BLE001 - a child of fork must not run on into its parent's code
        traceback.print_exc()
    finally:
        os._exit(1)


def _seconds_of_a_save(place: Path) -> float:
    label = Label(DataFolder(place, SERIES))
    spans = []
    for number in range(2 * _SAVES_A_DAY):
        started = time.perf_counter()
        label.folder.save(fresh(number))
        spans.append(time.perf_counter() - started)
    return sorted(spans)[len(spans) // 2]


def crash(times: int, seed: int) -> Counter[str]:
    """Kill so many saves; return how many were killed in which phase. Raises AssertionError for any harm."""
    chance = random.Random(seed)
    phases: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="casa24-crash-") as place:
        span = _seconds_of_a_save(Path(place) / "clock")
        label = Label(DataFolder(Path(place) / "data-0", SERIES))
        for number in range(times):
            if number % _KILLS_A_FOLDER == 0:
                label = Label(DataFolder(Path(place) / f"data-{number}", SERIES))
            last, ended = kill_once(label, chance.uniform(0, 2 * span))
            phases[label.check_killed(last, ended=ended)] += 1
            phases["temporary files left"] += len(label.leftovers())
            phases["… cut short"] += sum(not path.read_bytes().endswith(b"\n") for path in label.leftovers())
            with hold(label.folder.path, timeout=1):
                pass
            label.save()
    return phases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    wanted = parser.parse_args()
    sys.stdout.write(f"{wanted.times} kills, seed {wanted.seed}\n")
    sys.stdout.flush()
    started = time.perf_counter()
    phases = crash(wanted.times, wanted.seed)
    for words in (*_PHASES.values(), "between two saves", "temporary files left", "… cut short"):
        sys.stdout.write(f"{phases[words]:6}  {words}\n")
    sys.stdout.write(f"Nothing lost, nothing invented, healed every time ({time.perf_counter() - started:.0f} s).\n")


if __name__ == "__main__":
    main()
