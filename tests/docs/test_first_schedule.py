"""The tutorial for doctors, followed in a browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from local.identity_provider import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.support.live_server import LiveServer

NEWS_MS = 4_000


@pytest.mark.browser
def test_first_schedule_works_as_described(browser: Browser, live_server: LiveServer) -> None:
    date = f"{datetime.now(UTC).date() + timedelta(days=60)}"
    doctor = browser.new_page(timezone_id="Europe/London")
    patient = browser.new_page(timezone_id="Europe/London")

    sign_in(doctor, live_server)
    doctor.get_by_label("Go to date").fill(date)
    expect(doctor.locator(f"#schedule[data-days$='/{date}']")).to_be_visible()
    morning = doctor.locator("tbody").first
    morning.get_by_role("button", name="All").click()
    expect(morning.get_by_role("checkbox", checked=True)).to_have_count(6)
    slot(doctor, "11:30").uncheck()
    save(doctor)

    slot(doctor, "09:00").uncheck()
    slot(doctor, "13:00").check()
    save(doctor)

    slot(doctor, "14:00").check()
    book_ten_o_clock(patient, live_server, date)
    expect(label(doctor, "10:00")).to_contain_text("booked", timeout=NEWS_MS)
    expect(slot(doctor, "10:00")).to_be_disabled()
    expect(slot(doctor, "14:00")).to_be_checked()

    doctor.get_by_text("History", exact=True).click()
    expect(doctor.get_by_role("article")).to_have_count(3)  # two saves and the booking


def sign_in(page: Page, server: LiveServer) -> None:
    page.goto(server.url)
    page.locator("input[name=username]").fill("dr-lee")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def slot(page: Page, start: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(f"^{start}"))


def label(page: Page, start: str) -> Locator:
    return page.locator(".box", has=slot(page, start))


def save(page: Page) -> None:
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("status")).to_contain_text("Slots saved successfully")


def book_ten_o_clock(page: Page, server: LiveServer, date: str) -> None:
    page.goto(server.booking_site_url)
    page.get_by_label("Specialty").select_option("Cardiology")
    page.get_by_label("From").fill(date)
    page.get_by_role("button", name="Find times").click()
    page.get_by_role("link", name="Dr Mina Lee").click()
    page.get_by_role("button", name=re.compile("^10:00")).first.click()
    page.get_by_label("Your name").fill("Pat Smith")
    page.get_by_role("button", name=re.compile("^Book")).click()
