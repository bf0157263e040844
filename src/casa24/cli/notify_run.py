"""Send the news to every address that has not had it."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from casa24.analysis.news import News, news, unsaid
from casa24.cli.keys import all_keys, keep_token, local_keys
from casa24.cli.output import say
from casa24.core.reserved import NOTIFY
from casa24.errors import Casa24Error, UsageError
from casa24.queries.questions import record
from casa24.record import files
from casa24.record.notified import FILE_NAME, Notices, note
from casa24.record.workspace import utc_now
from casa24.text.i18n import count, tr
from casa24.views.news import body_of, title_of, what_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from casa24.config.credentials import Wallet
    from casa24.record.workspace import Workspace

# What is shorter is no secret, and kept out of a log it would black out half of it.
_SHORT = 8


@dataclass(frozen=True, slots=True)
class _Given:
    """What is to be told. ``broken``: whether something stands there that is no address."""

    addresses: tuple[str, ...] = ()
    broken: bool = False


@dataclass(slots=True)
class Sending:
    """What became of it: how many things were said to how many addresses, and how many of these failed."""

    said: int = 0
    addresses: int = 0
    failed: list[str] = field(default_factory=list)


def notify(workspace: Workspace, *, dry_run: bool) -> int:
    """Say what is new, once to each address; the exit code. Raises StorageError, UsageError or Casa24Error."""
    given = _given(workspace)
    if not given.addresses and not given.broken and not dry_run:
        say(tr("Nobody is told: {name} is not set.", name=NOTIFY))
        return 0
    code = 0
    if given.addresses or dry_run:
        found = _news(workspace)
        path = workspace.folder.path / FILE_NAME
        sent = Notices.read(path)
        if dry_run:
            _rehearse(found, sent, given.addresses, workspace.label)
        else:
            code = _told(_tell(workspace, path, found, sent, given.addresses))
    if given.broken:
        what = tr("{name} holds something that is no address.", name=NOTIFY)
        advice = tr("Set it to addresses of apprise, such as discord://…, on one line with a space between.")
        raise Casa24Error(what, advice=advice)
    return code


def _tell(workspace: Workspace, path: Path, found: Sequence[News], sent: Notices, addresses: Sequence[str]) -> Sending:
    sending = Sending(addresses=len(addresses))
    for number, address in enumerate(addresses, 1):
        for part in _messages(found, sent.keys(address)):
            if not _send(address, title_of(part, workspace.label), body_of(part)):
                sending.failed.append(tr("Address {n} of {all} did not take it.", n=number, all=len(addresses)))
                break
            with files.hold(workspace.folder.path):
                note(path, address, [(key, what_of(item)) for item in part for key in item.keys], utc_now())
            sending.said += len(part)
    return sending


def _told(sending: Sending) -> int:
    if sending.said:
        say(count(sending.said, "1 thing was said.", "{n} things were said."))
    elif not sending.failed:
        say(tr("Nothing new to say."))
    for line in sending.failed:
        say(f"Warning: {line} {tr('It is tried again next time; check the address.')}")
    return 1 if sending.failed else 0


def _given(workspace: Workspace) -> _Given:
    """The addresses, each kept out of everything printed."""
    here = local_keys(workspace)
    wallet = here if NOTIFY in here.found else asyncio.run(all_keys(workspace, here))
    if NOTIFY not in wallet.found:
        return _Given(broken=_holds_no_key(wallet))
    parts = re.split(r"[\s,]+", wallet.found[NOTIFY].secret.get_secret_value())
    written = list(dict.fromkeys(part for part in parts if part))
    for address in written:
        if len(address) >= _SHORT:
            keep_token(SecretStr(address))
    addresses = tuple(address for address in written if _is_address(address))
    return _Given(addresses, broken=len(addresses) < len(written))


def _holds_no_key(wallet: Wallet) -> bool:
    """Whether it is set, to what is not even taken for a secret; what else kept it from being found is said."""
    for warning in wallet.warnings:
        say(f"Warning: {warning}")
    return any(warning.startswith(f"{NOTIFY} ") for warning in wallet.warnings)


def _news(workspace: Workspace) -> list[News]:
    """What the record has to say; nothing where it is empty."""
    from casa24.analysis.events import every_event
    from casa24.analysis.milestones import milestones
    from casa24.analysis.unusual import movements
    from casa24.analysis.week import Week
    from casa24.queries.open_history import read
    from casa24.queries.weeks import week_of

    if not workspace.history.days:
        return []
    history, last = record(workspace, None)
    found = read(history)
    week = week_of(workspace, found, Week.last_complete(last))
    return news(week, milestones(found.series, last).reached, movements(every_event(found.series)), found.days)


def _messages(found: Sequence[News], keys: Collection[str]) -> Iterator[list[News]]:
    """What was not told under these keys: the week in a message of its own, everything else in one before it."""
    wanted = unsaid(found, keys)
    small = [item for item in wanted if item.week is None]
    yield from (part for part in (small, *([item] for item in wanted if item.week is not None)) if part)


def _rehearse(found: Sequence[News], sent: Notices, addresses: Sequence[str], label: str) -> None:
    """Print what would be sent."""
    told = [sent.keys(address) for address in addresses]
    parts = list(_messages(found, frozenset.intersection(*told) if told else frozenset()))
    for part in parts:
        say(f"{title_of(part, label)}\n{body_of(part)}\n")
    things, to = (
        count(sum(map(len, parts)), "1 thing", "{n} things"),
        count(len(addresses), "1 address", "{n} addresses"),
    )
    say(tr("A dry run: nothing was sent ({things}, {to}).", things=things, to=to))


def _is_address(text: str) -> bool:
    """Whether apprise knows what to do with it. UsageError: no apprise."""
    try:
        return bool(_apprise().Apprise().add(text))
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - as in `_send`
        logging.getLogger("casa24.notify").debug("%s", type(error).__name__)
        return False


def _send(address: str, title: str, body: str) -> bool:
    """Whether an address took a message; what goes wrong costs nobody else theirs. UsageError: no apprise."""
    apprise = _apprise()
    try:
        post = apprise.Apprise()
        return bool(post.add(address)) and bool(
            post.notify(body=body, title=title, body_format=apprise.NotifyFormat.MARKDOWN)
        )
    except Exception as error:  # noqa: BLE001 - a library of a hundred services; its errors hold the address
        logging.getLogger("casa24.notify").debug("%s", type(error).__name__)
        return False


def _apprise() -> Any:
    try:
        import apprise
    except ImportError:
        advice = 'pip install "casa24[notify]"'
        raise UsageError("Messages are sent by apprise, which is not installed.", advice=advice) from None
    # Its log lines hold the addresses, which are secrets.
    for name in ("apprise", "urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
    return apprise
