"""A night: every source asked about every artist, and one snapshot of what came."""
