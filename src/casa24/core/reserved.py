"""List the names that casa24 itself uses, so that no source may claim them."""

from __future__ import annotations

LABEL_KEYS = ("name", "color", "language", "worker")
"""The keys of ``[label]`` in ``casa24.toml``, besides the sources' account keys."""
ARTIST_KEYS = ("name", "joined", "left", "aliases")
"""The keys of ``[[artists]]``, besides the sources' account keys."""

WORKER_URL = "WORKER_API_URL"
WORKER_KEY = "WORKER_API_KEY"
NOTIFY = "CASA24_NOTIFY"
"""The variable with the addresses that news is sent to."""

REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - a variable's name
"""The variables in which GitHub Actions gives a job the address for identity tokens, and the key for it."""
