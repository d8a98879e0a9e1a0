"""The machine's own Chromium, for tests in a browser."""

from __future__ import annotations

import shutil
from typing import Any

import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium where there is one; root needs it without its sandbox."""
    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next(filter(None, map(shutil.which, names)), None)
    return {
        **browser_type_launch_args,
        "executable_path": installed,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }
