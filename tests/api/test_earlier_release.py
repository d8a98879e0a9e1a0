"""Items that the release at commit 2ba8767 wrote: every route reads and changes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.web.api.fields import WEEKDAYS
from tests.support.app_client import make_slot_id
from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

ITEMS = Path(__file__).parent / "data" / "release-2ba8767.json"
"""Dr Lee has free, held, booked, cancelled and closed slots, and a hold that expires at 12:00:30.
Dr Okafor's reindex is pending. Dr Walker has moved."""


@pytest.fixture
def old_items(client: AppClient) -> AppClient:
    """The app on a table that only the earlier release has written."""
    client.restore(json.loads(ITEMS.read_text()))
    client.restart()
    return client


def test_doctors_of_earlier_release_are_listed(old_items: AppClient) -> None:
    doctors = old_items.get("/doctors").json["doctors"]

    assert [doctor["doctor_id"] for doctor in doctors] == ["dr-lee", "dr-okafor", "dr-walker"]
    walker = old_items.get("/doctors/dr-walker").json
    assert (walker["location"], walker["active"]) == ("Hobart", True)
    assert walker["sessions"][0]["days_of_week"] == list(WEEKDAYS)
    assert old_items.get("/slots", **BROWSER_HEADERS).status == 200


def test_slots_of_earlier_release_are_found(old_items: AppClient) -> None:
    assert old_items.list_available("from=2026-11-23&to=2026-11-24") == ["09:00", "10:30", "09:00"]
    assert old_items.search("specialty=cardiology") == [("dr-lee", "2026-11-23T09:00:00+00:00", 3)]
    assert old_items.search("specialty=dermatology") == [
        ("dr-okafor", "2026-11-23T08:00:00-05:00", 2)
    ]


def test_day_of_earlier_release_is_shown(old_items: AppClient) -> None:
    day = old_items.get_day()

    assert day.free_times == ["09:00", "10:30"]
    assert (day.slot_status("09:30"), day.slot_status("10:00")) == ("busy-tentative", "busy")
    page = old_items.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", **BROWSER_HEADERS)
    assert page.status == 200


def test_saves_of_earlier_release_are_in_history(old_items: AppClient) -> None:
    path = f"/slots/history?doctor_id=dr-lee&date={MONDAY}"
    changes = old_items.get(path).json["changes"]

    assert [len(change["opened"]) for change in changes] == [0, 6]
    assert [len(change["closed"]) for change in changes] == [1, 0]
    assert old_items.get(path, **BROWSER_HEADERS).status == 200


def test_save_of_earlier_release_is_not_repeated(old_items: AppClient) -> None:
    repeated = old_items.save(
        "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", Idempotency_Key="first-save"
    )

    assert (repeated.status, repeated.json["version"]) == (200, 1)
    assert repeated.free_times == ["09:00", "10:30"]


def test_day_of_earlier_release_is_saved(old_items: AppClient) -> None:
    saved = old_items.save("11:30", closed=("09:00", "10:30"))

    assert (saved.status, saved.free_times) == (200, ["11:30"])
    assert old_items.save("10:00").error_codes[0][1] == "slot_exists"


def test_claims_of_earlier_release_are_honoured(old_items: AppClient) -> None:
    assert old_items.get_slot("10:00").json["status"] == "busy"
    assert old_items.book("10:00").status == 200  # the same booking
    assert old_items.book("10:00", "b-9").status == 409
    assert old_items.hold("09:30", "another").status == 409
    assert old_items.book("09:30", "b-3", holder="hannah").status == 201
    assert old_items.cancel("10:00").status == 204
    assert old_items.book("10:00", "b-4").status == 201


def test_hold_of_earlier_release_is_released(old_items: AppClient) -> None:
    assert old_items.release("09:30").status == 204
    assert old_items.hold("09:30", "another").status == 200


def test_booking_of_earlier_release_moves(old_items: AppClient) -> None:
    moved = old_items.book("09:00", "b-1", moves=make_slot_id("10:00"))

    assert moved.status == 201
    assert old_items.get_slot("10:00").json["status"] == "free"


def test_settings_of_earlier_release_are_changed(old_items: AppClient) -> None:
    assert old_items.update_doctor(lead_minutes=5, location="Leeds").status == 200
    assert old_items.search("specialty=cardiology&location=Leeds") == [
        ("dr-lee", "2026-11-23T09:00:00+00:00", 3)
    ]
