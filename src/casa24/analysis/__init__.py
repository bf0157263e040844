"""Compute answers from the record: pure functions over snapshots and series, without I/O or platform names."""
