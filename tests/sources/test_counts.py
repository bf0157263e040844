from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa24.sources._counts import Count, parse_count

SEPARATORS = [",", ".", "\u00a0", "\u202f", "\u2009", "'", " ", "’"]
SUFFIXES = {"K": 10**3, "M": 10**6, "B": 10**9}


def grouped(value: int, separator: str) -> str:
    return f"{value:,}".replace(",", separator)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("7", 7),
        ("976", 976),
        ("1,234", 1234),
        ("6,481,936", 6481936),
        ("48.876.033", 48876033),
        ("6\u202f481\u202f936", 6481936),
        ("\u00a024,468 ", 24468),
        ("1234567", 1234567),
    ],
)
def test_a_count_with_every_digit_is_exact(text: str, value: int) -> None:
    assert parse_count(text) == Count(value, value, value)


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("1.2K", 1200, 1150, 1249),
        ("1,2K", 1200, 1150, 1249),
        ("24.5K", 24500, 24450, 24549),
        ("23.5M", 23500000, 23450000, 23549999),
        ("1.25M", 1250000, 1245000, 1254999),
        ("24k", 24000, 23500, 24499),
        ("2 B", 2000000000, 1500000000, 2499999999),
        ("1.2\u00a0K", 1200, 1150, 1249),
        ("0K", 0, 0, 499),
    ],
)
def test_a_shortened_count_has_the_bounds_of_the_true_number(text: str, value: int, low: int, high: int) -> None:
    found = parse_count(text)
    assert found == Count(value, low, high)
    assert not found.exact


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "K",
        "-5",
        "+5",
        "1.2",
        "12,34",
        "1,2345",
        "1,234.567",  # two separators: which of them groups?
        "1.234K",  # 1,234 thousand or 1.234 thousand?
        "1.2T",
        "1.2KM",
        "1,234K",
        "1234K",
        "1e5",
        "٩٧٦",
        "²",
        "<1,000",
        "3:45",
        "0,123",
        "007",
        "007K",
        "0.123",
        "1,234,",
        "976 monthly listeners",
        "9" * 16,
    ],
)
def test_what_is_not_certainly_a_count_is_none(text: str) -> None:
    assert parse_count(text) is None


@given(st.integers(0, 10**15 - 1), st.sampled_from(SEPARATORS))
def test_every_count_is_read_back_whatever_groups_its_digits(value: int, separator: str) -> None:
    assert parse_count(grouped(value, separator)) == Count(value, value, value)


@given(st.integers(1000, 10**15 - 1), st.lists(st.sampled_from(SEPARATORS), min_size=2, max_size=2, unique=True))
def test_two_kinds_of_separators_are_no_count(value: int, pair: list[str]) -> None:
    first, second = pair
    head, *groups = grouped(value, ",").split(",")
    if len(groups) > 1:
        assert parse_count(head + first + second.join(groups)) is None


@given(
    st.integers(0, 999),
    st.one_of(st.just(""), st.integers(0, 9).map(str), st.integers(0, 99).map("{:02}".format)),
    st.sampled_from([*SUFFIXES, *map(str.lower, SUFFIXES)]),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
)
def test_a_shortened_count_lies_within_its_bounds_and_half_a_step(
    whole: int, decimals: str, suffix: str, point: str, space: str
) -> None:
    found = parse_count(f"{whole}{point if decimals else ''}{decimals}{space}{suffix}")
    step = SUFFIXES[suffix.upper()] // 10 ** len(decimals)
    assert found is not None
    assert found.value == int(f"{whole}{decimals}") * step
    assert 0 <= found.low <= found.value <= found.high
    assert found.high == found.value + step // 2 - 1
    assert found.low == max(found.value - step // 2, 0)


@given(st.integers(1000, 999_949_999))
def test_the_true_number_is_within_the_bounds_of_what_a_page_rounds_it_to(true: int) -> None:
    unit, suffix = (10**6, "M") if true >= 999_950 else (10**3, "K")
    tenths = (true * 10 + unit // 2) // unit
    found = parse_count(f"{tenths // 10}.{tenths % 10}{suffix}")
    assert found is not None
    assert found.low <= true <= found.high


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    parse_count(text)


@given(st.text(alphabet="0123456789,.KMBkmb '\u00a0\u202f-+<", max_size=24))
def test_what_it_reads_uses_the_printed_digits_and_no_others(text: str) -> None:
    """A number is the digits that are there, in their order, filled up with zeros by a suffix only."""
    found = parse_count(text)
    if found is None:
        return
    digits = "".join(character for character in text if character.isdigit())
    if found.exact:
        assert int(digits) == found.value
        assert str(found.value) == digits
    else:
        assert str(found.value).rstrip("0") == digits.strip("0")
