"""The page in a browser, below the path of the stage."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.browser_users import submit_login_form
from tests.support.live_server import LiveServer
from tests.support.manage_slots_page import ManageSlotsPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from cloud.rehearsal import Rehearsal


def test_page_below_stage_signs_in_saves_and_polls(page: Page, rehearsal: Rehearsal) -> None:
    stack = LiveServer(rehearsal.api_url, booking_site_url="", data_dir=Path())
    slots = ManageSlotsPage(page, stack, rehearsal.date + timedelta(days=7))
    slots.open()
    submit_login_form(page, "dr-lee")
    page.wait_for_url(slots.url)

    slots.check("09:00", "09:30")
    slots.save()
    slots.expect_saved()
    slots.poll_now()
    page.reload()

    assert slots.checked_starts == ["09:00", "09:30"]
    assert slots.console_errors == []
