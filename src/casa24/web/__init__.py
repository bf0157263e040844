"""The one HTTP client, and how fast it may ask."""
