"""Define the settings of the HTTP client: pace, time limits, retries.

They are apart from the client so that reading casa24.toml does not load it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Politeness(BaseModel):
    """``[web]`` in casa24.toml: how fast and how often a host is asked. Times are in seconds.

    ``concurrency``: how many requests of one source may run at once; ``pause``: shortest time between
    two requests to a host; ``timeout``: longest time without any data; ``patience``: longest time for one
    whole answer; ``longest_wait``: the longest Retry-After that is waited for; ``attempts``: tries in
    total; ``backoff``: the wait before the second try, which grows from there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    concurrency: int = Field(default=4, ge=1, le=64)
    pause: float = Field(default=0.1, ge=0, le=60)
    timeout: float = Field(default=20, gt=0, le=120)
    patience: float = Field(default=45, gt=0, le=600)
    longest_wait: float = Field(default=60, ge=0, le=600)
    attempts: int = Field(default=3, ge=1, le=5)
    backoff: float = Field(default=1, ge=0, le=60)
