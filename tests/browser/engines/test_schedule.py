"""What the schedule must do in Chromium, Firefox and WebKit alike, after the same steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from chalicelib.domain.slot import SlotId
from tests.support.factories import LONDON, to_instant
from tests.support.tab import sign_in
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from datetime import date

    from tests.support.live_server import LiveServer
    from tests.support.tab import Tab, Window

SAVED = "Slots saved successfully"
HAS_PASSWORD_FIELD = "document.querySelector('input[name=password]') !== null"
# A page that is hidden does not poll.
HIDE = """Object.defineProperties(
    document, {hidden: {value: true}, visibilityState: {value: "hidden"}}
).hidden"""

# The number of changes, which is part of the text of Save, can also change when a poll arrives.
TICK_ANOTHER_WHILE_BUTTON_IS_DOWN = """addEventListener("pointerdown", () =>
    document.querySelector("[name=ticked]:not(:checked)").click())"""


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


def test_conflict_of_two_tabs_keeps_ticks_for_the_next_save(
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
    expect_status(tab, "10:00–10:30 is now booked")
    assert is_booked(tab, "10:00")
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


def test_click_on_save_is_not_lost_when_button_text_changes(tab: Tab) -> None:
    tick(tab, "09:00")
    tab.evaluate(TICK_ANOTHER_WHILE_BUTTON_IS_DOWN)

    save(tab)


@pytest.mark.one_engine_by_day
def test_page_without_javascript_saves(window_without_scripts: Window, day_url: str) -> None:
    tab = open_tab(window_without_scripts, day_url)

    tab.focus("checkbox", "09:00")
    tab.press("Space")
    tab.focus("button", "Save")
    tab.press("Enter")

    expect_status(tab, SAVED)
    tab.reload()
    assert checked_starts(tab) == ["09:00"]


IS_BESIDE = """(() => {
    const hours = document.createRange();
    hours.selectNode(document.querySelector("tr.session th").firstChild);
    const [text, all] = [hours, document.querySelector("[data-tick=all]")].map((each) =>
      each.getBoundingClientRect());
    return all.left > text.right && all.top < text.bottom;
})()"""


def test_schedule_fits_window_with_all_button_beside_its_hours(tab: Tab) -> None:
    root = "document.documentElement"
    for width in (320, 375, 1280):
        tab.set_width(width)

        assert tab.evaluate("innerWidth") == width
        assert tab.evaluate(f"{root}.scrollWidth") == tab.evaluate(f"{root}.clientWidth")
        if width > 320:
            assert tab.evaluate(IS_BESIDE)


def restore(window: Window, killed: Tab, server: LiveServer) -> Tab:
    """Open the page of a tab in another one, with its session storage, as a browser restores a tab.

    The tab is not really killed, which no driver of Firefox or WebKit survives.
    """
    tab = open_tab(window, f"{server.url}/signed-in")
    tab.evaluate(
        f"Object.assign(sessionStorage, {killed.evaluate('JSON.stringify(sessionStorage)')})"
    )
    tab.open(str(killed.evaluate("location.href")))
    return tab


def test_unsaved_ticks_survive_links_reload_back_and_killed_tab(
    window: Window, tab: Tab, live_server: LiveServer
) -> None:
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

    restored = restore(window, tab, live_server)
    wait_until(lambda: "2 changes" in restored.text("#summary"))

    tab.click("link", "Changes")
    wait_until(lambda: tab.text("h1") == "Changes")
    tab.go_back()
    wait_until(lambda: "2 changes" in tab.text("#summary"))
    save(tab)  # a browser that kept the page may have cleared the boxes since
    tab.reload()
    assert checked_starts(tab) == ["09:00", "10:00"]


@pytest.mark.one_engine_by_day
def test_unsaved_ticks_survive_sign_out_and_sign_in(window: Window, day_url: str) -> None:
    tab = window.new_tab()
    tab.open(day_url)
    window.clear_cookies()  # a session of its own, because the test ends it
    tab.open(day_url)
    sign_in(tab)
    tick(tab, "09:00")

    tab.click("button", "Sign out")
    wait_until(lambda: tab.evaluate(HAS_PASSWORD_FIELD) is True)
    tab.open(day_url)
    sign_in(tab)

    assert checked_starts(tab) == ["09:00"]
    assert "1 change" in tab.text("#summary")


@pytest.fixture
def week_tab(window: Window, live_server: LiveServer, unused_week: date) -> Tab:
    """A tab with a week of Dr Lee."""
    return open_tab(window, f"{live_server.url}/slots/week?doctor_id=dr-lee&date={unused_week}")


def test_ticks_on_three_days_of_a_week_are_saved_and_move_no_row(week_tab: Tab) -> None:
    tab = week_tab
    starts = ["Mon 09:00", "Mon 09:30", "Wed 13:00", "Fri 16:30"]
    height = "document.querySelector('.schedule table').getBoundingClientRect().height"
    before = tab.evaluate(height)

    tick(tab, *starts)
    assert "Save 4 changes" in tab.text("#save")
    assert tab.text("#summary") == "4 changes on 3 days · 4 to open"
    assert tab.evaluate(height) == before
    save(tab)

    tab.reload()
    wait_until(lambda: sorted(checked_starts(tab)) == sorted(starts))
    assert tab.evaluate("document.querySelectorAll('.box[data-kind=free]').length") == 4
    assert tab.text("#summary") == ""


@pytest.mark.one_engine_by_day
def test_week_is_repeated_and_the_series_undone(week_tab: Tab, unused_week: date) -> None:
    tab = week_tab
    tick(tab, "Tue 09:00")
    save(tab)

    tab.click("link", "Repeat this week")
    wait_until(lambda: "Repeat" in tab.text("h1"))
    last = unused_week + timedelta(days=20)
    tab.evaluate(f"document.querySelector('#to').value = '{last}'")
    tab.click("button", "Preview")
    wait_until(lambda: tab.text("#plan-heading") == "2 slots will open on 2 days")
    tab.click("button", "Open 2 slots")
    wait_until(lambda: tab.text("#plan-heading") == "2 slots opened on 2 days")
    tab.click("button", "Undo")
    wait_until(lambda: tab.text("#plan-heading") == "2 slots will close on 2 days")
    tab.click("button", "Close 2 slots")

    wait_until(lambda: tab.text("#plan-heading") == "2 slots closed on 2 days")
