"""Check the record: a writable folder, readable days, and a newest day that is not too old."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

from casa24.analysis.outages import silences
from casa24.core import docs
from casa24.core.findings import broken, ok, warning
from casa24.errors import NewerSnapshot, StorageError
from casa24.setup.doctor.wording import amount

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext

_TROUBLE = docs.PROBLEMS
# A nightly run may be hours late; a label that collects by hand may be away for a day.
_STALE_NIGHTLY, _STALE_BY_HAND = dt.timedelta(hours=36), dt.timedelta(days=2)
_LOOK_BACK = 30
_SILENT = 3
_NAMED = 3
_PATIENCE = 10.0


def record(context: CheckupContext) -> list[Finding]:
    """Rights, age, holes, damaged files, and who has said nothing of late."""
    try:
        context.data.check(context.now.date())
        days = context.history.days
    except StorageError as error:
        return [broken(error.message.rstrip("."), error.advice, _TROUBLE)]
    if not days:
        return [warning(f"Nothing is recorded in {context.data_dir.name}/ yet", "Run `casa24 collect`.", _TROUBLE)]
    return [_age(context), *_holes(context), *_damaged(context), *_silent(context)]


def _age(context: CheckupContext) -> Finding:
    """How old the newest day is, by its own clock where it holds one."""
    newest = next(context.history.backwards(), None)
    if newest is None:
        return broken("No recorded day can be read", "Restore data/ from git: `git checkout -- data`.", _TROUBLE)
    if newest.date > context.now.date():
        what = f"The newest day is {newest.date}, which is still to come: a clock is wrong"
        advice = "Set this machine's clock. If it is right, the one that collected was not: remove that day's file."
        return warning(what, advice, _TROUBLE)
    noon = dt.datetime.combine(newest.date, dt.time(12), dt.UTC)
    age = context.now - min(newest.collected_at or noon, context.now)
    nightly = context.workflow is not None and context.workflow.nightly
    what = f"The newest day is {newest.date}, {_old(age)} old"
    if nightly and age > _STALE_NIGHTLY:
        advice = "`git pull`; if it stays so, open the last run in the Actions tab. Here: `casa24 collect`."
        return broken(what, advice, _TROUBLE)
    if age > _STALE_BY_HAND:
        return warning(what, "Run `casa24 collect`: what a platform said yesterday it cannot be asked today.", _TROUBLE)
    return ok(f"{amount(len(context.history.days), 'day')} recorded; the newest is {newest.date}")


def _old(age: dt.timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return amount(hours, "hour") if hours < 72 else amount(age.days, "day")  # noqa: PLR2004 - three days


def _holes(context: CheckupContext) -> list[Finding]:
    """Days without a file between recorded ones: what comes after the newest is its age."""
    days = context.history.days
    last = min(days[-1], context.now.date())
    first = max(days[0], context.now.date() - dt.timedelta(days=_LOOK_BACK))
    span = [first + dt.timedelta(days=number) for number in range((last - first).days)]
    missing = [day for day in span if day not in set(days)]
    if not missing:
        return []
    verb = "is" if len(missing) == 1 else "are"
    what = (
        f"{amount(len(missing), 'day')} of the last {_LOOK_BACK} {verb} missing: {_few([str(day) for day in missing])}"
    )
    return [warning(what, "They cannot be asked for again; see in the Actions tab why, so that it ends.", _TROUBLE)]


def _damaged(context: CheckupContext) -> list[Finding]:
    """The day files that cannot be read, the newest first, as many as can be looked at in a few seconds."""
    until = time.monotonic() + _PATIENCE
    findings = []
    damaged = []
    for day in reversed(context.history.days):
        if time.monotonic() > until:
            break
        try:
            context.data.read(day)
        except NewerSnapshot as error:
            findings.append(warning(error.message.rstrip("."), error.advice, _TROUBLE))
            break
        except StorageError:
            damaged.append(context.data.file_of(day).name)
    if damaged:
        what = f"Damaged in data/historical: {_few(damaged)}"
        findings.append(warning(what, "Restore it from git (`git checkout -- FILE`), or move it away.", _TROUBLE))
    return findings


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


def _silent(context: CheckupContext) -> list[Finding]:
    # Without a roster the record alone says who used to speak.
    sources = context.sources if context.roster else context.registry.sources
    return [
        broken(
            f"{silence.title}: no number for {silence.days} days: {silence.what}",
            silence.advice or "See below.",
            _TROUBLE,
        )
        for silence in silences(context.history.backwards(), sources)
        if silence.days >= _SILENT
    ]
