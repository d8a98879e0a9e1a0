"""The zip as Lambda runs it: nothing else installed, and the environment that it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# One of the cloud; nobody answers where its DynamoDB is.
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


def run_python(package_dir: Path, code: str, **overrides: str) -> subprocess.CompletedProcess[str]:
    """Run code that finds the zip's modules, and no others, in a changed environment.

    ``-I -S``: no site-packages, so that what the zip lacks is missed.
    """
    first = f"import sys; sys.path[:0] = [{os.fspath(package_dir)!r}]\n"
    return subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", first + code],
        env=ENVIRONMENT | overrides,
        capture_output=True,
        text=True,
        check=False,
    )
