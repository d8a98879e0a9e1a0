"""Boxes of a doctor with short slots, of which several share a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_changed_hours import set_slot_minutes
from tests.support.manage_slots_page import ManageSlotsPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

# Whether the text ends inside its box, and how far its middle is from that of its box.
_PLACE = """(label) => {
  const box = label.closest(".box").getBoundingClientRect();
  const time = label.querySelector(".time").getBoundingClientRect();
  const middle = (area) => (area.top + area.bottom) / 2;
  return [time.right <= box.right - 2, Math.abs(middle(time) - middle(box)) < 2];
}"""


@pytest.fixture
def phone_page(
    page: Page, live_server: LiveServer, browser_users: BrowserUsers, unused_date: date
) -> ManageSlotsPage:
    """The page of a doctor with slots of 15 minutes, on a phone."""
    doctor_id = f"dr-short-{unused_date}"
    set_slot_minutes(live_server, doctor_id, 15)
    browser_users.switch_user(page.context, "alex")
    page.set_viewport_size({"width": 375, "height": 812})
    slots = ManageSlotsPage(page, live_server, unused_date, doctor_id)
    slots.open()
    return slots


def test_unsaved_time_fits_its_box_as_before(phone_page: ManageSlotsPage) -> None:
    phone_page.check("09:00")

    assert phone_page.label("09:00").evaluate(_PLACE) == [True, True]
    assert phone_page.label("09:15").evaluate(_PLACE) == [True, True]
