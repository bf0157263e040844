"""Answer questions: read as much of the record as each one needs, and call the analysis.

The terminal and the bot ask here, so that one question never has two answers.
"""
