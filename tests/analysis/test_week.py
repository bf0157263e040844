"""The week: by the calendar, counted from the reading before it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from casa24.analysis.week import Week, WeekReport, describe_week
from tests.analysis.series import CROWD, PLAYS, series
from tests.making import DAY, SOURCES, artist, flag, snapshot

if TYPE_CHECKING:
    from casa24.core.snapshot import Snapshot
    from casa24.core.timeseries import TimeSeries

# The last day of the series is a Saturday.
WEEK = Week.of(DAY)
MONDAY = dt.date(2026, 3, 9)


def report(
    *found: TimeSeries, days: tuple[Snapshot, ...] = (), week: Week = WEEK, **aliases: tuple[str, ...]
) -> WeekReport:
    recorded = days or tuple(snapshot(day=MONDAY + dt.timedelta(days=number)) for number in range(-1, 6))
    return describe_week(week, found, recorded, SOURCES, aliases=aliases)


def tracks(*names: str, day: dt.date, who: str = "Ana") -> Snapshot:
    listed = [{"name": name, "popularity": 1, "track_id": f"id{name}"} for name in names]
    return snapshot(artist(who, spotify={"top_tracks": listed, "genres": [names[0]] if names else []}), day=day)


@pytest.mark.parametrize("text", ["2025-W42", " 2025-w42 ", "2025W42"])
def test_a_week_is_written_as_the_calendar_names_it(text: str) -> None:
    week = Week.parse(text)
    assert (week.monday, week.sunday, str(week)) == (dt.date(2025, 10, 13), dt.date(2025, 10, 19), "2025-W42")


@pytest.mark.parametrize(
    "text", ["", "42", "2025-42", "2025-W54", "2025-W53", "2025-W00", "0001-W01", "9999-W52", "x2025-W01"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the command words it
        Week.parse(text)


@pytest.mark.parametrize(
    ("day", "name"), [("2025-10-19", "2025-W42"), ("2025-10-20", "2025-W42"), ("2025-10-18", "2025-W41")]
)
def test_the_last_complete_week_ends_on_the_newest_sunday(day: str, name: str) -> None:
    assert str(Week.last_complete(dt.date.fromisoformat(day))) == name


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert str(Week.of(dt.date(2027, 1, 1))) == "2026-W53"


def test_changes_are_counted_from_the_reading_before_the_week() -> None:
    # Tuesday and Wednesday before, then a gap, then Monday to Saturday.
    (row,) = report(series(10, 20, None, None, None, None, 30, 31, 32, 33, 34, 35, item=PLAYS)).changes
    assert (row.old.value, row.new.value, row.change) == (20, 35, 15)


def test_a_reading_older_than_a_week_before_is_no_base() -> None:
    (row,) = report(series(10, *[None] * 7, 30, 31, 32, 33, 34, 35, item=PLAYS)).changes
    assert (row.old.value, row.change) == (30, 5)


def test_what_did_not_change_or_was_not_read_in_the_week_is_left_out() -> None:
    assert report(series(*[5] * 12), series(4, 5, *[None] * 6, artist="Ben")).changes == ()


def test_what_is_unusual_and_reached_in_the_week_is_told_and_nothing_of_others() -> None:
    # 90 → 100 on the Monday; a burst on the Friday; another one a month before.
    plays = series(*[90] * 5, *[100] * 6, item=PLAYS)
    crowd = series(100, 200, *[100] * 30, *[100] * 4, 300, 300, item=CROWD, artist="Ben")
    result = report(plays, crowd)
    assert [(milestone.rung, milestone.reached) for milestone in result.milestones] == [(100, MONDAY)]
    assert [(movement.rise, movement.first) for movement in result.movements] == [(True, DAY - dt.timedelta(days=1))]
    assert [wave.episode.first for wave in result.open] == [DAY - dt.timedelta(days=1)]
    assert report(plays, crowd, week=Week(MONDAY - dt.timedelta(days=7))).milestones == ()


def test_what_a_record_begins_with_was_not_reached_in_its_first_week() -> None:
    assert report(series(150, 151, item=PLAYS)).milestones == ()


def test_what_leaves_a_window_in_the_week_after_is_expected() -> None:
    rose = series(100, *[300] * 25, item=CROWD)
    result = report(rose)
    assert [(departure.date, departure.size) for departure in result.departures] == [
        (DAY - dt.timedelta(days=24) + dt.timedelta(days=28), 200)
    ]
    assert report(series(100, *[300] * 2, item=CROWD)).departures == ()


def test_what_came_into_the_first_five_is_new_whatever_stands_below() -> None:
    before = tracks("a", "b", "c", "d", "e", "f", day=MONDAY - dt.timedelta(days=1))
    after = tracks("a", "b", "c", "d", "f", "g", day=DAY)
    result = report(days=(before, after))
    assert [(entry.artist, entry.list, entry.label) for entry in result.new] == [("Ana", "Top tracks", "f")]
    assert result.new[0].url == "https://open.spotify.com/track/idf"


def test_a_list_that_was_not_known_before_brings_no_news() -> None:
    unknown = snapshot(artist("Ana", spotify={"top_tracks": None}), day=MONDAY - dt.timedelta(days=1))
    assert report(days=(unknown, tracks("a", day=DAY))).new == ()
    assert report(days=(tracks("a", day=DAY),)).new == ()
    # The last list there was, on either side.
    older = tracks("a", day=MONDAY - dt.timedelta(days=2))
    nothing = snapshot(artist("Ana", spotify={"top_tracks": None}), day=DAY)
    known = report(days=(older, unknown, tracks("a", "b", day=DAY - dt.timedelta(days=1)), nothing))
    assert [entry.label for entry in known.new] == ["b"]


def test_an_artist_who_changed_name_has_not_a_whole_list_of_news() -> None:
    before = tracks("a", day=MONDAY - dt.timedelta(days=1), who="Zoe")
    assert report(days=(before, tracks("a", "b", day=DAY)), Ana=("Zoe",)).new[0].label == "b"
    assert len(report(days=(before, tracks("a", "b", day=DAY)), Ana=("Zoe",)).new) == 1


def test_the_gaps_of_its_last_day_are_told() -> None:
    gap: dict[str, Any] = flag("Ana", "spotify", "followers")
    day = snapshot(artist("Ana", spotify={"followers": None}), day=DAY, flags=[gap])
    assert [gap.artists for gap in report(days=(day,)).missing] == [("Ana",)]


def test_a_week_that_is_not_over_or_was_not_recorded_says_so() -> None:
    assert not report(series(1, 2)).over
    assert report(series(1, 2), week=Week(MONDAY - dt.timedelta(days=7))).over
    later = report(series(100, 300, item=CROWD), week=Week(MONDAY + dt.timedelta(days=14)))
    assert (later.newest, later.recorded, later.open, later.missing) == (None, 0, (), ())
