"""Side by side, and who stands where."""

from __future__ import annotations

import pytest

from casa24.analysis.compare import compare
from casa24.analysis.leaderboard import Leaderboard, default_metric, leaderboard
from tests.analysis.series import CROWD, FANS, PLAYS, Value, ago, series
from tests.making import DAY


def board(*values: tuple[Value, ...]) -> Leaderboard:
    """One series each for Ana, Ben, Cleo and Dora."""
    names = ("Ana", "Ben", "Cleo", "Dora")
    return leaderboard([series(*own, artist=name) for name, own in zip(names, values, strict=False)], FANS, DAY)


def test_ties_share_a_rank_and_the_next_one_is_left_out() -> None:
    places = board((5,), (9,), (5,), (1,)).places
    assert [(standing.artist, standing.rank, standing.tied) for standing in places] == [
        ("Ben", 1, False),
        ("Ana", 2, True),
        ("Cleo", 2, True),
        ("Dora", 4, False),
    ]


def test_a_rank_moves_against_thirty_days_before() -> None:
    places = board((1, *[5] * 30), (3, *[4] * 30)).places
    assert [(standing.artist, standing.moved) for standing in places] == [("Ana", 1), ("Ben", -1)]


def test_who_came_or_went_since_moves_nobody() -> None:
    came = board((9,), (3, *[3] * 30), (2, *[2] * 30)).places
    assert [(standing.artist, standing.moved) for standing in came] == [("Ana", None), ("Ben", 0), ("Cleo", 0)]
    gone = series(9, *[None] * 30, artist="Zoe", gaps=range(1, 31))
    places = leaderboard([gone, series(3, *[3] * 30)], FANS, DAY).places
    assert [(standing.artist, standing.moved) for standing in places] == [("Ana", 0)]


@pytest.mark.parametrize(("days", "moved"), [(27, 0), (26, None), (33, 0), (34, None)])
def test_three_days_beside_the_thirtieth_are_near_enough(days: int, moved: int | None) -> None:
    gaps = [number for number in range(days + 1) if number not in {0, days}]
    (place,) = leaderboard([series(*[5] * (days + 1), gaps=gaps)], FANS, DAY).places
    assert place.moved == moved


def test_a_missing_reading_stands_apart_with_its_last_day() -> None:
    result = board((5, *[None] * 8), (None, None), (7, *[None] * 7), ("8?",))
    assert [(standing.artist, standing.date) for standing in result.places] == [("Cleo", ago(7))]
    assert [(artist.artist, artist.since) for artist in result.absent] == [
        ("Ana", ago(8)),
        ("Ben", None),
        ("Dora", None),
    ]


def test_the_first_window_is_what_ranks_are_about() -> None:
    assert default_metric([FANS, PLAYS, CROWD]) == CROWD
    assert default_metric([FANS, PLAYS]) == FANS
    assert default_metric([]) is None


def test_artists_stand_side_by_side_on_the_newest_day() -> None:
    gone = series(7, 8, artist="Ben", gaps=[1])
    result = compare([series(50, 60), gone, series(1, 2, item=PLAYS)], ["Ana", "Ben"], DAY, 30)
    fans, plays = result.metrics
    ana, ben = fans.sides
    assert (ana.reading and ana.reading.value, ana.growth and ana.growth.change) == (60, 10)
    assert (ben.reading, ben.growth and ben.growth.change) == (None, None)
    assert [side.artist for side in plays.sides] == ["Ana", "Ben"]
    assert (plays.sides[1].reading, plays.sides[1].growth) == (None, None)
