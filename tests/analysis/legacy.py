"""The label's own record, read once: its series as they stand, nothing amended."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.sources import registry
from tests.making import SERIES

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.timeseries import TimeSeries

LABEL_SERIES = tuple(series for source in registry.load().label_sources for series in source.series())


@cache
def every_series(shared: Path) -> tuple[TimeSeries, ...]:
    """Six months of everybody's numbers; the last day is 2025-10-31."""
    folder = DataFolder(shared / "legacy-history", SERIES)
    return tuple(History(folder, label_series=LABEL_SERIES).every_series())
