"""Test reading the record by day, with dates as people write them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from casa24.core.roster import Artist
from casa24.core.snapshot import State
from casa24.errors import BadDate, NewerSnapshot, NoSnapshot, UnreadableSnapshot
from casa24.record.data_folder import DataFolder, dump
from casa24.record.history import History, Newest, parse_day
from tests.making import DAY, SERIES, artist, old, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.snapshot import Snapshot

TODAY = dt.date(2026, 3, 20)
DAYS = [dt.date(2026, 3, day) for day in (10, 13, 14, 19, 20)]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data", SERIES)
    for number, day in enumerate(DAYS):
        folder.save(snapshot(artist(spotify={"followers": number}), day=day))
    return folder


@pytest.fixture
def history(folder: DataFolder) -> History:
    return History(folder)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-14", DAY),
        (" 2026-03-14 ", DAY),
        ("today", TODAY),
        ("Yesterday", TODAY - dt.timedelta(days=1)),
        ("latest", TODAY),
        ("LATEST", TODAY),
        ("7d", dt.date(2026, 3, 13)),
        ("0d", TODAY),
    ],
)
def test_a_day_is_found_as_people_write_it(history: History, text: str, day: dt.date) -> None:
    assert history.day(text, today=TODAY) == day


def test_latest_is_the_newest_recorded_day_not_today(history: History) -> None:
    assert history.day("latest", today=dt.date(2027, 1, 1)) == DAYS[-1]


@pytest.mark.parametrize("text", ["", "tomorrow", "14.3.2026", "2026-02-30", "7 days", "-7d", "999999d", "d", "2026"])
def test_nonsense_is_no_date_and_the_answer_shows_how_to_write_one(history: History, text: str) -> None:
    with pytest.raises(BadDate) as caught:
        history.day(text, today=TODAY)
    assert repr(text) in caught.value.message
    assert "2025-10-17, today, yesterday, latest, or 7d" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("2026-03-12", "2026-03-10, 2026-03-13"),
        ("2020-01-01", "2026-03-10."),
        ("2030-01-01", "2026-03-20."),
        ("2026-03-15", "2026-03-14, 2026-03-19"),
    ],
)
def test_a_day_without_a_snapshot_names_the_nearest(history: History, text: str, near: str) -> None:
    with pytest.raises(NoSnapshot, match=f"no snapshot of {text}") as caught:
        history.day(text, today=TODAY)
    assert f"Nearest: {near}" in caught.value.advice
    assert "--nearest" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-12", 13),
        ("2026-03-11", 10),
        ("2026-03-16", 14),
        ("2026-03-17", 19),
        ("2020-01-01", 10),
        ("2030-01-01", 20),
    ],
)
def test_nearest_takes_the_closest_day(history: History, text: str, day: int) -> None:
    assert history.day(text, today=TODAY, nearest=True) == dt.date(2026, 3, day)


def test_of_two_days_as_close_the_earlier_is_taken(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path, SERIES)
    for number in (10, 14):
        folder.save(snapshot(artist(spotify={"followers": 1}), day=dt.date(2026, 3, number)))
    assert History(folder).day("2026-03-12", today=TODAY, nearest=True) == dt.date(2026, 3, 10)


@pytest.mark.parametrize("nearest", [True, False])
def test_an_empty_record_says_how_to_begin(tmp_path: Path, nearest: bool) -> None:
    with pytest.raises(NoSnapshot, match="Nothing is recorded") as caught:
        History(DataFolder(tmp_path)).day("latest", today=TODAY, nearest=nearest)
    assert "casa24 collect" in caught.value.advice
    assert "casa24 demo" in caught.value.advice


def test_a_day_is_read_as_it_is_stored(history: History) -> None:
    first, last = history.on(DAYS[0], DAYS[-1])
    assert [day.measurement("Ana", "spotify", "followers").value for day in (first, last)] == [0, 4]
    assert history.on() == []


def test_the_day_before_is_the_last_recorded_one(history: History) -> None:
    before = history.before(dt.date(2026, 3, 19))
    assert before is not None
    assert before.date == DAY
    assert history.before(DAYS[0]) is None


def test_a_damaged_day_before_is_passed_over(folder: DataFolder) -> None:
    """The night's run compares with the last day that can be read, and does not end in an error."""
    folder.file_of(dt.date(2026, 3, 19)).write_text("{", "utf-8")
    before = History(folder).before(DAYS[-1])
    assert before is not None
    assert before.date == DAY


def test_a_day_to_come_is_not_the_newest_and_is_named(history: History) -> None:
    assert history.newest(DAYS[-2]) == Newest(DAYS[-2], (), DAYS[-1])
    assert history.newest(DAYS[-1]) == Newest(DAYS[-1], (), None)
    assert history.newest() == Newest(DAYS[-1], (), None)


def test_a_damaged_newest_day_does_not_hide_the_others(folder: DataFolder) -> None:
    folder.file_of(DAYS[-1]).write_text("{", "utf-8")
    history = History(folder)
    assert history.on(DAY)[0].date == DAY
    with pytest.raises(UnreadableSnapshot):
        history.on(DAYS[-1])


def test_a_newest_day_of_a_newer_casa24_does_not_hide_the_others(folder: DataFolder) -> None:
    folder.file_of(DAYS[-1]).write_text('{"date": "2026-03-20", "schema": 3}', "utf-8")
    history = History(folder)
    assert history.on(DAY)[0].date == DAY
    with pytest.raises(NewerSnapshot):
        history.on(DAYS[-1])


def test_an_old_zero_is_a_failure_where_the_roster_knows_the_account_under_any_name(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path, SERIES)
    folder.history.mkdir(parents=True)
    folder.file_of(DAY).write_text(dump(old(artist("Ana Old", spotify={"followers": 0}))), "utf-8")
    states = [
        History(folder, roster).on(DAY)[0].measurement("Ana Old", "spotify", "followers").state
        for roster in ((), (Artist("Ána New", {"spotify": "x"}, aliases=("ána old",)),))
    ]
    assert states == [State.NO_ACCOUNT, State.FAILED]


def test_an_old_zero_is_a_failure_where_any_old_day_shows_the_account(tmp_path: Path) -> None:
    """Whichever days are asked for: a reading's state does not depend on what else is looked at."""
    folder = DataFolder(tmp_path, SERIES)
    folder.history.mkdir(parents=True)
    for day, followers in zip(DAYS, (5, 0, 0, 0), strict=False):
        folder.file_of(day).write_text(dump(old(artist(spotify={"followers": followers}), day=day)), "utf-8")
    folder.file_of(DAYS[2]).write_text("{", "utf-8")
    assert History(folder).on(DAYS[3])[0].measurement("Ana", "spotify", "followers").state is State.FAILED


class Opened(DataFolder):
    """A data folder that notes which days were opened."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SERIES)
        self.opened: list[dt.date] = []

    def read(self, day: dt.date) -> Snapshot:
        self.opened.append(day)
        return super().read(day)


def old_days(path: Path, *followers: int) -> Opened:
    """A record of the old layout: Ana's followers on each of DAYS."""
    folder = Opened(path)
    folder.history.mkdir(parents=True)
    for day, count in zip(DAYS, followers, strict=True):
        folder.file_of(day).write_text(dump(old(artist(spotify={"followers": count}), day=day)), "utf-8")
    return folder


def test_an_old_day_without_doubtful_zeros_costs_one_file(tmp_path: Path) -> None:
    """However long the record: another file is opened only to settle what a zero means."""
    folder = old_days(tmp_path, 5, 5, 0, 5, 5)
    assert History(folder).on(DAYS[0])[0].measurement("Ana", "spotify", "followers").value == 5
    assert folder.opened == DAYS[:1]


def test_an_old_zero_is_looked_up_only_until_a_day_shows_the_account(tmp_path: Path) -> None:
    folder = old_days(tmp_path, 0, 5, 5, 5, 0)
    assert History(folder).on(DAYS[0])[0].measurement("Ana", "spotify", "followers").state is State.FAILED
    assert folder.opened == [DAYS[0], DAYS[4], DAYS[1]]


def test_an_old_zero_of_an_account_the_roster_knows_costs_one_file(tmp_path: Path) -> None:
    folder = old_days(tmp_path, 0, 5, 5, 5, 5)
    history = History(folder, (Artist("Ana", {"spotify": "x"}),))
    assert history.on(DAYS[0])[0].measurement("Ana", "spotify", "followers").state is State.FAILED
    assert folder.opened == DAYS[:1]


def test_an_account_that_no_day_shows_is_looked_up_once(tmp_path: Path) -> None:
    folder = old_days(tmp_path, 0, 0, 0, 0, 0)
    history = History(folder)
    states = {history.on(day)[0].measurement("Ana", "spotify", "followers").state for day in DAYS}
    assert states == {State.NO_ACCOUNT}
    assert sorted(folder.opened) == DAYS


def test_what_one_day_shows_is_not_remembered_for_another(tmp_path: Path) -> None:
    """A reading's state does not depend on what was asked before: an account may be newer than the zero."""
    folder = DataFolder(tmp_path, SERIES)
    folder.history.mkdir(parents=True)
    folder.file_of(DAYS[0]).write_text(dump(old(artist(spotify={"followers": 0}), day=DAYS[0])), "utf-8")
    folder.save(snapshot(artist(spotify={"followers": 3}), day=DAYS[1]))
    folder.save(snapshot(artist("Ben", spotify={"followers": 3}), day=DAYS[2]))
    history = History(folder)
    states = [
        history.on(*days)[0].measurement("Ana", "spotify", "followers").state
        for days in (DAYS[:1], DAYS[1:2], DAYS[:1])
    ]
    assert states == [State.NO_ACCOUNT, State.MEASURED, State.NO_ACCOUNT]


def test_a_day_of_todays_layout_costs_one_file(folder: DataFolder) -> None:
    noting = Opened(folder.path)
    assert History(noting).on(DAYS[0])[0].date == DAYS[0]
    assert noting.opened == DAYS[:1]


def test_up_to_a_day_the_record_is_as_if_nothing_came_after(folder: DataFolder) -> None:
    history = History(folder, until=dt.date(2026, 3, 18))
    assert history.day("latest", today=TODAY) == DAY
    with pytest.raises(NoSnapshot) as caught:
        history.day("2026-03-20", today=TODAY)
    assert "Nearest: 2026-03-14." in caught.value.advice


def test_before_the_first_day_there_is_no_record_but_one_is_known(folder: DataFolder) -> None:
    with pytest.raises(NoSnapshot, match="Nothing was recorded up to 2026-01-01") as caught:
        History(folder, until=dt.date(2026, 1, 1)).need_days()
    assert caught.value.advice == "The first day is 2026-03-10."


def test_a_day_can_be_meant_without_any_record() -> None:
    assert parse_day("7d", today=TODAY) == dt.date(2026, 3, 13)
