"""The page in a browser, where everything is below the stage."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from local.issuer import PASSWORD
from tests.browser.manage_slots import ManageSlotsPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from cloud.rehearsal import Rehearsal


def test_a_doctor_signs_in_and_saves_and_the_page_goes_on_looking_for_news(
    page: Page, rehearsal: Rehearsal
) -> None:
    slots = ManageSlotsPage(page, rehearsal.api_url, rehearsal.target.on + timedelta(days=7))
    slots.open()
    page.locator("input[name=username]").fill("dr-lee")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(slots.url)

    slots.tick("09:00", "09:30")
    slots.save()
    slots.expect_saved()
    slots.poll_now()
    page.reload()

    assert slots.ticked == ["09:00", "09:30"]
    assert slots.complaints == []
