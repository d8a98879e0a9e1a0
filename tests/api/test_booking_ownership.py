"""Two booking sites: neither can use, change or learn of the other's holds and bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import direct_writes
from tests.support.app_client import make_slot_id, rejection_codes
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

    Request = Callable[[AppClient, str, str], AppResponse]


NINE = "2026-11-23T09:00:00+00:00"
HALF_PAST = "2026-11-23T09:30:00+00:00"

# Every request about a slot of another site: 09:00 is held as ``holder``, 09:30 booked as
# ``booking``, 10:00 is free.
REQUESTS: dict[str, Request] = {
    "hold": lambda site, holder, _: site.hold("09:00", holder),
    "hold booked slot": lambda site, holder, _: site.hold("09:30", holder),
    "release": lambda site, holder, _: site.release("09:00", holder),
    "book held slot": lambda site, holder, _: site.book("09:00", "mine", holder=holder),
    "book held slot with the id": lambda site, _, booking: site.book("09:00", booking),
    "book": lambda site, _, booking: site.book("09:30", booking),
    "book for another": lambda site, _, booking: site.book(
        "09:30", booking, patient_reference="other"
    ),
    "cancel": lambda site, _, booking: site.cancel("09:30", booking),
    "move away": lambda site, _, booking: site.book("10:00", booking, moves=make_slot_id("09:30")),
    "move to held slot": lambda site, holder, booking: site.book(
        "09:00", booking, holder=holder, moves=make_slot_id("09:30")
    ),
    "read held slot": lambda site, _holder, _booking: site.get_slot("09:00"),
    "read booked slot": lambda site, _holder, _booking: site.get_slot("09:30"),
    "list bookings": lambda site, _holder, _booking: site.list_bookings(),
    "list slots": lambda site, _holder, _booking: site.get("/doctors/dr-lee/slots?from=2026-11-23"),
    "list holds": lambda site, _holder, _booking: site.delete(
        "/doctors/dr-lee/holds?client_id=a-booking-site"
    ),
    "end hold": lambda site, _holder, _booking: site.override("release", "09:00"),
    "disrupt": lambda site, _holder, _booking: site.override("disrupt", "09:30"),
    "revoke": lambda site, _holder, _booking: site.override("revoke", "09:30"),
}


@pytest.fixture(autouse=True)
def _claims(site: AppClient) -> None:
    """The first site holds 09:00 as "right-holder" and has booked 09:30 as "right-booking"."""
    assert site.hold("09:00", "right-holder").status == 200
    assert site.book("09:30", "right-booking").status == 201


@pytest.mark.parametrize("request_name", list(REQUESTS))
def test_other_site_learns_and_changes_nothing(other_site: AppClient, request_name: str) -> None:
    """A right guess of holder and booking id gets the response of a wrong one."""
    before = other_site.export()

    right = REQUESTS[request_name](other_site, "right-holder", "right-booking")
    assert other_site.export() == before
    wrong = REQUESTS[request_name](other_site, "wrong-holder", "wrong-booking")

    assert other_site.export() == before
    assert (right.status, right.text) == (wrong.status, wrong.text)
    assert right.status in {200, 403, 409}
    assert not {"right-holder", "right-booking", "ref-1"} & set(right.text.split('"'))


def test_site_uses_own_hold_and_booking(site: AppClient) -> None:
    assert site.book("09:00", "b-2", holder="right-holder").status == 201
    assert site.book("09:30", "right-booking").status == 200
    assert site.book("10:00", "right-booking", moves=make_slot_id("09:30")).status == 201
    assert site.cancel("10:00", "right-booking").status == 204


def test_sites_may_use_the_same_ids(site: AppClient, other_site: AppClient) -> None:
    assert other_site.book("10:00", "right-booking", patient_reference="p-9").status == 201

    assert site.cancel("09:30", "right-booking").status == 204
    assert site.get_slot("10:00").json["status"] == "busy"


def test_desk_and_admin_cannot_cancel_sites_booking(site: AppClient, sign_in: SignIn) -> None:
    for caller in ("own", "named", "admin"):
        assert rejection_codes(sign_in(caller).cancel("09:30", "right-booking")) == [
            (HALF_PAST, "slot_taken")
        ]
    assert site.get_slot("09:30").json["status"] == "busy"


def test_hold_from_before_owners_belongs_to_who_knows_its_name(
    site: AppClient, other_site: AppClient
) -> None:
    site.release("09:00", "right-holder")
    direct_writes.hold_without_owner(to_instant("09:00"), "old")

    assert rejection_codes(other_site.hold("09:00", "new")) == [(NINE, "slot_taken")]
    assert other_site.hold("09:00", "old").status == 200
    assert rejection_codes(site.release("09:00", "old")) == [(NINE, "slot_taken")]


def test_booking_from_before_owners_belongs_to_who_knows_its_id(
    site: AppClient, other_site: AppClient
) -> None:
    direct_writes.book_without_owner(to_instant("10:00"), "old", "p-1")

    assert rejection_codes(other_site.cancel("10:00", "guess")) == [
        ("2026-11-23T10:00:00+00:00", "slot_taken")
    ]
    assert site.book("10:00", "old", patient_reference="p-1").status == 200
    assert site.book("10:00", "old", patient_reference="p-2").error_codes == [
        ("2026-11-23T10:00:00+00:00", "booking_differs")
    ]
    assert site.cancel("10:00", "old").status == 204
    assert site.book("10:00", "old", patient_reference="p-1").error_codes == [
        ("2026-11-23T10:00:00+00:00", "cancelled")
    ]
