"""Keys that sign the page's session cookies in AWS; only the function's configuration has them."""

from __future__ import annotations

import secrets

import boto3

from chalicelib.settings import MIN_SESSION_KEY_LENGTH


def generate() -> str:
    """Return a new random key."""
    return secrets.token_urlsafe(MIN_SESSION_KEY_LENGTH)


def rotate(stack: str) -> str:
    """Return the stack's current signing key and a new one, which signs from now on.

    Any older key is dropped, so sessions that it signed become invalid.
    """
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"{stack}-api")
    keys = function["Environment"]["Variables"]["SESSION_KEY"].split()
    return f"{keys[-1]} {generate()}"
