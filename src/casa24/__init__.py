"""casa24: an independent label's own, honest, daily record of its artists.

The names a plugin author needs, loaded only when asked for::

    from casa24 import ArtistSource, Metric, Reading, Stats
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
HOMEPAGE = "https://github.com/casa24records/casa24"

if TYPE_CHECKING:
    from casa24.errors import AccountUnavailable as AccountUnavailable
    from casa24.errors import SourceUnavailable as SourceUnavailable
    from casa24.findings import Finding as Finding
    from casa24.findings import Level as Level
    from casa24.gaps import Explanation as Explanation
    from casa24.metrics import Listing as Listing
    from casa24.metrics import Metric as Metric
    from casa24.models import State as State
    from casa24.sources.base import ArtistSource as ArtistSource
    from casa24.sources.base import Consent as Consent
    from casa24.sources.base import Credentials as Credentials
    from casa24.sources.base import FieldFlag as FieldFlag
    from casa24.sources.base import LabelSource as LabelSource
    from casa24.sources.base import Reading as Reading
    from casa24.sources.base import SourceOptions as SourceOptions
    from casa24.sources.base import Stats as Stats

_HOMES = {
    "AccountUnavailable": "casa24.errors",
    "SourceUnavailable": "casa24.errors",
    "Finding": "casa24.findings",
    "Level": "casa24.findings",
    "Listing": "casa24.metrics",
    "Metric": "casa24.metrics",
    "State": "casa24.models",
    "ArtistSource": "casa24.sources.base",
    "Consent": "casa24.sources.base",
    "Credentials": "casa24.sources.base",
    "Explanation": "casa24.gaps",
    "FieldFlag": "casa24.sources.base",
    "LabelSource": "casa24.sources.base",
    "Reading": "casa24.sources.base",
    "SourceOptions": "casa24.sources.base",
    "Stats": "casa24.sources.base",
}

__all__ = ["HOMEPAGE", "__version__", *_HOMES]  # noqa: PLE0604 - the keys are texts; ruff cannot see it


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'casa24' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
