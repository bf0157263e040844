"""Read the nightly workflow's schedule, permissions and commands."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casa24.setup.doctor.crons import every_day

if TYPE_CHECKING:
    from pathlib import Path

    from yaml import YAMLError

FOLDER = ".github/workflows"

_COMMENT = re.compile(r"(^|\s)#.*$", re.MULTILINE)
_COLLECT = re.compile(r"\bcasa24(?:\.exe)?[\"']?\s+collect\b")
# All of a line but its indentation, and a line of blanks.
_AFTER_INDENT = re.compile(r"\S.*|[ \t]+$", re.MULTILINE)
_LARGEST = 128 * 1024


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that runs `casa24 collect`. ``crons``: its schedule; ``fault``: the first line that is no YAML, or 0.

    ``rights``: what the job that collects may write; ``anywhere``: what any job may. ``limited``: whether
    permissions are named at all; where they are not, the repository's setting decides.
    """

    path: Path
    text: str
    crons: tuple[str, ...] = ()
    rights: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()
    limited: bool = False
    fault: int = 0

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def nightly(self) -> bool:
        """Whether the nights are left to it, as far as it can be read."""
        return bool(self.crons or self.fault)

    @property
    def daily(self) -> bool:
        """Whether it runs every day."""
        return every_day(self.crons)

    def may_write(self, right: str) -> bool:
        """Whether the job that collects is given this right."""
        return bool(self.rights & {"*", right})

    def may_write_anywhere(self, right: str) -> bool:
        """Whether any job is given this right."""
        return bool(self.anywhere & {"*", right})


def find_workflow(folder: Path) -> Workflow | None:
    """The workflow that collects: of several the one with a schedule. It lies at the repository's root."""
    root = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
    found: list[Workflow] = []
    for path in sorted((root / FOLDER).glob("*.y*ml")):
        with suppress(OSError):
            if path.is_file() and path.stat().st_size < _LARGEST:
                written = path.read_text("utf-8-sig", errors="replace")
                if _COLLECT.search(_COMMENT.sub("", written)):
                    found.append(read(path, written))
    return next((workflow for workflow in found if workflow.nightly), found[0] if found else None)


def read(path: Path, written: str) -> Workflow:
    """A workflow's text. Permissions a job names are the only ones it has; else the workflow's are."""
    from yaml import BaseLoader, YAMLError, load

    # Every value stays the text it is, `on` above all. GitHub takes a tab for a blank, but not in an indentation.
    blanks = _AFTER_INDENT.sub(lambda found: found[0].replace("\t", " ").rstrip(), written)
    text = _COMMENT.sub("", written)
    try:
        whole = _mapping(load(blanks, Loader=BaseLoader))  # noqa: S506 - it makes texts, lists and dicts, and no objects
    except YAMLError as error:
        return Workflow(path, text, fault=_line(error, blanks))
    except RecursionError:
        return Workflow(path, text, fault=1)
    jobs = [_mapping(job) for job in _mapping(whole.get("jobs")).values()]
    job = _collecting(jobs)
    # Where it cannot be told which job collects, what any names is taken for that job's.
    named = [section["permissions"] for section in (whole, *jobs) if "permissions" in section]
    given = (
        named if job is None else [section["permissions"] for section in (job, whole) if "permissions" in section][:1]
    )
    return Workflow(path, text, _crons(whole), _rights(given), _rights(named), limited=bool(given))


def _mapping(value: object) -> dict[str, Any]:
    """What is expected to be one, as one."""
    return value if isinstance(value, dict) else {}


def _line(error: YAMLError, text: str) -> int:
    """Where a fault begins: of a quote or bracket without an end where it was opened, not where it was missed."""
    from yaml import MarkedYAMLError

    if not isinstance(error, MarkedYAMLError):
        # A character that is never allowed.
        return text.count("\n", 0, getattr(error, "position", 0)) + 1
    opened = re.search("scanning|flow", error.context or "")
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    return min(_opening(text, mark.line), text.rstrip().count("\n")) + 1 if mark else 1


def _opening(text: str, line: int) -> int:
    """The line itself, or the one where a quote began that ends in it: that one went on to the next quote."""
    from yaml import BaseLoader, ScalarToken, YAMLError, scan

    with suppress(YAMLError):
        for token in scan(text, Loader=BaseLoader):
            if isinstance(token, ScalarToken) and token.style in ("'", '"') and token.end_mark.line == line:
                return int(token.start_mark.line)
    return line


def _crons(whole: dict[str, Any]) -> tuple[str, ...]:
    schedule = _mapping(whole.get("on")).get("schedule")
    entries = schedule if isinstance(schedule, list) else []
    return tuple(str(cron) for entry in entries if (cron := _mapping(entry).get("cron")))


def _collecting(jobs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first job with the command in any of its texts. What aliases repeat is looked at once."""
    seen: set[int] = set()
    for job in jobs:
        waiting: list[Any] = [job]
        while waiting:
            value = waiting.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if not isinstance(value, str):
                waiting += value.values() if isinstance(value, dict) else value
            elif _COLLECT.search(_COMMENT.sub("", value)):
                return job
    return None


def _rights(permissions: list[Any]) -> frozenset[str]:
    """What may be written; ``*``: everything."""
    named = {right for section in permissions for right, level in _mapping(section).items() if level == "write"}
    return frozenset({*named, "*"} if "write-all" in permissions else named)
