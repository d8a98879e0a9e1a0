"""Runs everything on a laptop; no part of what is deployed."""


class CommandError(Exception):
    """An expected failure of a command; the message tells the user why, and what to do."""
