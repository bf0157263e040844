"""Check whether a newer casa24 is out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel

from casa24._version import HOMEPAGE, __version__
from casa24.core.findings import ok, warning
from casa24.errors import WebError

if TYPE_CHECKING:
    from casa24.core.findings import Finding
    from casa24.setup.doctor.context import CheckupContext

INDEX = "https://pypi.org/pypi/casa24/json"
# Of a pre-release nobody needs to know.
_RELEASE = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")


class _Info(BaseModel):
    version: str


class _Project(BaseModel):
    info: _Info


async def version(context: CheckupContext) -> list[Finding]:
    """This version beside the newest of the package index. That it cannot be known is no trouble."""
    try:
        async with context.web() as web:
            newest = (await web.get(INDEX)).parse(_Project).info.version
    except WebError:
        return [ok(f"casa24 {__version__} (whether there is a newer one is not known)")]
    if _numbers(newest) > _numbers(__version__):
        advice = "`pip install --upgrade casa24`; what changed stands in its changelog."
        return [warning(f"casa24 {newest} is out; this is {__version__}", advice, f"{HOMEPAGE}/blob/main/CHANGELOG.md")]
    return [ok(f"casa24 {__version__}, the newest")]


def _numbers(text: str) -> tuple[int, ...]:
    """A release's numbers for comparing; nothing where it is none."""
    return tuple(int(part) for part in text.split(".")) if _RELEASE.fullmatch(text) else ()
