"""The data folder: what lies in it, how it is read, and every way it is written."""
