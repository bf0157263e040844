"""Explain reason codes: why a number is missing, in words, and what to do about it.

A flag on disk carries a short code. This module turns a code into a sentence and
advice, so that a snapshot of last year is explained as well as today's.
A source adds its own codes (or its own texts for these) in its ``gaps``.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from casa24.core.snapshot import State
from casa24.errors import BadStatus, RateLimited, SourceError, SourceUnavailable, WebError
from casa24.text.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping


class Explanation(NamedTuple):
    """What happened, and what to do next (empty: nothing). ``{source}`` is the platform's title.

    ``passes``: it usually goes away by itself, so `casa24 doctor` warns only.
    """

    what: str
    advice: str = ""
    state: State = State.FAILED
    passes: bool = False


class Gap(NamedTuple):
    """One reason for one missing value, before it becomes a flag."""

    state: State
    code: str
    detail: str = ""


MISSING = Gap(State.FAILED, "missing")
"""The platform answered, but without this value."""

UNANSWERED = Gap(State.FAILED, "unanswered")
"""The source ended without an answer about this account."""

CONTROL_SILENT = "control_silent"
SUDDEN_ZERO = "sudden_zero"
AMENDED = "amended"
"""The code of a value that amendments.csv marks as doubtful."""

WAIT = "Nothing to do if it happens once; if it stays for days, see docs/problems.md."
_SAVE = "please report it with the files of `casa24 collect --save-replies FOLDER`."
REPORT = f"If it stays, {{source}} probably changed: {_SAVE}"

COMMON: Mapping[str, Explanation] = {
    # The request did not bring an answer.
    "unreachable": Explanation("{source} could not be reached", WAIT),
    "timeout": Explanation("{source} did not answer in time", WAIT, passes=True),
    "bad_status": Explanation("{source} answered with an error", WAIT),
    "server_error": Explanation("{source} had an internal error", WAIT, passes=True),
    "bad_reply": Explanation("{source} answered in a form casa24 does not know", REPORT),
    "bad_certificate": Explanation(
        "{source} could not prove who it is",
        "If it stays, a proxy or a virus scanner stands in between: name its certificate in SSL_CERT_FILE.",
    ),
    "gone": Explanation("{source} no longer has the address casa24 asks", REPORT),
    "rate_limited": Explanation(
        "{source} asked us to wait", "Run `casa24 collect` again later; if it named a time, not before.", passes=True
    ),
    "unauthorized": Explanation("{source} refused the credentials", "Renew them: see docs/keys.md."),
    "forbidden": Explanation("{source} does not allow this", "Check the rights of the credentials in use."),
    "not_found": Explanation("{source} does not know this account", "Check the artist's id in casa24.toml."),
    "missing": Explanation("{source} answered without this value", REPORT),
    "platform_changed": Explanation(
        "{source} gives this value for nobody any more: it probably changed its answers", f"Update casa24, or {_SAVE}"
    ),
    CONTROL_SILENT: Explanation(
        "{source} gave nothing for the control account either: it is the platform, or how casa24 reads it", WAIT
    ),
    "unreadable": Explanation("the stored value is no number", "Look at the file; it was probably edited by hand."),
    # The run ended before the answer came.
    "deadline": Explanation(
        "the run's deadline came first", "Run again, or allow more time with --deadline.", passes=True
    ),
    "interrupted": Explanation("the run was interrupted", "Run `casa24 collect` again.", passes=True),
    "unanswered": Explanation("the {source} source said nothing about this account", "Report it to its author."),
    "source_error": Explanation(
        "the {source} source failed by itself", "Report it with the output of `casa24 collect --debug`."
    ),
    # The value was not asked for.
    "not_asked": Explanation("not asked in this run", "", State.SKIPPED),
    "pruned": Explanation("removed by the label, as the platform's terms may ask", "", State.SKIPPED),
    "no_credentials": Explanation("no credentials for {source}", "See `casa24 sources`.", State.SKIPPED),
    "no_account": Explanation("no {source} account in casa24.toml", "", State.NO_ACCOUNT),
    "not_tracked": Explanation("not recorded then", "", State.NOT_TRACKED),
    "hidden": Explanation("hidden by the account's owner", "", State.HIDDEN),
    # About a value that is there.
    "rounded": Explanation("rounded by {source}", "", State.ROUNDED),
    AMENDED: Explanation("marked as not to be used", "", State.SUSPECT),
    SUDDEN_ZERO: Explanation(
        "0, where there were more before",
        "Look at the platform. If it is true, keep it: see `casa24 data check`.",
        State.SUSPECT,
    ),
    # The old collector's record (no `schema` in the file).
    "old_zero": Explanation("the old collector wrote 0 where it got no answer"),
    "old_na": Explanation("the old collector found no number (N/A)"),
    "old_rounded": Explanation("rounded by the page the old collector read", "", State.ROUNDED),
}


def explain(
    code: str,
    state: State,
    *,
    title: str,
    own: Mapping[str, Explanation] | None = None,
    detail: str = "",
) -> Explanation:
    """Return the sentence and the advice for a code; the source's own texts come first.

    An unknown code (of a plugin that was removed) is shown as it is, never hidden.
    """
    explanation = (own or {}).get(code) or COMMON.get(code) or Explanation(code or state.value.replace("_", " "))
    # A plugin's own texts may contain any braces: only the name is filled in.
    what = tr(explanation.what).replace("{source}", title)
    advice = tr(explanation.advice).replace("{source}", title)
    return Explanation(f"{what}: {detail}" if detail else what, advice, state, explanation.passes)


_BY_STATUS = {401: "unauthorized", 403: "forbidden", 404: "not_found", 410: "not_found"}
_SERVER_ERRORS = 500
_REASONS = {State.FAILED, State.NOT_OFFERED, State.HIDDEN, State.SKIPPED, State.NO_ACCOUNT}


def gap_of(error: BaseException, own: Mapping[str, Explanation] | None = None) -> Gap:
    """Turn an exception into the reason for a missing value.

    The details are casa24's own texts; what a platform wrote is not recorded.
    """
    if isinstance(error, SourceError):
        code = str(error.code)
        known = (own or {}).get(code) or COMMON.get(code)
        # `rounded` and `not_tracked` do not explain why an answer is missing.
        missing = known is not None and known.state in _REASONS
        return Gap(known.state if known and missing else State.FAILED, code, _when(error, str(error.detail)))
    if isinstance(error, BadStatus):
        code = "server_error" if error.status >= _SERVER_ERRORS else _BY_STATUS.get(error.status, error.code)
        return Gap(State.FAILED, code, error.message)
    if isinstance(error, WebError):
        return Gap(State.FAILED, error.code, _when(error, error.message))
    return Gap(State.FAILED, "source_error", type(error).__name__)


def _when(error: SourceError | WebError, detail: str) -> str:
    """Return the detail with the time from which the platform may be asked again."""
    until = error.until if isinstance(error, SourceUnavailable | RateLimited) else None
    if not isinstance(until, dt.datetime):
        return detail
    waiting = f"until {until.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    return f"{detail}, {waiting}" if detail else waiting
