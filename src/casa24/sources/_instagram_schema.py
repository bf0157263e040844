"""Define the parts of the Graph API's answers that casa24 uses.

They are apart from the source so that commands that only read the record do not load them.
"""

from __future__ import annotations

from pydantic import BaseModel, Field, RootModel


class Account(BaseModel, defer_build=True):
    """An artist's account."""

    username: str | None = None
    name: str | None = None
    followers_count: int | None = Field(default=None, ge=0)
    media_count: int | None = Field(default=None, ge=0)


class AccountAnswer(BaseModel, defer_build=True):
    """The answer about one account, asked for through the label's own account."""

    business_discovery: Account


class Token(BaseModel, defer_build=True):
    """Information about a token. Times are Unix seconds; 0 and null mean never."""

    is_valid: bool | None = None
    expires_at: int | None = None
    data_access_expires_at: int | None = None
    scopes: list[str] | None = None


class AboutToken(BaseModel, defer_build=True):
    """The answer about a token."""

    data: Token


class InBatch(BaseModel, defer_build=True):
    """One answer of a batch; the body is JSON in a text."""

    code: int
    body: str


class Batch(RootModel[list[InBatch]]):
    """The answers of a batch, in its order."""
