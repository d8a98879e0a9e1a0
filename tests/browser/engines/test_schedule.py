"""What the schedule must do in Chromium, Firefox and WebKit alike, after the same steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from chalicelib.domain.slot import SlotId
from tests.support.factories import LONDON, to_instant
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from datetime import date

    from tests.support.live_server import LiveServer
    from tests.support.tab import OpenWindow, Tab, Window

SAVED = "Slots saved successfully"
# A page that is hidden does not poll.
HIDE = """Object.defineProperties(
    document, {hidden: {value: true}, visibilityState: {value: "hidden"}}
).hidden"""


@pytest.fixture
def day_url(live_server: LiveServer, unused_date: date) -> str:
    """The address of a day of Dr Lee."""
    return f"{live_server.url}/slots?doctor_id=dr-lee&date={unused_date}"


@pytest.fixture
def tab(window: Window, day_url: str) -> Tab:
    """A tab with that day."""
    return open_tab(window, day_url)


def open_tab(window: Window, url: str) -> Tab:
    tab = window.new_tab()
    tab.open(url)
    return tab


def checked_starts(tab: Tab) -> list[str]:
    return [name.partition("–")[0] for name in tab.checkbox_names(checked=True)]


def tick(tab: Tab, *starts: str) -> None:
    for start in starts:
        tab.click("checkbox", start)


def expect_status(tab: Tab, text: str) -> None:
    wait_until(lambda: text in tab.text("[role=status]"))


def save(tab: Tab) -> None:
    tab.click("button", "Save")
    expect_status(tab, SAVED)


def press_until(tab: Tab, key: str, name: str) -> None:
    for _ in range(60):
        if tab.focused_name().startswith(name):
            return
        tab.press(key)
    raise AssertionError(f"{key} does not lead to {name}")


def test_ticked_boxes_are_saved_and_survive_reload(tab: Tab) -> None:
    tick(tab, "09:00", "09:30", "13:00", "16:30")
    save(tab)

    tab.reload()

    assert checked_starts(tab) == ["09:00", "09:30", "13:00", "16:30"]


def test_conflict_of_two_tabs_keeps_ticks_and_next_save_saves_them(
    window: Window, tab: Tab, day_url: str
) -> None:
    stale = open_tab(window, day_url)
    stale.evaluate(HIDE)
    tick(tab, "09:00", "09:30")
    save(tab)

    tick(stale, "09:00", "11:00")
    stale.click("button", "Save")

    wait_until(lambda: "already exist" in stale.text("main"))
    assert checked_starts(stale) == ["09:00", "09:30", "11:00"]
    save(stale)
    stale.reload()
    assert checked_starts(stale) == ["09:00", "09:30", "11:00"]


def test_poll_shows_booking_and_keeps_unsaved_tick(
    tab: Tab, live_server: LiveServer, unused_date: date
) -> None:
    tick(tab, "10:00")
    save(tab)
    tick(tab, "11:00")

    slot_id = SlotId("dr-lee", to_instant("10:00", unused_date, LONDON))
    response = requests.put(
        f"{live_server.url}/slots/{slot_id}/booking",
        json={"booking_id": str(slot_id), "patient_reference": "ref-1"},
        headers=live_server.auth_headers("booking-site"),
        timeout=10,
    )

    assert response.status_code == 201, response.text
    wait_until(lambda: is_booked(tab, "10:00"))
    assert "11:00" in checked_starts(tab)


def is_booked(tab: Tab, start: str) -> bool:
    names = [name for name in tab.checkbox_names() if name.startswith(start)]
    return any("booked" in name.casefold() for name in names)


def test_keyboard_alone_ticks_and_saves(tab: Tab) -> None:
    press_until(tab, "Tab", "09:00")
    tab.press("Space")
    press_until(tab, "Tab", "Save")
    tab.press("Enter")

    expect_status(tab, SAVED)
    tab.reload()
    assert checked_starts(tab) == ["09:00"]


def test_page_without_javascript_saves(open_window: OpenWindow, day_url: str) -> None:
    with open_window(javascript=False, width=1280) as window:
        tab = open_tab(window, day_url)

        tab.focus("checkbox", "09:00")
        tab.press("Space")
        tab.focus("button", "Save")
        tab.press("Enter")

        expect_status(tab, SAVED)
        tab.reload()
        assert checked_starts(tab) == ["09:00"]


def test_narrow_page_does_not_overflow(open_window: OpenWindow, day_url: str) -> None:
    root = "document.documentElement"
    with open_window(javascript=True, width=320) as window:
        tab = open_tab(window, day_url)

        assert tab.evaluate("innerWidth") == 320
        assert tab.evaluate(f"{root}.scrollWidth") == tab.evaluate(f"{root}.clientWidth")


def test_unsaved_ticks_survive_links_reload_and_back(tab: Tab) -> None:
    tick(tab, "09:00", "10:00")

    tab.click("link", "Next day")
    wait_until(lambda: checked_starts(tab) == [])
    tab.go_back()
    wait_until(lambda: checked_starts(tab) == ["09:00", "10:00"])
    tab.click("link", "Next day")
    wait_until(lambda: checked_starts(tab) == [])
    tab.click("link", "Previous day")
    wait_until(lambda: checked_starts(tab) == ["09:00", "10:00"])
    tab.reload()

    assert checked_starts(tab) == ["09:00", "10:00"]


def test_unsaved_ticks_survive_another_page_and_back(tab: Tab) -> None:
    tick(tab, "09:00", "10:00")

    tab.click("link", "Changes")
    wait_until(lambda: tab.text("h1") == "Changes")
    tab.go_back()

    wait_until(lambda: "2 changes" in tab.text("#summary"))
    save(tab)  # a browser that kept the page may have cleared the boxes since
    tab.reload()
    assert checked_starts(tab) == ["09:00", "10:00"]


@pytest.fixture
def week_tab(window: Window, live_server: LiveServer, unused_date: date) -> Tab:
    """A tab with a week of which no other test has a date: another week for each date."""
    today = datetime.now(UTC).date()
    date = today + timedelta(weeks=60 + (unused_date - today).days)
    return open_tab(window, f"{live_server.url}/slots/week?doctor_id=dr-lee&date={date}")


def test_ticks_on_three_days_of_a_week_are_saved(week_tab: Tab) -> None:
    tab = week_tab
    starts = ["Mon 09:00", "Mon 09:30", "Wed 13:00", "Fri 16:30"]

    tick(tab, *starts)
    save(tab)

    tab.reload()
    wait_until(lambda: sorted(checked_starts(tab)) == sorted(starts))


def test_tick_on_a_week_moves_no_row(week_tab: Tab) -> None:
    height = "document.querySelector('.schedule table').getBoundingClientRect().height"
    before = week_tab.evaluate(height)

    tick(week_tab, "Mon 09:00")

    wait_until(lambda: "Save 1 change" in week_tab.text("#save"))
    assert week_tab.evaluate(height) == before
