"""Play the four platforms in process, for a first run without keys or network.

:class:`~casa24.demo.platforms.Platforms` answers in the platforms' own forms with
invented numbers; everything else (sources, merge, storage, views) is the ordinary way.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from casa24._version import __version__
from casa24.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "casa24-demo"
GENERATOR = f"casa24 {__version__} demo"
FIRST, LAST = dt.date(2025, 10, 1), dt.date(2025, 10, 17)
KEYS = {
    "SPOTIFY_CLIENT_ID": "demo-id",
    "SPOTIFY_CLIENT_SECRET": "demo-secret",
    "YOUTUBE_API_KEY": "demo-key",
    "INSTAGRAM_ACCESS_TOKEN": "demo-token",
    "INSTAGRAM_BUSINESS_ACCOUNT_ID": "24",
    "DISCORD_BOT_TOKEN": "demo-bot",
}


def nights() -> Iterator[dt.datetime]:
    """When the invented record was collected, night by night (UTC)."""
    first = dt.datetime.combine(FIRST, dt.time(2, 31), tzinfo=dt.UTC)
    yield from (first + dt.timedelta(days=day) for day in range((LAST - FIRST).days + 1))


def lay_down(folder: Path) -> Path:
    """The demo's casa24.toml in its folder. Raises UsageError where somebody else's files are."""
    from importlib.resources import files

    path = folder / "casa24.toml"
    text = files(__name__).joinpath("casa24.toml").read_text("utf-8")
    ours = path.is_file() and path.read_text("utf-8", errors="replace") == text
    if folder.exists() and not ours and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already and is no demo.", advice="Move it away, or run the demo in another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path
