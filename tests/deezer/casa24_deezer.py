"""An artist's fans on Deezer: a whole source, made to be copied."""

import re
from typing import Annotated

from pydantic import BaseModel, Field

from casa24 import AccountUnavailable, ArtistSource, Explanation, Metric, Reading, SourceUnavailable, Stats

_ARTIST = re.compile(r"(?:(?:https?://)?(?:www\.)?deezer\.com/(?:[a-z-]+/)?artist/)?([1-9][0-9]*)/?(?:[?#].*)?")
_QUOTA, _NO_DATA = 4, 800  # Deezer sends its errors with HTTP 200


class DeezerStats(Stats):
    fans: Annotated[int | None, Metric("Fans", kind="audience", event=(5, 0.01))] = None


class _Error(BaseModel):
    code: int | None = None


class _Answer(BaseModel):  # what is read of it, every field optional; strict: true is no 1
    nb_fan: int | None = Field(default=None, strict=True)
    error: _Error | None = None


class Deezer(ArtistSource[DeezerStats]):
    name = "deezer"
    title = "Deezer"
    account_key = "deezer_id"  # the key artists have in casa24.toml
    link = "https://www.deezer.com/artist/{account}"
    gaps = {"rate_limited": Explanation("Deezer asked us to wait", "Run `casa24 collect` again in a minute.")}

    @classmethod
    def account(cls, text: str) -> str:
        found = _ARTIST.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no Deezer artist; paste the link of the artist's page")
        return found[1]

    async def fetch(self, account: str) -> Reading[DeezerStats]:
        answer = (await self.web.get(f"https://api.deezer.com/artist/{account}")).parse(_Answer)
        if answer.error is None:
            return Reading(DeezerStats(fans=answer.nb_fan))
        if answer.error.code == _QUOTA:
            raise SourceUnavailable("rate_limited")  # ends the run for the whole platform
        raise AccountUnavailable("not_found" if answer.error.code == _NO_DATA else "bad_status")
