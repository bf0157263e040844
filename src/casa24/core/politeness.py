"""How fast a platform is asked: apart from the client, so that reading a file does not load it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Politeness(BaseModel):
    """``[web]`` in casa24.toml: how fast a platform is asked. Seconds, per host.

    ``concurrency``: requests of one source under way at once; ``pause``: least time between two starts;
    ``timeout``: longest silence; ``patience``: longest time for one whole answer;
    ``longest_wait``: the longest Retry-After that is waited for; ``attempts``: tries in
    all; ``backoff``: the wait before the second, which grows from there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    concurrency: int = Field(default=4, ge=1, le=64)
    pause: float = Field(default=0.1, ge=0, le=60)
    timeout: float = Field(default=20, gt=0, le=120)
    patience: float = Field(default=45, gt=0, le=600)
    longest_wait: float = Field(default=60, ge=0, le=600)
    attempts: int = Field(default=3, ge=1, le=5)
    backoff: float = Field(default=1, ge=0, le=60)
