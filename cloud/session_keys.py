"""What signs the page's sessions in the cloud: made here, known to the function alone."""

from __future__ import annotations

import secrets

import boto3

from chalicelib.settings import MIN_SESSION_KEY_LENGTH


def first() -> str:
    """Give a key for a stack that has none."""
    return secrets.token_urlsafe(MIN_SESSION_KEY_LENGTH)


def with_a_new_one(stack: str) -> str:
    """Give the key that signs now and a new one, which will sign from now on.

    The one before it is forgotten: what it has signed is no longer believed.
    """
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"{stack}-api")
    keys = function["Environment"]["Variables"]["SESSION_KEY"].split()
    return f"{keys[-1]} {first()}"
