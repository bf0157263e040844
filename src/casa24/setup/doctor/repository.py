"""Check the label's git repository: complete, pushed, and free of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core import docs
from casa24.core.findings import broken, ok, warning
from casa24.setup import git

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext

_KEYS = docs.KEYS
_GIT = "https://git-scm.com/downloads"
_REMOTES = "https://docs.github.com/get-started/git-basics"
_OWNER = "https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory"
_IGNORE = "https://git-scm.com/docs/gitignore"
LARGE_MB = 500


def repository(context: CheckupContext) -> list[Finding]:
    """Remote, branch, uncommitted data, size."""
    folder = context.folder
    if not git.installed():
        return [warning("git is not installed: the repository was not looked at", "Install git.", _GIT)]
    if not context.in_git:
        # Asked to trust every folder, git answers where nothing else is wrong.
        distrusted = git.ask(folder, "-c", "safe.directory=*", "rev-parse", "--show-toplevel")
        if distrusted:
            advice = f"If you trust it: `git config --global --add safe.directory {distrusted}`."
            return [warning("Git does not open the repository: it is another user's", advice, _OWNER)]
        advice = "Keep the folder in a git repository with a remote, or back it up."
        return [warning("No git repository: the record is on this machine only", advice, _REMOTES)]
    return [*_remote(folder), *_branch(folder), *_uncommitted(context), *_keys(folder), *_size(folder)]


def _remote(folder: Path) -> list[Finding]:

    name = _remotes_name(folder)
    if name is None:
        advice = "Make an empty repository at GitHub, then `git remote add origin ADDRESS` and push."
        return [warning("The repository has no remote: the record is on this machine only", advice, _REMOTES)]
    url = git.ask(folder, "config", "--get", f"remote.{name}.url") or ""
    if git.holds_password(url):
        shown = git.without_user(url)
        advice = f"Revoke it, then `git remote set-url {name} {shown}`."
        return [warning(f"The address of the remote {name} holds a password or token", advice, _REMOTES)]
    return [ok(f"The remote {name}: {git.without_user(url)}")]


def _remotes_name(folder: Path) -> str | None:
    names = (git.ask(folder, "remote") or "").split()
    return "origin" if "origin" in names else names[0] if names else None


def _branch(folder: Path) -> list[Finding]:

    branch = git.ask(folder, "symbolic-ref", "--short", "HEAD")
    if branch is None:
        return [warning("No branch is checked out: a commit made here gets lost", "`git switch main`.", _REMOTES)]
    default = (git.ask(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD") or "").removeprefix("origin/")
    if default and default != branch:
        advice = f"`git switch {default}`: the schedule runs there, and the nightly data are committed there."
        return [warning(f"The branch is {branch}, the repository's own is {default}", advice, _REMOTES)]
    return _unpushed(folder, branch)


def _unpushed(folder: Path, branch: str) -> list[Finding]:
    """What was committed here and nowhere else: as far as this machine knows, which asks nobody."""
    name = _remotes_name(folder)
    if name is None:
        return []
    for there in ("@{upstream}", f"refs/remotes/{name}/{branch}"):
        ahead = git.ask(folder, "rev-list", "--count", f"{there}..HEAD")
        if ahead == "0":
            return []
        if ahead:
            what = "1 commit was never pushed" if ahead == "1" else f"{ahead} commits were never pushed"
            advice = "`git push`; where it is refused, `git pull --rebase` first."
            return [warning(f"{what}: the nights run without what is in them", advice, _REMOTES)]
    advice = f"Commit, then `git push -u {name} {branch}`."
    return [warning(f"The branch {branch} was never pushed: its record is on this machine only", advice, _REMOTES)]


def _uncommitted(context: CheckupContext) -> list[Finding]:
    if context.ignored:
        what = f"Git is told to ignore the record ({context.data_dir.name}/): no day of it is committed"
        level = warning if context.workflow is None else broken
        return [level(what, "Take it out of .gitignore, then `git add data`, commit and push.", _IGNORE)]
    changed = git.ask(context.folder, "status", "--porcelain", "--untracked-files=all", "--", str(context.data_dir))
    if changed:
        count = len(changed.splitlines())
        files = "1 file of the record is" if count == 1 else f"{count} files of the record are"
        return [warning(f"{files} not committed", "`git add data`, commit and push.", _REMOTES)]
    return []


def _keys(folder: Path) -> list[Finding]:

    if git.ask(folder, "ls-files", "--", ".env"):
        advice = "`git rm --cached .env`, add it to .gitignore, and renew every key in it: the old ones stay readable."
        return [broken("The file .env is committed: whoever sees the repository can read your keys", advice, _KEYS)]
    return []


def _size(folder: Path) -> list[Finding]:

    told = git.ask(folder, "count-objects", "-v") or ""
    sizes = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    megabytes = sum(int(sizes.get(name, "0")) for name in ("size", "size-pack", "size-garbage")) // 1024
    if megabytes >= LARGE_MB:
        advice = "`git gc` packs it. If it stays large, look for big files that are no data."
        return [warning(f"The repository takes {megabytes:,} MB", advice, "https://git-scm.com/docs/git-gc")]
    return []
