"""The tutorial for contributors, applied to a copy of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.documents import parse_edits
from tests.support.profile import is_nightly

PROJECT = Path(__file__).parents[2]
TUTORIAL = PROJECT / "docs" / "tutorials" / "first-endpoint.md"
FILES = 6
# With the compiled modules, which stay valid.
NOT_COPIED = (".git", ".venv*", ".local", ".*_cache", ".hypothesis", "build")
ENVIRONMENTS = (".venv", ".venv-ministack")
# The new test, and those that fail if a route is not documented, allowed or granted its calls.
TESTS = ("test_next_slot.py", "test_permissions.py", "test_policy.py", "test_openapi.py")
# Each tries all routes. By day only the API tests try these; the tutorial tries the others.
PERMISSIONS = "tests/api/test_permissions.py::test_each_caller_has_documented_permissions"
NIGHTLY_CALLERS = ("admin", "named", "other", "own", "unnamed")


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """The project's files, with its environments."""
    copy = tmp_path / "project"
    shutil.copytree(PROJECT, copy, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for name in ENVIRONMENTS:
        (copy / name).symlink_to(PROJECT / name)
    return copy


def test_first_endpoint_passes_the_tests_of_routes(project_copy: Path) -> None:
    edits = parse_edits(TUTORIAL.read_text())

    for edit in edits:
        edit.apply(project_copy)

    assert len(edits) == FILES
    left_out = () if is_nightly() else NIGHTLY_CALLERS
    run(project_copy, "tools.openapi")
    run(
        project_copy,
        *("pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:schemathesis"),
        *("-k", "not moto"),
        *(f"--deselect={PERMISSIONS}[ministack-{caller}]" for caller in left_out),
        *(f"tests/api/{name}" for name in TESTS),
    )


def run(project: Path, *module: str) -> None:
    """Run a Python module in the project, which must succeed, without the variables of tests."""
    python = project / ".venv" / "bin" / "python"
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [python, "-m", *module],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-5000:]
