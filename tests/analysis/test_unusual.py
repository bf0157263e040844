"""What is unusual: open waves first, who moved together, and never a word of blame."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24.analysis.unusual import unusual
from casa24.text.i18n import LANGUAGES, speak
from casa24.views.render import as_markdown
from casa24.views.unusual import unusual_page
from tests.analysis.legacy import every_series
from tests.analysis.series import CROWD, FANS, ago, stood
from tests.making import DAY

if TYPE_CHECKING:
    from pathlib import Path


def test_a_burst_of_a_window_should_have_left_when_its_days_are_over() -> None:
    (wave,) = unusual([stood(100, 100, 200, 260, item=CROWD)], ago(30), DAY).open
    assert [(leaving.by, leaving.size) for leaving in wave.leaving] == [
        (DAY + dt.timedelta(days=27), 100),
        (DAY + dt.timedelta(days=28), 60),
    ]


def test_what_a_fall_has_paid_back_is_not_expected_to_leave_once_more() -> None:
    (wave,) = unusual([stood(100, 200, 300, 200, item=CROWD)], ago(30), DAY).open
    assert [(leaving.by, leaving.size) for leaving in wave.leaving] == [(ago(1) + dt.timedelta(days=28), 100)]


def test_followers_are_no_window_and_have_no_day_to_leave() -> None:
    (wave,) = unusual([stood(100, 140, item=FANS)], ago(30), DAY).open
    assert wave.leaving == ()


def test_an_open_episode_is_told_however_long_ago_it_began() -> None:
    result = unusual([stood(100, *[140] * 50)], ago(3), DAY)
    assert [wave.episode.first for wave in result.open] == [ago(49)]
    assert result.movements == ()
    assert unusual([stood(100, *[140] * 61)], ago(3), DAY).open == ()


def test_falls_of_several_artists_on_one_day_are_one_movement() -> None:
    found = [stood(100, 80, 80), stood(100, 90, 90, artist="Ben"), stood(100, 100, 50, artist="Cleo")]
    later, earlier = unusual(found, ago(30), DAY).movements
    assert ([event.artist for event in earlier.events], earlier.together, earlier.rise) == (["Ana", "Ben"], True, False)
    assert ([event.artist for event in later.events], later.together) == (["Cleo"], False)


def test_a_fall_of_several_days_takes_in_who_falls_on_one_of_them() -> None:
    (movement,) = unusual([stood(100, 90, 80, 70), stood(100, 100, 100, 90, artist="Ben")], ago(30), DAY).movements
    assert (movement.first, movement.last, len(movement.events)) == (ago(2), DAY, 2)


def test_a_rise_and_a_fall_on_one_day_are_two_movements() -> None:
    assert len(unusual([stood(100, 80), stood(80, 100, artist="Ben")], ago(30), DAY).movements) == 2


def test_only_what_reaches_into_the_days_asked_for_is_told() -> None:
    found = [stood(100, 80, 80, 80, 80, 120)]
    assert [movement.rise for movement in unusual(found, ago(3), DAY).movements] == [True]
    assert len(unusual(found, ago(4), DAY).movements) == 2


def test_a_jump_after_days_nobody_read_says_that_its_day_is_not_known() -> None:
    values = [100] * 20 + [180]
    told = unusual([stood(*values, gaps=range(12, 20))], ago(5), DAY)
    text = " ".join(as_markdown(unusual_page(told, "Ana")).split())
    assert (told.movements[0].events[0].unread, told.open[0].episode.unread) == (8, 8)
    assert "nothing was read in the 8 days before" in text
    assert "Nothing was read in the 8 days before: it may have come little by little." in text
    night = unusual([stood(*values, gaps=[19])], ago(5), DAY)
    assert "was read" not in as_markdown(unusual_page(night, "Ana"))


def test_nothing_unusual_is_said_in_a_sentence() -> None:
    page = unusual_page(unusual([], ago(30), DAY), "Ours")
    assert "Nothing unusual in these days." in as_markdown(page)


def test_the_labels_autumn_is_told_without_accusing_anybody(shared: Path) -> None:
    result = unusual(every_series(shared), dt.date(2025, 4, 26), dt.date(2025, 10, 31))
    waves = {(wave.episode.artist, wave.episode.metric): wave for wave in result.open}
    casa = waves["Casa 24", "followers"]
    assert (casa.episode.first, casa.others) == (dt.date(2025, 10, 13), ("Mango Blade",))
    purge = next(
        movement
        for movement in result.movements
        if movement.first == dt.date(2025, 9, 22) and movement.metric == "followers"
    )
    assert {event.artist for event in purge.events} >= {"Casa 24", "PYRO", "bo.wlie", "Mango Blade", "ARANDA"}
    try:
        for language in LANGUAGES:
            speak(language)
            text = as_markdown(unusual_page(result, "Casa 24 Records")).lower()
            assert [word for word in ("fake", "bot", "bought", "falsa", "compra", "fraud") if word in text] == []
    finally:
        speak("en")
