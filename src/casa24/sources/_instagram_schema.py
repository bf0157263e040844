"""What the Graph API answers, as much of it as is used. Loaded by those who ask it: readers need none of it."""

from __future__ import annotations

from pydantic import BaseModel, Field, RootModel


class Account(BaseModel, defer_build=True):
    """An artist's account."""

    username: str | None = None
    name: str | None = None
    followers_count: int | None = Field(default=None, ge=0)
    media_count: int | None = Field(default=None, ge=0)


class AccountAnswer(BaseModel, defer_build=True):
    """One account, asked for through the label's own."""

    business_discovery: Account


class Token(BaseModel, defer_build=True):
    """What Meta says of a token. Times are Unix seconds; 0 and null mean never."""

    is_valid: bool | None = None
    expires_at: int | None = None
    data_access_expires_at: int | None = None
    scopes: list[str] | None = None


class AboutToken(BaseModel, defer_build=True):
    """The same with what is around it."""

    data: Token


class InBatch(BaseModel, defer_build=True):
    """One answer of a batch; the body is JSON in a text."""

    code: int
    body: str


class Batch(RootModel[list[InBatch]]):
    """The answers of a batch, in its order."""
