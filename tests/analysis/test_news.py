"""News: a movement once, when it is over; and a week that repeats nothing."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import pytest

from casa24.analysis.co_movement import known_on
from casa24.analysis.events import every_event
from casa24.analysis.milestones import milestones
from casa24.analysis.news import QUIET, News, is_told, news, over_on, unsaid
from casa24.analysis.unusual import movements
from casa24.analysis.week import Week, describe_week
from casa24.queries.open_history import Read, read
from casa24.record.data_folder import DataFolder
from casa24.record.history import History
from casa24.views.news import body_of
from tests.analysis.legacy import LABEL_SERIES
from tests.analysis.series import CROWD, PLAYS, ago, series
from tests.making import DAY, SERIES, SOURCES, artist, flag, snapshot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import TimeSeries

SUNDAY = dt.date(2026, 3, 15)
MONDAY = dt.date(2026, 3, 9)


def recorded(days: int) -> list[dt.date]:
    return [ago(place) for place in reversed(range(days))]


def told(
    found: Sequence[TimeSeries],
    days: Sequence[dt.date],
    keys: Collection[str] = (),
    snapshots: Sequence[Snapshot] = (),
    copied: Collection[dt.date] = (),
) -> list[News]:
    """What is said at the end of these days to whom these keys were told."""
    known = [known_on(series, days[-1]) for series in found]
    shown = [snapshot for snapshot in snapshots if snapshot.date <= days[-1]] or [snapshot(day=day) for day in days]
    week = Week.last_complete(days[-1])
    near = [item for item in shown if week.monday - dt.timedelta(days=7) <= item.date <= week.sunday]
    told = describe_week(week, known, near, SOURCES, aliases={}, copied=copied)
    moved = movements(every_event(known))
    return unsaid(news(told, milestones(known, days[-1]).reached, moved, days), keys)


def nights(
    found: Sequence[TimeSeries], days: Sequence[dt.date], since: dt.date, snapshots: Sequence[Snapshot] = ()
) -> Iterator[tuple[dt.date, list[News]]]:
    """Night after night, each knowing what was said before."""
    keys: set[str] = set()
    for place, day in enumerate(days):
        if day >= since:
            said = told(found, days[: place + 1], keys, snapshots)
            keys |= {key for item in said for key in item.keys}
            assert not any(item.week is None for item in told(found, days[: place + 1], keys, snapshots))
            yield day, said


@cache
def label(shared: Path) -> tuple[Read, list[Snapshot]]:
    history = History(DataFolder(shared / "legacy-history", SERIES), label_series=LABEL_SERIES)
    return read(history), list(history.stream(dt.date(2025, 8, 1)))


def test_the_labels_autumn_is_told_night_by_night_and_each_wave_once_at_its_whole_size(shared: Path) -> None:
    record, snapshots = label(shared)
    sizes = [
        (f"{night:%d %b}", movement.metric, sorted((event.artist or "", event.change) for event in movement.events))
        for night, found in nights(record.series, record.days, dt.date(2025, 10, 6), snapshots)
        for said in found
        if (movement := said.movement) is not None and movement.first >= dt.date(2025, 10, 1)
    ]
    assert sizes == [
        ("09 Oct", "monthly_listeners", [("ARANDA", -633), ("Casa 24", -877)]),
        ("15 Oct", "followers", [("Casa 24", -14), ("PYRO", -5), ("bo.wlie", -10)]),
        # Four copied days in between: nothing is known of them.
        ("22 Oct", "followers", [("Casa 24", 180), ("Mango Blade", 154)]),
        ("22 Oct", "monthly_listeners", [("Casa 24", 455), ("Mango Blade", 389)]),
        ("26 Oct", "monthly_listeners", [("Casa 24", -455), ("Mango Blade", -386)]),
    ]


def test_the_labels_weeks_repeat_nothing_that_was_news(shared: Path) -> None:
    record, snapshots = label(shared)
    found = dict(nights(record.series, record.days, dt.date(2025, 10, 12), snapshots))
    (week,) = (item for item in found[dt.date(2025, 10, 26)] if item.week is not None)
    lines = body_of([week]).splitlines()
    assert (week.week and (week.week.open, week.week.movements)) == ((), ())
    assert sum("Mango Blade, Spotify · Monthly listeners" in line for line in lines) == 1
    titled = [line for line in lines if "hiphopsoul" in line]
    assert len(titled) == 2
    assert [line.endswith("<https://www.youtube.com/watch?v=0Hjp46qcs7s>") for line in titled] == [True, False]
    assert lines[-1] == "- Still missing: YouTube (Mango Blade); Instagram (bo.wlie)"


def test_a_movement_is_news_when_three_recorded_days_brought_no_more_of_it() -> None:
    found = [series(*[100] * 8, 140, 180, *[180] * 4)]
    days = recorded(14)
    said = {night: [item.movement for item in told if item.movement] for night, told in nights(found, days, days[8])}
    assert {night for night, moved in said.items() if moved} == {ago(1)}
    ((movement,),) = filter(None, said.values())
    assert movement is not None
    assert [event.change for event in movement.events] == [80]


def test_days_without_a_record_are_not_counted_as_quiet() -> None:
    (movement,) = movements(every_event([series(100, 140, *[140] * 6)]))
    assert over_on(movement, recorded(8)) == ago(3)
    assert over_on(movement, [ago(7), ago(6), ago(1), DAY]) is None


def test_a_record_of_a_day_a_week_has_its_movements_told_too() -> None:
    """They are over, and known to be, when they are weeks old."""
    days = [ago(34), ago(27), ago(20), ago(13), ago(6), DAY]
    found = [series(*[100] * 14, *[140] * 21, gaps=[place for place in range(35) if ago(34 - place) not in days])]
    said = [(night, item.movement) for night, told in nights(found, days, ago(13)) for item in told if item.movement]
    assert [(night, moved.first) for night, moved in said] == [(DAY, ago(20))]


def test_whoever_joins_on_a_later_day_is_told_with_the_others() -> None:
    ana = series(*[100] * 12, 140, 180, *[180] * 4)
    ben = series(*[100] * 13, 130, *[130] * 4, artist="Ben")
    (item,) = (said for _, told in nights([ana, ben], recorded(18), ago(6)) for said in told if said.movement)
    assert item.movement is not None
    assert [event.artist for event in item.movement.events] == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("unusual:moon.fans:rise:2025-10-13..2025-10-15", True),
        ("unusual:moon.fans:rise:2025-10-12..2025-10-13", True),
        ("unusual:moon.fans:rise:2025-10-15..2025-10-20", True),
        ("unusual:moon.fans:rise:2025-10-14", True),
        ("unusual:moon.fans:rise:2025-10-16..2025-10-16", False),
        ("unusual:moon.fans:fall:2025-10-13..2025-10-15", False),
        ("unusual:moon.crowd:rise:2025-10-13..2025-10-15", False),
        ("milestone:ana:moon.fans:100", False),
    ],
)
def test_a_movement_whose_days_shifted_is_not_told_again(key: str, known: bool) -> None:
    assert is_told(key, {"unusual:moon.fans:rise:2025-10-13..2025-10-15", "week:2025-W42"}) is known


def test_what_was_told_on_its_first_day_by_an_older_casa24_is_told() -> None:
    assert is_told("unusual:moon.fans:rise:2025-10-13..2025-10-15", {"unusual:moon.fans:rise:2025-10-13"})


def test_what_is_still_running_is_neither_news_nor_in_the_week() -> None:
    days = [*recorded(20), SUNDAY]
    found = [series(*[100] * 19, 140)]
    (week,) = told(found, days)
    assert week.week is not None
    assert (week.week.open, week.week.movements) == ((), ())
    assert [row.change for row in week.week.changes] == [40]


def test_milestones_sent_as_news_are_not_in_the_week() -> None:
    days = [*recorded(20), SUNDAY]
    small, week = told([series(*[90] * 15, *[100] * 5, item=PLAYS)], days)
    assert (small.milestone and small.milestone.rung, week.week and week.week.milestones) == (100, ())
    (later,) = told([series(*[90] * 15, *[100] * 5, item=PLAYS)], days, {small.key})
    assert (later.week and later.week.milestones) == ()


def test_a_wave_too_old_to_be_news_stands_in_one_week_and_says_its_rise_once() -> None:
    days = [*recorded(60), *(DAY + dt.timedelta(days=number) for number in range(1, 16))]
    found = [series(100, *[300] * 59, item=CROWD)]
    (first,) = told(found, days[:61])
    assert body_of([first]).count("+200") == 1
    (second,) = told(found, days[:68], first.keys)
    assert "+200" not in body_of([second])


def test_a_rise_of_the_week_itself_is_said_once_however_it_is_told() -> None:
    """Two weeks late: no news any more, and the week tells all of it."""
    days = [*recorded(20), *(DAY + dt.timedelta(days=number) for number in range(1, 15))]
    ana, ben = series(*[100] * 15, *[300] * 5, item=CROWD), series(*[300] * 15, *[100] * 5, item=CROWD, artist="Ben")
    late = [day for day in days if day <= SUNDAY] + [SUNDAY + dt.timedelta(days=14)]
    week = describe_week(Week(MONDAY), [ana, ben], [snapshot(day=day) for day in days[6:21]], SOURCES, aliases={})
    (item,) = unsaid([News(key="week", date=late[-1], week=week)], ())
    text = body_of([item])
    assert (text.count("+200"), text.count("-200")) == (1, 1)


@pytest.mark.parametrize(("age", "fresh"), [(14, True), (15, False)])
def test_news_is_no_older_than_a_fortnight(age: int, *, fresh: bool) -> None:
    """A milestone by its day, a movement by the day it was over, a week by its Sunday."""
    days = recorded(40)
    passed = milestones([series(*[99] * 20, *[100] * (age + 1), item=PLAYS)], DAY).reached
    assert len(news(None, passed, [], days)) == fresh
    jump = movements(every_event([series(*[100] * 14, *[140] * (age + QUIET + 1))]))
    assert len(news(None, [], jump, days)) == fresh
    week = describe_week(Week(MONDAY), [], [snapshot(day=SUNDAY)], SOURCES, aliases={})
    assert len(news(week, [], [], [SUNDAY, SUNDAY + dt.timedelta(days=age)])) == fresh


def gap(*days: int, fields: tuple[str, ...] = ("followers",)) -> list[Snapshot]:
    """Two weeks up to the Sunday; on these days, by their distance to it, Spotify gave nothing."""
    return [
        snapshot(
            artist("Ana", spotify=dict.fromkeys(fields, None if place in days else 5)),
            day=SUNDAY - dt.timedelta(days=place),
            flags=[flag("Ana", "spotify", name) for name in fields] if place in days else [],
        )
        for place in reversed(range(14))
    ]


@pytest.mark.parametrize(
    ("days", "begins"),
    [
        pytest.param([0, 1], "- Missing: Spotify, Ana (Followers)", id="begins"),
        pytest.param(range(14), "- Still missing: Spotify (Ana)", id="lasts"),
        pytest.param(range(5, 14), "- Read again: Spotify (Ana)", id="ends"),
        pytest.param([], "- 9 Mar 2026 … 15 Mar 2026: recorded on 7 of 7 days.", id="none"),
        pytest.param([3], "- 9 Mar 2026 … 15 Mar 2026: recorded on 7 of 7 days.", id="one night"),
    ],
)
def test_a_gap_is_told_where_it_begins_or_ends_and_in_a_few_words_while_it_lasts(
    days: Sequence[int], begins: str
) -> None:
    (week,) = told([], [*recorded(20), SUNDAY], (), gap(*days))
    assert body_of([week]).splitlines()[-1].startswith(begins)


def test_who_left_with_a_gap_is_not_read_again() -> None:
    days = gap(*range(7, 14))
    gone = [
        recorded_day if recorded_day.date < MONDAY else snapshot(artist("Ben"), day=recorded_day.date)
        for recorded_day in days
    ]
    (week,) = told([], [*recorded(20), SUNDAY], (), gone)
    assert "again" not in body_of([week])


def test_a_gap_that_grows_tells_what_is_new_of_it() -> None:
    before, after = gap(*range(14)), gap(*range(14), fields=("followers", "monthly_listeners"))
    days = [old if old.date < MONDAY else new for old, new in zip(before, after, strict=True)]
    (week,) = told([], [*recorded(20), SUNDAY], (), days)
    assert "Missing: Spotify, Ana (Monthly listeners):" in body_of([week])


def test_the_week_says_which_days_only_repeat_the_one_before() -> None:
    copied = {SUNDAY, SUNDAY - dt.timedelta(days=1)}
    (week,) = told([], [*recorded(20), SUNDAY], (), gap(), copied)
    first = body_of([week]).splitlines()[0]
    assert first == (
        "- 9 Mar 2026 … 15 Mar 2026: recorded on 5 of 7 days. 14 and 15 Mar repeat the day before: `casa24 data check`."
    )
