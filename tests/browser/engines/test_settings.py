"""Settings and the practice day in Chromium, Firefox and WebKit alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.support.live_server import LiveServer
    from tests.support.tab import Tab, Window

SAVED = "Settings saved successfully"


@pytest.fixture
def settings_url(live_server: LiveServer) -> Iterator[str]:
    """The settings of Dr Lee, who has the same ones again after the test."""
    url, headers = f"{live_server.url}/doctors/dr-lee", live_server.auth_headers("admin")
    before = requests.get(url, headers=headers, timeout=30).json()
    yield f"{live_server.url}/settings?doctor_id=dr-lee"
    requests.put(url, json=before, headers=headers, timeout=30).raise_for_status()


def fill_in(tab: Tab, selector: str, text: str) -> None:
    tab.evaluate(f"document.querySelector({selector!r}).value = {text!r}")


def value_of(tab: Tab, selector: str) -> object:
    return tab.evaluate(f"document.querySelector({selector!r}).value")


def save(tab: Tab) -> None:
    tab.click("button", "Save")


@pytest.mark.one_engine_by_day
def test_two_editors_lose_nothing_and_the_second_sees_the_change(
    window: Window, settings_url: str
) -> None:
    first, second = window.new_tab(), window.new_tab()
    first.open(settings_url)
    second.open(settings_url)
    fill_in(first, "#window_days", "90")
    save(first)
    wait_until(lambda: first.text("#found") == SAVED)

    fill_in(second, "#lead_minutes", "120")
    fill_in(second, "#delegates", "sam\nkim")
    save(second)

    wait_until(lambda: "→ 90 days" in second.text(".error-summary"))
    assert value_of(second, "#lead_minutes") == "120"
    assert value_of(second, "#delegates") == "sam\nkim"
    assert value_of(second, "#window_days") == "90"
    save(second)
    wait_until(lambda: second.text("#found") == SAVED)
    assert value_of(second, "#lead_minutes") == "120"
    assert value_of(second, "#window_days") == "90"


@pytest.mark.one_engine_by_day
def test_practice_day_is_saved(window: Window, live_server: LiveServer, unused_date: date) -> None:
    tab = window.new_tab()
    tab.open(f"{live_server.url}/practice?date={unused_date}")

    tab.click("checkbox", "Dr Mina Lee 09:00")
    save(tab)

    wait_until(lambda: "Slots saved" in tab.text("[role=status]"))
    tab.reload()
    assert len(tab.checkbox_names(checked=True)) == 1


@pytest.mark.one_engine_by_day
def test_enter_in_a_field_saves_settings_and_removes_no_hours(
    window_without_scripts: Window, settings_url: str
) -> None:
    tab = window_without_scripts.new_tab()
    tab.open(settings_url)

    tab.fill("#lead_minutes", "5")
    tab.press("Enter")

    wait_until(lambda: tab.text("#found") == SAVED)
