"""Ask every platform about every account without storing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24.analysis.reasons import missing
from casa24.collect.assemble import Request
from casa24.collect.collector import collect
from casa24.core import docs
from casa24.core.findings import broken, ok, warning
from casa24.core.reason_codes import explain
from casa24.core.snapshot import State
from casa24.setup.doctor.name_similarity import alike, same
from casa24.setup.doctor.wording import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casa24.analysis.reasons import Missing
    from casa24.collect.collector import Collected
    from casa24.config.loading import Roster
    from casa24.core.findings import Finding
    from casa24.core.roster import Artist
    from casa24.setup.doctor.context import CheckupContext
    from casa24.sources.registry import AnySource

_ROSTER = docs.ROSTER
_TROUBLE = docs.PROBLEMS
_FEW = 3


async def platforms(context: CheckupContext, deadline: float) -> tuple[list[Finding], bool]:
    """What each source says of itself, what is missing, who answers by another name; whether Ctrl-C came."""
    if context.roster is None:
        return [], False
    request = Request(context.roster, context.sources, context.now, deadline=deadline, check=True)
    async with context.web() as web:
        collected = await collect(request, context.wallet, web)
    warned = [warning(*split(text, "See docs/problems.md."), _TROUBLE) for text in collected.warnings]
    found = [finding for source in context.sources for finding in _of(source, context.roster, request, collected)]
    return [*warned, *found], collected.interrupted


def _of(source: AnySource, roster: Roster, request: Request, collected: Collected) -> Iterator[Finding]:
    yield from collected.findings.get(source.name, ())
    asked = request.accounts(source)
    failed, told = False, set()
    for gap in missing(collected.snapshot, (source,)):
        # An account that is not there is not there for each of its numbers.
        if gap.state in {State.FAILED, State.NOT_OFFERED} and (gap.artists, gap.code) not in told:
            told.add((gap.artists, gap.code))
            failed = failed or gap.state is State.FAILED
            yield _gap(gap, source, everybody=set(gap.artists) == set(asked.values()))
    strangers = list(_strangers(source, roster, request, collected))
    yield from strangers
    if asked and not failed and not strangers and any(name == source.name for name, _ in collected.names):
        yield ok(f"{source.title}: {'the account answers' if len(asked) == 1 else f'all {len(asked)} accounts answer'}")


def _gap(gap: Missing, source: AnySource, *, everybody: bool) -> Finding:
    if gap.state is State.NOT_OFFERED:
        return ok(f"{gap.title}: not given {', '.join(gap.metrics)}: {gap.what}")
    who = "" if everybody or len(gap.artists) > _FEW else "".join(f", {name}" for name in gap.artists)
    level = warning if explain(gap.code, gap.state, title=source.title, own=source.explanations()).passes else broken
    return level(f"{gap.title}{who}: {gap.what}", gap.advice or "See docs/problems.md.", _TROUBLE)


def _strangers(source: AnySource, roster: Roster, request: Request, collected: Collected) -> Iterator[Finding]:
    """The accounts that answer with a name that is not like the artist's: perhaps somebody else's."""
    artists = {artist.name: artist for artist in request.artists}
    for account, name in request.accounts(source).items():
        found = collected.names.get((source.name, account))
        if found is not None and _stranger(found, artists[name], roster):
            advice = f'If not, correct {source.account_key} in casa24.toml; if so, add the name to its aliases = ["…"].'
            yield warning(f"{source.title}, {name}: answers with the name {found!r}: is that {name}?", advice, _ROSTER)


def _stranger(found: str, artist: Artist, roster: Roster) -> bool:
    own = (artist.name, *artist.aliases)
    others = [name for another in roster.artists if another is not artist for name in (another.name, *another.aliases)]
    return not alike(found, own) or (same(found, others) and not same(found, own))
