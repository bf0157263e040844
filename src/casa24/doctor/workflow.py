"""Whether the collection runs by itself, may do what it has to, and will go on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casa24 import HOMEPAGE, git
from casa24.findings import broken, ok, warning

if TYPE_CHECKING:
    from casa24.doctor.patient import Patient
    from casa24.doctor.workflows import Workflow
    from casa24.findings import Finding

_RIGHTS = "https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#permissions"
_SCHEDULE = "https://docs.github.com/actions/reference/events-that-trigger-workflows#schedule"
_TROUBLE = f"{HOMEPAGE}#troubleshooting"
_AT = re.compile(r"([0-5]?\d) ([01]?\d|2[0-3]) \* \* \*")

# GitHub switches the schedule of a public repository off after so many days without a commit.
_OFF, _SOON = 60, 45


def workflow(patient: Patient) -> list[Finding]:
    """The workflow's schedule and permissions, and the days of rest GitHub allows it."""
    found = patient.workflow
    if found is None:
        return [ok("No workflow runs `casa24 collect`: it is run by hand")]
    return [*_schedule(found), *_permissions(found, patient.worker), *_rest(patient, found)]


def _schedule(found: Workflow) -> list[Finding]:
    if not found.crons:
        advice = 'Add one (`on: schedule: - cron: "30 2 * * *"`), or run it by hand every day.'
        return [warning(f"{found.name} has no schedule", advice, _SCHEDULE)]
    if not found.daily:
        advice = 'Write one like "30 2 * * *": a day that is not asked about cannot be asked for later.'
        return [warning(f"{found.name} does not run every day ({', '.join(found.crons)})", advice, _SCHEDULE)]
    at = _AT.fullmatch(" ".join(found.crons[0].split()))
    when = f"{int(at[2]):02}:{int(at[1]):02} UTC" if at else found.crons[0]
    return [ok(f"{found.name} runs every day ({when})")]


def _permissions(found: Workflow, worker: str | None) -> list[Finding]:
    if not found.limited:
        advice = "Name them in the file: contents: write, issues: write."
        return [warning(f"{found.name} names no permissions: the repository's setting decides", advice, _RIGHTS)]
    findings = []
    if not found.may_write("contents"):
        what = f"{found.name} may not write contents: a day it collects is lost"
        findings.append(broken(what, "Add `contents: write` to the job's permissions.", _RIGHTS))
    if not found.may_write("issues"):
        what = f"{found.name} may not write issues: nobody is told when it fails"
        findings.append(warning(what, "Add `issues: write` to the job's permissions.", _RIGHTS))
    if worker and not found.may_write("id-token") and "WORKER_API_KEY" not in found.text:
        what = f"{found.name} cannot prove itself to the Worker: no id-token permission, no WORKER_API_KEY"
        findings.append(broken(what, "Add `id-token: write` to the job's permissions.", _RIGHTS))
    return findings or [ok(f"{found.name} may do what it has to")]


def _rest(patient: Patient, found: Workflow) -> list[Finding]:
    """The days since the last commit, and since the last one with data."""
    last = git.last_commit(patient.folder)
    if last is None:
        return []
    days = (patient.now - last).days
    if found.crons and days >= _OFF:
        what = f"No commit for {days} days: GitHub has probably switched the schedule of {found.name} off"
        return [broken(what, "Switch it on in the Actions tab, or push any commit; then look why none came.", _TROUBLE)]
    if found.crons and days >= _SOON:
        what = f"No commit for {days} days: after {_OFF} GitHub switches the schedule off"
        return [warning(what, "Look in the Actions tab why no data are committed.", _TROUBLE)]
    return [_data_commit(patient)]


def _data_commit(patient: Patient) -> Finding:
    """A record that grows must grow in git, too."""
    last = git.last_commit(patient.folder, patient.data_dir)
    newest = patient.history.days[-1] if patient.history.days else None
    if last is None:
        return ok("No data are committed yet") if newest is None else _not_committed("never")
    days = (patient.now - last).days
    if newest is not None and (newest - last.date()).days > 1:
        return _not_committed(f"{days} days ago")
    return ok(f"The last commit with data: {_ago(days)}")


def _not_committed(when: str) -> Finding:
    advice = "Check that .gitignore does not name it, then `git add data`, commit and push."
    return warning(f"The record grows, but its last commit was {when}", advice, _TROUBLE)


def _ago(days: int) -> str:
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
