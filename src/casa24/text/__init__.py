"""Texts in the language spoken, and texts from outside made safe to print."""
