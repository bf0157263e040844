"""Check the credentials: whether they are set, where, and of the expected form. None is ever shown."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from casa24.core import docs
from casa24.core.findings import broken, ok, warning
from casa24.core.reserved import NOTIFY, WORKER_KEY, WORKER_URL
from casa24.setup.doctor.wording import split

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from casa24.config.credentials import Wallet
    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext
    from casa24.sources.registry import AnySource

_KEYS = docs.KEYS
_SET = "Set what is missing (docs/keys.md)."
# So alike are a name and its misspelling; names of other programs' are less.
_NEAR = 0.8
_QUOTES = "\"'`“”"
_PLACEHOLDER = re.compile(r"(?i)<.*>|\[.*\]|\{.*\}|\.{2,}|[x*]{3,}.*|.*(example|placeholder|change.?me|paste|your).*")


def credentials(context: CheckupContext) -> list[Finding]:
    """Each source's credentials, as far as this machine and the Worker give them."""
    wallet = context.wallet
    # What the Worker said of itself, its own area has told.
    names = context.registry.credential_names
    own = [text for text in wallet.warnings if text in context.here.warnings or text.startswith(names)]
    unused = [warning(*split(text, "Correct the line."), _KEYS) for text in own]
    told = {name for name in names if any(name in text for text in wallet.warnings)}
    misspelt = {right: wrong for wrong, right in _misspelt(context).items() if right not in told}
    instead = _placeholders(context, {*told, *misspelt})
    told |= {*misspelt, *instead}
    return [
        *unused,
        *(_weigh(name, context)(*_did_you_mean(wrong, name), _KEYS) for name, wrong in misspelt.items()),
        *(_weigh(name, context)(f"{name} (from {origin}) is a placeholder, no key", _SET, _KEYS)
          for name, origin in instead.items()),
        *(finding for source in context.sources for finding in _of(source, context, told)),
    ]  # fmt: skip


def _misspelt(context: CheckupContext) -> dict[str, str]:
    """The names in .env that nobody knows, and for each the one it is like, where that is set nowhere."""
    known = (*context.registry.credential_names, WORKER_URL, WORKER_KEY, NOTIFY)
    unset = [name for name in known if name not in context.wallet.found and name not in context.here.found]
    strange = [name for name, value in context.dotenv.items() if value.strip() and name not in known]
    return {name: near[0] for name in strange if (near := get_close_matches(name.upper(), unset, 1, _NEAR))}


def _did_you_mean(wrong: str, right: str) -> tuple[str, str]:
    return f"Nobody knows {wrong} (in .env): did you mean {right}?", f"Call it {right} there."


def _placeholders(context: CheckupContext, told: Collection[str]) -> dict[str, str]:
    """The keys a source cannot do without in whose place only a guide's example stands, and where."""
    if not context.all_keys_seen:
        return {}
    places = {"environment": context.environ, ".env": context.dotenv}
    needed = [
        name for source in context.sources if not source.credentials.quiet for name in source.credentials.required
    ]
    return {
        name: origin
        for name in needed
        if name not in context.wallet.found and name not in told
        for origin, values in places.items()
        if values.get(name, "").strip()
    }


def _weigh(name: str, context: CheckupContext) -> Callable[[str, str, str], Finding]:
    """Whether readings are lost without this key."""
    using = [source.credentials for source in context.sources if name in source.credentials.required]
    lost = context.all_keys_seen and any(not (credential.optional or credential.quiet) for credential in using)
    return broken if lost else warning


def _of(source: AnySource, context: CheckupContext, told: set[str]) -> list[Finding]:
    """One source's; ``told``: the names something was said of already."""
    wanted, wallet = source.credentials, context.wallet
    if not wanted.names:
        return []
    odd = _odd(source, wallet)
    missing = [name for name in wanted.required if name not in wallet.found and name not in told]
    partly = any(name in wallet.found for name in wanted.required)
    if missing and context.all_keys_seen and (partly or not wanted.quiet):
        return [_missing(source, missing), *odd]
    origins = dict.fromkeys(wallet.origin(name) for name in wanted.names if name in wallet.found)
    if odd or missing or not origins:
        return odd
    names = ", ".join(name for name in wanted.names if name in wallet.found)
    return [ok(f"{names} (from {', '.join(str(origin) for origin in origins)})")]


def _missing(source: AnySource, names: list[str]) -> Finding:
    what = f"{source.title}: {' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set"
    if source.credentials.optional:
        return warning(f"{what}; something is measured without", _SET, _KEYS)
    return broken(what, _SET, _KEYS)


def _odd(source: AnySource, wallet: Wallet) -> list[Finding]:
    """The values that do not look as they should, and what they look like instead; never the values."""
    shapes = {name: shape for name, (shape, _) in source.credentials.shapes.items()}
    values = {name: secret.get_secret_value() for name, secret in wallet.give(shapes).items()}
    wrong = [name for name, value in values.items() if not _fits(shapes[name], value)]
    swapped = {name: twin for name in wrong for twin in wrong if name != twin and _fits(shapes[twin], values[name])}
    findings = []
    for name in wrong:
        swapped_with = swapped.get(name)
        if swapped_with and swapped.get(swapped_with) == name:
            if wrong.index(name) < wrong.index(swapped_with):
                findings.append(
                    warning(f"{name} and {swapped_with} look swapped", "Set each to the other's value.", _KEYS)
                )
            continue
        looks = source.credentials.shapes[name][1]
        likely = next(
            (likely_name for likely_name in shapes if likely_name != name and _fits(shapes[likely_name], values[name])),
            None,
        )
        what = f"{name} (from {wallet.origin(name)}) {_fault(values[name], likely)}"
        findings.append(warning(what, f"Copy it again: it should be {looks}.", _KEYS))
    return findings


def _fits(shape: str, value: str) -> bool:
    try:
        return re.fullmatch(shape, value) is not None
    except re.error:
        # A mistake of the source's author says nothing of the key.
        return True


def _fault(value: str, likely: str | None) -> str:
    quotes = (value[0] in _QUOTES) + (value[-1] in _QUOTES)
    if quotes:
        return "has a quote at one end" if quotes == 1 else "stands in quotes"
    if _PLACEHOLDER.fullmatch(value):
        return "is a placeholder, no key"
    return f"looks like {likely}" if likely else "does not look like one"
