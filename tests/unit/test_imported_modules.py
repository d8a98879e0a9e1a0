"""Imports of a new process up to its first response, which cold starts pay for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local import local_config

PROJECT = Path(__file__).parents[2]
REQUEST_SCRIPT = """
import json, sys
from app import app
from chalice.test import Client
assert Client(app).http.get("/").status_code == 303
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def imported_modules() -> set[str]:
    """Return the modules of a process after its first response."""
    ran = subprocess.run(
        [sys.executable, "-c", REQUEST_SCRIPT],
        cwd=PROJECT,
        env=local_config.variables(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ran.stdout))


def test_request_does_not_import_event_publishing(imported_modules: set[str]) -> None:
    subscribers = (
        "chalicelib.events",
        "chalicelib.stream_handler",
        "chalicelib.use_cases.publish_changes",
    )

    assert "chalicelib.bootstrap" in imported_modules
    assert not [name for name in imported_modules if name.startswith(subscribers)]


@pytest.mark.parametrize(
    "name", ["authlib", "boto3", "cryptography", "itsdangerous", "jinja2", "joserfc"]
)
def test_optional_modules_are_imported_lazily(imported_modules: set[str], name: str) -> None:
    assert name not in imported_modules
