"""Read and check ``casa24.toml``: the label, its roster and the options of its sources.

Reading and checking are two steps: :func:`read` parses the file, :meth:`Config.resolve`
compares it with what the installed sources declare. Both report all mistakes together,
with file, artist and key.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from casa24.core.names import key_of
from casa24.core.reserved import ARTIST_KEYS, LABEL_KEYS
from casa24.core.roster import Artist, Label
from casa24.errors import ConfigError, CredentialError
from casa24.text.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from casa24.core.politeness import Politeness
    from casa24.sources.base import Source, SourceOptions
    from casa24.sources.registry import Registry

V = TypeVar("V")

FILE_NAME = "casa24.toml"

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME_LIMIT = 200
_EXTRA = "extra_forbidden"
# How similar a key and its misspelling are; `tiktok_username` and `instagram_username` are less similar.
_TYPO = 0.85
_SECTIONS = ("label", "artists", "sources", "web")
CONTROL = "control"


_DEFAULT = Label()


class Roster(NamedTuple):
    """A checked configuration: label, artists and options. ``warnings``: keys that no installed source knows.

    ``controls``: by source, an account that always has numbers; if it has none, the source is in trouble.
    """

    label: Label = Label()
    artists: tuple[Artist, ...] = ()
    options: Mapping[str, SourceOptions] = MappingProxyType({})
    politeness: Politeness | None = None
    warnings: tuple[str, ...] = ()
    controls: Mapping[str, str] = MappingProxyType({})

    def active(self, day: dt.date) -> tuple[Artist, ...]:
        """Return the artists collected on that day, in the order of the file."""
        return tuple(artist for artist in self.artists if artist.active(day))


class Config(NamedTuple):
    """A parsed file whose accounts and options are not yet checked."""

    path: Path | None
    tables: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """Return the file's folder, in which ``data/`` and ``.env`` are too."""
        return self.path.parent if self.path else Path.cwd()

    def resolve(self, registry: Registry) -> Roster:
        """Check everything against what the sources declare. Raises ConfigError with all mistakes."""
        check = _Check(registry)
        roster = check.roster(self.tables)
        if check.problems:
            raise ConfigError(self.path, check.problems)
        return roster


def find(start: Path | None = None) -> Path | None:
    """Find the nearest ``casa24.toml`` in a folder or above it; None without one."""
    folder = (start or Path.cwd()).resolve()
    return next((path for place in (folder, *folder.parents) if (path := place / FILE_NAME).is_file()), None)


def read(path: Path) -> Config:
    """Read a file. Raises ConfigError if it is missing, unreadable or not TOML."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(path, ["there is no such file"], advice="Give the path of a casa24.toml.") from None
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise ConfigError(path, ["is not saved as UTF-8 text"], advice="Save it as UTF-8 text.") from None
        advice = "Check what it is and that you may read it, then run the command again."
        raise ConfigError(path, [f"cannot be read: {error.strerror}"], advice=advice) from None
    return parse(text, path)


def parse(text: str, path: Path | None = None) -> Config:
    """Parse a text. Raises ConfigError if it is not TOML."""
    try:
        return Config(path, tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        # Mostly TOMLDecodeError, but not for a number of 5,000 digits or a hundred nested lists.
        raise ConfigError(path, [f"is not valid TOML: {error}"]) from None


class _Check:
    """Turns tables into a roster, and collects the mistakes."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.controls: dict[str, str] = {}

    def roster(self, tables: Mapping[str, Any]) -> Roster:
        self._known("", tables, _SECTIONS)
        options = self._options(self._table(tables, "sources"))
        label = self._label(self._table(tables, "label"))
        artists = self._artists(tables.get("artists", []))
        politeness = self._politeness(self._table(tables, "web"))
        return Roster(
            label, artists, options, politeness=politeness, warnings=tuple(dict.fromkeys(self.warnings)),
            controls=self.controls,
        )  # fmt: skip

    def _label(self, table: Mapping[str, Any]) -> Label:
        sources = self.registry.label_sources
        self._known("[label]", table, (*LABEL_KEYS, *(source.account_key for source in sources)), plugins=True)
        text = partial(self._text, "[label]", table)
        color, language = text("color") or _DEFAULT.color, text("language") or _DEFAULT.language
        if not _COLOR.fullmatch(color):
            self.problems.append(f'[label] color: {color!r} is no colour; write it like "#00a651"')
        if language not in LANGUAGES:
            self.problems.append(f"[label] language: {language!r} is not known; one of {', '.join(LANGUAGES)}")
        accounts = self._accounts("[label]", table, sources)
        return Label(text("name") or _DEFAULT.name, color, language, self._worker(text("worker")), accounts)

    def _worker(self, address: str | None) -> str | None:
        """Check the Worker's address; it is not shown, because it may be a key in the wrong place."""
        if address is not None:
            from casa24.config.credentials import worker_endpoint

            try:
                worker_endpoint(address)
            except CredentialError:
                self.problems.append(
                    "[label] worker: write a plain https:// address, without user, query or fragment, "
                    "like https://NAME.ACCOUNT.workers.dev"
                )
        return address

    def _artists(self, entries: object) -> tuple[Artist, ...]:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problems.append("artists: write each artist as its own [[artists]] block")
            return ()
        artists = tuple(self._artist(number, entry) for number, entry in enumerate(entries, 1))
        self._unique(artists)
        return artists

    def _artist(self, number: int, entry: Mapping[str, Any]) -> Artist:
        sources = self.registry.artist_sources
        name = entry.get("name")
        where = f"artist {name!r}" if isinstance(name, str) and name.strip() else f"artist number {number}"
        self._known(where, entry, (*ARTIST_KEYS, *(source.account_key for source in sources)), plugins=True)
        shown = self._text(where, entry, "name")
        if shown is None:
            if name is None or isinstance(name, str):
                self.problems.append(f"{where}: name is missing")
        elif shown == "*" or not shown.isprintable() or len(shown) > _NAME_LIMIT:
            self.problems.append(
                f'{where}: name must be one printable line of at most {_NAME_LIMIT} characters, and not "*"'
            )
        joined, left = self._date(where, entry, "joined"), self._date(where, entry, "left")
        if joined and left and left <= joined:
            self.problems.append(f"{where}: left ({left}) must be after joined ({joined})")
        return Artist(
            shown or "", self._accounts(where, entry, sources), self._aliases(where, entry), joined=joined, left=left
        )

    def _unique(self, artists: Iterable[Artist]) -> None:
        """Check that artists share neither a name nor an account: the record could not tell them apart."""
        listed = tuple(artists)
        seen: dict[tuple[str, str], int] = {}
        for number, artist in enumerate(listed):
            names = {("name", key_of(name)) for name in (artist.name, *artist.aliases) if name}
            for kind, value in sorted(names | set(artist.accounts.items())):
                earlier = seen.setdefault((kind, value), number)
                if earlier != number:
                    first_name = listed[earlier].name
                    self.problems.append(f"artist {artist.name!r}: the same {kind} as artist {first_name!r} ({value})")

    def _accounts(self, where: str, table: Mapping[str, Any], sources: Iterable[type[Source[Any]]]) -> dict[str, str]:
        accounts = {}
        for source in sources:
            account = self._account(where, table, source, source.account_key)
            if account is not None:
                accounts[source.name] = account
        return accounts

    def _account(self, where: str, table: Mapping[str, Any], source: type[Source[Any]], key: str) -> str | None:
        """Return an account in the form its source stores; None if it is missing or wrong."""
        text = self._text(where, table, key)
        if text is None:
            return None
        try:
            account: object = source.account(text)
        except ValueError as error:
            self.problems.append(f"{where}: {key}: {error}")
            return None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            trouble = type(error).__name__
            self.warnings.append(f"{where}: the {source.name} source cannot read {text!r} ({trouble}).")
            return text
        return account if isinstance(account, str) else text

    def _control(self, source: type[Source[Any]], values: dict[str, Any]) -> str | None:
        """Take a source's control account out of its options: it is casa24's own option, unknown to the source."""
        where = f"[sources.{source.name}]"
        control = self._account(where, values, source, CONTROL)
        values.pop(CONTROL, None)
        return control

    def _options(self, table: Mapping[str, Any]) -> dict[str, SourceOptions]:
        options = {}
        self._known("[sources]", table, [source.name for source in self.registry.sources], plugins=True)
        for source in self.registry.sources:
            values = dict(self._table(table, source.name, "sources."))
            if not source.label_wide and (control := self._control(source, values)):
                self.controls[source.name] = control
            checked = self._model(f"[sources.{source.name}]", source.Options, values)
            if checked is not None:
                options[source.name] = checked
        return options

    def _politeness(self, table: Mapping[str, Any]) -> Politeness | None:
        if not table:
            return None
        from casa24.core.politeness import Politeness

        return self._model("[web]", Politeness, table)

    def _model(self, where: str, model: Callable[..., V], values: Mapping[str, Any]) -> V | None:
        from pydantic import ValidationError

        try:
            return model(**values)
        except ValidationError as error:
            known = list(getattr(model, "model_fields", ()))
            for item in error.errors():
                key = ".".join(str(part) for part in item["loc"])
                hint = (
                    _nearest(key, known)
                    if item["type"] == "extra_forbidden"
                    else f"{item['msg']}, not {item['input']!r}"
                )
                self.problems.append(f"{where} {key}: {hint}")
            return None

    def _aliases(self, where: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
        value = entry.get("aliases", [])
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(item.strip() for item in value)
        self.problems.append(f'{where}: aliases must be a list of texts, like ["Old Name"]')
        return ()

    def _date(self, where: str, entry: Mapping[str, Any], key: str) -> dt.date | None:
        value = entry.get(key)
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                value = repr(value)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        self.problems.append(f"{where}: {key} must be a date like 2025-10-17, not {value}")
        return None

    def _text(self, where: str, table: Mapping[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, str):
            return value.strip()
        self.problems.append(f'{where}: {key} must be a text in quotes, like "…", not {value!r}')
        return None

    def _table(self, tables: Mapping[str, Any], key: str, prefix: str = "") -> Mapping[str, Any]:
        value = tables.get(key, {})
        if isinstance(value, dict):
            return value
        self.problems.append(f"{key}: must be a table, written [{prefix}{key}]")
        return {}

    def _known(self, where: str, table: Mapping[str, Any], known: Iterable[str], *, plugins: bool = False) -> None:
        """Report unknown keys: as problems, or with ``plugins`` as warnings if they may belong to a missing plugin."""
        names = list(known)
        for key in (key for key in table if key not in names):
            left_out = [broken.name for broken in self.registry.broken if key.startswith(broken.name)]
            if plugins and left_out:
                self.warnings.append(f"The key {key} is of the source {left_out[0]}, which is left out.")
            elif plugins and not _close(key, names, least=_TYPO):
                self.warnings.append(f"Nobody knows the key {key} in casa24.toml (is a source's package missing?).")
            else:
                self.problems.append(f"{where} {key}: {_nearest(key, names)}".strip())


def _nearest(key: str, known: list[str]) -> str:
    close = _close(key, known)
    return f"unknown key; did you mean {close[0]}?" if close else f"unknown key; known are {', '.join(known)}"


def _close(key: str, known: list[str], *, least: float = 0.6) -> list[str]:
    return difflib.get_close_matches(key, known, n=1, cutoff=least)
