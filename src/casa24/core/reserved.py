"""Names that belong to casa24 itself: no source may claim them."""

from __future__ import annotations

LABEL_KEYS = ("name", "color", "language", "worker")
"""What ``[label]`` may say in ``casa24.toml``, besides the sources' accounts."""
ARTIST_KEYS = ("name", "joined", "left", "aliases")
"""The same of ``[[artists]]``."""

WORKER_URL = "WORKER_API_URL"
WORKER_KEY = "WORKER_API_KEY"
NOTIFY = "CASA24_NOTIFY"
"""The addresses news are sent to."""

REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - a variable's name
"""Where a job of GitHub Actions asks for an identity token, and with what."""
