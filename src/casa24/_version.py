"""Which casa24 this is, and where it lives."""

__version__ = "0.1.0"
HOMEPAGE = "https://github.com/casa24records/casa24"
