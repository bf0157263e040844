"""What in a record cannot be taken at its word: each thing alone, and the real one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from casa24.analysis.quality.findings import Kind, Quality, RecordFinding, Severity
from casa24.analysis.quality.inspect_record import Examination
from casa24.core.roster import Artist
from casa24.record.amendments import FILE_NAME, Action, Amendment, add_lines
from casa24.record.data_folder import DataFolder, dump
from casa24.record.history import History
from casa24.record.inspection import inspect
from casa24.record.unmatched_rows import OldTable
from casa24.sources import registry
from tests.making import DAY, SERIES, artist, flag, old, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from casa24.core.snapshot import Snapshot

LABEL_SERIES = [series for source in registry.load().label_sources for series in source.series()]


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


class Label:
    """A data folder to be examined."""

    def __init__(self, path: Path) -> None:
        self.folder = DataFolder(path / "data", SERIES)
        self.folder.history.mkdir(parents=True)
        self.artists: tuple[Artist, ...] = ()

    def put(self, *days: Snapshot) -> None:
        for day in days:
            self.folder.file_of(day.date).write_text(dump(day), "utf-8")

    def amend(self, *lines: Amendment) -> None:
        add_lines(self.folder.path / FILE_NAME, lines)

    def check(self, since: dt.date | None = None) -> Quality:
        history = History(self.folder, self.artists, label_series=LABEL_SERIES)
        table = OldTable.read(self.folder.table_file) if self.folder.table_file.exists() else None
        examination = Examination(self.artists, SERIES, LABEL_SERIES, history.amendments, table)
        troubles = self.folder.archives.problems()
        return examination.look(inspect(history)).result(DAY, since, troubles=troubles)

    def found(self, *kinds: Kind) -> list[RecordFinding]:
        return [finding for finding in self.check().findings if not kinds or finding.kind in kinds]


@pytest.fixture
def label(tmp_path: Path) -> Label:
    return Label(tmp_path)


def fans(number: int, who: str = "Ana", **more: Any) -> dict[str, Any]:
    return artist(who, spotify={"followers": number, **more})


def lively(days: Iterable[int], *, stills: Iterable[int] = ()) -> list[Snapshot]:
    """Every platform says something new each day; on the days in ``stills`` all is as the day before."""
    still = set(stills)
    made: list[Snapshot] = []
    for number in sorted(days, reverse=True):
        told = number + 1 if number in still else number
        ana = artist("Ana", spotify={"followers": 500 - told}, youtube={"total_views": 9000 - 7 * told})
        made.append(snapshot(ana, day=ago(number), discord={"member_count": 60, "online_count": 90 - told}))
    return made


# --- copied days


def test_a_day_on_which_everything_is_as_the_day_before_is_a_copy(label: Label) -> None:
    label.put(*lively(range(60), stills=[20]))
    (finding,) = label.found(Kind.COPIED)
    assert (finding.level, finding.first, finding.last, finding.days) == (Severity.ERROR, ago(20), ago(20), 1)
    assert finding.what.startswith(f"a copy of {ago(21)}")
    assert [(line.artist, line.metric) for line in finding.proposals] == [("*", "*")]


def test_copies_in_a_row_are_one_finding(label: Label) -> None:
    days = lively(range(60))
    by_date = {day.date: day for day in days}
    for number in (12, 11, 10):
        by_date[ago(number)] = by_date[ago(13)].model_copy(update={"date": ago(number)})
    label.put(*by_date.values())
    (finding,) = label.found(Kind.COPIED)
    assert (finding.first, finding.last, finding.days) == (ago(12), ago(10), 3)


def test_one_number_or_one_entry_of_a_list_that_differs_makes_it_no_copy(label: Label) -> None:
    days = {day.date: day for day in lively(range(60))}
    before = days[ago(21)]
    finding = before.model_dump(by_alias=True) | {"date": ago(20), "discord": {"member_count": 60, "online_count": 1}}
    days[ago(20)] = type(before).model_validate(finding)
    label.put(*days.values())
    assert label.found(Kind.COPIED) == []


def test_a_platform_that_often_repeats_itself_makes_no_copy(label: Label) -> None:
    """Whoever is on one platform alone cannot be sure: it is noted, and amended by nobody."""
    numbers = [1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 6, 7]
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    found = label.found(Kind.COPIED)
    assert found
    assert {finding.level for finding in found} == {Severity.NOTE}
    assert not any(finding.proposals for finding in found)


def test_a_record_of_two_equal_days_proves_nothing(label: Label) -> None:
    label.put(*lively(range(2), stills=[0]))
    assert [finding.level for finding in label.found(Kind.COPIED)] == [Severity.NOTE]


# --- zeros


def test_an_old_block_of_zeros_of_a_known_account_is_certain_where_there_was_more(label: Label) -> None:
    def day(followers: int, posts: int) -> dict[str, Any]:
        return {"name": "Ana", "instagram": {"followers": followers, "media_count": posts}, "spotify": {"followers": 9}}

    label.put(old(day(50, 0), day=ago(3)), old(day(0, 0), day=ago(2)), old(day(0, 0), day=ago(1)))
    (error,) = label.found(Kind.ZERO)
    (note,) = label.found(Kind.UNKNOWN_ZERO)
    assert (error.level, error.first, error.last, error.days, error.values) == (Severity.ERROR, ago(2), ago(1), 2, 2)
    assert (error.artist, error.metric) == ("Ana", "instagram.*")
    assert (note.level, note.values, note.proposals) == (Severity.NOTE, 2, ())


def test_zeros_with_a_good_day_between_are_two_findings(label: Label) -> None:
    for number, count in enumerate([0, 0, 7, 0, 7]):
        label.put(old({"name": "Ana", "instagram": {"followers": count}, "spotify": {"followers": 9}}, day=ago(number)))
    assert [(finding.first, finding.last) for finding in label.found(Kind.ZERO)] == [(ago(3), ago(3)), (ago(1), ago(0))]


def test_a_zero_after_many_that_were_none_is_not_believed(label: Label) -> None:
    numbers = [*[6] * 10, 0, 0, 6]
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    (finding,) = label.found(Kind.ZERO)
    assert (finding.first, finding.last, finding.metric, finding.level) == (
        ago(2),
        ago(1),
        "spotify.followers",
        Severity.ERROR,
    )


@pytest.mark.parametrize("numbers", [[0] * 20, [4] * 20 + [0], [1, 0, 2, 0, 1, 0], [0]])
def test_a_number_that_may_well_be_zero_is_left_alone(label: Label, numbers: list[int]) -> None:
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    assert label.found(Kind.ZERO, Kind.UNKNOWN_ZERO) == []


def test_a_zero_of_an_account_nobody_knows_is_no_finding(label: Label) -> None:
    label.put(
        *(
            old({"name": "Ana", "youtube": {"total_views": 0}, "spotify": {"followers": 9}}, day=ago(n))
            for n in range(3)
        )
    )
    assert label.found(Kind.ZERO, Kind.UNKNOWN_ZERO) == []
    label.artists = (Artist("Ana", {"youtube": "UC1"}),)
    assert [finding.values for finding in label.found(Kind.UNKNOWN_ZERO)] == [3]


# --- the other findings


def test_missing_days_are_named_with_their_span(label: Label) -> None:
    label.put(snapshot(fans(1), day=ago(9)), snapshot(fans(2), day=ago(5)), snapshot(fans(3), day=ago(3)))
    assert [(finding.first, finding.last, finding.days) for finding in label.found(Kind.MISSING)] == [
        (ago(8), ago(6), 3),
        (ago(4), ago(4), 1),
    ]


def test_a_counter_that_falls_is_noted_and_an_audience_that_falls_is_not(label: Label) -> None:
    for number, (views, followers) in enumerate([(90, 3), (100, 4), (95, 9)]):
        ana = artist("Ana", youtube={"total_views": views}, spotify={"followers": followers})
        label.put(snapshot(ana, day=ago(number)))
    (fall,) = label.found(Kind.FALL)
    assert (fall.metric, fall.first) == ("youtube.total_views", ago(0))
    assert fall.what == f"YouTube · Views fell once, by 10 on {ago(0)}"


def test_a_value_that_stood_still_for_longer_than_it_does_is_noted(label: Label) -> None:
    numbers = [*range(40), *[40] * 20]
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    (finding,) = label.found(Kind.STUCK)
    assert (finding.first, finding.last, finding.days) == (ago(19), ago(0), 20)
    assert "still does" in finding.what


@pytest.mark.parametrize(("days", "noted"), [(14, 0), (15, 1)])
def test_for_a_fortnight_a_value_may_stand_still(label: Label, days: int, noted: int) -> None:
    numbers = [*range(40), *[40] * days]
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    assert len(label.found(Kind.STUCK)) == noted


def test_a_value_that_mostly_stands_still_is_not(label: Label) -> None:
    numbers = [7] * 50 + [8] * 50
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    assert label.found(Kind.STUCK) == []


def test_who_joins_and_who_leaves_is_noted_by_the_day(label: Label) -> None:
    label.put(
        snapshot(fans(1), fans(5, "Ben"), day=ago(2)),
        snapshot(fans(2), day=ago(1)),
        snapshot(fans(3), fans(1, "Cleo"), day=ago(0)),
    )
    assert [(finding.kind, finding.artist, finding.first) for finding in label.found(Kind.JOINED, Kind.LEFT)] == [
        (Kind.JOINED, "Cleo", ago(0)),
        (Kind.LEFT, "Ben", ago(2)),
    ]


def test_a_day_to_come_and_an_artist_who_stands_twice_are_noted(label: Label) -> None:
    label.put(snapshot(fans(1), fans(2), day=ago(0)), snapshot(fans(1), day=ago(-3)))
    assert [(finding.kind, finding.first) for finding in label.found(Kind.REPEATED, Kind.FUTURE)] == [
        (Kind.REPEATED, ago(0)),
        (Kind.FUTURE, ago(-3)),
    ]


def test_what_was_doubtful_from_the_first_is_noted(label: Label) -> None:
    label.put(snapshot(fans(0), day=ago(0), flags=[flag("Ana", "spotify", "followers", "suspect")]))
    (finding,) = label.found(Kind.DOUBTED)
    assert (finding.level, finding.metric, finding.days) == (Severity.NOTE, "spotify.followers", 1)


def test_an_unusual_change_is_a_note_and_a_copied_day_makes_none(label: Label) -> None:
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate([90, *[60] * 8])))
    (finding,) = label.found(Kind.EVENT)
    assert (finding.first, finding.what) == (ago(0), "Spotify · Followers: 60 → 90 (+30)")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{"date": "2026-03-13", "artists": [', "it is no complete JSON"),
        (b'{"date": "2026-03-13", "artists": [{"name": NaN}]}', "it is no complete JSON"),
        (b'{"date": "2026-03-13", "artists": 7}', "is no snapshot: artists"),
        (b'{"date": "2026-03-01", "artists": []}', "holds another day: 2026-03-01"),
        (b"[" * 100_000, "it is no complete JSON"),
        (b"\xff\xfe", "it is no complete JSON"),
        (b"", "it is no complete JSON"),
    ],
)
def test_a_file_that_does_not_read_is_an_error_and_the_others_are_looked_at(
    label: Label, content: bytes, what: str
) -> None:
    label.put(snapshot(fans(1), day=ago(2)), snapshot(fans(2), day=ago(0)))
    label.folder.file_of(ago(1)).write_bytes(content)
    result = label.check()
    (error,) = [finding for finding in result.findings if finding.level is Severity.ERROR]
    assert (error.kind, error.first) == (Kind.DAMAGED, ago(1))
    assert what in error.what
    assert "git checkout" in error.advice
    assert (result.days, result.exit_code) == (3, 1)


def test_a_file_too_large_and_a_link_out_of_the_folder_are_errors(label: Label, tmp_path: Path) -> None:
    label.put(snapshot(fans(2), day=ago(0)))
    with label.folder.file_of(ago(2)).open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    (tmp_path / "elsewhere.json").write_text(dump(snapshot(fans(1), day=ago(1))), "utf-8")
    label.folder.file_of(ago(1)).symlink_to(tmp_path / "elsewhere.json")
    told = [finding.what for finding in label.found(Kind.DAMAGED)]
    assert [what.endswith(("too large for a snapshot", "link out of the data folder")) for what in told] == [True, True]


def test_an_archive_that_is_none_is_an_error(label: Label) -> None:
    label.put(snapshot(fans(2), day=ago(0)))
    (label.folder.history / "2024.zip").write_bytes(b"no zip")
    (finding,) = label.found(Kind.DAMAGED)
    assert "2024.zip is no archive" in finding.what


def test_rows_of_the_csv_that_disagree_are_noted_once_a_reason(label: Label) -> None:
    label.folder.save(snapshot(fans(7), day=ago(1)), snapshot(fans(8), day=ago(0)))
    assert label.found(Kind.TABLE) == []
    text = label.folder.table_file.read_text("utf-8")
    odd = f"Ana,{ago(1)},,99\nAna,{ago(5)},,3\nZoe,{ago(0)},,1\n"
    label.folder.table_file.write_text(text + odd, "utf-8")
    told = [finding.what for finding in label.found(Kind.TABLE)]
    assert told == [
        "1 row of the CSV is in no snapshot (Ana): another run of that day",
        "1 row of the CSV is in no snapshot (Zoe): no such artist on that day",
        "1 row of the CSV is in no snapshot (Ana): no snapshot of that day",
        "1 row of the CSV repeats an artist and date",
    ]


def test_a_line_of_the_amendments_that_cannot_be_understood_is_an_error(label: Label) -> None:
    label.put(snapshot(fans(2), day=ago(0)))
    label.folder.path.joinpath(FILE_NAME).write_text("first_date\nnonsense,,,,,\n", "utf-8")
    assert {finding.level for finding in label.found(Kind.AMENDMENTS)} == {Severity.ERROR}


# --- what is decided


def test_what_is_amended_or_kept_is_decided_and_no_error_is_open(label: Label) -> None:
    label.put(*lively(range(60), stills=[20, 40]))
    assert len(label.check().open) == 2
    label.amend(Amendment(ago(20), ago(20), "*", "*", Action.SUSPECT, "a copy"))
    label.amend(Amendment(ago(41), ago(39), "*", "*", Action.KEEP, "looked at, true"))
    result = label.check()
    assert [finding.decided for finding in result.findings if finding.kind is Kind.COPIED] == [
        Action.KEEP,
        Action.SUSPECT,
    ]
    assert (result.open, result.exit_code) == ((), 0)


def test_a_line_about_another_artist_or_a_part_of_it_decides_nothing(label: Label) -> None:
    numbers = [*[6] * 10, 0, 0, 6]
    label.put(*(snapshot(fans(number), day=ago(place)) for place, number in enumerate(reversed(numbers))))
    label.amend(Amendment(ago(2), ago(1), "Ben", "*", Action.SUSPECT))
    label.amend(Amendment(ago(2), ago(2), "Ana", "*", Action.SUSPECT))
    label.amend(Amendment(ago(2), ago(1), "Ana", "youtube.*", Action.SUSPECT))
    assert len(label.check().open) == 1
    label.amend(Amendment(ago(9), None, "ANA", "spotify.*", Action.SUSPECT))
    assert label.check().open == ()


def test_only_what_was_still_so_since_a_day_is_said(label: Label) -> None:
    label.put(snapshot(fans(1), day=ago(30)), snapshot(fans(2), day=ago(20)), snapshot(fans(3), day=ago(3)))
    assert [finding.last for finding in label.check(ago(9)).findings] == [ago(4)]


def test_an_empty_record_has_nothing_odd(label: Label) -> None:
    result = label.check()
    assert (result.days, result.first, result.findings, result.exit_code) == (0, None, (), 0)


# --- the real record


def test_the_labels_first_six_months(shared: Path) -> None:
    """5 copied days and no other; 281 zeros certain, 742 nobody can tell; no true zero touched."""
    roster = tuple(
        Artist(name, dict.fromkeys(sources.split(), name))
        for name, sources in {
            "Casa 24": "spotify youtube instagram",
            "Chef Lino": "spotify youtube instagram",
            "PYRO": "spotify youtube instagram",
            "bo.wlie": "spotify youtube instagram",
            "Mango Blade": "spotify youtube instagram",
            "ZACKO": "spotify instagram",
            "ARANDA": "spotify instagram",
            "Casa 24Beats": "youtube",
        }.items()
    )
    folder = DataFolder(shared / "legacy-history", SERIES)
    history = History(folder, roster, label_series=LABEL_SERIES)
    examination = Examination(roster, SERIES, LABEL_SERIES, history.amendments, OldTable.read(folder.table_file))
    found = examination.look(inspect(history)).result(dt.date(2025, 11, 1)).findings
    own = {kind: [finding for finding in found if finding.kind is kind] for kind in Kind}
    copied = [(str(finding.first), str(finding.last), finding.days) for finding in own[Kind.COPIED]]
    assert copied == [("2025-06-22", "2025-06-22", 1), ("2025-10-18", "2025-10-21", 4)]
    assert sum(finding.values for finding in own[Kind.ZERO]) == 281
    assert sum(finding.values for finding in own[Kind.UNKNOWN_ZERO]) == 742
    assert {(finding.artist, finding.metric) for finding in own[Kind.ZERO]} == {
        ("pax", "youtube.*"),
        ("Mango Blade", "youtube.*"),
        ("PYRO", "instagram.*"),
        ("ARANDA", "instagram.*"),
        ("bo.wlie", "instagram.*"),
    }
    assert sum(finding.days for finding in own[Kind.MISSING]) == 7
    assert len(own[Kind.EVENT]) == 43
