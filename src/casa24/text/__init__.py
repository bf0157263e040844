"""Translate texts, and make texts from outside safe to print."""
