"""Define the snapshot: the data types of a day's file on disk.

Sections (``artists[].spotify``, ``discord``, a plugin's) are kept as JSON objects, so
that keys this version does not know survive a rewrite. Read a number out of them with
:meth:`Snapshot.measurement`.
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
        """Return whether a reading in this state has a number."""
        return self in {State.MEASURED, State.ROUNDED, State.SUSPECT}

    @property
    def silent(self) -> bool:
        """Return whether there is no number and none was expected."""
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
        """Return which value the flag is about: (artist, source, metric)."""
        return (self.artist, self.source, self.metric)


def _utc(moment: dt.datetime) -> dt.datetime:
    """Convert a time to UTC; a time without a zone is UTC already."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("out of range") from None


class SourceRun(BaseModel):
    """When a source's numbers were read (UTC), and how (``via``: ``api`` or ``page``)."""

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
        """Return the sections by source, in the file's order."""
        return _objects(self.model_extra)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number of one day with its state. The true number is in ``low``…``high``, both inclusive.

    If a value is both rounded and suspect, ``state`` is suspect and the bounds show the rounding.
    """

    value: int | None
    state: State
    low: int | None = None
    high: int | None = None
    code: str = ""
    detail: str = ""

    @property
    def exact(self) -> bool:
        """Return whether the platform gave the number itself, not a rounded one."""
        return self.value is not None and self.low == self.high


class Snapshot(BaseModel):
    """What was recorded for one UTC day. It is never changed in place: merging makes a new one."""

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
        flags: dict[tuple[str | None, str, str], list[Flag]] = {}
        for flag in self.flags:
            flags.setdefault(flag.place, []).append(flag)
        return flags

    @cached_property
    def _sections_by_name(self) -> dict[str, dict[str, Section]]:
        return {record.name: record.sections for record in reversed(self.artists)}

    @property
    def sections(self) -> dict[str, Section]:
        """Return the label-wide sections (``discord``) by source."""
        return _objects(self.model_extra)

    def section(self, artist: str | None, source: str) -> Section | None:
        """Return an artist's section of a source; with ``artist`` None the label's."""
        if artist is None:
            return self.sections.get(source)
        return self._sections_by_name.get(artist, {}).get(source)

    def flags_for(self, artist: str | None, source: str, metric: str) -> list[Flag]:
        """Return the flags that apply to one value, the most specific first."""
        artists = (artist,) if artist is None else (artist, EVERY)
        places = [(name, source, field) for name in artists for field in (metric, EVERY)]
        return [flag for place in places for flag in self._flags_by_place.get(place, ())]

    def measurement(self, artist: str | None, source: str, metric: str) -> Measurement:
        """Return one number with its state, or the reason why there is none."""
        raw = (self.section(artist, source) or {}).get(metric)
        return judge(raw, self.flags_for(artist, source, metric))

    @property
    def collected_at(self) -> dt.datetime | None:
        """Return when the newest numbers were read; None in the old layout, which has no times."""
        return max((run.collected_at for run in self.sources.values()), default=None)


def judge(raw: object, flags: list[Flag]) -> Measurement:
    """Turn a stored value and the flags that apply to it into a measurement.

    A value that is not a plain count (a text, a fraction, a negative number) is not a
    reading: it is reported as failed, never guessed.
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


# No platform has such numbers: a longer one is an error.
_MOST = 10**15
_DIGITS = re.compile(r"[0-9]{1,15}")


def as_count(raw: object) -> int | None:
    """Return a stored number as an integer: ``976`` or ``"976"``; None for anything else."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw if 0 <= raw < _MOST else None
    if isinstance(raw, str) and _DIGITS.fullmatch(raw):
        return int(raw)
    return None


def holds_number(value: object) -> bool:
    """Return whether a stored value is a count, or a list with a count in it; a list of names alone is not."""
    if isinstance(value, list):
        inner_values = [inner for entry in value if isinstance(entry, dict) for inner in entry.values()]
        return any(as_count(inner) is not None for inner in inner_values if not isinstance(inner, str))
    return as_count(value) is not None


def _objects(extra: dict[str, Any] | None) -> dict[str, Section]:
    return {key: value for key, value in (extra or {}).items() if isinstance(value, dict)}
