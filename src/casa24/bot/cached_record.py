"""Read the record in a long-running process: unchanged files are not read again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from casa24.core.metrics import any_number
from casa24.core.timeseries import TimeSeries
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.record.workspace import Workspace

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from casa24.core.metrics import Series
    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import SeriesBuilder

# Days kept in memory, some 10 kB each for a small label; older ones are read again whenever anything changed.
_DAYS = 500
Stamp = tuple[int, int, int]


class KeptFolder(DataFolder):
    """A data folder whose newest days are read once for each change of their files.

    ``kept``: the days read before, each with what its file looked like then; it outlives the folder.
    """

    def __init__(self, path: Path, series: Sequence[Series], kept: dict[dt.date, tuple[Stamp, Snapshot]]) -> None:
        super().__init__(path, series)
        self._kept = kept

    def read(self, day: dt.date) -> Snapshot:
        """As `DataFolder.read`."""
        stamp = self._stamp(day)
        if stamp is None:
            return super().read(day)
        known = self._kept.get(day)
        if known is None or known[0] != stamp:
            known = self._kept[day] = stamp, super().read(day)
            if len(self._kept) > _DAYS:
                del self._kept[min(self._kept)]
        return known[1]

    def _stamp(self, day: dt.date) -> Stamp | None:
        """None for a day that lies in an archive, or is not there."""
        try:
            return stamp_of(self.file_of(day).stat())
        except OSError:
            return None


class KeptHistory(History):
    """A record at one moment: its newest days are amended once, its series made once; a span is cut out of them."""

    @cached_property
    def _told(self) -> dict[dt.date, Snapshot | None]:
        return {}

    def stream(self, since: dt.date | None = None, until: dt.date | None = None) -> Iterator[Snapshot]:
        """As `History.stream`."""
        newest = set(self.days[-_DAYS:])
        for day in self.between(since, until):
            if day in self._told:
                snapshot = self._told[day]
            else:
                snapshot = next(super().stream(day, day), None)
                if day in newest:
                    self._told[day] = snapshot
            if snapshot is not None:
                yield snapshot

    @cached_property
    def _gathering(self) -> SeriesBuilder:
        return super().gather()

    @cached_property
    def _whole(self) -> list[TimeSeries]:
        return list(self._gathering.series())

    def gather(
        self,
        since: dt.date | None = None,
        until: dt.date | None = None,
        *,
        wants: Callable[[Series], bool] = any_number,
        watch: Callable[[Snapshot], None] = lambda _day: None,
    ) -> SeriesBuilder:
        """As `History.gather`; the whole record is gathered once, whatever is needed of it."""
        if since is not None or until is not None:
            return super().gather(since, until, wants=wants, watch=watch)
        for snapshot in self.stream():
            watch(snapshot)
        return self._gathering

    def every_series(self, since: dt.date | None = None, until: dt.date | None = None) -> list[TimeSeries]:
        """As `History.every_series`."""
        cut = (_between(series, since, until) for series in self._whole)
        return [series for series in cut if not series.silent]


@dataclass(frozen=True)
class KeptWorkspace(Workspace):
    """A label's folder at one moment: whatever is asked of it, it is the same record."""

    kept: dict[dt.date, tuple[Stamp, Snapshot]] = field(default_factory=dict)

    @cached_property
    def folder(self) -> DataFolder:
        """The data folder."""
        return KeptFolder(self.data_dir, self.registry.artist_series, self.kept)

    @cached_property
    def _up_to(self) -> dict[dt.date | None, History]:
        return {}

    def history_of(self, until: dt.date | None, *, raw: bool) -> History:
        """The record up to a day."""
        if raw:
            return super().history_of(until, raw=True)
        if until not in self._up_to:
            self._up_to[until] = KeptHistory(
                self.folder, self.roster.artists, label_series=self.label_series, until=until
            )
        return self._up_to[until]


def stamp_of(status: os.stat_result) -> Stamp:
    """What changes when a file does."""
    return status.st_mtime_ns, status.st_size, status.st_ino


def _between(series: TimeSeries, since: dt.date | None, until: dt.date | None) -> TimeSeries:
    first = 0 if since is None else bisect_left(series.points, since, key=lambda point: point.date)
    end = len(series.points) if until is None else bisect_right(series.points, until, key=lambda point: point.date)
    points = series.points[first:end]
    return series if len(points) == len(series.points) else TimeSeries(series.artist, series.item, points)
