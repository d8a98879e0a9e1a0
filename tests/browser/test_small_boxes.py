"""Boxes of a doctor with short slots, of which several share a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_changed_hours import set_slot_minutes
from tests.support.manage_slots_page import ManageSlotsPage, WeekPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Locator, Page, ViewportSize

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

PHONE: ViewportSize = {"width": 375, "height": 812}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
# The visible texts that end outside their box.
_CUT_OFF = """() => [...document.querySelectorAll(".box :is(.time, .state)")].filter((text) => {
  if (getComputedStyle(text).position === "absolute") return false;
  const [inner, outer] = [text, text.closest(".box")].map((each) => each.getBoundingClientRect());
  return inner.right > outer.right - 1 || inner.bottom > outer.bottom || inner.top < outer.top;
}).map((text) => text.textContent)"""
# How many boxes each line of the first hours has.
_BOXES_PER_LINE = """() => [...document.querySelectorAll(".shared")].slice(0, 7).flatMap((hour) => {
  const tops = [...hour.querySelectorAll(".box")].filter((box) => box.checkVisibility())
    .map((box) => Math.round(box.getBoundingClientRect().top));
  return [...new Set(tops)].map((top) => tops.filter((each) => each === top).length);
})"""
# The content of the sign, which screen readers don't read: they read the words.
_SIGN = "label => getComputedStyle(label.querySelector('label'), '::after').content"


@pytest.fixture
def doctor_id(
    page: Page,
    live_server: LiveServer,
    browser_users: BrowserUsers,
    unused_date: date,
    minutes: int,
) -> str:
    """A doctor with slots of that length, whom an administrator sees."""
    doctor_id = f"dr-short-{unused_date}"
    set_slot_minutes(live_server, doctor_id, minutes)
    browser_users.switch_user(page.context, "alex")
    return doctor_id


@pytest.fixture
def short_day(
    page: Page, live_server: LiveServer, doctor_id: str, unused_date: date
) -> ManageSlotsPage:
    """The page of a day of the doctor, not yet open."""
    return ManageSlotsPage(page, live_server, unused_date, doctor_id)


@pytest.fixture
def short_week(page: Page, live_server: LiveServer, doctor_id: str, unused_week: date) -> WeekPage:
    """The page of a week of the doctor, not yet open."""
    return WeekPage(page, live_server, unused_week, doctor_id)


def is_readable(text: Locator) -> bool:
    """Return whether the text has the size of its letters, not only that for screen readers."""
    area = text.bounding_box()
    return area is not None and area["height"] > 10


@pytest.mark.parametrize("minutes", [5, 10, 15, 20])
def test_unsaved_box_shows_words_in_the_same_space(short_day: ManageSlotsPage) -> None:
    short_day.open()
    for size in (PHONE, DESKTOP):
        short_day.page.set_viewport_size(size)
        before = short_day.label("09:00").bounding_box()

        short_day.check("09:00", "10:00")

        assert is_readable(short_day.label("09:00").get_by_text("will open"))
        assert short_day.label("09:00").bounding_box() == before
        assert short_day.page.evaluate(_CUT_OFF) == []
        short_day.page.get_by_role("button", name="Discard").click()


@pytest.mark.parametrize("minutes", [5, 20])
def test_unsaved_box_of_a_week_has_sign_of_the_legend(short_week: WeekPage) -> None:
    short_week.page.set_viewport_size(DESKTOP)
    short_week.save_elsewhere("09:00", "10:00")
    short_week.open()

    short_week.checkbox("Mon 09:00").uncheck()
    short_week.check("Tue 09:00")

    assert short_week.label("Mon 09:00").evaluate(_SIGN) == '"−" / ""'
    assert short_week.label("Tue 09:00").evaluate(_SIGN) == '"+" / ""'
    assert short_week.label("Mon 10:00").evaluate(_SIGN) == "none"
    expect(short_week.page.get_by_text("+ will open, − will close")).to_be_visible()


@pytest.mark.parametrize("minutes", [20])
def test_box_of_a_week_names_its_state_to_who_points_at_it(short_week: WeekPage) -> None:
    short_week.page.set_viewport_size(DESKTOP)
    short_week.open()

    short_week.check("Mon 09:00")

    assert is_readable(short_week.label("Mon 09:00").locator(".time"))
    assert is_readable(short_week.label("Mon 09:00").get_by_text("will open"))


@pytest.mark.parametrize("minutes", [15])
def test_lines_of_an_hour_of_four_slots_are_equally_long(short_week: WeekPage) -> None:
    short_week.open()
    for width in (320, 375, 1280):
        short_week.page.set_viewport_size({"width": width, "height": 800})

        lines = short_week.page.evaluate(_BOXES_PER_LINE)

        assert set(lines) in ({2}, {4})


@pytest.mark.parametrize("minutes", [5])
def test_whole_day_of_5_minute_slots_fits_two_screens(
    short_day: ManageSlotsPage, short_week: WeekPage
) -> None:
    short_day.page.set_viewport_size(DESKTOP)
    for slots in (short_day, short_week):
        slots.open()
        box = slots.page.locator(".box").last.bounding_box()

        assert box is not None
        assert box["y"] + box["height"] <= 2 * DESKTOP["height"]


@pytest.mark.parametrize("minutes", [5, 20])
def test_reason_of_rejected_save_takes_the_place_of_the_state(short_day: ManageSlotsPage) -> None:
    short_day.page.set_viewport_size(PHONE)
    short_day.block_polls()
    short_day.open()
    box = short_day.label("09:00")
    before = box.evaluate("box => box.offsetHeight")
    short_day.save_elsewhere("09:00")

    short_day.check("09:00")
    short_day.save()

    short_day.expect_status("Nothing was saved")
    expect(box).to_contain_text("Slot already exists: 09:00")
    assert box.evaluate("box => box.offsetHeight") == before
