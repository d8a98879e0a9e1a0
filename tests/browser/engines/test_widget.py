"""The booking widget in a frame of another site's page, in Chromium, Firefox and WebKit alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.waiting import wait_until
from tests.support.widget_doctor import NAME, TOMORROW, WidgetDoctor

if TYPE_CHECKING:
    from tests.support.live_server import LiveServer
    from tests.support.tab import Tab, Window


def text_in_frame(tab: Tab, selector: str) -> object:
    return tab.evaluate(
        f"[...frames[0].document.querySelectorAll('{selector}')].map(e => e.textContent).join()"
    )


def test_widget_shows_slots_of_another_origin_and_their_changes(
    window: Window, live_server: LiveServer, widget_url: str
) -> None:
    doctor, tab = WidgetDoctor(live_server), window.new_tab()
    doctor.open_slot("09:00")
    tab.open(f"{widget_url}/")

    tab.evaluate(f"void frames[0].postMessage({json.dumps(doctor.settings())}, '*')")

    wait_until(lambda: text_in_frame(tab, "time") == "09:00")
    wait_until(lambda: text_in_frame(tab, "h1") == f"Next free appointments: {NAME}")
    day = str(text_in_frame(tab, "h2")).replace(",", "")  # WebKit writes one after the weekday
    assert day == f"{TOMORROW:%A %-d %B}"
    assert "Times in Europe/London" in str(text_in_frame(tab, "body"))
    assert text_in_frame(tab, "[role=alert]") == ""
    assert tab.evaluate("frames[0].document.images.length") == 0

    doctor.open_slot("10:30")
    tab.evaluate(
        "void frames[0].document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"
    )
    wait_until(lambda: text_in_frame(tab, "time") == "09:00,10:30")
