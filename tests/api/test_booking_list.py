"""The list of a doctor's bookings, as booking sites and the doctor's side see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import direct_writes
from tests.support.app_client import make_slot_id, rejection_codes
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

NINE, HALF_PAST = "2026-11-23T09:00:00+00:00", "2026-11-23T09:30:00+00:00"


@pytest.fixture(autouse=True)
def _claims(site: AppClient) -> None:
    """A site holds 09:00 and has booked 09:30; 10:00 is free."""
    site.hold("09:00", "hannah")
    site.book("09:30", "b-1")


def test_site_lists_own_bookings_with_their_ids(site: AppClient, other_site: AppClient) -> None:
    other_site.book("10:00", "b-2")

    assert site.list_bookings().json == {
        "bookings": [
            {
                "slot_id": make_slot_id("09:30"),
                "start": HALF_PAST,
                "end": "2026-11-23T10:00:00+00:00",
                "booking_id": "b-1",
                "client": "a-booking-site",
                "booked_at": "2026-11-22T12:00:00+00:00",
                "disrupted": None,
            }
        ]
    }


def test_doctors_side_lists_all_bookings_without_ids(site: AppClient, sign_in: SignIn) -> None:
    direct_writes.book_without_owner(to_instant("10:00"), "old", "p-1")
    sign_in("admin").override("release", "09:00")
    sign_in("own").book("09:00", "desk-1")

    for caller in ("own", "named", "admin"):
        bookings = sign_in(caller).list_bookings().json["bookings"]
        assert [(b["start"], b["client"]) for b in bookings] == [
            (NINE, "practice"),
            (HALF_PAST, "a-booking-site"),
            ("2026-11-23T10:00:00+00:00", None),
        ]
        assert not any("booking_id" in booking for booking in bookings)
    assert len(site.list_bookings().json["bookings"]) == 1


def test_bookings_are_listed_by_date_and_mark(site: AppClient, sign_in: SignIn) -> None:
    sign_in("admin").save("00:00", doctor_id="dr-quarter")
    sign_in("admin").save("23:45", doctor_id="dr-quarter", date="2026-11-22")
    for slot_id in ("dr-quarter~20261123T0000Z", "dr-quarter~20261122T2345Z"):
        body = {"booking_id": slot_id, "patient_reference": "p"}
        assert site.put(f"/slots/{slot_id}/booking", body).status == 201
    path = "/doctors/dr-quarter/bookings?from=2026-11-23&to=2026-11-23"

    assert [b["start"] for b in site.get(path).json["bookings"]] == ["2026-11-23T00:00:00+00:00"]
    assert site.get(f"{path}&disrupted=true").json["bookings"] == []
    assert len(site.get(f"{path}&disrupted=false").json["bookings"]) == 1
    assert rejection_codes(site.get(f"{path}&disrupted=yes"), 400) == [("disrupted", "invalid")]
    assert len(site.get("/doctors/dr-quarter/bookings").json["bookings"]) == 2


def test_bookings_have_etag(site: AppClient) -> None:
    listed = site.list_bookings()

    again = site.get(
        "/doctors/dr-lee/bookings?from=2026-11-23&to=2026-11-23",
        If_None_Match=listed.headers["ETag"],
    )
    assert again.status == 304
