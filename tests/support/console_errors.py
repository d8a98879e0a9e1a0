"""What goes wrong in a page, as the browser's console tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Frame, Page

# Chromium logs responses from 400 up and failed connections itself.
_EXPECTED = re.compile("^Failed to load resource")
_CONNECTION_LOST = "htmx: htmx:error: NetworkError"


def record_console_errors(page: Page) -> list[str]:
    """Return a list to which errors, warnings and uncaught exceptions of the page are added."""
    errors: list[str] = []

    def record(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _EXPECTED.match(message.text):
            errors.append(message.text)

    def forget_ended_requests(frame: Frame) -> None:
        # Firefox ends the requests of a page that is left, and htmx has the time to log that.
        if frame == page.main_frame:
            errors[:] = [error for error in errors if not error.startswith(_CONNECTION_LOST)]

    page.on("console", record)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("framenavigated", forget_ended_requests)
    return errors
