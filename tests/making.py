"""Make snapshots of an invented label: Ana, Ben and Cleo on Spotify, YouTube, Instagram and a plugin's TikTok."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st

from casa24.core.metrics import Metric, Series
from casa24.core.snapshot import SCHEMA, Snapshot
from casa24.sources import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

# No deadline, because a slow machine is not a failure: speed has its own tests. In continuous
# integration the examples are the same every time, so that a failure comes from a change and not from chance.
settings.register_profile("casa24", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("casa24")

DAY = dt.date(2026, 3, 14)
SERIES = registry.load().artist_series
SOURCES = registry.load().sources
# A plugin's number: no column name of its own, behind the label's ten.
TIKTOK = Series("tiktok", "TikTok", "likes", Metric("Likes", kind="total"))


def artist(name: str = "Ana", **sections: Any) -> dict[str, Any]:
    """Make an artist's record: ``artist("Ana", spotify={"followers": 50})``."""
    return {"name": name, "accounts": {source: f"{source}-{name}" for source in sections}, **sections}


def flag(who: str | None, source: str, metric: str = "*", state: str = "failed", **more: Any) -> dict[str, Any]:
    """Make a flag as in a file."""
    return {"artist": who, "source": source, "metric": metric, "state": state, "code": state, **more}


def gaps(who: str | None, source: str, *fields: str, state: str = "failed") -> list[dict[str, Any]]:
    """Make a flag for each of these fields."""
    return [flag(who, source, name, state) for name in fields]


def snapshot(
    *artists: dict[str, Any],
    day: dt.date = DAY,
    hour: int = 2,
    flags: Iterable[dict[str, Any]] = (),
    via: str = "api",
    **more: Any,
) -> Snapshot:
    """Make a day collected at ``hour`` o'clock; every source in an artist's record was asked."""
    sources = sorted({source for record in artists for source, section in record.items() if isinstance(section, dict)})
    run = {"collected_at": dt.datetime.combine(day, dt.time(hour), dt.UTC), "via": via}
    content = {
        "date": day,
        "schema": SCHEMA,
        "generator": "casa24 test",
        "sources": {source: run for source in sources if source != "accounts"},
        "artists": list(artists),
        "flags": list(flags),
    }
    return Snapshot.model_validate({**content, **more})


def old(*artists: dict[str, Any], day: dt.date = DAY, **more: Any) -> Snapshot:
    """Make a day as the old collector wrote it: no schema, no sources, no flags, no accounts."""
    bare = [{key: value for key, value in record.items() if key != "accounts"} for record in artists]
    return Snapshot.model_validate({"date": day, "artists": bare, **more})


_NAMES = st.sampled_from(
    ["Ana", "Ben", "Cleo", "=SUM(A1)", '"Q", the 2nd', "Ünï/😀", "'quoted", "line\nbreak", "cr\rcr"]
)
_REASONS = [("failed", "timeout"), ("failed", "not_found"), ("not_offered", "x"), ("hidden", "y"), ("skipped", "z")]
_ABOUT = [("rounded", "rounded", 5, 15), ("suspect", "copied", None, None)]
_FIELDS = {"spotify": ["followers", "genres"], "youtube": ["subscribers", "total_views"], "tiktok": ["likes", "bio"]}
_VALUES = st.one_of(
    st.integers(0, 60), st.sampled_from(["12", "N/A", "", "é\u2028\ud83d"]), st.lists(st.integers(0, 3), max_size=2)
)


@st.composite
def snapshots(draw: st.DrawFn, *, hours: tuple[int, ...] = (2, 9)) -> Snapshot:
    """Draw any day: values, gaps with and without a reason, flags folded or not, unknown keys."""
    flags: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for name in draw(st.lists(_NAMES, unique=True, max_size=3)):
        record: dict[str, Any] = {"name": name}
        for source in draw(st.lists(st.sampled_from(sorted(_FIELDS)), unique=True)):
            record[source] = {field: draw(_cell(name, source, field, flags)) for field in _FIELDS[source]}
        records.append({**record, **draw(_UNKNOWN)})
    discord: dict[str, Any] = {"discord": {"member_count": draw(_cell(None, "discord", "member_count", flags))}}
    flags += draw(st.lists(_WIDE, max_size=2))
    sources = {
        source: {"collected_at": f"{DAY}T{draw(st.sampled_from(hours)):02}:00:00Z", **draw(_UNKNOWN)}
        for source in draw(st.lists(st.sampled_from([*_FIELDS, "discord"]), unique=True, min_size=1))
    }
    content = {"date": DAY, "schema": SCHEMA, "sources": sources, "artists": records, "flags": flags}
    return Snapshot.model_validate({**content, **(discord if draw(st.booleans()) else {}), **draw(_UNKNOWN)})


_UNKNOWN: st.SearchStrategy[dict[str, Any]] = st.sampled_from([{}, {"mood": "fine"}, {"threads": [1, None]}])
_WIDE = st.builds(
    lambda who, source, reason: flag(who, source, "*", reason[0], code=reason[1]),
    st.sampled_from(["*", None, "Ana"]),
    st.sampled_from([*_FIELDS, "discord", "gone"]),
    st.sampled_from(_REASONS),
)


@st.composite
def _cell(draw: st.DrawFn, who: str | None, source: str, field: str, flags: list[dict[str, Any]]) -> object:
    """Draw a value, sometimes with a flag, or a gap, mostly with its reason."""
    if draw(st.booleans()):
        for state, code, low, high in draw(st.lists(st.sampled_from(_ABOUT), max_size=2, unique=True)):
            flags.append(flag(who, source, field, state, code=code, low=low, high=high, **draw(_UNKNOWN)))
        return draw(_VALUES)
    if draw(st.integers(0, 3)):
        state, code = draw(st.sampled_from(_REASONS))
        flags.append(flag(who, source, field, state, code=code))
    return None
