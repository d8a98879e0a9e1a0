"""Packages the app for AWS and deploys it there, or to a local emulator as a rehearsal."""


class CloudError(Exception):
    """An expected failure; the message tells the user why, and what to do."""
