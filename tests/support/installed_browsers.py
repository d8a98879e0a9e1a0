"""The browsers of the machine, and how Playwright launches them."""

from __future__ import annotations

import shutil
from typing import Any

_NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
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
    return {"executable_path": installed, "args": arguments}
