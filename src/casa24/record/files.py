"""Write files atomically, and lock a data folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from casa24.errors import FolderBusy, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODE = 0o644
_LOCK_TIMEOUT = 10.0


def write_atomically(path: Path, text: str | bytes) -> bool:
    """Write ``text`` to ``path`` as UTF-8, completely or not at all; return False if the file had that content.

    Writes a temporary file in the same folder, syncs it and renames it. Raises StorageError.
    """
    # A lone surrogate (broken text from outside) becomes the JSON escape it came from.
    content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    with _storage_errors(path):
        if path.is_file() and path.read_bytes() == content:
            return False
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return True


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary file beside ``path`` to write to; at the end it replaces ``path``, or nothing happens.

    Raises StorageError, also for an OSError raised while it is written to.
    """
    with _storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Because of the dot, a file left by a crash is not taken for a day.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            _sync(temporary)
            # mkstemp makes it 0600, which a web server or another user could not read.
            temporary.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else _MODE)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


@contextlib.contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path} could not be written ({error.strerror or type(error).__name__}).",
            advice="What was recorded before is unharmed. Check the folder's rights and free space, then run again.",
        ) from error


def _sync(path: Path) -> None:
    """Wait until the file is on the disk. It is opened for writing because Windows syncs no other files."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename durable, if the system can (Windows cannot open a folder)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(path: Path) -> Path:
    """Rename an unusable file to a free name beside it, ``NAME.old-1`` or so; it is never deleted."""
    names = (path.with_name(f"{path.stem}.old-{number}{path.suffix}") for number in range(1, 10_000))
    try:
        aside = next(name for name in names if not name.exists())
        path.replace(aside)
    except OSError as error:
        raise StorageError(
            f"{path} could not be set aside ({error.strerror}).",
            advice="Check the folder's rights, or move the file away yourself.",
        ) from error
    return aside


def keep_elsewhere(name: str, text: str) -> Path:
    """Write ``text`` into a new folder in the system's temporary folder, if its own place cannot be written to.

    Raises StorageError.
    """
    try:
        place = Path(tempfile.mkdtemp(prefix="casa24-kept-"))
    except OSError as error:
        raise StorageError(
            f"There is no temporary folder to write to ({error.strerror}).",
            advice="Set TMPDIR to a folder you may write to.",
        ) from error
    try:
        write_atomically(place / name, text)
    except StorageError:
        with contextlib.suppress(OSError):
            place.rmdir()
        raise
    return place / name


def sweep(folder: Path) -> None:
    """Remove temporary files a crash left behind. Call it only while holding the folder."""
    leftovers: list[Path] = []
    with contextlib.suppress(OSError):
        leftovers += folder.glob(".*.tmp") if folder.is_dir() else ()
    for leftover in leftovers:
        with contextlib.suppress(OSError):
            leftover.unlink()


@contextlib.contextmanager
def hold(folder: Path, *, timeout: float = _LOCK_TIMEOUT) -> Iterator[None]:
    """Hold a data folder for writing. Raises FolderBusy when another run holds it too long.

    The lock file is outside the folder (in the system's temporary folder, one folder for each
    user), so that the record contains nothing else.
    """
    from filelock import FileLock, Timeout

    try:
        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        # On a full disk there may be no usable temporary folder: OSError.
        place = Path(tempfile.gettempdir()) / f"casa24-{_user()}"
        place.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(place / f"{name}.lock", timeout=timeout)
        lock.acquire()
    except Timeout:
        raise FolderBusy(
            f"Another casa24 is writing to {folder}.", advice="Wait until it has finished, then run this again."
        ) from None
    except OSError as error:
        raise StorageError(
            f"The lock for {folder} could not be made ({error.strerror}: {error.filename or 'no file'}).",
            advice="Set TMPDIR to a folder you may write to.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
