"""Measure, print a table, and end with 1 where a limit is passed. It takes a minute or two and wants no company."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.commands import Command, casa24, python, take_turns
from tests.benchmarks.exports import peak_of_export
from tests.benchmarks.night import Measured, measure
from tests.benchmarks.platforms import longest_chain, running
from tests.benchmarks.soak import soak
from tests.benchmarks.world import FIRST, PAGE, UPLOADS, lay_down

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Each figure is that of the best run, and taken again while it is too high: what else a machine does only adds.
_TRIES = 6
_ROUNDS = 6
_NIGHTS = 5
_DIFF = ("diff", f"{FIRST}", "latest")
_TEN_YEARS = 3650
_FEW, _MANY = 250, 1000
# What starting may cost at most, in imports of typer.
_HELPS, _READS, _ASKS = 1.4, 4.0, 5.0
_QUESTIONS = ("growth", "predict", "unusual")
_COMMANDS = 5000
_READING = (
    "import json, pathlib\nfor one in pathlib.Path('data/historical').glob('*.json'): json.loads(one.read_bytes())"
)
# Ten years take minutes to lay down; what does not grow from one to three will not from three to ten.
_YEARS = (1, 3)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    measured: float
    limit: float
    unit: str = "×"

    @property
    def fine(self) -> bool:
        """Whether it keeps its limit."""
        return self.measured <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.fine else "TOO MUCH"
        return (
            f"{self.what:<66} {self.measured:7.2f} {self.unit:<3}   limit {self.limit:6.2f} {self.unit:<3}   {verdict}"
        )


def _settled(once: Callable[[], None], figures: Callable[[], list[Figure]]) -> list[Figure]:
    for _ in range(_TRIES):
        once()
        if all(figure.fine for figure in figures()):
            break
    return figures()


def start_up(folder: Path) -> list[Figure]:
    """The reading commands against the import of typer."""
    today, old = lay_down(folder / "today", 182), lay_down(folder / "old", 182, old_layout=True)
    eight_months = lay_down(folder / "eight", 243)
    base = python("import typer", folder)
    limits = {
        "--help": (casa24("--help", folder=folder), _HELPS),
        "show": (casa24("show", folder=today), _READS),
        "diff": (casa24(*_DIFF, folder=today), _READS),
        "show, 182 days of the old collector": (casa24("show", folder=old), _READS),
        "diff, 182 days of the old collector": (casa24(*_DIFF, folder=old), _READS),
        **{f"{name}, 8 months": (casa24(name, folder=eight_months), _ASKS) for name in _QUESTIONS},
    }
    return _against(base, {f"{name} : import typer": limit for name, limit in limits.items()}, _ROUNDS)


def _against(base: Command, limits: Mapping[str, tuple[Command, float]], rounds: int) -> list[Figure]:
    """What each of these commands takes, in times of what ``base`` does, and its limit."""
    commands = [base, *(command for command, _ in limits.values())]
    found: dict[str, list[float]] = {name: [] for name in limits}

    def once() -> None:
        # Each time afresh, the middle of all counting: neither a lucky run nor a slow one decides.
        _warm_up(commands)
        take_turns(commands, rounds)
        for name, (command, _) in limits.items():
            found[name].append(command.shortest / base.shortest)

    return _settled(once, lambda: [Figure(name, median(found[name]), limit) for name, (_, limit) in limits.items()])


def ten_years(folder: Path) -> list[Figure]:
    """A long record: compared, examined and asked."""
    place = lay_down(folder / "years", _TEN_YEARS)
    return [*compared(place, folder), *examined(place), *asked(place)]


def compared(place: Path, folder: Path) -> list[Figure]:
    """Two days of a long record against two of a short one."""
    long, short = (casa24(*_DIFF, folder=place_of) for place_of in (place, lay_down(folder / "days", 2)))
    return _against(short, {f"diff in {_TEN_YEARS:,} days : in 2 days": (long, 1.3)}, _ROUNDS)


def examined(place: Path) -> list[Figure]:
    """A long record under examination, against reading its files with the standard library alone."""
    reading = python(_READING, place)
    check = casa24("data", "check", "--format", "json", folder=place)
    return _against(reading, {f"data check, {_TEN_YEARS:,} days : reading with json": (check, 4)}, 2)


def asked(place: Path) -> list[Figure]:
    """The asking commands in a long record, against reading its files with the standard library alone."""
    reading = python(_READING, place)
    asking = [casa24(name, folder=place) for name in _QUESTIONS]
    _warm_up([reading, *asking])
    return _settled(
        lambda: take_turns([reading, *asking], 2),
        lambda: [
            Figure(
                f"{command.arguments[-1]}, {_TEN_YEARS:,} days, CPU more than reading with json",
                command.cpu - reading.cpu,
                1,
                "s",
            )
            for command in asking
        ],
    )


def soaked(folder: Path) -> list[Figure]:
    """The bot asked again and again while its record changes."""
    result = soak(folder, _COMMANDS)
    return [
        Figure(f"bot, {_COMMANDS:,} commands while the record changes, 99 of 100 within", result.p99, 200, "ms"),
        Figure("the same, memory at the end : after a tenth", result.late / result.early, 1.15),
    ]


def exported(folder: Path) -> list[Figure]:
    """A hundred artists' days to Parquet: memory has an end, however many days pass by."""
    peaks = [peak_of_export(folder / str(years), years) for years in _YEARS]
    few, many = _YEARS
    return [
        Figure(f"data export to Parquet, 100 artists × {many} years, memory at most", peaks[1], 300, "MiB"),
        Figure(f"the same : {few} year", peaks[1] / peaks[0], 1.3),
    ]


def _warm_up(commands: list[Command]) -> None:
    take_turns(commands, 1)
    for command in commands:
        command.seconds.clear()


def depth() -> int:
    """How many of a night's requests must follow one another, counted where most do: at YouTube.

    Channels; the longest list of uploads, page after page; the first block of videos, which
    tells which endpoint answers; the other blocks; the titles of the best.
    """
    return 1 + ceil(max(UPLOADS) / PAGE) + 1 + 1 + 1


def eight_artists(folder: Path) -> list[Figure]:
    """Nights of eight artists against the longest chain of requests that depend on one another."""
    delay = 0.1
    nights: list[Measured] = []

    def figures(chain: int) -> list[Figure]:
        best = min(night.seconds for night in nights)
        return [Figure(f"collect, 8 artists at 100 ms : {chain} answers one by one", best / (chain * delay), 1.3)]

    with running(delay, folder) as platforms:
        _settled(lambda: nights.append(measure(8, _NIGHTS, platforms.environ)), lambda: figures(depth()))
    youtube = [exchange for exchange in platforms.exchanges if exchange.host == "www.googleapis.com"]
    one_night = youtube[: len(youtube) // (_NIGHTS * len(nights))]
    # Had the platforms seen a shorter chain, that would be the measure.
    return figures(min(depth(), longest_chain(one_night)))


def many_artists(folder: Path) -> list[Figure]:
    """Nights of many artists: time and memory grow as the roster does, and memory has an end."""
    few: list[Measured] = []
    many: list[Measured] = []

    def once() -> None:
        few.append(measure(_FEW, 1, platforms.environ))
        many.append(measure(_MANY, 1, platforms.environ))

    def figures() -> list[Figure]:
        seconds, grown = ([min(how(night) for night in nights) for nights in (few, many)] for how in (_seconds, _grown))
        what = f"collect, {_MANY:,} artists at 20 ms"
        return [
            Figure(f"{what}, time an artist : of {_FEW}", seconds[1] / seconds[0] * _FEW / _MANY, 1.3),
            Figure(f"{what}, memory an artist : of {_FEW}", grown[1] / grown[0] * _FEW / _MANY, 1.3),
            Figure(f"{what}, memory at most", min(night.peak for night in many), 200, "MiB"),
        ]

    with running(0.02, folder) as platforms:
        return _settled(once, figures)


def _seconds(night: Measured) -> float:
    return night.seconds


def _grown(night: Measured) -> float:
    return night.peak - night.before


def figures() -> Iterator[Figure]:
    """All of them, as they are measured."""
    for part in (start_up, ten_years, soaked, exported, eight_artists, many_artists):
        with tempfile.TemporaryDirectory() as folder:
            yield from part(Path(folder))


def main() -> int:
    """The exit code."""
    failed = False
    for figure in figures():
        print(figure, flush=True)  # noqa: T201 - a program that prints
        failed |= not figure.fine
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
