"""An artist's history as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.history import Look, describe_history
from casa24.core.snapshot import Measurement, State
from casa24.core.timeseries import Point, TimeSeries
from casa24.views.history import history_page
from casa24.views.page import Grid, Lines, Page
from casa24.views.plot import rich_style
from casa24.views.render import as_csv, as_markdown
from tests.analysis.series import FANS, STARS, Value, ago, series
from tests.making import SOURCES

if TYPE_CHECKING:
    from casa24.core.metrics import Series


def page(*found: TimeSeries, width: int = 80, raw: bool = False, wanted: tuple[Series, ...] = ()) -> Page:
    days = sorted({point.date for series in found for point in series.points})
    artist = found[0].artist if found else "Ana"
    result = describe_history(artist, found, SOURCES, looked=Look(days, days, raw), wanted=wanted)
    return history_page(result, "Our label", rich_style(width))


def table(*values: Value) -> tuple[tuple[str, ...], ...]:
    (found,) = [block for block in page(series(*values)).blocks if isinstance(block, Grid)]
    return found.rows


def said(shown: Page) -> list[str]:
    return [line for block in shown.blocks if isinstance(block, Lines) for line in block.lines]


def amended(value: int, reason: str) -> Measurement:
    return Measurement(value, State.SUSPECT, low=value, high=value, code="amended", detail=reason)


def test_a_row_is_a_day_with_value_change_and_what_is_to_be_known() -> None:
    assert table(5, (1100, 1050, 1149), "9?") == (
        (ago(2).isoformat(), "5", "", ""),
        (ago(1).isoformat(), "~1,100", "~+1,095", "rounded, between 1,050 and 1,149"),
        (ago(0).isoformat(), "9 ?", "", "suspect"),
    )


def test_where_all_is_plain_there_is_no_column_of_notes() -> None:
    assert table(5, 6) == ((ago(1).isoformat(), "5", ""), (ago(0).isoformat(), "6", "+1"))


def test_days_in_a_row_that_miss_a_value_for_one_reason_are_one_row() -> None:
    assert [row[0] for row in table(5, None, None, None, 6)] == [
        ago(4).isoformat(), f"{ago(3)} … {ago(1)}", ago(0).isoformat(),
    ]  # fmt: skip


def test_a_missing_file_or_another_reason_begins_another_row() -> None:
    (found,) = [block for block in page(series(5, None, None, None, 6, gaps=[2])).blocks if isinstance(block, Grid)]
    assert [row[0] for row in found.rows][1:3] == [ago(3).isoformat(), ago(1).isoformat()]
    late = Point(ago(0), Measurement(None, State.FAILED, code="not_found"))
    number = TimeSeries("Ana", FANS, (*series(5, None, None).points[:2], late))
    (found,) = [block for block in page(number).blocks if isinstance(block, Grid)]
    assert len(found.rows) == 3


def test_days_before_anybody_asked_are_no_rows() -> None:
    unasked = Point(ago(2), Measurement(None, State.NOT_TRACKED, code="not_tracked"))
    shown = page(TimeSeries("Ana", FANS, (unasked, *series(5, 6).points)))
    (found,) = [block for block in shown.blocks if isinstance(block, Grid)]
    assert (found.rows[0][0], len(shown.main.rows)) == (ago(1).isoformat(), 3)
    assert said(page(TimeSeries("Ana", FANS, (unasked,)), wanted=(FANS,))) == ["No reading."]


def test_an_amended_value_says_so_with_the_reason() -> None:
    number = TimeSeries("Ana", FANS, tuple(Point(ago(n), amended(5, why)) for n, why in ((1, "a copy"), (0, ""))))
    (grid,) = [block for block in page(number).blocks if isinstance(block, Grid)]
    assert [row[3] for row in grid.rows] == ["amended: a copy", "amended"]


def test_the_legend_names_only_the_marks_that_occur() -> None:
    assert "• measured" in said(page(series(1, 2)))
    assert "• measured, ? doubtful" in said(page(series(1, 2, "1?")))
    assert "• measured, ~ rounded" in said(page(series(1, (2, 1, 3))))
    assert "• measured, ? doubtful, a doubtful value beyond the scale stands at its edge" in said(
        page(series(1, 2, "0?"))
    )


def test_that_a_column_is_several_days_is_said() -> None:
    assert "• measured, one column = 3 days" in said(page(series(*range(200))))


def test_of_a_long_table_the_end_is_shown_and_how_to_see_the_rest() -> None:
    shown = page(series(*range(31)))
    (grid,) = [block for block in shown.blocks if isinstance(block, Grid)]
    assert (len(grid.rows), grid.rows[0][0], len(shown.main.rows)) == (30, ago(29).isoformat(), 31)
    assert (
        f"The table begins on {ago(29)}, the record on {ago(30)}. "
        "Other days: --since and --until; all of them: --format csv." in said(shown)
    )
    assert not any("--format csv" in line for line in said(page(series(*range(30)))))


def test_missing_days_are_counted_and_named_the_first_few_spans_of_them() -> None:
    assert f"3 days without a snapshot: {ago(8)}, {ago(5)} … {ago(4)}." in said(
        page(series(*range(10), gaps=[1, 4, 5]))
    )
    assert f"1 day without a snapshot: {ago(8)}." in said(page(series(*range(10), gaps=[1])))
    (line,) = [line for line in said(page(series(*range(20), gaps=range(1, 19, 2)))) if "snapshot" in line]
    assert line.startswith("9 days without a snapshot: ")
    assert line.endswith(f"{ago(10)}, 4 more spans.")


def test_days_without_a_reading_are_counted_by_metric() -> None:
    assert f"Moon · Fans: 1 day without a reading: {ago(1)}." in said(page(series(5, None, 6)))


def test_a_metric_without_any_reading_says_why() -> None:
    assert said(page(series(None, None), wanted=(FANS,))) == ["No reading: Moon did not answer in time."]
    assert said(page(series(1), wanted=(STARS,)))[0] == "No reading."


def test_nothing_at_all_is_said_plainly() -> None:
    shown = page()
    assert (shown.title, said(shown)) == ("Ana", ["Nothing was read of Ana in these days."])


def test_the_labels_own_numbers_are_headed_by_its_name_and_the_unamended_record_is_called_so() -> None:
    assert page(series(1, artist=None)).title == f"Our label, {ago(0)}"
    assert page(series(1, 2), raw=True).title == f"Ana, {ago(1)} … {ago(0)} (as collected)"


def test_without_room_for_a_plot_the_table_is_left() -> None:
    assert "There is no room for a plot." in said(page(series(1, 2), width=20))


def test_csv_holds_every_reading_tidily() -> None:
    number = TimeSeries("Ana", FANS, (*series(5, None).points[:1], Point(ago(0), amended(5, "=1+1"))))
    assert as_csv(page(number).main).splitlines() == [
        "date,artist,source,metric,value,low,high,state,code,detail",
        f"{ago(1)},Ana,moon,fans,5,5,5,measured,,",
        f"{ago(0)},Ana,moon,fans,5,5,5,suspect,amended,'=1+1",
    ]


def test_in_markdown_a_plot_keeps_its_shape() -> None:
    shown = as_markdown(page(series(7, 8)))
    assert "\n```text\n8 ┤ •\n7 ┤•\n" in shown
    assert "\n• measured\n```\n" in shown
