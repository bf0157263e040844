"""Write files from a plan, without overwriting anything silently."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from casa24.errors import StorageError, UsageError
from casa24.record.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_ADDED = "# Added by casa24:"


class FileAction(StrEnum):
    """What happens to a file. Of these, the last three mean that another one is there."""

    NEW = "new"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REPLACED = "replaced"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that shall lie in a folder. ``name``: its path there, with slashes.

    ``by_line``: of a file that is there already only missing lines are added (a .gitignore).
    """

    name: str
    text: str
    by_line: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What will happen to one file. ``text``: what it holds afterwards, where something is written."""

    name: str
    path: Path
    fate: FileAction
    text: str

    @property
    def writes(self) -> bool:
        """Whether the file changes."""
        return self.fate in {FileAction.NEW, FileAction.REPLACED, FileAction.COMPLETED}


def plan(folder: Path, files: Iterable[Planned], *, force: bool = False) -> tuple[Step, ...]:
    """What laying these files down would do; nothing is written. ``force``: a file that differs is replaced.

    Raises UsageError where the folder is none, StorageError for what could not be read or written.
    """
    if not str(folder).isprintable():
        raise UsageError(f"{str(folder)!r} is no name for a folder.", advice="Give one that can be read, on one line.")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", advice="Give a folder; it may be a new one.")
    steps = tuple(_step(folder, file, force=force) for file in files)
    for step in steps:
        if step.writes:
            _check_place(step.path.resolve())
    return steps


def lay_down(steps: Sequence[Step]) -> None:
    """Write what the plan says. Raises StorageError."""
    for step in steps:
        if step.writes:
            # A link stays one; what it leads to is written.
            write_atomically(step.path.resolve(), step.text)


def _step(folder: Path, file: Planned, *, force: bool) -> Step:
    path = folder.joinpath(*file.name.split("/"))
    there = _read(path)
    if there is None:
        return Step(file.name, path, FileAction.NEW, file.text)
    if _lines(there) == _lines(file.text):
        return Step(file.name, path, FileAction.UNCHANGED, there)
    if file.by_line:
        completed = _completed(there, file.text)
        return Step(file.name, path, FileAction.UNCHANGED if completed == there else FileAction.COMPLETED, completed)
    return (
        Step(file.name, path, FileAction.REPLACED, file.text)
        if force
        else Step(file.name, path, FileAction.KEPT, there)
    )


def _read(path: Path) -> str | None:
    """A file's text with its own line ends; None where there is no file."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise StorageError(f"{path} is a link to nowhere.", advice="Remove it, then run this again.") from None
        return None
    except IsADirectoryError:
        raise StorageError(
            f"{path} is a folder, where a file of that name belongs.", advice="Rename it, then run this again."
        ) from None
    except UnicodeDecodeError:
        raise StorageError(
            f"{path} is not saved as UTF-8 text.", advice="Save it as UTF-8, or move it away, then run this again."
        ) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read ({error.strerror}).", advice="Check its rights.") from error


def _lines(text: str) -> list[str]:
    """The text whatever the line ends: on Windows, git writes its own."""
    return text.splitlines()


def _completed(there: str, wanted: str) -> str:
    """The text with the wanted lines it lacks at its end, comments and empty lines aside."""
    held: set[str] = set()
    for line in (line.rstrip() for line in there.splitlines()):
        # In a .gitignore, a later "!" takes a line back.
        if line.startswith("!"):
            held.discard(line[1:])
        else:
            held.add(line)
    missing = [line for line in wanted.splitlines() if line and not line.startswith("#") and line not in held]
    if not missing:
        return there
    end = "\r\n" if "\r\n" in there else "\n"
    gap = "" if not there else end if there.endswith("\n") else 2 * end
    return there + gap + end.join([_ADDED, *missing, ""])


def _check_place(path: Path) -> None:
    """Every trouble that can be seen beforehand is said before the first file is written."""
    place = next(parent for parent in path.parents if parent.exists())
    if not place.is_dir():
        raise StorageError(
            f"{place} is a file, where a folder of that name belongs.", advice="Rename it, then run this again."
        )
    if not os.access(place, os.W_OK | os.X_OK):
        raise StorageError(
            f"{place} may not be written to. Nothing was changed.", advice="Check its rights, or choose another folder."
        )
