"""How casa24 behaves when a platform fails: each in every way, as whole processes over real TLS.

The table is what a label reads in the morning. The tests below it hold for every one of these nights:
the other platforms are whole, no number is invented, no secret is anywhere, and the run ends in time.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from casa24.core.flags import to_cells
from casa24.core.reason_codes import explain
from casa24.core.snapshot import State
from casa24.sources import registry
from tests.cli.faults import ELSEWHERE, FAILING, FAULTS, PLATFORMS, SECRETS, WORKER, Case, leaks, spend

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from casa24.core.flags import Cells
    from tests.cli.faults import Night

    Nights = Mapping[Case, Night]

# By which code a missing value is explained: casa24.core.reason_codes and each source's own `gaps` have the words.
# Spotify has three columns: what only its API has, when all of Spotify fails and when the API alone does
# (then the page gives the rest; `-`: not played), and what only the page has.
TABLE = """
fault          spotify          its api alone    its page         youtube          instagram        discord

401            unauthorized     unauthorized     page_refused     unauthorized     unauthorized     unauthorized
403            forbidden        restricted_app   page_refused     forbidden        forbidden        forbidden
404            gone             restricted_app   not_found        gone             gone             not_found
429            rate_limited     -                rate_limited     rate_limited     rate_limited     rate_limited
429, a second  rate_limited     -                rate_limited     rate_limited     rate_limited     rate_limited
429, a day     rate_limited     rate_limited     rate_limited     rate_limited     rate_limited     rate_limited
500            server_error     server_error     server_error     server_error     server_error     server_error
HTML           bad_reply        -                page_unknown     bad_reply        bad_reply        bad_reply
{}             bad_reply        bad_reply        page_unknown     bad_reply        bad_reply        bad_reply
[]             bad_reply        -                page_unknown     bad_reply        bad_reply        bad_reply
keys missing   restricted_app   restricted_app   missing          missing          missing          missing
numbers null   restricted_app   -                missing          missing          missing          missing
all null       bad_reply        restricted_app   missing          missing          missing          missing
words          bad_reply        bad_reply        missing          bad_reply        bad_reply        bad_reply
negative       bad_reply        -                missing          bad_reply        bad_reply        bad_reply
huge           bad_reply        -                missing          bad_reply        bad_reply        bad_reply
endless        bad_reply        -                bad_reply        bad_reply        bad_reply        bad_reply
drip           timeout          timeout          timeout          timeout          timeout          timeout
silence        timeout          -                timeout          timeout          timeout          timeout
reset          unreachable      -                unreachable      unreachable      unreachable      unreachable
certificate    bad_certificate  bad_certificate  bad_certificate  bad_certificate  bad_certificate  bad_certificate
redirect       bad_reply        -                bad_reply        bad_reply        bad_reply        bad_reply
"""
_HEAD, *_ROWS = [re.split(r"\s{2,}", line) for line in TABLE.splitlines() if line]
EXPECTED = {row[0]: dict(zip(_HEAD[1:], row[1:], strict=True)) for row in _ROWS}
# Every other reason is a failure.
STATES = {"restricted_app": State.NOT_OFFERED}
# What changes the numbers of an answer, or what of it is no id.
RESHAPED = {"keys missing", "numbers null", "all null", "words", "negative", "huge"}

# What is said of a Worker that fails; the environment has the keys, and the night is whole.
WORKER_WORDS = dict.fromkeys(FAULTS, "The Worker gave no credentials (") | {
    "401": "The Worker refused our key (",
    "403": "The Worker refused our key (",
    "{}": "The Worker gave no credential casa24 knows",
    "all null": "The Worker gave no credential casa24 knows",
}

SLOW = ("drip", "silence")
DEADLINE = 2
# One platform alone logs everything, all of them together say more, the rest says what it must. Two are strict.
ALONE = [Case(name, fault, ("--debug",)) for name in ("spotify", "instagram") for fault in FAULTS]
STRICT = [Case(name, fault, ("--debug", "--strict")) for name in ("youtube", "discord") for fault in FAULTS]
API = [Case("spotify's api", fault) for fault in FAULTS if EXPECTED[fault]["its api alone"] != "-"]
ALL = [Case("all", fault, ("-v", "--strict", "--format", "json")) for fault in FAULTS]
# A Worker has no numbers that could be others.
WORKERS = [Case("worker", fault) for fault in FAULTS if fault not in RESHAPED - {"all null"}]
# Each platform alone, too: that it counts for --strict, and that no other leans on it.
LONE = [
    Case(name, fault, ("--strict",)) for name, fault in zip(PLATFORMS, ("500", "403", "reset", "words"), strict=True)
]
LATE = [Case("all", fault, ("--deadline", str(DEADLINE))) for fault in SLOW]
# Nothing fails, so it does not matter how.
GOOD = Case("nothing", "500", ("--strict",))
CASES = [GOOD, *ALONE, *STRICT, *API, *LONE, *ALL, *WORKERS, *LATE]
# On most nights two platforms fail, each in a way of its own; the other two are whole.
_APART = 7


def pairs(cases: Sequence[Case]) -> list[tuple[Case, ...]]:
    """The first half's faults beside those of the second, so many rows further down."""
    first, second = cases[: len(FAULTS)], cases[len(FAULTS) :]
    return list(zip(first, (*second[_APART:], *second[:_APART]), strict=True))


NIGHTS = [*pairs(ALONE), *pairs(STRICT), *((case,) for case in [GOOD, *API, *LONE, *ALL, *WORKERS, *LATE])]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Every night. The slow ones go first: they wait while the others work."""
    slow_first = sorted(NIGHTS, key=lambda cases: not any(case.fault in SLOW for case in cases))
    folders = [tmp_path_factory.mktemp("night") for _ in slow_first]
    with ThreadPoolExecutor(max_workers=6) as pool:
        spent = zip(slow_first, pool.map(spend, slow_first, folders), strict=True)
        return {case: night for cases, night in spent for case in cases}


def cells(night: Night, *platforms: str) -> Cells:
    """What is stored of these platforms."""
    return {place: cell for place, cell in to_cells(night.day).items() if place.source in platforms}


def stored(night: Night, whole: Collection[str]) -> str:
    """What is stored of these platforms, word by word."""
    sections = [[record.sections.get(name) for record in night.day.artists] for name in whole]
    label = [night.day.sections.get(name) for name in whole]
    flags = [flag.model_dump(mode="json") for flag in night.day.flags if flag.source in whole]
    runs = [night.day.sources[name].via for name in whole]
    return json.dumps([sections, label, flags, runs])


def numbers(content: object) -> Iterator[int]:
    """Every number in a stored value, also where it is a text."""
    if isinstance(content, dict | list):
        for inner in content.values() if isinstance(content, dict) else content:
            yield from numbers(inner)
    elif isinstance(content, int) or (isinstance(content, str) and re.fullmatch(r"-?[0-9]+", content)):
        yield int(content)


def test_a_good_night_has_no_gap(nights: Nights) -> None:
    night = nights[GOOD]
    assert night.code == 0, night.stderr
    assert {flag.code for flag in night.day.flags} == {"rounded", "no_account"}
    assert night.masked == set(SECRETS.values())


def test_the_table_names_every_fault() -> None:
    assert list(EXPECTED) == list(FAULTS)


@pytest.mark.parametrize(
    "case", [*ALONE, *STRICT, *API, *LONE], ids=lambda case: f"{case.failing}, {case.fault} {' '.join(case.arguments)}"
)
def test_a_platform_that_fails_is_empty_and_says_why_and_the_others_are_whole(nights: Nights, case: Case) -> None:
    night, row = nights[case], EXPECTED[case.fault]
    assert night.code == (3 if "--strict" in case.arguments else 0), night.stderr
    assert stored(night, night.whole) == stored(nights[GOOD], night.whole)
    why = reasons(night, case)
    if case.failing == "spotify":
        assert why.pop("popularity_score") == {row["spotify"]}
        assert why.pop("monthly_listeners") == {row["its page"]}
        assert either(why) <= {row["spotify"], row["its page"]}
    elif case.failing == "spotify's api":
        assert why.pop("popularity_score") == {row["its api alone"]}
        assert set(why) <= {"genres"}
    else:
        assert either(why) == {row[case.failing]}


def reasons(night: Night, case: Case) -> dict[str, set[str]]:
    """Why values of what failed are null, by field. Each is told once, and in the state its code stands for."""
    failing = [name for name, hosts in PLATFORMS.items() if hosts & FAILING[case.failing]]
    found: dict[str, set[str]] = {}
    for place, cell in cells(night, *failing).items():
        if cell.value is None and cell.state is not State.NO_ACCOUNT:
            (note,) = cell.notes
            assert note.state == STATES.get(note.code, State.FAILED), note
            found.setdefault(place.field, set()).add(note.code)
    return found


def either(why: Mapping[str, set[str]]) -> set[str]:
    """All these reasons."""
    return set().union(*why.values())


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.fault)
def test_when_all_fail_nothing_is_written_and_each_says_why(nights: Nights, case: Case) -> None:
    night, row = nights[case], EXPECTED[case.fault]
    # Names may still have come: they are no reading.
    assert (night.code, night.files) == (1, {}), night.stderr
    shown = json.loads(night.stdout)
    assert (shown["measured"], shown["failed"]) == (False, True)
    told = {(gap["source"], metric): gap["code"] for gap in shown["day"]["missing"] for metric in gap["metrics"]}
    assert (told["spotify", "Popularity"], told["spotify", "Monthly listeners"]) == (row["spotify"], row["its page"])
    for platform, metric in (("youtube", "Views"), ("instagram", "Followers"), ("discord", "Members")):
        assert told[platform, metric] == row[platform]


@pytest.mark.parametrize("case", WORKERS, ids=lambda case: case.fault)
def test_a_worker_that_fails_costs_nothing_where_the_machine_has_the_keys(nights: Nights, case: Case) -> None:
    night = nights[case]
    assert night.code == 0
    assert stored(night, PLATFORMS) == stored(nights[GOOD], PLATFORMS)
    said = [line for line in night.stderr.splitlines() if "Worker" in line]
    words = WORKER_WORDS[case.fault]
    starts = [f"Warning: {words}", f"::warning::{words}"] if words else []
    assert len(said) == len(starts)
    assert all(line.startswith(start) for line, start in zip(said, starts, strict=True)), said


def test_no_number_is_invented(nights: Nights) -> None:
    """Whatever a platform sends in place of its numbers: what is stored is what it says on a good night, or null."""
    true = {place: set(numbers(cell.value)) for place, cell in cells(nights[GOOD], *PLATFORMS).items()}
    invented = {
        (case.failing, case.fault, place): cell.value
        for case, night in nights.items()
        if night.files
        for place, cell in cells(night, *PLATFORMS).items()
        if set(numbers(cell.value)) - true[place]
    }
    assert invented == {}


def test_every_reason_comes_with_an_advice(nights: Nights) -> None:
    """In the job's log, where whoever looks first looks: what happened, and what to do."""
    for case in (*ALONE, *STRICT):
        source = registry.load().find(case.failing)
        codes = either(reasons(nights[case], case))
        said = [line for line in nights[case].stderr.splitlines() if line.startswith(f"::warning::{source.title}")]
        for code in codes:
            state = STATES.get(code, State.FAILED)
            words = explain(code, state, title=source.title, own=source.explanations())
            assert words.advice, code
            assert any(words.what in line and line.endswith(f"→ {words.advice}") for line in said), (case, code)


def test_no_secret_is_printed_or_written(nights: Nights) -> None:
    assert {case: found for case, night in nights.items() if (found := leaks(night.said))} == {}
    assert {case: night.masked for case, night in nights.items() if night.masked != set(SECRETS.values())} == {}


def test_no_key_follows_a_redirect_or_goes_to_who_cannot_prove_its_name(nights: Nights) -> None:
    assert [case for case, night in nights.items() if ELSEWHERE in night.asked] == []
    unproven = [case for case in CASES if case.fault == "certificate"]
    assert [case for case in unproven if nights[case].asked & case.strangers] == []
    assert all(WORKER in nights[case].asked for case in WORKERS if case not in unproven)


def test_only_debug_shows_where_an_error_came_from(nights: Nights) -> None:
    loud = [case for case, night in nights.items() if "--debug" not in case.arguments and "Traceback" in night.said]
    assert loud == []
    unexpected = [
        case for case, night in nights.items() if "did not expect" in night.said or "source_error" in night.said
    ]
    assert unexpected == []


def test_every_night_ends_in_time(nights: Nights) -> None:
    """Each request has its patience; the keys' own is longer. What a busy machine takes is allowed for."""
    assert {case: night.seconds for case, night in nights.items() if night.seconds > 60} == {}


@pytest.mark.parametrize("case", LATE, ids=lambda case: case.fault)
def test_the_deadline_ends_the_slowest_night(nights: Nights, case: Case) -> None:
    night = nights[case]
    assert (night.code, night.files) == (1, {})
    assert night.stderr.count("the run's deadline came first") == len(PLATFORMS)
    assert night.seconds < DEADLINE + 10
