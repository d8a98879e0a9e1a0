"""The page in a browser, where everything is below the stage."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.manage_slots import ManageSlotsPage
from tests.browser.people import fill_in
from tests.running import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from cloud.rehearsal import Rehearsal


def test_a_doctor_signs_in_and_saves_and_the_page_goes_on_looking_for_news(
    page: Page, rehearsal: Rehearsal
) -> None:
    stack = Running(rehearsal.api_url, booking_site="", folder=Path())
    slots = ManageSlotsPage(page, stack, rehearsal.target.on + timedelta(days=7))
    slots.open()
    fill_in(page, "dr-lee")
    page.wait_for_url(slots.url)

    slots.tick("09:00", "09:30")
    slots.save()
    slots.expect_saved()
    slots.poll_now()
    page.reload()

    assert slots.ticked == ["09:00", "09:30"]
    assert slots.complaints == []
