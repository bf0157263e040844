"""Hold casa24's version and its home page."""

__version__ = "0.1.0"
HOMEPAGE = "https://github.com/casa24records/casa24"
