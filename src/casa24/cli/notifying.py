"""``notify``: the news sent to every address that has not had it."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from casa24 import files
from casa24.analysis.news import News, news
from casa24.asking.foresight import clean_series
from casa24.asking.questions import record
from casa24.cli.keys import all_keys, keep_token, local_keys
from casa24.cli.output import say
from casa24.credentials import NOTIFY
from casa24.errors import NoSnapshot, UsageError
from casa24.language import count, tr
from casa24.notices import FILE_NAME, Notices, note
from casa24.views.news import body_of, title_of, what_of
from casa24.workspace import utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casa24.workspace import Workspace

_DAYS = 30


@dataclass(slots=True)
class Sending:
    """What became of it: how many things were said to how many addresses, and how many of these failed."""

    said: int = 0
    addresses: int = 0
    failed: list[str] = field(default_factory=list)


def notify(workspace: Workspace, *, dry_run: bool) -> int:
    """Say what is new, once to each address; the exit code. Raises StorageError or UsageError."""
    addresses = _addresses(workspace)
    if not addresses and not dry_run:
        say(tr("Nobody is told: {name} is not set.", name=NOTIFY))
        return 0
    found = _news(workspace)
    path = workspace.folder.path / FILE_NAME
    sent = Notices.read(path)
    if dry_run:
        _rehearse(found, sent, addresses, workspace.label)
        return 0
    sending = Sending(addresses=len(addresses))
    for number, address in enumerate(addresses, 1):
        wanted = [one for one in found if sent.missing(one.key, address)]
        for part in _messages(wanted):
            if not _send(address, title_of(part, workspace.label), body_of(part)):
                sending.failed.append(tr("Address {n} of {all} did not take it.", n=number, all=len(addresses)))
                break
            with files.hold(workspace.folder.path):
                note(path, address, [(one.key, what_of(one)) for one in part], utc_now())
            sending.said += len(part)
    return _told(sending)


def _told(sending: Sending) -> int:
    if sending.said:
        say(count(sending.said, "1 thing was said.", "{n} things were said."))
    elif not sending.failed:
        say(tr("Nothing new to say."))
    for line in sending.failed:
        say(f"Warning: {line} {tr('It is tried again next time; check the address.')}")
    return 1 if sending.failed else 0


def _addresses(workspace: Workspace) -> list[str]:
    """The addresses, each kept out of everything printed."""
    here = local_keys(workspace)
    wallet = here if NOTIFY in here.found else asyncio.run(all_keys(workspace, here))
    if NOTIFY not in wallet.found:
        return []
    parts = re.split(r"[\s,]+", wallet.found[NOTIFY].secret.get_secret_value())
    addresses = list(dict.fromkeys(part for part in parts if part))
    for address in addresses:
        keep_token(SecretStr(address))
    return addresses


def _news(workspace: Workspace) -> list[News]:
    """What the record has to say; nothing where it is empty."""
    from casa24.analysis.calendar import shifted
    from casa24.analysis.milestones import milestones
    from casa24.analysis.unusual import unusual
    from casa24.analysis.week import DAYS, Week, describe_week

    try:
        history, last = record(workspace, None)
    except NoSnapshot:
        return []
    series, _ = clean_series(history)
    chosen = Week.last_complete(last)
    snapshots = list(history.stream(shifted(chosen.monday, -DAYS), chosen.sunday))
    week = describe_week(chosen, series, snapshots, workspace.registry.sources, aliases=workspace.aliases)
    first = shifted(last, -DAYS * (_DAYS // 7))
    return news(week, milestones(series, last).reached, unusual(series, first, last).movements, last)


def _messages(wanted: Sequence[News]) -> list[list[News]]:
    """The week in a message of its own, everything else in one before it."""
    small = [one for one in wanted if one.week is None]
    return [part for part in (small, *([one] for one in wanted if one.week is not None)) if part]


def _rehearse(found: Sequence[News], sent: Notices, addresses: Sequence[str], label: str) -> None:
    """Print what would be sent."""
    wanted = [one for one in found if not addresses or any(sent.missing(one.key, address) for address in addresses)]
    for part in _messages(wanted):
        say(f"{title_of(part, label)}\n{body_of(part)}\n")
    to = count(len(addresses), "1 address", "{n} addresses")
    say(tr("A dry run: nothing was sent ({things}, {to}).", things=count(len(wanted), "1 thing", "{n} things"), to=to))


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
