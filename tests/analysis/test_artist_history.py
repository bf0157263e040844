"""One artist's numbers over many days, and the days that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.analysis.history import ArtistHistory, Look, describe_history
from casa24.core.metrics import named_metrics
from casa24.core.snapshot import Measurement, State
from casa24.core.timeseries import Point, TimeSeries
from casa24.errors import UnknownName
from tests.analysis.series import CROWD, FANS, PLAYS, STARS, Value, ago, series
from tests.making import SERIES, SOURCES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from casa24.core.metrics import Series

ITEMS = (FANS, CROWD, PLAYS, STARS)


def described(
    *found: TimeSeries, wanted: Sequence[Series] = (), days: Sequence[dt.date] = (), read: Sequence[dt.date] = ()
) -> ArtistHistory:
    """What is said of Ana; the days recorded are those of her series unless ``days`` tells more."""
    own = sorted({point.date for series in found for point in series.points})
    return describe_history("Ana", found, SOURCES, looked=Look(days or own, read or days or own), wanted=wanted)


def changes(*values: Value) -> list[int | None]:
    return [reading.change for reading in described(series(*values)).courses[0].readings]


def test_a_metric_is_meant_by_key_field_or_title_in_any_case() -> None:
    for text in ("moon.fans", "FANS", " Fans "):
        assert named_metrics(ITEMS, [text]) == [FANS]
    assert named_metrics(ITEMS, ["stars", "moon.plays", "stars"]) == [STARS, PLAYS]
    assert named_metrics(ITEMS, []) == []


def test_a_field_several_platforms_have_means_all_of_them() -> None:
    assert [item.key for item in named_metrics(SERIES, ["Followers"])] == ["spotify.followers", "instagram.followers"]


def test_an_unknown_metric_is_answered_with_what_there_is() -> None:
    with pytest.raises(UnknownName, match="no metric called 'likes'") as caught:
        named_metrics(ITEMS, ["fans", "likes"])
    assert caught.value.advice == "There are: moon.fans, moon.crowd, moon.plays, moon.stars."


def test_unless_a_metric_is_named_those_that_count_people_and_have_readings_are_shown() -> None:
    found = [series(1, item=item) for item in (FANS, PLAYS)]
    result = described(*found, series(None, item=CROWD))
    assert [course.metric for course in result.courses] == ["fans"]
    assert result.others == ("moon.plays",)


def test_where_nothing_counts_people_what_has_readings_is_shown() -> None:
    result = described(series(1, item=PLAYS), series(None, item=FANS))
    assert [course.metric for course in result.courses] == ["plays"]


def test_a_metric_that_was_named_is_answered_even_without_a_reading() -> None:
    result = described(series(1), series(2, item=PLAYS), wanted=[FANS, STARS])
    assert [(course.metric, len(course.readings)) for course in result.courses] == [("fans", 1), ("stars", 0)]
    assert result.others == ()


def test_others_numbers_are_not_the_artists() -> None:
    assert described(series(1, artist="Ben")).courses == ()


def test_a_change_is_counted_from_the_usable_reading_before() -> None:
    assert changes(5, 7, None, 6) == [None, 2, None, -1]
    assert changes(5, "0?", 7) == [None, None, 2]
    assert changes(None, "3?", 4) == [None, None, None]


def test_a_change_from_or_to_a_rounded_value_has_its_bounds() -> None:
    _, now, after = described(series(1000, (1100, 1050, 1149), 1140)).courses[0].readings
    assert (now.change, now.change_low, now.change_high) == (100, 50, 149)
    assert (after.change, after.change_low, after.change_high) == (40, -9, 90)


def test_what_is_no_plain_reading_says_why_in_words() -> None:
    silent = TimeSeries("Ana", SERIES[0], (Point(ago(0), Measurement(None, State.FAILED, code="timeout")),))
    (reading,) = described(silent, wanted=SERIES[:1]).courses[0].readings
    assert reading.what == "Spotify did not answer in time"
    doubt = Measurement(5, State.SUSPECT, low=5, high=5, code="amended", detail="a copy")
    (reading,) = described(TimeSeries("Ana", SERIES[0], (Point(ago(0), doubt),))).courses[0].readings
    assert (reading.what, reading.usable) == ("marked as not to be used: a copy", False)
    assert [reading.what for reading in described(series(1)).courses[0].readings] == [""]


def test_calendar_days_that_say_nothing_are_told_apart() -> None:
    days = [ago(number) for number in (9, 8, 6, 5, 4, 3)]
    found = TimeSeries(
        "Ana", FANS, tuple(Point(day, Measurement(1, State.MEASURED, 1, 1)) for day in (days[0], days[5]))
    )
    result = described(found, days=days, read=[day for day in days if day != ago(6)])
    assert (result.first, result.last) == (ago(9), ago(3))
    assert result.without_snapshot == (ago(7),)
    assert result.unreadable == (ago(6),)
    assert result.without_artist == (ago(8), ago(5), ago(4))


def test_days_before_anybody_asked_are_no_gap() -> None:
    unasked = Point(ago(5), Measurement(None, State.NOT_TRACKED))
    result = described(TimeSeries("Ana", FANS, (unasked, *series(1, None, 3).points)))
    assert (result.first, result.last) == (ago(2), ago(0))
    assert result.courses[0].days_without == (ago(1),)
    assert len(result.courses[0].readings) == 4


def test_nothing_at_all_is_an_answer_too() -> None:
    result = described()
    assert (result.first, result.last, result.courses, result.without_snapshot) == (None, None, (), ())


@given(
    st.lists(st.none() | st.integers(0, 9) | st.sampled_from(["0?", "5?"]), max_size=12), st.sets(st.integers(0, 11))
)
def test_changes_of_usable_readings_lead_from_the_first_to_the_last(values: list[Value], gaps: set[int]) -> None:
    number = series(*values, gaps=sorted(gaps))
    result = described(number, wanted=[FANS])
    usable = [point.reading.value or 0 for point in number.usable]
    assert sum(reading.change or 0 for reading in result.courses[0].readings) == (
        usable[-1] - usable[0] if usable else 0
    )
    assert [reading.date for reading in result.courses[0].readings] == [point.date for point in number.points]
