"""The command line's commands: each reads its arguments and calls one function.

Imports of the program stand inside the commands, here alone: `trialwatch --help` must not wait for spaCy or polars.
"""
