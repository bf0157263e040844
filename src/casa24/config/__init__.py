"""Read ``casa24.toml`` and the credentials."""
