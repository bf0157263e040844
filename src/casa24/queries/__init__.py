"""What is asked of the record: as much of it is read as a question needs, and the analysis answers.

The terminal and the bot ask here, so that one question never has two answers.
"""
