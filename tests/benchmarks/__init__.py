"""How fast casa24 is, in ratios that mean the same on every machine: ``python -m tests.benchmarks``."""
