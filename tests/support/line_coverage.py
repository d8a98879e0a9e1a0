"""pytest plugin that measures which lines and branches of the app the tests run.

``scripts/test`` loads it with ``-p``, before anything imports the app. Slipcover changes the app's
own bytecode. coverage.py, on Python 3.11, would trace every line of every package: a third of the
API tests' time. Each process writes a file to the folder ``LINE_COVERAGE``, for
``python -m slipcover --merge``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover

_SOURCE = ["chalicelib"]
_EXCLUDED = ["if TYPE_CHECKING:", r"class .*\(Protocol\):"]

_coverage = Slipcover(branch=True, source=_SOURCE, exclude_also=_EXCLUDED)


@pytest.hookimpl(tryfirst=True)  # before the conftest files import the app
def pytest_load_initial_conftests() -> None:
    """Measure modules that this process will import."""
    ImportManager(_coverage, FileMatcher(sources=_SOURCE)).__enter__()


def pytest_sessionfinish() -> None:
    """Write what this process has measured."""
    name = f"{os.getpid()}.json"
    measured = json.dumps(_coverage.get_coverage())
    (Path(os.environ["LINE_COVERAGE"]) / name).write_text(measured, encoding="utf-8")
