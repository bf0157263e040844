"""Check that the nightly run starts by itself, has its permissions, and will go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core import docs
from casa24.core.findings import Level, broken, ok, warning
from casa24.setup import git, github_remote
from casa24.setup.doctor.crons import clock, runs
from casa24.setup.doctor.workflow_file import FOLDER

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext
    from casa24.setup.doctor.workflow_file import Workflow

_RIGHTS = "https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#permissions"
_SCHEDULE = "https://docs.github.com/actions/reference/events-that-trigger-workflows#schedule"
_TROUBLE = docs.PROBLEMS
_SYNTAX = "https://docs.github.com/actions/reference/workflow-syntax-for-github-actions"

# GitHub switches the schedule of a public repository off after so many days without a commit.
_OFF, _SOON = 60, 45


def workflow(context: CheckupContext) -> list[Finding]:
    """The workflow's schedule and permissions, and the days of rest GitHub allows it."""
    found = context.workflow
    if found is None:
        return [_by_hand(context)]
    unknown = _unknown(context, found)
    said = _fault(found) or [*_schedule(found), *_permissions(found, context.worker)]
    # What GitHub does not know may be well; it runs for nobody.
    return [
        *unknown,
        *(finding for finding in said if not unknown or finding.level is not Level.OK),
        *_rest(context, found),
    ]


def _by_hand(context: CheckupContext) -> Finding:
    """Whoever has a repository at GitHub may have left the nights to it."""
    if github_remote.origin(context.folder) is None:
        return ok("No workflow runs `casa24 collect`: it is run by hand")
    what = "No workflow runs `casa24 collect`: nothing is collected at night"
    advice = "`casa24 init` lays one down; commit and push it. Else run `casa24 collect` every day."
    return warning(what, advice, _TROUBLE)


def _unknown(context: CheckupContext, found: Workflow) -> list[Finding]:
    """A file that is in no commit is on this machine only."""
    place = found.path.parent
    if not context.in_git or git.ask(place, "ls-tree", "--name-only", "HEAD", "--", found.name):
        return []
    ignored = git.ask(place, "check-ignore", "--", found.name)
    force, why = ("--force ", ": git is told to ignore it") if ignored else ("", "")
    advice = f"`git add {force}{FOLDER}/{found.name}`, commit and push: until then nothing runs."
    return [warning(f"GitHub does not know {found.name} yet{why}", advice, _TROUBLE)]


def _fault(found: Workflow) -> list[Finding]:
    if not found.fault:
        return []
    what = f"{found.name} cannot be read from line {found.fault} on: GitHub runs nothing of it"
    return [broken(what, "Correct its YAML there: indentation, colon or quotes; then commit and push.", _SYNTAX)]


def _schedule(found: Workflow) -> list[Finding]:
    if not found.crons:
        advice = 'Add one (`on: schedule: - cron: "30 2 * * *"`), or run it by hand every day.'
        return [warning(f"{found.name} has no schedule", advice, _SCHEDULE)]
    wrong = [cron for cron in found.crons if next(runs(cron), None) is None]
    if wrong:
        what = f"{found.name} has a schedule that is no time ({', '.join(wrong)}): GitHub runs nothing of it"
        return [broken(what, 'Write it like "30 2 * * *" (minute, hour, day, month, weekday).', _SCHEDULE)]
    if not found.daily:
        advice = 'Write one like "30 2 * * *": a day that is not asked about cannot be asked for later.'
        return [warning(f"{found.name} does not run every day ({', '.join(found.crons)})", advice, _SCHEDULE)]
    return [ok(f"{found.name} runs every day ({clock(found.crons[0]) or found.crons[0]})")]


def _permissions(found: Workflow, worker: str | None) -> list[Finding]:
    if not found.limited:
        advice = "Name them in the file: contents: write, issues: write."
        return [warning(f"{found.name} names no permissions: the repository's setting decides", advice, _RIGHTS)]
    findings = []
    if not found.may_write("contents"):
        what = f"{found.name} may not write contents: a day it collects is lost"
        findings.append(broken(what, "Add `contents: write` to the job's permissions.", _RIGHTS))
    if not found.may_write_anywhere("issues"):
        what = f"{found.name} may not write issues: nobody is told when it fails"
        findings.append(warning(what, "Add `issues: write` to the job's permissions.", _RIGHTS))
    if worker and not found.may_write("id-token") and "WORKER_API_KEY" not in found.text:
        what = f"{found.name} cannot prove itself to the Worker: no id-token permission, no WORKER_API_KEY"
        findings.append(broken(what, "Add `id-token: write` to the job's permissions.", _RIGHTS))
    return findings or [ok(f"{found.name} may do what it has to")]


def _rest(context: CheckupContext, found: Workflow) -> list[Finding]:
    """The days since the last commit, and since the last one with data."""
    last = git.last_commit(context.folder)
    if last is None:
        return []
    days = (context.now - last).days
    if found.nightly and days >= _OFF:
        what = f"No commit for {days} days: GitHub has probably switched the schedule of {found.name} off"
        return [broken(what, "Switch it on in the Actions tab, or push any commit; then look why none came.", _TROUBLE)]
    if found.nightly and days >= _SOON:
        what = f"No commit for {days} days: after {_OFF} GitHub switches the schedule off"
        return [warning(what, "Look in the Actions tab why no data are committed.", _TROUBLE)]
    # What git is told to ignore is no commit's business: the repository's area says it.
    return [] if context.ignored else [_data_commit(context)]


def _data_commit(context: CheckupContext) -> Finding:
    """A record that grows must grow in git, too."""
    last = git.last_commit(context.folder, context.data_dir)
    newest = min(context.history.days[-1], context.now.date()) if context.history.days else None
    if last is None:
        return ok("No data are committed yet") if newest is None else _not_committed("no day of it was ever committed")
    days = (context.now - last).days
    if newest is not None and (newest - last.date()).days > 1:
        return _not_committed(f"its last commit was {_ago(days)}")
    return ok(f"The last commit with data: {_ago(days)}")


def _not_committed(how: str) -> Finding:
    return warning(f"The record grows, but {how}", "`git add data`, commit and push.", _TROUBLE)


def _ago(days: int) -> str:
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
