"""Define the base of every answer: a frozen model whose dump is the documented JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Result(BaseModel):
    """The base of every answer and its parts."""

    model_config = ConfigDict(frozen=True, defer_build=True)
