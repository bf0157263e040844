"""What docs/forecasts.md says, measured: ``CASA24_SHARED=… python -m tests.benchmarks.forecasts``.

With ``constants`` after it: how the score moves when each constant is halved and doubled. Takes a minute or two.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from tests.analysis.labels import (
    FOLLOWERS,
    LISTENERS,
    PEOPLE,
    alarms,
    growers,
    hits,
    labelled,
    others,
    ours,
    overall,
    spans,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from casa24.core.timeseries import TimeSeries

_SEED = 24
_TWO = [FOLLOWERS], [LISTENERS]


class Constant(NamedTuple):
    """A number in the analysis that somebody chose: the modules that hold it, and its name there."""

    modules: tuple[str, ...]
    name: str
    says: str

    def value(self) -> float:
        """What it is; of days, how many."""
        held = getattr(importlib.import_module(f"casa24.analysis.{self.modules[0]}"), self.name)
        return float(held.days if isinstance(held, dt.timedelta) else held)


CONSTANTS = (
    Constant(("pace",), "DAYS", "days that make up the recent past"),
    Constant(("pace",), "WEEK", "days of a week whose median is the pace"),
    Constant(("pace",), "_FAR", "times an ordinary step that stand out"),
    Constant(("pace",), "_ORDINARY", "share of recent steps that are ordinary"),
    Constant(("pace",), "_EXTREMES", "share of a counter's gains drawn in"),
    Constant(("events",), "LONGEST", "days after which a chain of events ends"),
    Constant(("events",), "CLOSE", "days between two steps of one event"),
    Constant(("episodes", "forecast", "co_movement"), "STAYS", "days after which a rise has stayed"),
    Constant(("forecast",), "_FADES", "days for which a window keeps its pace"),
    Constant(("forecast",), "_LEAST_CHANCE", "chance of leaving below which nothing is expected"),
    Constant(("ranges",), "ENOUGH", "errors a range needs"),
    Constant(("ranges",), "_OWN_STRETCHES", "stretches from which the own errors do"),
    Constant(("ranges",), "_A_STRETCH", "independent errors in a stretch"),
    Constant(("ranges",), "_FARTHER", "times the inner range the outer one reaches at least"),
)
_WHOLE = {"DAYS", "WEEK", "LONGEST", "_FADES", "ENOUGH", "CLOSE", "STAYS"}
_OF_DAYS = {"CLOSE", "STAYS"}


def measured(shared: Path) -> Iterator[str]:
    """The table of docs/forecasts.md, line by line."""
    theirs, own = others(shared), ours(shared)
    yield "| forecasts | days ahead | to no change | to the ruler | 80 % ranges held | 95 % ranges held |"
    yield "|---|---:|---:|---:|---:|---:|"
    followers, listeners = _TWO
    for days in (9, 30):
        yield _line("other label, followers", theirs, days, followers)
    for days in (9, 30):
        yield _line("other label, listeners", theirs, days, listeners)
    for days in (7, 14, 30):
        yield _line("our label, people", own, days, sorted(PEOPLE))
    for days in (7, 14, 30):
        yield _line("our label, every number", own, days, None)
    yield _line("invented growers", growers(_SEED), 30, None)
    yield _line("invented hits that stay", hits(_SEED), 30, None)
    yield ""
    yield "| what | measured |"
    yield "|---|---:|"
    found = labelled(shared)
    yield f"| labelled events found, of {found.hit + found.missed} | {found.hit} |"
    yield f"| events without a label | {found.false} |"
    yield f"| events a month and invented grower | {alarms(growers(_SEED)):.3f} |"
    yield f"| events a month and artist of the other label | {alarms(_followers(theirs)):.3f} |"
    for name, told in (("other label", spans(theirs)), ("our label", spans(own, every=1))):
        decided = told.held + told.missed
        yield f"| milestones, {name}: spans that held, of {decided} decided | {100 * told.share:.0f} % |"


def _line(name: str, found: Sequence[TimeSeries], days: int, keys: Sequence[str] | None) -> str:
    score = overall(found, days, keys)
    held = " | ".join(f"{100 * (coverage.share or 0):.0f} %" for coverage in score.coverage)
    return f"| {name} | {days} | {score.to_no_change:.2f} | {score.to_ruler:.2f} | {held} |"


def _followers(found: Sequence[TimeSeries]) -> list[TimeSeries]:
    return [series for series in found if series.item.key == FOLLOWERS]


def sensitivity(shared: Path) -> Iterator[str]:
    """How the score moves when each constant is halved and doubled."""
    yield "| constant | half, as it is, double | followers 30 days | people 7 / 30 days | 80 % held | labelled, false |"
    yield "|---|---|---|---|---|---|"
    for constant in CONSTANTS:
        value = constant.value()
        tried = [_times(constant, value, factor) for factor in (0.5, 1, 2)]
        cells = [_with(constant, number, shared) for number in tried]
        shown = " · ".join(f"{number:g}" for number in tried)
        yield f"| {constant.says} | {shown} | " + " | ".join(map(" · ".join, zip(*cells, strict=True))) + " |"


def _times(constant: Constant, value: float, factor: float) -> float:
    """A share stays one: half of what is missing to 1 is its double."""
    if constant.name == "_ORDINARY":
        return {0.5: value / 2, 1: value, 2: (1 + value) / 2}[factor]
    return round(value * factor) if constant.name in _WHOLE else value * factor


def _with(constant: Constant, value: float, shared: Path) -> tuple[str, str, str, str]:
    """The scores with another value: the other label's, ours, coverage, labelled events."""
    new = dt.timedelta(days=value) if constant.name in _OF_DAYS else int(value) if constant.name in _WHOLE else value
    with ExitStack() as stack:
        for module in constant.modules:
            stack.enter_context(patch(f"casa24.analysis.{module}.{constant.name}", new))
        theirs = overall(others(shared), 30, [FOLLOWERS])
        week, month = (overall(ours(shared), days, PEOPLE) for days in (7, 30))
        found = labelled(shared)
    return (
        f"{theirs.to_no_change:.3f}",
        f"{week.to_no_change:.3f} / {month.to_no_change:.3f}",
        f"{100 * (month.coverage[0].share or 0):.0f} %",
        f"{found.hit}, {found.false}",
    )


if __name__ == "__main__":
    folder = Path(os.environ["CASA24_SHARED"])
    for line in sensitivity(folder) if "constants" in sys.argv else measured(folder):
        print(line)  # noqa: T201 - it is a report
