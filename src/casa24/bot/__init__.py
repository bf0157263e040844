"""The Discord bot: the record, asked from a Discord server.

History → analysis → view → embed; nothing is computed here.
"""
