"""The credentials: set, where from, and of the look they should have. None is ever shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casa24 import HOMEPAGE
from casa24.findings import broken, ok, warning

if TYPE_CHECKING:
    from casa24.credentials import Wallet
    from casa24.doctor.patient import Patient
    from casa24.findings import Finding
    from casa24.sources.registry import AnySource

_KEYS = f"{HOMEPAGE}#credentials"
_QUOTES = "\"'`“”"
_PLACEHOLDER = re.compile(r"(?i)<.*>|\[.*\]|\{.*\}|\.{2,}|[x*]{3,}.*|.*(example|placeholder|change.?me|paste|your).*")


def credentials(patient: Patient) -> list[Finding]:
    """Each source's credentials, as far as this machine and the Worker give them."""
    wallet = patient.wallet
    unused = [warning(*_split(text), _KEYS) for text in wallet.warnings if not text.startswith("The Worker")]
    told = {name for name in patient.registry.credential_names if any(name in text for text in wallet.warnings)}
    return [*unused, *(finding for source in patient.sources for finding in _of(source, patient, told))]


def _split(text: str) -> tuple[str, str]:
    what, _, advice = text.partition(". ")
    return what, advice or "Correct the line."


def _of(source: AnySource, patient: Patient, told: set[str]) -> list[Finding]:
    """One source's; ``told``: the names something was said of already."""
    wanted, wallet = source.credentials, patient.wallet
    if not wanted.names:
        return []
    odd = _odd(source, wallet)
    missing = [name for name in wanted.required if name not in wallet.found and name not in told]
    partly = any(name in wallet.found for name in wanted.required)
    if missing and patient.all_keys_seen and (partly or not wanted.quiet):
        return [_missing(source, missing), *odd]
    origins = dict.fromkeys(wallet.origin(name) for name in wanted.names if name in wallet.found)
    if odd or missing or not origins:
        return odd
    names = ", ".join(name for name in wanted.names if name in wallet.found)
    return [ok(f"{names} (from {', '.join(str(origin) for origin in origins)})")]


def _missing(source: AnySource, names: list[str]) -> Finding:
    what = f"{source.title}: {' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set"
    if source.credentials.optional:
        return warning(f"{what}; something is measured without", "Set what is missing (README, Credentials).", _KEYS)
    return broken(what, "Set what is missing (README, Credentials).", _KEYS)


def _odd(source: AnySource, wallet: Wallet) -> list[Finding]:
    """The values that do not look as they should, and what they look like instead; never the values."""
    shapes = {name: shape for name, (shape, _) in source.credentials.shapes.items()}
    values = {name: secret.get_secret_value() for name, secret in wallet.give(shapes).items()}
    wrong = [name for name, value in values.items() if not _fits(shapes[name], value)]
    swapped = {name: other for name in wrong for other in wrong if name != other and _fits(shapes[other], values[name])}
    findings = []
    for name in wrong:
        other = swapped.get(name)
        if other and swapped.get(other) == name:
            if wrong.index(name) < wrong.index(other):
                findings.append(warning(f"{name} and {other} look swapped", "Set each to the other's value.", _KEYS))
            continue
        looks = source.credentials.shapes[name][1]
        likely = next((one for one in shapes if one != name and _fits(shapes[one], values[name])), None)
        what = f"{name} (from {wallet.origin(name)}) {_fault(values[name], shapes[name], likely)}"
        findings.append(warning(what, f"Copy it again: it should be {looks}.", _KEYS))
    return findings


def _fits(shape: str, value: str) -> bool:
    try:
        return re.fullmatch(shape, value) is not None
    except re.error:
        # A mistake of the source's author says nothing of the key.
        return True


def _fault(value: str, shape: str, likely: str | None) -> str:
    if value[0] in _QUOTES or value[-1] in _QUOTES:
        return "has a quote at its end" if not _fits(shape, value.strip(_QUOTES)) else "stands in quotes"
    if _PLACEHOLDER.fullmatch(value):
        return "is a placeholder, no key"
    return f"looks like {likely}" if likely else "does not look like one"
