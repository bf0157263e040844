"""The nightly workflow as far as it concerns us, read line by line: no YAML library is needed for that."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casa24.setup.doctor.crons import every_day, times
from casa24.setup.doctor.yaml_outline import fault

if TYPE_CHECKING:
    from pathlib import Path

    from casa24.setup.doctor.crons import Times

FOLDER = ".github/workflows"

_COMMENT = re.compile(r"(^|\s)#.*$", re.MULTILINE)
_COLLECT = re.compile(r"\bcasa24(?:\.exe)?[\"']?\s+collect\b")
_CRON = re.compile(r"""^\s*-?\s*cron:\s*["']?([^"'\n]+?)["']?\s*$""", re.MULTILINE)
_RIGHT = re.compile(r"""[\s{,]["']?([a-z-]+)["']?:\s*["']?(write|read|none)\b""")
_ALL = re.compile(r"^\s*permissions:\s*[\"']?write-all\b", re.MULTILINE)
_ANY = re.compile(r"^\s*permissions:", re.MULTILINE)
_INDENT = re.compile(r"^( *)\S", re.MULTILINE)
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that runs `casa24 collect`. ``crons``: its schedule; ``fault``: the first line that is no YAML, or 0.

    ``rights``: what the job that collects may write; ``anywhere``: what any job may. ``limited``: whether
    permissions are named at all; where they are not, the repository's setting decides.
    """

    path: Path
    crons: tuple[str, ...]
    rights: frozenset[str]
    anywhere: frozenset[str]
    limited: bool
    text: str
    fault: int = 0

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def times(self) -> tuple[Times, ...]:
        """Its schedule, as far as it says any time."""
        return tuple(found for cron in self.crons if (found := times(cron)))

    @property
    def daily(self) -> bool:
        """Whether it runs every day."""
        return every_day(self.times)

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
                workflow = read(path, path.read_text("utf-8-sig", errors="replace"))
                if _COLLECT.search(workflow.text):
                    found.append(workflow)
    return next((workflow for workflow in found if workflow.crons), found[0] if found else None)


def read(path: Path, written: str) -> Workflow:
    """A workflow's text. Permissions a job names are the only ones it has; else the workflow's are."""
    text = _COMMENT.sub("", written)
    whole = _parts(text)
    jobs = _parts(whole.get("jobs", ""))
    job = _parts(next((body for body in jobs.values() if _COLLECT.search(body)), ""))
    named = job.get("permissions", whole.get("permissions"))
    limited = named is not None if job else bool(_ANY.search(text))
    # Jobs in braces, an alias: where it cannot be told whose they are, all are taken for the job's.
    told = bool(job) and named is not None and not named.lstrip().startswith("*")
    rights = _rights(f"permissions:{named}" if told else text)
    return Workflow(path, tuple(_CRON.findall(text)), rights, _rights(text), limited, text, fault(written))


def _parts(block: str) -> dict[str, str]:
    """The names at a block's own indentation, each with all that stands below it."""
    first = _INDENT.search(block)
    if first is None:
        return {}
    heads = list(re.finditer(rf"^{first[1]}[\"']?([\w-]+)[\"']?[ ]*:", block, re.MULTILINE))
    ends = [*(head.start() for head in heads[1:]), len(block)]
    return {head[1]: block[head.end() : end] for head, end in zip(heads, ends, strict=False)}


def _rights(text: str) -> frozenset[str]:
    """What a text allows to write; ``*``: everything."""
    rights = {right for right, level in _RIGHT.findall(text) if level == "write"}
    return frozenset({*rights, "*"} if _ALL.search(text) else rights)
