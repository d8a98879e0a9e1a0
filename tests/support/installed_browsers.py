"""The browsers of the machine, and how Playwright launches them."""

from __future__ import annotations

import shutil
from typing import Any

from tests.support.profile import is_nightly

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# The same engine without the browser around it opens a page in a third of the time, and draws a tab
# behind another one at full speed. Each night, the tests run in the browser that users have.
_SHELL = "chromium-headless-shell"
_NAMES = {
    "chromium": _CHROMIUM if is_nightly() else (_SHELL, *_CHROMIUM),
    "firefox": ("firefox-esr", "firefox"),
}


def launch_options(browser_name: str) -> dict[str, Any]:
    """Return Playwright's options for a browser of the machine."""
    installed = next(filter(None, map(shutil.which, _NAMES[browser_name])), None)
    if browser_name == "firefox":
        # Playwright drives an unmodified Firefox only over WebDriver BiDi, which "moz-" selects.
        return {"executable_path": installed, "channel": "moz-firefox"}
    # As root, Chromium runs only without sandbox.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    if not is_nightly():  # the tabs of a test share a process; else each page takes a second one
        arguments.append("--renderer-process-limit=1")
    return {"executable_path": installed, "args": arguments}
