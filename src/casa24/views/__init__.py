"""Render results as a terminal table, JSON, CSV or Markdown; views compute nothing."""
