"""Results → text: a terminal table, JSON, CSV or Markdown. Views compute nothing."""
