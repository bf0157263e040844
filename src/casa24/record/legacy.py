"""Interpret days in the old collector's layout: turn its false zeros into gaps. The files are not changed.

The old collector wrote 0 on every failure, ``N/A`` if its page parser found no number, and
nothing to mark a missing account. So, in a file without ``schema``:

- a section whose every number is 0 is not a reading;
- ``N/A`` is a failure if the account is known, else there is no account;
- listeners of 1,000 and more came from a page that rounds to hundreds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casa24.core.names import key_of
from casa24.core.snapshot import EVERY, Flag, Section, Snapshot, State, as_count

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_AVAILABLE = "N/A"
# All 44 values of 1,000 and more in the label's first six months are multiples of 100.
_ROUNDED_FIELDS = {"monthly_listeners"}
_ROUNDED_FROM, _STEP = 1000, 100

Accounts = set[tuple[str, str]]
"""(name key, source) pairs of accounts that are known to exist."""


def known_accounts(snapshots: Iterable[Snapshot], among: Accounts | None = None) -> Accounts:
    """Return the accounts in these snapshots: listed, named, or with a number that is not 0. ``among``: only these."""
    known: Accounts = set()
    names = None if among is None else {name for name, _ in among}
    for record in (record for snapshot in snapshots for record in snapshot.artists):
        name = key_of(record.name)
        if names is not None and name not in names:
            continue
        listed, sections = record.accounts or {}, record.sections
        for source in {*listed, *sections}:
            wanted = among is None or (name, source) in among
            if wanted and (source in listed or _alive(sections[source])):
                known.add((name, source))
    return known


def silent_accounts(snapshots: Iterable[Snapshot]) -> Accounts:
    """Return the accounts whose sections on these old-layout days have no number but 0: they may exist or not."""
    return {
        (key_of(record.name), source)
        for snapshot in snapshots
        if snapshot.schema_version is None
        for record in snapshot.artists
        for source, section in record.sections.items()
        if not _alive(section)
    }


def _alive(section: Section) -> bool:
    return bool(section.get("username")) or any(as_count(value) for value in section.values())


def interpret(snapshot: Snapshot, known: Accounts) -> Snapshot:
    """Return an old-layout snapshot with its false zeros as gaps; a newer one as it is."""
    if snapshot.schema_version is not None:
        return snapshot
    # An old day has flags if its owner removed values from it later.
    flags: list[Flag] = list(snapshot.flags)
    artists = []
    for record in snapshot.artists:
        sections = {
            source: _reading(section, record.name, source, (key_of(record.name), source) in known, flags)
            for source, section in record.sections.items()
        }
        artists.append(record.model_copy(update=sections))
    label = {source: _reading(section, None, source, True, flags) for source, section in snapshot.sections.items()}
    # What is replaced is not dumped: it is nearly all of a day, and a record may have many days.
    rest = snapshot.model_dump(exclude={"artists", "flags", *label})
    order = dict.fromkeys(snapshot.model_extra or {})
    content: dict[str, Any] = {**order, **rest, **label, "artists": artists, "flags": flags}
    return Snapshot.model_validate(content)


def _reading(section: Section, artist: str | None, source: str, known: bool, flags: list[Flag]) -> Section:
    """Return one section without its false zeros, and add their flags to ``flags``."""
    numbers = {name: value for name, value in section.items() if as_count(value) is not None}
    gaps = [name for name, value in section.items() if value == NOT_AVAILABLE]
    if numbers or gaps:
        if not any(as_count(value) for value in numbers.values()):
            flags.append(_missing(artist, source, EVERY, "old_zero", known))
            return {
                name: value if isinstance(value, str) and name not in {*numbers, *gaps} else None
                for name, value in section.items()
            }
        flags += [_missing(artist, source, name, "old_na", known=True) for name in gaps]
        flags += [_rounded(artist, source, name, value) for name, value in _coarse(numbers)]
    return {name: None if name in gaps else value for name, value in section.items()}


def _missing(artist: str | None, source: str, metric: str, code: str, known: bool) -> Flag:
    if known:
        return Flag(artist=artist, source=source, metric=metric, state=State.FAILED, code=code)
    return Flag(artist=artist, source=source, metric=metric, state=State.NO_ACCOUNT, code="no_account")


def _coarse(numbers: Section) -> list[tuple[str, int]]:
    """Return the numbers that must be rounded, because the old page parser could not read them exactly."""
    counts = [(name, as_count(value) or 0) for name, value in numbers.items() if name in _ROUNDED_FIELDS]
    return [(name, count) for name, count in counts if count >= _ROUNDED_FROM and count % _STEP == 0]


def _rounded(artist: str | None, source: str, metric: str, value: int) -> Flag:
    low, high = value - _STEP // 2, value + _STEP // 2 - 1
    return Flag(
        artist=artist, source=source, metric=metric, state=State.ROUNDED, code="old_rounded", low=low, high=high
    )
