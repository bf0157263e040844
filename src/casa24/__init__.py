"""Record an independent label's artist numbers once a day.

This package exports the names that authors of plugins need; each is loaded when first used::

    from casa24 import ArtistSource, Metric, Reading, Stats
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casa24._version import HOMEPAGE, __version__

if TYPE_CHECKING:
    from casa24.core.findings import Finding as Finding
    from casa24.core.findings import Level as Level
    from casa24.core.metrics import Listing as Listing
    from casa24.core.metrics import Metric as Metric
    from casa24.core.reason_codes import Explanation as Explanation
    from casa24.core.snapshot import State as State
    from casa24.errors import AccountUnavailable as AccountUnavailable
    from casa24.errors import SourceUnavailable as SourceUnavailable
    from casa24.sources.base import ArtistSource as ArtistSource
    from casa24.sources.base import Consent as Consent
    from casa24.sources.base import Credentials as Credentials
    from casa24.sources.base import FieldFlag as FieldFlag
    from casa24.sources.base import LabelSource as LabelSource
    from casa24.sources.base import Reading as Reading
    from casa24.sources.base import SourceOptions as SourceOptions
    from casa24.sources.base import Stats as Stats

_MODULES = {
    "AccountUnavailable": "casa24.errors",
    "SourceUnavailable": "casa24.errors",
    "Finding": "casa24.core.findings",
    "Level": "casa24.core.findings",
    "Listing": "casa24.core.metrics",
    "Metric": "casa24.core.metrics",
    "State": "casa24.core.snapshot",
    "ArtistSource": "casa24.sources.base",
    "Consent": "casa24.sources.base",
    "Credentials": "casa24.sources.base",
    "Explanation": "casa24.core.reason_codes",
    "FieldFlag": "casa24.sources.base",
    "LabelSource": "casa24.sources.base",
    "Reading": "casa24.sources.base",
    "SourceOptions": "casa24.sources.base",
    "Stats": "casa24.sources.base",
}

__all__ = ["HOMEPAGE", "__version__", *_MODULES]  # noqa: PLE0604 - the keys are texts; ruff cannot see it


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'casa24' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
