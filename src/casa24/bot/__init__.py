"""Answer the label's questions in its Discord server.

History → analysis → view → embed; nothing is computed here.
"""
