"""Fetch from the platforms over HTTP."""
