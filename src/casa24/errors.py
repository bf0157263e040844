"""Define every error that casa24 raises on purpose.

::

    Casa24Error                  exit 1   something could not be done
    ├── UsageError               exit 2   the request itself is wrong
    │   ├── UnknownName                   no such artist or source
    │   └── BadDate                       not a date casa24 understands
    ├── ConfigError              exit 2   casa24.toml, or what it names, is wrong
    ├── CredentialError          exit 2   a credential is malformed or its source unsafe
    ├── StorageError             exit 1   the data folder could not be read or written
    │   ├── NoSnapshot                    nothing was recorded for that day
    │   ├── UnreadableSnapshot            a snapshot file is damaged
    │   ├── NewerSnapshot                 a snapshot file is of a newer casa24
    │   └── FolderBusy                    another run has locked the data folder
    ├── SourceError              exit 1   raised by a source, becomes a flag in the snapshot
    │   ├── AccountUnavailable            this account has no answer today
    │   └── SourceUnavailable             the whole platform has no answer in this run
    └── WebError                 exit 1   raised by `casa24.web.client`, becomes a flag too
        ├── Unreachable                   no connection, no name
        │   └── BadCertificate            the server could not prove its identity
        ├── TimedOut                      no complete answer in time
        ├── BadStatus                     an answer with an HTTP error status
        ├── BadReply                      an answer in an unexpected form
        └── RateLimited                   the host asked for a longer wait than a run allows

Only the command line turns them into text and an exit code: ``message`` says what
happened and where, ``advice`` what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path


INTERRUPTED = 130
"""The exit code after Ctrl-C, as in a shell."""


class Casa24Error(Exception):
    """The base of all: ``message`` says what happened, ``advice`` what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(Casa24Error):
    """The request itself is wrong; nothing was done."""

    exit_code = 2


class UnknownName(UsageError):
    """No artist or source has that name, or more than one."""


class BadDate(UsageError):
    """A text that is not a date casa24 understands."""


class ConfigError(Casa24Error):
    """``casa24.toml`` is wrong; every mistake found is named at once."""

    exit_code = 2

    def __init__(self, path: Path | None, problems: Sequence[str], *, advice: str = "") -> None:
        where = f"{path}" if path else "the configuration"
        shown = [f"{where}: {problem}" for problem in problems]
        super().__init__("\n".join(shown), advice=advice or "Correct the file and run the command again.")
        self.path = path
        self.problems = tuple(problems)


class CredentialError(Casa24Error):
    """A credential is malformed, or would have been fetched in an unsafe way."""

    exit_code = 2


class StorageError(Casa24Error):
    """The data folder could not be read or written."""


class NoSnapshot(StorageError):
    """Nothing was recorded for that day."""


class UnreadableSnapshot(StorageError):
    """A snapshot file is damaged: it is not JSON, or not a snapshot."""


class NewerSnapshot(StorageError):
    """A snapshot file was written by a newer casa24, so its content may be unknown to this one."""


class FolderBusy(StorageError):
    """Another run has locked the data folder."""


class SourceError(Casa24Error):
    """Raised by a source when a platform does not give what was asked for.

    ``code`` is a short stable name that is stored in the snapshot's flag. The advice is
    looked up by that code (in the source's ``gaps``), so that old snapshots are explained
    too. ``detail``: more information, in words.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


class AccountUnavailable(SourceError):
    """This account has no answer today; the source goes on with the other accounts."""


class SourceUnavailable(SourceError):
    """The whole platform has no answer for the rest of this run.

    ``until``: when the platform said it will answer again (UTC), if it said so.
    """

    def __init__(self, code: str, detail: str = "", *, until: dt.datetime | None = None) -> None:
        super().__init__(code, detail)
        self.until = until


class WebError(Casa24Error):
    """A request without a usable answer. It names the host only: never path, query or headers."""

    code: ClassVar[str] = "web_error"


class Unreachable(WebError):
    """No connection: unknown host, no route, refused or reset."""

    code = "unreachable"


class BadCertificate(Unreachable):
    """The server could not prove that it is that host."""

    code = "bad_certificate"


class TimedOut(WebError):
    """No complete answer in time."""

    code = "timeout"


class BadReply(WebError):
    """An answer in an unexpected form: another format, another structure, or too large."""

    code = "bad_reply"


class BadStatus(WebError):
    """An answer with an HTTP error status; ``body`` is the decoded JSON where it was JSON."""

    code = "bad_status"

    def __init__(self, message: str, *, status: int, body: object = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class RateLimited(WebError):
    """The host asked for a longer wait than a run allows. ``until``: when to ask again (UTC)."""

    code = "rate_limited"

    def __init__(self, message: str, *, until: dt.datetime | None) -> None:
        super().__init__(message)
        self.until = until
