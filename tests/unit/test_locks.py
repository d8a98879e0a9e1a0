"""The Lambda function contains the package versions that the tests run with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def pins(path: str) -> dict[str, str]:
    """Return package versions by normalized name."""
    text = (PROJECT / path).read_text(encoding="utf-8")
    return {re.sub(r"[-_.]+", "-", name.lower()): version for name, version in _PIN.findall(text)}


@pytest.mark.parametrize("lock", ["locks/lambda.txt", "locks/dev.txt", "locks/bench.txt"])
def test_a_lock_has_every_package_of_the_app_in_the_same_version(lock: str) -> None:
    app = pins("requirements.txt")

    assert app
    assert app.items() <= pins(lock).items()


@pytest.mark.parametrize("lock", ["uv", "lambda", "dev", "ministack", "sam", "checkov", "bench"])
def test_a_lock_has_hashes_and_names_no_index(lock: str) -> None:
    text = (PROJECT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")

    hashed = re.findall(r"^\S+==.* \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(hashed) == len(_PIN.findall(text)) > 0
    assert "://" not in text
