"""Run code as Lambda does: with only the zip's modules and the function's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# The environment in AWS, but nothing listens at DynamoDB's address.
ENVIRONMENT = {
    "STAGE": "dev",
    "TABLE_NAME": "slots",
    "OIDC_ISSUER": "https://issuer.invalid",
    "OIDC_CLIENT_ID": "page",
    "SESSION_KEY": "k" * 32,
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9",
    "AWS_REGION": "eu-west-2",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}


def run(unpacked: Path, code: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run code with the unpacked zip on its path, in a changed environment.

    ``-I -S`` hides site-packages, so that a module that the zip lacks is missing.
    """
    set_path = f"import sys; sys.path[:0] = [{os.fspath(unpacked)!r}]\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", set_path + code],
        env=ENVIRONMENT | changed,
        capture_output=True,
        text=True,
        check=False,
    )
