"""The desk in Chromium, Firefox and WebKit alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from datetime import date

    from tests.support.live_server import LiveServer
    from tests.support.tab import Window


@pytest.mark.one_engine_by_day
def test_staff_book_at_the_desk(window: Window, live_server: LiveServer, unused_date: date) -> None:
    tab = window.new_tab()
    query = f"doctor_id=dr-lee&date={unused_date}"
    tab.open(f"{live_server.url}/slots?{query}")
    tab.click("checkbox", "09:00")
    tab.click("button", "Save")
    wait_until(lambda: "saved" in tab.text("[role=status]"))

    tab.open(f"{live_server.url}/bookings?{query}")
    tab.click("button", "Book at the desk")

    wait_until(lambda: "Booked by the practice" in tab.text("[role=status]"))
    assert "Booked by the practice" in tab.text(".bookings li")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
