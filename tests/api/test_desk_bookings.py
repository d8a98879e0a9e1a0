"""Bookings at the practice's desk: by a doctor, a delegate or an admin."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, rejection_codes, slot_path
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

NINE = "2026-11-23T09:00:00+00:00"
PRACTICE = ("own", "named", "admin")


@pytest.mark.parametrize("booker", PRACTICE)
def test_anyone_of_the_practice_cancels_its_bookings(
    site: AppClient, sign_in: SignIn, booker: str
) -> None:
    for canceller in PRACTICE:
        booking_id = f"b-{canceller}"
        body = {"booking_id": booking_id}
        booked = sign_in(booker).put(f"{slot_path('09:00')}/booking", body)
        assert (booked.status, booked.json["status"]) == (201, "busy")
        assert sign_in(booker).put(f"{slot_path('09:00')}/booking", body).status == 200
        assert rejection_codes(site.cancel("09:00", booking_id)) == [(NINE, "slot_taken")]

        assert sign_in(canceller).cancel("09:00", booking_id).status == 204


@pytest.mark.parametrize("caller", ["other", "unnamed", "slots/read"])
def test_others_cannot_book_at_the_desk(site: AppClient, sign_in: SignIn, caller: str) -> None:
    del site
    client = sign_in(caller)

    assert client.book("09:00").status == 403
    assert client.cancel("09:00").status == 403


@pytest.mark.parametrize("caller", ["own", "named"])
def test_doctors_side_neither_holds_nor_moves(
    site: AppClient, sign_in: SignIn, caller: str
) -> None:
    del site
    client = sign_in(caller)
    assert client.book("09:00").status == 201

    assert client.hold("09:30").status == 403
    assert client.release("09:30").status == 403
    assert client.book("09:30", moves=make_slot_id("09:00")).status == 403


def test_admin_moves_booking_of_the_practice(site: AppClient, sign_in: SignIn) -> None:
    sign_in("own").book("09:00")

    assert sign_in("admin").book("09:30", moves=make_slot_id("09:00")).status == 201
    assert site.list_available() == ["09:00", "10:00"]


def test_lead_time_and_window_do_not_bind_the_desk(site: AppClient, sign_in: SignIn) -> None:
    desk = sign_in("own")
    desk.update_doctor(lead_minutes=43_200)

    assert rejection_codes(site.book("09:00")) == [(NINE, "not_bookable")]
    assert desk.book("09:00").status == 201


def test_desk_books_no_slot_that_has_begun(site: AppClient, sign_in: SignIn) -> None:
    site.clock.now = to_instant("09:00") - timedelta(microseconds=1)
    desk = sign_in("own")
    assert desk.book("09:00").status == 201
    site.clock.now = to_instant("09:30")

    assert rejection_codes(desk.book("09:30", "b-2")) == [("2026-11-23T09:30:00+00:00", "in_past")]
    assert rejection_codes(desk.cancel("09:00")) == [(NINE, "in_past")]


def test_desk_takes_no_slot_of_a_site(site: AppClient, sign_in: SignIn) -> None:
    site.hold("09:00", "hannah")
    site.book("09:30", "b-1")
    desk = sign_in("own")

    assert desk.book("09:00", "b-2").status == 409
    assert desk.book("09:00", "b-2", holder="hannah").status == 409
    assert desk.book("09:30", "b-1").status == 409


def test_desk_booking_is_marked_in_the_day(site: AppClient, sign_in: SignIn) -> None:
    site.book("09:30", "b-1")
    sign_in("own").book("09:00", "b-2")

    (day,) = (d for d in site.find_items("day") if d["PK"]["S"] == "DOCTOR#dr-lee")
    marked = {start for start, entry in day["slots"]["M"].items() if "desk" in entry["M"]}
    assert marked == {"2026-11-23T09:00Z"}
    sign_in("own").cancel("09:00", "b-2")
    (day,) = (d for d in site.find_items("day") if d["PK"]["S"] == "DOCTOR#dr-lee")
    assert not any("desk" in entry["M"] for entry in day["slots"]["M"].values())


def test_patient_reference_of_the_desk_is_compared(site: AppClient, sign_in: SignIn) -> None:
    del site
    desk = sign_in("own")
    path = f"{slot_path('09:00')}/booking"
    desk.put(path, {"booking_id": "b-1"})

    differs = desk.put(path, {"booking_id": "b-1", "patient_reference": "p-1"})

    assert rejection_codes(differs) == [(NINE, "booking_differs")]
