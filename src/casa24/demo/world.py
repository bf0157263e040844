"""Invent the demo's numbers: seventeen days, the same on every machine.

PYRO grows by itself. From 13 to 15 October followers of Casa 24 and Mango Blade rise
together, as bought ones do. On the 9th Spotify's page comes empty for everybody;
from the 12th on bo.wlie's Instagram can no longer be read.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

_FIRST = dt.date(2025, 10, 1)
_WAVE = {dt.date(2025, 10, 13): 24, dt.date(2025, 10, 14): 110, dt.date(2025, 10, 15): 180}
_EMPTY_PAGES = dt.date(2025, 10, 9)
_UNREADABLE_SINCE = dt.date(2025, 10, 12)


@dataclass(frozen=True, slots=True)
class Act:
    """One artist's part: values on the first day, and what a day adds."""

    name: str
    spotify: str = ""
    youtube: str = ""
    instagram: str = ""
    popularity: int = 0
    followers: int = 0
    listeners: int = 0
    listeners_a_day: float = 0
    rounded: bool = False
    wave: bool = False
    subscribers: int = 0
    uploads: int = 0
    insta: int = 0
    posts: int = 0
    songs: tuple[str, ...] = ()


ACTS = (
    Act("Casa 24", "2QpRYjtwNg9z6KwD4fhC5h", "UCshvYG0n1I_gXbM8htuANAg", "casa24records", 4, 357, 1423, -9.5,
        wave=True, subscribers=1240, uploads=94, insta=1701, posts=578,
        songs=("Demo de la casa", "Veinticuatro horas", "Patio", "Marea baja", "Calle Uruguay", "Sin fecha")),
    Act("Chef Lino", "56tisU5xMB4CYyzG99hyBN", "UCTH5Cs-r1YShzfARJLQ5Hzw", "chef_lino99", 3, 263, 298, 0.4,
        subscribers=15, uploads=6, insta=1333, posts=5, songs=("Receta", "A fuego lento", "Sal y limón")),
    Act("PYRO", "5BsYYsSnFsE9SoovY7aQV0", "UCY8fZcLURY9LvYJ_fqh91VQ", "pyro_0201", 11, 760, 842, 6.3,
        subscribers=88, uploads=12, insta=944, posts=9, songs=("Chispa", "Ceniza", "Brasa", "Humo", "Mecha")),
    Act("bo.wlie", "2DqDBHhQzNE3KHZq6yKG96", "UCWnUHb8KCdprdkBBts9GxSA", "the.bowlieexperience", 0, 98, 14, 0.1,
        subscribers=94, uploads=71, insta=596, posts=68, songs=("Órbita", "Marte en abril")),
    Act("Mango Blade", "4vYClJG7K1FGWMMalEW5Hg", "UCkKr9JaItuEsGRn8QEy5HjA", "mangobladesonics", 1, 133, 126, 1.2,
        wave=True, subscribers=7, uploads=0, insta=624, posts=9, songs=("Filo", "Pulpa", "Semilla")),
    Act("ZACKO", "3gXXs7vEDPmeJ2HAOCGi8e", "", "zacko.____", 0, 7, 0, 0, insta=503, posts=21, songs=("Sol",)),
    Act("ARANDA", "7DFovnGo8GZX5PuEyXh6LV", "", "arandajrr", 2, 105, 1180, -4, rounded=True, insta=1169, posts=34,
        songs=("Norte", "Sur", "Este", "Oeste")),
    Act("Casa 24Beats", "", "UCg3IuQwjIBbkvEbDVJZd8VQ", subscribers=13, uploads=116),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """Every platform's numbers on one day."""

    day: dt.date

    @property
    def passed(self) -> int:
        """Days since the first one."""
        return (self.day - _FIRST).days

    @property
    def pages_empty(self) -> bool:
        """Whether Spotify's page comes without numbers today."""
        return self.day == _EMPTY_PAGES

    def followers(self, act: Act) -> int:
        """Spotify followers: a slow growth, and the wave."""
        wave = max((size for day, size in _WAVE.items() if day <= self.day), default=0) if act.wave else 0
        organic = int(self.passed * act.followers / 300) + self._wobble(act.name, min(act.followers // 50, 2))
        return act.followers + wave + organic

    def listeners(self, act: Act) -> int:
        """Monthly listeners."""
        return max(
            0, act.listeners + int(self.passed * act.listeners_a_day) + self._wobble(act.name, act.listeners // 60)
        )

    def plays(self, act: Act, song: int) -> int:
        """How often a song was played."""
        return 1000 * (len(act.songs) - song) + 13 * self.passed + act.listeners

    def subscribers(self, act: Act) -> int:
        """YouTube subscribers, to three digits as YouTube shows them."""
        exact = act.subscribers + self.passed // 4
        return exact if exact < 1000 else exact - exact % 10  # noqa: PLR2004 - as YouTube rounds

    def uploads(self, act: Act) -> list[str]:
        """The ids of all uploads, the newest first."""
        own = ACTS.index(act)
        return [f"demo{own:02}{number:05}" for number in range(act.uploads, 0, -1)]

    def views(self, video: str) -> int:
        """A video's views; some of the oldest are the most viewed."""
        return 20 + zlib.crc32(video.encode()) % 900 + self.passed * (1 + zlib.crc32(video.encode()) % 3)

    def readable(self, act: Act) -> bool:
        """Whether Instagram shows the account today."""
        return not (act.name == "bo.wlie" and self.day >= _UNREADABLE_SINCE)

    def instagram(self, act: Act) -> int:
        """Instagram followers."""
        return act.insta + self.passed // 3 + self._wobble(act.instagram, 1)

    def members(self) -> tuple[int, int]:
        """The Discord server's members, and how many are online."""
        return 61 + self.passed // 5, 16 + self._wobble("discord", 4)

    def _wobble(self, what: str, width: int) -> int:
        """A day's noise, from -width to width, the same on every machine."""
        return zlib.crc32(f"{what}{self.day}".encode()) % (2 * width + 1) - width if width else 0
