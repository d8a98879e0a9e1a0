"""A doctor is added, opened and signed in by keyboard alone, without scripts, in any browser."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.support.tab import press, sign_in, submit_password
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.live_server import LiveServer
    from tests.support.tab import OpenWindow, Tab

NEW_PASSWORD = "a long enough pass phrase"
_numbers = count(1)


def add_doctor(tab: Tab, name: str) -> str:
    """Fill the form and send it with Enter; return the temporary password."""
    press(tab, "link", "Doctors")
    wait_until(lambda: tab.text("h1") == "Doctors")
    press(tab, "link", "Add a doctor")
    wait_until(lambda: tab.text("h1") == "Add a doctor")
    for field, text in (("#name", name), ("#specialty", "surgery"), ("#location", "Leeds")):
        tab.fill(field, text)
    tab.press("Enter")  # in a field: the form is sent, and its hours stay
    wait_until(lambda: tab.text("h1") == "Doctor added")
    return tab.text("#temporary-password")


def open_hours(tab: Tab) -> None:
    press(tab, "button", "Open their hours")
    wait_until(lambda: "slots will open" in heading(tab))
    proposal = heading(tab)
    press(tab, "button", f"Open {proposal.partition(' slots')[0]} slots")
    wait_until(lambda: heading(tab) not in {"", proposal})  # done, or in progress


def heading(tab: Tab) -> str:
    return tab.text("#plan-heading")


def choose_password(tab: Tab) -> None:
    """Replace the temporary password as the identity provider requests."""
    tab.fill("[name=new_password]", NEW_PASSWORD)
    tab.fill("[name=confirm_password]", NEW_PASSWORD)
    tab.press("Enter")


@pytest.mark.nightly
def test_doctor_is_added_and_signs_in_without_scripts_or_mouse(
    open_window: OpenWindow, live_server: LiveServer, engine: str
) -> None:
    last_name = f"{engine.title()}{next(_numbers)}"
    with open_window(javascript=False, width=1280) as window:
        tab = window.new_tab()
        tab.open(f"{live_server.url}/signed-out")
        window.clear_cookies()
        tab.open(f"{live_server.url}/slots")
        sign_in(tab, "alex")

        password = add_doctor(tab, f"Dr {last_name}")
        open_hours(tab)

        window.clear_cookies()
        tab.open(f"{live_server.url}/slots")
        submit_password(tab, f"dr-{last_name.lower()}", password)
        choose_password(tab)
        wait_until(lambda: last_name.lower() in tab.text("header"))
        tab.open(f"{live_server.url}/slots/week")
        press(tab, "link", "Next week")
        wait_until(lambda: len(tab.checkbox_names(checked=True)) > 0)
