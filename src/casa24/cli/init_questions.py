"""Ask the questions of `casa24 init`, and check each answer at once."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import typer

from casa24.cli.output import fail, say
from casa24.core import docs
from casa24.errors import Casa24Error, UsageError
from casa24.setup import label_files, roster_file
from casa24.setup.label_files import Answers
from casa24.setup.links import accounts_of
from casa24.text.escape import clean
from casa24.text.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casa24.sources.base import Consent
    from casa24.sources.registry import Registry

V = TypeVar("V")

_TERMS = docs.TERMS
# Behind a name; no link holds it.
_IS = " = "


@dataclass(frozen=True, slots=True)
class Given:
    """What was said by options. ``ask``: the rest is asked for; else it takes its default."""

    name: str | None = None
    language: str | None = None
    artists: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    pages: bool | None = None
    worker: str | None = None
    ask: bool = True

    @property
    def anything(self) -> bool:
        """Whether an option said something of the label."""
        said = (self.name, self.language, self.pages, self.worker)
        return any(value is not None for value in said) or bool(self.artists or self.accounts)


@dataclass(frozen=True, slots=True)
class Interview:
    """One label's questions. ``called``: what the platforms call the owner of some accounts, under a roster so far."""

    given: Given
    registry: Registry
    called: Callable[[Mapping[str, str], str], str | None]

    def roster_text(self) -> str:
        """The casa24.toml the answers lead to. Raises UsageError, and KeyboardInterrupt at Ctrl-C."""
        if self.given.ask and not sys.stdin.isatty():
            raise UsageError(
                "There is nobody to ask: the input is no terminal.",
                advice="Add --yes and say the rest by options (`casa24 init --help`), or run it in a terminal.",
            )
        # Whether pages may be read is settled before the first is: to learn an artist's name.
        answers = Answers(
            name=self._one(self.given.name, "The label's name", label_files.label_name, Answers().name, offer=False),
            language=self._one(
                self.given.language, f"Its language ({', '.join(LANGUAGES)})", label_files.language, Answers().language
            ),
            consents=self._consents(),
            worker=self._one(
                self.given.worker,
                "The address of your Cloudflare Worker, where one keeps your keys (Enter: none)",
                label_files.worker_address,
                "",
            ),
            accounts=self._accounts(),
        )
        return self._with_artists(label_files.checked(label_files.roster_text(answers, self.registry), self.registry))

    def _one(
        self, said: str | None, question: str, check: Callable[[str], V], default: str, *, offer: bool = True
    ) -> V:
        """The option's answer, else the person's, else the default. ``offer``: Enter means the default."""
        if said is not None or not self.given.ask:
            return check(default if said is None else said)
        return _asked(question, check, default if offer else None)

    def _consents(self) -> dict[str, dict[str, bool]]:
        decided: dict[str, dict[str, bool]] = {}
        for source, option, consent in label_files.consents(self.registry):
            decision = self._consent(consent)
            if decision is not None:
                decided.setdefault(source.name, {})[option] = decision
        return decided

    def _consent(self, consent: Consent) -> bool | None:
        """Yes, no, or None where nobody was asked."""
        if self.given.pages is not None or not self.given.ask:
            return self.given.pages
        say(f"{consent.terms} You decide: {_TERMS}")
        return _asked(f"May casa24 {consent.allows}? (y/n)", _yes_or_no)

    def _accounts(self) -> dict[str, str]:
        sources = {source.account_key: source for source in self.registry.label_sources}
        said: dict[str, str] = {}
        for key, account in (_account_option(text, list(sources)) for text in self.given.accounts):
            if key in said:
                raise UsageError(f"{key} is given twice: {said[key]} and {account}.", advice="Give each account once.")
            said[key] = account
        found = {}
        for key, source in sources.items():
            question = f"The label's own {source.title} (Enter: none). {source.account_help}\n{key}"
            found[key] = self._one(said.get(key), question, partial(label_files.account, source), "")
        return {key: account for key, account in found.items() if account}

    def _with_artists(self, text: str) -> str:
        for said in self.given.artists:
            text = self._with_artist(text, said)
        if self.given.artists or not self.given.ask:
            return text
        titles = ", ".join(source.title for source in self.registry.artist_sources)
        say(f"Your artists, one at a time: paste the links of one artist's pages ({titles}), spaces between them.")
        say(f"The platforms say the name; to give it yourself, put it in front: NAME{_IS}LINKS.")
        while (longer := _asked("An artist's links (Enter: no more)", partial(self._more, text), "")) is not None:
            text = longer
        return text

    def _more(self, text: str, links: str) -> str | None:
        return self._with_artist(text, links) if links.strip() else None

    def _with_artist(self, text: str, said: str) -> str:
        """The text with one more artist, given as `LINKS` or `NAME = LINKS`."""
        name, _, links = said.rpartition(_IS)
        if not links.strip():
            raise UsageError(f"There is no link in {said!r}.", advice="Paste the link of a page of the artist.")
        found = accounts_of([link for link in re.split(r"[\s,]+", links) if link], self.registry)
        keys = [source.account_key for source in self.registry.artist_sources]
        accounts = dict(sorted(found.items(), key=lambda item: keys.index(item[0])))
        if self.given.ask:
            self._meant(accounts, links)
        name = name.strip() or self.called(accounts, text) or self._name(links)
        if not name:
            say("  This artist is left out.")
            return text
        try:
            longer = roster_file.add(text, name, accounts)
        except UsageError as error:
            advice = "This artist was not added. All links of one artist belong on one line, spaces between them."
            raise UsageError(error.message, advice=advice) from None
        say(f"  {name}: {', '.join(f'{key} {account}' for key, account in accounts.items())}")
        return longer

    def _meant(self, accounts: Mapping[str, str], links: str) -> None:
        """Whether a bare word is the account it could be: any word could. Raises UsageError where it is not."""
        words = {word.lower(): word for word in re.split(r"[\s,]+", links) if word and not re.search(r"[/:@]", word)}
        titles = {source.account_key: source.title for source in self.registry.artist_sources}
        for key, account in accounts.items():
            word = words.get(account.lower())
            if word and not _asked(f"Is {word!r} the artist's name at {titles[key]}? (y/n)", _yes_or_no):
                raise UsageError(f"{word!r} is no link.", advice="Paste the link of a page of the artist.")

    def _name(self, links: str) -> str:
        if not self.given.ask:
            raise UsageError(
                f"No platform said in time whose these are: {links.strip()}.",
                advice='Put the name in front: --artist "NAME = LINK".',
            )
        return _asked("No platform said the name. The artist's name (Enter: leave this artist out)", str.strip, "")


def _asked(question: str, check: Callable[[str], V], default: str | None = None) -> V:
    """A checked answer; what is wrong with one is said, and the question asked again."""
    while True:
        try:
            return check(typer.prompt(_clean_lines(question), default=default, show_default=bool(default), err=True))
        except typer.Abort:
            raise KeyboardInterrupt from None
        except Casa24Error as error:
            fail(error.message, error.advice)


def _clean_lines(text: str) -> str:
    """A question of several lines, harmless for the terminal."""
    return "\n".join(clean(line) for line in text.split("\n"))


def _yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word not in {"y", "yes", "n", "no"}:
        raise UsageError("That is neither yes nor no.", advice="Write y or n.")
    return word.startswith("y")


def _account_option(text: str, keys: list[str]) -> tuple[str, str]:
    key, given, account = text.partition("=")
    if key.strip() not in keys or not given:
        raise UsageError(f"{text!r} is no account of a label.", advice=f"Write KEY=VALUE; keys: {', '.join(keys)}.")
    return key.strip(), account
