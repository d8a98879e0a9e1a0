"""``python -m tools.docs.screenshots`` takes the screenshots of the docs (``scripts/screenshots``).

It starts a server with data of its own, fills one day and a busy practice through the API, and
writes a day, a week and the preview of a plan in light and dark to ``docs/images``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import requests
from playwright.sync_api import Page, sync_playwright

from local.identity_provider import PASSWORD
from tests.support.live_server import LiveServer, start_server

if TYPE_CHECKING:
    from datetime import date

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MAX_BYTES = 160_000
PROJECT = Path(__file__).parents[2]
DOCTOR = "dr-lee"
BUSY_DOCTOR, DELEGATE = "dr-okonkwo", "sam"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Chromium of the machine if there is one, else Playwright's own.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Take all screenshots; return the exit status."""
    with TemporaryDirectory() as folder, start_server(Path(folder)) as server:
        day = next_thursday()
        fill_day(server, day)
        fill_practice(server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, BROWSERS)), None),
                args=["--no-sandbox", "--disable-gpu", "--lang=en-GB"],
                env={**os.environ, "LANGUAGE": "en_GB"},
            )
            for theme in THEMES:
                page = browser.new_page(
                    viewport={"width": 1280, "height": 800}, color_scheme=theme, locale="en-GB"
                )
                open_day(page, server, day)
                save(page.screenshot(animations="disabled"), IMAGES / f"manage-slots-{theme}.png")
                page.context.clear_cookies()
                open_week(page, server)
                save(page.screenshot(animations="disabled"), IMAGES / f"week-{theme}.png")
                open_preview(page, server)
                save(page.screenshot(animations="disabled"), IMAGES / f"repeat-preview-{theme}.png")
    return 0


def next_thursday() -> date:
    """Return a Thursday two months from now, so that every slot can still be changed."""
    day = datetime.now(UTC).date() + timedelta(days=60)
    return day + timedelta(days=(3 - day.weekday()) % 7)


def fill_day(server: LiveServer, day: date) -> None:
    """Open slots, book two of them and hold one."""
    opened = ("09:00", "09:30", "10:00", "10:30", "11:00", "13:00", "13:30", "14:00")
    slots = [{"start": start, "status": "free"} for start in opened]
    body = {"doctor_id": DOCTOR, "date": f"{day}", "slots": slots}
    send(server, "doctor", "POST", "/slots", body)
    path = f"/doctors/{DOCTOR}/slots?from={day}&to={day}"
    bookable = send(server, "booking-site", "GET", path)["slots"]
    ids = {slot["start"][11:16]: slot["slot_id"] for slot in bookable}
    for start in ("09:30", "13:00"):
        booking = {"booking_id": f"bk-{start[:2]}", "patient_reference": "ref-1"}
        send(server, "booking-site", "PUT", f"/slots/{ids[start]}/booking", booking)
    hold = {"holder": "visit-1", "seconds": 1800}
    send(server, "booking-site", "PUT", f"/slots/{ids['10:30']}/hold", hold)


def fill_practice(server: LiveServer) -> None:
    """Add doctors with a few busy weeks."""
    environment = {**os.environ, "DATA_DIR": str(server.data_dir)}
    subprocess.run([PROJECT / "scripts" / "demo", "busy"], env=environment, check=True)


def send(
    server: LiveServer, role: str, method: str, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Send a request with a token of the role; return the JSON of its response."""
    names = [DOCTOR] if role == "doctor" else []
    headers = server.auth_headers(role, *names)
    response = requests.request(
        method, f"{server.url}{path}", json=body, headers=headers, timeout=10
    )
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def open_day(page: Page, server: LiveServer, day: date) -> None:
    """Sign in, open the day, and leave two changes unsaved."""
    page.goto(f"{server.url}/slots?doctor_id={DOCTOR}&date={day}")
    sign_in(page, DOCTOR)
    page.get_by_role("checkbox", name=re.compile("^11:00")).uncheck()
    page.get_by_role("checkbox", name=re.compile("^14:30")).check()
    leave_boxes(page)


def open_week(page: Page, server: LiveServer) -> None:
    """Sign in as a delegate, open the week after next, and leave three changes unsaved."""
    day = datetime.now(UTC).date() + timedelta(days=10)
    page.goto(f"{server.url}/slots/week?doctor_id={BUSY_DOCTOR}&date={day}")
    sign_in(page, DELEGATE)
    page.locator("#rail table").wait_for()
    closed = page.get_by_role("checkbox", name="closed", disabled=False)
    closed.first.check()
    opened = page.get_by_role("checkbox", name="open", disabled=False, checked=True)
    opened.nth(4).uncheck()
    opened.nth(8).uncheck()
    leave_boxes(page)


def open_preview(page: Page, server: LiveServer) -> None:
    """Preview a repetition of the busy week, in which some slots stay as they are."""
    day = datetime.now(UTC).date() + timedelta(days=10)
    page.goto(f"{server.url}/series/new?doctor_id={BUSY_DOCTOR}&week={day}")
    page.get_by_label("Name").fill("Clinic hours")
    page.get_by_role("button", name="Preview").click()
    page.locator("#plan-heading").wait_for()
    leave_boxes(page)


def sign_in(page: Page, name: str) -> None:
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def leave_boxes(page: Page) -> None:
    """Remove the focus ring of the box that was clicked last."""
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)


def save(image: bytes, path: Path) -> None:
    """Write the image; fail if it is too large for a README."""
    if len(image) > MAX_BYTES:
        sys.exit(f"{path.name} has {len(image):,} bytes, more than {MAX_BYTES:,}")
    path.write_bytes(image)
    print(f"{path}: {len(image):,} bytes")


if __name__ == "__main__":
    sys.exit(main())
