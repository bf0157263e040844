"""One workerd for all of these tests: its variants differ in what they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from tests.worker.tokens import CLAIMS, github
from tests.worker.workerd import Running, running, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "the-label's-own-key"
HELD = {
    "SPOTIFY_CLIENT_ID": "secret-1",
    "SPOTIFY_CLIENT_SECRET": "secret-2",
    "YOUTUBE_API_KEY": "secret-3",
    "INSTAGRAM_API_VERSION": "v26.0",
    "DISCORD_BOT_TOKEN": "",
}
OTHERS = {
    "NOTICE_WEBHOOK": "https://discord.com/api/webhooks/1/secret-hook",
    "CLOUDFLARE_API_TOKEN": "secret-other",
    "WORKER_API_KEY": KEY,
}
FILLED = {
    **settings()["vars"],
    "REPOSITORY": "ana/label",
    "AUDIENCE": CLAIMS["aud"],
    "REPOSITORY_ID": CLAIMS["repository_id"],
    "WORKFLOW_REF": CLAIMS["workflow_ref"],
}
IDENTITY = ("ISSUER", "JWKS", "AUDIENCE", "REPOSITORY_ID", "REF", "WORKFLOW_REF")
FULL = {**FILLED, **HELD, **OTHERS}
VARIANTS = {
    "full": FULL,
    "fresh": FULL,
    "limited": FULL,
    "keyless": {name: value for name, value in FULL.items() if name != "WORKER_API_KEY"},
    "empty-key": {**FULL, "WORKER_API_KEY": ""},
    "as-shipped": {**settings()["vars"], **HELD, **OTHERS},
    "nowhere": {name: value for name, value in FULL.items() if name != "NOTICE_WEBHOOK"},
    "private": {**FULL, "GITHUB_READ_TOKEN": "read-token", "NOTICE_WEBHOOK": "https://hooks.example.org/secret-hook"},
    **{f"without-{name}": {key: value for key, value in FULL.items() if key != name} for name in IDENTITY},
    **{f"empty-{name}": {**FULL, name: ""} for name in IDENTITY},
}


@pytest.fixture(scope="session")
def workerd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    authority = trustme.CA()
    with running(tmp_path_factory.mktemp("workerd"), authority, VARIANTS) as found:
        found.internet.play(FILLED["JWKS"], (200, github().jwks()))
        yield found
