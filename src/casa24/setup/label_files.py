"""Turn a label's answers into the files of its folder."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from casa24._version import __version__
from casa24.config.credentials import worker_endpoint
from casa24.config.loading import FILE_NAME, parse
from casa24.core import docs
from casa24.core.metrics import declared
from casa24.core.roster import Label
from casa24.errors import ConfigError, UsageError
from casa24.setup.write_files import Planned
from casa24.sources.base import Consent
from casa24.text.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from casa24.sources.registry import AnySource, Registry

WORKFLOW = ".github/workflows/update-data.yml"

_DEFAULT = Label()
_README = docs.ROSTER
# The one line of the workflow that differs from label to label: what pip installs.
_INSTALLED = re.compile(r"(?m)^  CASA24: .*$")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a label says of itself; its artists are added to the text one by one.

    ``accounts``: the label's own, by their keys in ``[label]``. ``consents``: for each source with
    switches a label must decide on, its decisions.
    """

    name: str = _DEFAULT.name
    language: str = _DEFAULT.language
    worker: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


def consents(registry: Registry) -> Iterator[tuple[AnySource, str, Consent]]:
    """Every switch the label must decide on: its source, the option's name, and what to say about it."""
    for source in registry.sources:
        for option, consent in declared(source.Options, Consent):
            yield source, option, consent


def label_name(text: str) -> str:
    """A label's name as it is stored. Raises UsageError."""
    name = text.strip()
    if not name or not name.isprintable():
        raise UsageError(f"{text!r} is no name.", advice="Give the label's name, on one line.")
    return name


def language(text: str) -> str:
    """A language casa24 speaks. Raises UsageError."""
    code = text.strip().lower()
    if code not in LANGUAGES:
        raise UsageError(f"{text!r} is no language casa24 speaks.", advice=f"One of: {', '.join(LANGUAGES)}.")
    return code


def worker_address(text: str) -> str | None:
    """The Worker's address, None for an empty text. Raises CredentialError for one no key must travel to."""
    address = text.strip()
    if not address:
        return None
    worker_endpoint(address)
    return address


def account(source: AnySource, text: str) -> str:
    """The label's own account on a platform, as it is stored; empty where it has none. Raises UsageError."""
    if not text.strip():
        return ""
    try:
        return source.account(text)
    except ValueError as error:
        raise UsageError(f"{str(error)[:1].upper()}{str(error)[1:]}.", advice=source.account_help) from None


def roster_text(answers: Answers, registry: Registry) -> str:
    """A casa24.toml without artists, with comments for whoever edits it."""
    blocks = [_options(source, answers.consents.get(source.name, {})) for source in registry.sources]
    return Template(_template(FILE_NAME)).substitute(
        readme=_README,
        label="\n".join(_label(answers, registry)),
        options="\n\n".join(block for block in blocks if block),
    )


def checked(text: str, registry: Registry) -> str:
    """The text, if casa24 accepts it as a casa24.toml. Raises UsageError."""
    try:
        parse(text).resolve(registry)
    except ConfigError as error:
        raise UsageError("\n".join(error.problems), advice="Nothing was written. Say it otherwise.") from None
    return text


def planned(folder: Path, roster: str) -> list[Planned]:
    """The files of a label's folder; what is recorded there already needs no empty data folder."""
    found = [
        Planned(FILE_NAME, roster),
        Planned(".gitignore", _template("gitignore"), by_line=True),
        Planned(WORKFLOW, workflow_text(requirement(folder))),
    ]
    return found if (folder / "data").is_dir() else [*found, Planned("data/.gitkeep", "")]


def planned_for_bot() -> list[Planned]:
    """What a label's folder holds besides for the bot: its settings to be filled in, and two ways to run it."""
    names = ("env.example", "casa24-bot.service", "Dockerfile")
    return [Planned(f"bot/{name.replace('env', '.env')}", _template(f"bot/{name}")) for name in names]


def workflow_text(installed: str) -> str:
    """The nightly workflow, which installs ``installed``."""
    return _INSTALLED.sub(lambda _line: f"  CASA24: {installed}", _template("update-data.yml"))


def requirement(folder: Path, version: str = __version__) -> str:
    """What a workflow in that folder gives to pip: this casa24 and what is compatible, or the checkout itself."""
    if _is_checkout(folder):
        return "."
    major, minor = (int(part) for part in version.split(".")[:2])
    return f"casa24>={version},<{f'0.{minor + 1}' if major == 0 else major + 1}"


def _is_checkout(folder: Path) -> bool:
    """Whether the folder is a copy of casa24's own repository."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("project")
    except (OSError, ValueError):
        return False
    return isinstance(project, dict) and project.get("name") == "casa24"


def _label(answers: Answers, registry: Registry) -> Iterator[str]:
    yield f"name = {_quoted(answers.name)}"
    yield f"color = {_quoted(_DEFAULT.color)}"
    yield f"language = {_quoted(answers.language)}"
    for source in registry.label_sources:
        yield _or_hint(source.account_key, answers.accounts.get(source.account_key), f"the label's own {source.title}")
    yield _or_hint("worker", answers.worker, "the address of a Worker that hands out the keys")


def _or_hint(key: str, value: str | None, meaning: str) -> str:
    return f"{key} = {_quoted(value)}" if value else f"# {key} = {_quoted('…')}  # {_on_one_line(meaning)}"


def _options(source: AnySource, decided: Mapping[str, bool]) -> str:
    """A source's options, those nobody decided on behind a #; empty where it has none worth a word."""
    lines = []
    for name, info in source.Options.model_fields.items():
        if info.description:
            value = decided.get(name, info.default)
            lines.append((f"{'' if name in decided else '# '}{name} = {_value(value)}", _on_one_line(info.description)))
    width = max((len(line) for line, _ in lines), default=0)
    header = f"{'' if decided else '# '}[sources.{source.name}]"
    return "\n".join([header, *(f"{line:<{width}}  # {said}" for line, said in lines)]) if lines else ""


def _value(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return _quoted(value if isinstance(value, str) else "…")


def _on_one_line(text: str) -> str:
    """A stranger's words as a comment: a second line would be none."""
    return " ".join(text.split())


def _quoted(text: str) -> str:
    from tomlkit import string

    return string(text).as_string()


def _template(name: str) -> str:
    return files("casa24.setup").joinpath("templates", name).read_text("utf-8")
