"""Check that ``casa24.toml`` names accounts, and that sources for them are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.core import docs
from casa24.core.findings import broken, ok, warning
from casa24.setup.doctor.wording import amount

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.errors import ConfigError
    from casa24.setup.doctor.context import CheckupContext

_ROSTER = docs.ROSTER
_CORRECT = "Correct it; the platforms are asked then."


def configuration(context: CheckupContext) -> list[Finding]:
    """The file, its roster, and the packages with sources."""
    left_out = [
        warning(
            f"The source {source.name} of {source.package} is left out: {source.reason}",
            "Update or uninstall the package.",
        )
        for source in context.registry.broken
    ]
    if context.roster is None:
        return [*_mistakes(context), *left_out]
    active = len(context.roster.active(context.now.date()))
    unknown = [
        warning(text, "Correct the key, or install the package that knows it.", _ROSTER)
        for text in context.roster.warnings
    ]
    if not active:
        return [warning("casa24.toml names no artist to collect today", "Add one.", _ROSTER), *unknown, *left_out]
    return [*([] if unknown else [ok(f"casa24.toml: {amount(active, 'artist')}")]), *unknown, *left_out]


def _mistakes(context: CheckupContext) -> list[Finding]:
    """Each mistake of the file; nobody can be asked before it is mended."""
    trouble = context.trouble
    if trouble is None or not trouble.problems:
        return [broken("casa24.toml cannot be used", _CORRECT, _ROSTER)]
    where = f"{trouble.path.name}: " if trouble.path else ""
    return [broken(f"{where}{problem}", _advice(trouble), _ROSTER) for problem in trouble.problems]


def _advice(trouble: ConfigError) -> str:
    """What to do about a file that has mistakes, is not there, or may not be read."""
    if trouble.path is None or not trouble.path.exists():
        return trouble.advice
    if trouble.path.is_dir():
        return "Give the path of a casa24.toml: this is a folder."
    try:
        trouble.path.read_bytes()
    except OSError:
        return f"Give yourself the right to read it (`chmod u+r {trouble.path.name}`); it may be another user's."
    return _CORRECT
