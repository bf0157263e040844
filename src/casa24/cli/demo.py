"""``demo``: a first run without keys or network."""

from __future__ import annotations


def demo() -> None:
    """X"""
