"""Name the areas of a checkup, apart from the checks themselves; the command imports them at start-up."""

from __future__ import annotations

from enum import StrEnum


class Area(StrEnum):
    """What can be looked at by itself, in the order it is shown."""

    CONFIGURATION = "configuration"
    WORKER = "worker"
    CREDENTIALS = "credentials"
    PLATFORMS = "platforms"
    RECORD = "record"
    REPOSITORY = "repository"
    WORKFLOW = "workflow"
    VERSION = "version"


ONLINE = frozenset({Area.WORKER, Area.PLATFORMS, Area.VERSION})
"""Those that need a network, but for the Worker's address, which can be looked at without."""
