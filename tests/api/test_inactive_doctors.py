"""A doctor who takes no bookings: search, lists, holds and bookings; the calendar goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

RANGE = f"from={MONDAY}&to={MONDAY}"


def list_doctors(client: AppClient) -> list[str]:
    """Return the ids of the doctors in the list."""
    return [doctor["doctor_id"] for doctor in client.get("/doctors").json["doctors"]]


@pytest.fixture
def inactive_site(site: AppClient, sign_in: SignIn) -> AppClient:
    """A booking site that has booked 09:00, after which Dr Lee takes no more bookings."""
    site.book("09:00", "b-1")
    assert sign_in("admin").update_doctor(active=False).status == 200
    return site


def test_inactive_doctor_is_not_found(inactive_site: AppClient, sign_in: SignIn) -> None:
    assert inactive_site.search("specialty=cardiology") == []
    listed = inactive_site.get(f"/doctors/dr-lee/slots?{RANGE}").json
    assert (listed["slots"], listed["next_available"]) == ([], None)
    assert "dr-lee" not in list_doctors(inactive_site)
    assert "dr-lee" in list_doctors(sign_in("admin"))


def test_inactive_doctor_takes_no_holds_or_bookings(
    inactive_site: AppClient, sign_in: SignIn
) -> None:
    held = inactive_site.hold("09:30", "hannah")
    booked = inactive_site.book("09:30", "b-2")
    at_desk = sign_in("admin").put(f"/slots/{make_slot_id('09:30')}/booking", {"booking_id": "b-3"})

    for rejected in (held, booked, at_desk):
        assert (rejected.status, rejected.json["errors"][0]["code"]) == (409, "not_bookable")


def test_bookings_of_inactive_doctor_stay_and_can_be_cancelled(inactive_site: AppClient) -> None:
    assert inactive_site.get_slot("09:00").json["status"] == "busy"
    assert inactive_site.cancel("09:00", "b-1").status == 204


def test_booking_moves_away_from_inactive_doctor(inactive_site: AppClient, sign_in: SignIn) -> None:
    sign_in("admin").save("09:00", doctor_id="dr-twenty")

    moved = inactive_site.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("09:00"))

    assert moved.status == 201
    assert inactive_site.get_slot("09:00").json["status"] == "free"


def test_booking_does_not_move_to_inactive_doctor(inactive_site: AppClient) -> None:
    moved = inactive_site.book("09:30", "b-1", moves=make_slot_id("09:00"))

    assert (moved.status, moved.json["errors"][0]["code"]) == (409, "not_bookable")
    assert inactive_site.get_slot("09:00").json["status"] == "busy"


def test_calendar_of_inactive_doctor_can_be_managed(
    inactive_site: AppClient, sign_in: SignIn
) -> None:
    del inactive_site

    assert sign_in("admin").save("11:00").status == 200


def test_only_admins_make_doctors_inactive(site: AppClient, sign_in: SignIn) -> None:
    del site
    doctor = sign_in("own")

    rejected = doctor.update_doctor(active=False)

    assert rejected.status == 403
    assert doctor.update_doctor(lead_minutes=5).json["active"] is True
    assert doctor.update_doctor(active=True).status == 200


def test_settings_without_active_keep_it(inactive_site: AppClient, sign_in: SignIn) -> None:
    del inactive_site
    settings = sign_in("admin").get("/doctors/dr-lee").json
    del settings["active"]

    assert sign_in("admin").put("/doctors/dr-lee", settings).json["active"] is False
    assert sign_in("admin").update_doctor(active=True).json["active"] is True
