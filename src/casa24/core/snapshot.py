"""The layout on disk, typed: one snapshot a day.

Sections (``artists[].spotify``, ``discord``, a plugin's) are kept as the JSON
objects they are, so that what this version does not know survives a rewrite;
:meth:`Snapshot.measurement` is how anybody reads a number out of them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SCHEMA = 2
EVERY = "*"

Section = dict[str, Any]


class State(StrEnum):
    """How much a reading can be trusted, or why there is none."""

    MEASURED = "measured"
    ROUNDED = "rounded"
    SUSPECT = "suspect"
    HIDDEN = "hidden"
    NOT_OFFERED = "not_offered"
    FAILED = "failed"
    SKIPPED = "skipped"
    NO_ACCOUNT = "no_account"
    NOT_TRACKED = "not_tracked"

    @property
    def has_value(self) -> bool:
        """Whether a reading in this state carries a number."""
        return self in {State.MEASURED, State.ROUNDED, State.SUSPECT}

    @property
    def silent(self) -> bool:
        """Whether nothing is there and nobody expected anything."""
        return self in {State.NO_ACCOUNT, State.NOT_TRACKED}


class Flag(BaseModel):
    """Why a value is null, or what to know about one that is there.

    ``artist``/``metric`` ``"*"`` = all of them; ``artist`` null = label-wide.
    ``low``/``high`` bound a rounded value, both inclusive.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    artist: str | None
    source: str
    metric: str = EVERY
    state: State
    code: str = ""
    detail: str | None = None
    low: int | None = None
    high: int | None = None

    @property
    def place(self) -> tuple[str | None, str, str]:
        """What the flag is about: (artist, source, metric)."""
        return (self.artist, self.source, self.metric)


def _utc(moment: dt.datetime) -> dt.datetime:
    """A day is a UTC day, and so is a time that names no zone."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("out of range") from None


class SourceRun(BaseModel):
    """When a source's numbers were read (UTC), and over which way (``api`` or ``page``)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    collected_at: Annotated[dt.datetime, AfterValidator(_utc)]
    via: str | None = None


class ArtistRecord(BaseModel):
    """One artist's day: a section for each source that has an account."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str
    accounts: dict[str, str] | None = None

    @property
    def sections(self) -> dict[str, Section]:
        """The sections by source, in the order they stand in the file."""
        return _objects(self.model_extra)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number of one day with its state; ``low``…``high`` hold the truth, both inclusive.

    Where a value is both rounded and suspect, ``state`` is suspect and the bounds tell the rest.
    """

    value: int | None
    state: State
    low: int | None = None
    high: int | None = None
    code: str = ""
    detail: str = ""

    @property
    def exact(self) -> bool:
        """Whether the platform gave the number itself, not a rounded one."""
        return self.value is not None and self.low == self.high


class Snapshot(BaseModel):
    """What was recorded for one UTC day. Never changed in place: merging makes a new one."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    date: dt.date
    # `schema` alone would shadow an attribute of pydantic's BaseModel.
    schema_version: int | None = Field(default=None, alias="schema")
    generator: str | None = None
    sources: dict[str, SourceRun] = Field(default_factory=dict)
    artists: tuple[ArtistRecord, ...] = ()
    flags: tuple[Flag, ...] = ()

    # Cached properties, not private attributes: those would take part in ==.
    @cached_property
    def _flags_by_place(self) -> dict[tuple[str | None, str, str], list[Flag]]:
        found: dict[tuple[str | None, str, str], list[Flag]] = {}
        for flag in self.flags:
            found.setdefault(flag.place, []).append(flag)
        return found

    @cached_property
    def _sections_by_name(self) -> dict[str, dict[str, Section]]:
        return {record.name: record.sections for record in reversed(self.artists)}

    @property
    def sections(self) -> dict[str, Section]:
        """The label-wide sections (``discord``) by source."""
        return _objects(self.model_extra)

    def section(self, artist: str | None, source: str) -> Section | None:
        """One artist's section, or with None the label's."""
        if artist is None:
            return self.sections.get(source)
        return self._sections_by_name.get(artist, {}).get(source)

    def flags_for(self, artist: str | None, source: str, metric: str) -> list[Flag]:
        """The flags that speak of one value, the most specific first."""
        whose = (artist,) if artist is None else (artist, EVERY)
        places = [(name, source, field) for name in whose for field in (metric, EVERY)]
        return [flag for place in places for flag in self._flags_by_place.get(place, ())]

    def measurement(self, artist: str | None, source: str, metric: str) -> Measurement:
        """One number with its state: what the record says of it, and why where it says nothing."""
        raw = (self.section(artist, source) or {}).get(metric)
        return judge(raw, self.flags_for(artist, source, metric))

    @property
    def collected_at(self) -> dt.datetime | None:
        """When its newest numbers were read; None in the old layout, which did not say."""
        return max((run.collected_at for run in self.sources.values()), default=None)


def judge(raw: object, flags: list[Flag]) -> Measurement:
    """A stored value and the flags that speak of it, as one measurement.

    A value that is no plain count (a text, a fraction, a negative) is no reading:
    it is reported as failed, never guessed at.
    """
    value = as_count(raw)
    if value is not None and not flags:
        return Measurement(value, State.MEASURED, value, value)
    if raw is not None and value is None:
        return Measurement(None, State.FAILED, code="unreadable")
    if value is None:
        reason = next((flag for flag in flags if not flag.state.has_value), None)
        if reason is not None:
            return Measurement(None, reason.state, code=reason.code, detail=reason.detail or "")
        return Measurement(None, State.NOT_TRACKED, code="not_tracked")
    rounded = next((flag for flag in flags if flag.state is State.ROUNDED), None)
    doubt = next((flag for flag in flags if flag.state is State.SUSPECT), None)
    low = rounded.low if rounded and rounded.low is not None else value
    high = rounded.high if rounded and rounded.high is not None else value
    shown = doubt or rounded
    return Measurement(
        value,
        shown.state if shown else State.MEASURED,
        low=low,
        high=high,
        code=shown.code if shown else "",
        detail=(shown.detail or "") if shown else "",
    )


# No platform has counted that far: a longer number is a broken one.
_MOST = 10**15
_DIGITS = re.compile(r"[0-9]{1,15}")


def as_count(raw: object) -> int | None:
    """A stored number as an integer: ``976`` or ``"976"``; None for anything else."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw if 0 <= raw < _MOST else None
    if isinstance(raw, str) and _DIGITS.fullmatch(raw):
        return int(raw)
    return None


def holds_number(value: object) -> bool:
    """Whether a stored value is a count, or a list with a count in it: names alone are no reading."""
    if isinstance(value, list):
        inside = [inner for entry in value if isinstance(entry, dict) for inner in entry.values()]
        return any(as_count(inner) is not None for inner in inside if not isinstance(inner, str))
    return as_count(value) is not None


def _objects(extra: dict[str, Any] | None) -> dict[str, Section]:
    return {key: value for key, value in (extra or {}).items() if isinstance(value, dict)}
