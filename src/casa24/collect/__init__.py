"""Collect: ask every source about every artist, and make one snapshot of the answers."""
