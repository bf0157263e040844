"""Answers from the record: pure functions over snapshots and series; no I/O, no printing, no platform's name."""
