"""The page of bookings that have to be rebooked, and the badges that lead to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id
from tests.support.factories import MONDAY
from tests.support.html import parse, text_of

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

HTML = {"Accept": "text/html"}
PATH = "/rebooking?doctor_id=dr-lee"
STARTS = ("09:00", "09:30", "10:00", "10:30")


@pytest.fixture(autouse=True)
def _disrupted(client: AppClient) -> None:
    """Four bookings of Monday have to be rebooked; 11:00 and a slot of another doctor are free."""
    client.save(*STARTS, "11:00")
    client.save("09:00", doctor_id="dr-twenty")
    for start in STARTS:
        client.book(start, f"b-{start[:2]}{start[3:]}")
    client.clock.now += timedelta(seconds=1)
    for start in STARTS:
        client.override("disrupt", start, "ill")
    client.clock.now += timedelta(seconds=1)


def states(client: AppClient, path: str = PATH) -> list[str]:
    page = parse(client.get(path, **HTML).text)
    return [text_of(row) for row in page.select(".bookings > li")]


def test_page_counts_what_is_done(client: AppClient) -> None:
    client.book("11:00", "b-0900", moves=make_slot_id("09:00"))
    client.cancel("09:30", "b-0930")
    client.book("09:00", "b-1000", "dr-twenty", moves=make_slot_id("10:00"))

    page = parse(client.get(PATH, **HTML).text)

    assert text_of(page.select(".progress")[0]) == "3 of 4 done"
    assert states(client) == [
        "09:00–09:30 Moved to Mon 23 Nov, 11:00",
        "09:30–10:00 Cancelled",
        "10:00–10:30 Moved to another doctor",
        "10:30–11:00 Needs rebooking",
    ]


def test_lifted_mark_is_no_longer_counted(client: AppClient) -> None:
    client.delete(f"/slots/{make_slot_id('09:00')}/disrupt")

    assert len(states(client)) == 3


def test_page_of_one_date_leads_to_all(client: AppClient) -> None:
    page = parse(client.get(f"{PATH}&date=2026-11-24", **HTML).text)

    assert "No bookings need rebooking" in text_of(page)
    assert page.find("a", string="All bookings that need rebooking")
    assert len(states(client, f"{PATH}&date={MONDAY}")) == 4


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/slots?doctor_id=dr-lee&date={MONDAY}", "4 to rebook"),
        (f"/slots/week?doctor_id=dr-lee&date={MONDAY}", "4 to rebook"),
        ("/slots/month?doctor_id=dr-lee&month=2026-11", "4 bookings of this month need rebooking"),
    ],
)
def test_badge_leads_to_the_page(client: AppClient, path: str, words: str) -> None:
    (badge,) = parse(client.get(path, **HTML).text).select("a.rebooking")

    assert text_of(badge) == words
    assert len(states(client, str(badge["href"]))) == 4


def test_other_doctors_bookings_are_not_shown(client: AppClient, sign_in: SignIn) -> None:
    del client
    assert sign_in("other").get(PATH, **HTML).status == 403
    assert sign_in("slots/book").get(PATH, **HTML).status == 403


def test_unreadable_note_hides_no_booking(client: AppClient) -> None:
    client.cancel("09:30", "b-0930")
    client.set_attribute("DOCTOR#dr-lee", f"DAY#{MONDAY}", "rebooked", {"SS": ["garbage"]})

    assert len(states(client)) == 3
