"""Holds, bookings, moves and cancellations of a booking site."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, rejection_codes, slot_path
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse


pytestmark = pytest.mark.usefixtures("open_slots")


NINE = "2026-11-23T09:00:00+00:00"


def test_slot_returns_current_state(client: AppClient) -> None:
    slot = client.get_slot("09:00")

    assert slot.json == {
        "slot_id": "dr-lee~20261123T0900Z",
        "start": NINE,
        "end": "2026-11-23T09:30:00+00:00",
        "status": "free",
    }
    same = client.get(slot_path("09:00"), If_None_Match=slot.headers["ETag"])
    assert (same.status, same.text) == (304, "")


@pytest.mark.both_stores
def test_booked_slot_is_not_booked_again(client: AppClient) -> None:
    booked = client.book("09:00", "b-1")

    assert (booked.status, booked.json["status"]) == (201, "busy")
    assert rejection_codes(client.book("09:00", "b-2")) == [(NINE, "slot_taken")]
    assert rejection_codes(client.hold("09:00")) == [(NINE, "slot_taken")]
    assert client.get_day().slot_status("09:00") == "busy"
    assert client.list_available() == ["09:30", "10:00"]


@pytest.mark.both_stores
def test_repeated_booking_changes_nothing(client: AppClient) -> None:
    client.book("09:00", "b-1")
    before = client.export()

    again = client.book("09:00", "b-1", holder="another")

    assert (again.status, again.json["status"]) == (200, "busy")
    assert client.export() == before


def test_late_repeat_of_booking_is_recognised(client: AppClient) -> None:
    client.book("09:00", "b-1")
    client.clock.now = to_instant("09:10")

    assert client.book("09:00", "b-1").status == 200
    assert rejection_codes(client.book("09:00", "b-2")) == [(NINE, "slot_taken")]


@pytest.mark.both_stores
def test_cancel_frees_slot_and_is_idempotent(
    client: AppClient,
) -> None:
    client.book("09:00", "b-1")

    assert rejection_codes(client.cancel("09:00", "b-2")) == [(NINE, "slot_taken")]
    assert [client.cancel("09:00", "b-1").status for _ in range(2)] == [204, 204]
    assert client.list_available() == ["09:00", "09:30", "10:00"]
    assert client.book("09:00", "b-2").status == 201


def test_cancel_keeps_hold(client: AppClient) -> None:
    client.hold("09:00")

    assert client.cancel("09:00").status == 204
    assert client.get_slot("09:00").json["status"] == "busy-tentative"


@pytest.mark.both_stores
def test_booking_moves_atomically_to_another_slot(client: AppClient) -> None:
    client.book("09:00", "b-1")

    moved = client.book("10:00", "b-1", moves=make_slot_id("09:00"))

    assert (moved.status, moved.json["slot_id"]) == (201, make_slot_id("10:00"))
    assert client.list_available() == ["09:00", "09:30"]
    assert client.book("10:00", "b-1", moves=make_slot_id("09:00")).status == 200


def test_booking_moves_to_another_doctor_and_date(client: AppClient) -> None:
    client.save("09:00", doctor_id="dr-twenty")
    client.save("09:30", date="2026-11-24")
    client.book("09:00", "b-1")

    assert client.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("09:00")).status == 201
    tuesday = "/slots/dr-lee~20261124T0930Z/booking"
    body = {
        "booking_id": "b-1",
        "patient_reference": "ref-1",
        "moves": make_slot_id("09:00", "dr-twenty"),
    }
    assert client.put(tuesday, body).status == 201
    assert client.get_slot("09:00", "dr-twenty").json["status"] == "free"
    assert client.get_day().free_times == ["09:00", "09:30", "10:00"]


@pytest.mark.both_stores
def test_move_to_taken_slot_keeps_old_booking(client: AppClient) -> None:
    client.book("09:00", "b-1")
    client.book("10:00", "b-2")
    before = client.export()

    response = client.book("10:00", "b-1", moves=make_slot_id("09:00"))

    assert rejection_codes(response) == [("2026-11-23T10:00:00+00:00", "slot_taken")]
    assert client.export() == before


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        (make_slot_id("11:00"), "slot_not_found"),  # never opened
        (make_slot_id("09:30"), "slot_not_found"),  # free
        (make_slot_id("09:00"), "slot_taken"),  # another client's
        (make_slot_id("09:00", "dr-who"), "slot_not_found"),
    ],
)
def test_move_from_wrong_booking_changes_nothing(client: AppClient, moves: str, code: str) -> None:
    client.book("09:00", "b-2")
    before = client.export()

    response = client.book("10:00", "b-1", moves=moves)

    assert [code for _, code in rejection_codes(response)] == [code]
    assert client.export() == before


def test_move_to_same_slot_is_rejected(client: AppClient) -> None:
    client.book("09:00", "b-1")

    assert rejection_codes(client.book("09:00", "b-1", moves=make_slot_id("09:00")), 400) == [
        ("moves", "invalid")
    ]


def test_slot_of_earlier_length_is_held_and_booked_unchanged(client: AppClient) -> None:
    client.set_slot_minutes("dr-lee", minutes=60)

    assert client.hold("09:00").json["end"] == "2026-11-23T09:30:00+00:00"
    assert client.book("09:30").json["end"] == "2026-11-23T10:00:00+00:00"


def test_closed_slot_is_not_found(client: AppClient) -> None:
    client.save(closed=("09:00",))

    assert rejection_codes(client.book("09:00"), 404) == [(NINE, "slot_not_found")]


def test_slot_that_has_begun_is_past(client: AppClient) -> None:
    client.clock.now = to_instant("09:00")

    assert rejection_codes(client.hold("09:00")) == [(NINE, "in_past")]
    assert rejection_codes(client.book("09:00")) == [(NINE, "in_past")]
    assert client.list_available() == ["09:30", "10:00"]


def test_slot_outside_lead_time_or_window_is_not_bookable(
    client: AppClient, sign_in: SignIn
) -> None:
    admin, site = sign_in("admin"), sign_in("slots/book")
    admin.save("09:00", date="2026-11-24")
    admin.update_doctor(lead_minutes=60, window_days=1)
    client.clock.now = to_instant("08:01")

    assert rejection_codes(site.book("09:00")) == [(NINE, "not_bookable")]
    assert site.hold("09:30").status == 200
    client.clock.now = to_instant("08:00") - timedelta(days=1)
    late = site.put("/slots/dr-lee~20261124T0900Z/hold", {"holder": "h", "seconds": 60})
    assert rejection_codes(late) == [("2026-11-24T09:00:00+00:00", "not_bookable")]
    assert site.hold("09:00").status == 200


def test_no_response_reveals_holder_or_booking(client: AppClient) -> None:
    secrets = ["hannah-secret", "booking-secret", "patient-secret"]
    body = {"booking_id": secrets[1], "patient_reference": secrets[2], "holder": secrets[0]}
    responses = [
        client.hold("09:00", secrets[0]),
        client.put(f"{slot_path('09:00')}/booking", body),
        client.put(f"{slot_path('09:00')}/booking", body),
        client.hold("09:30", secrets[0]),
        client.hold("09:30", "other"),
        client.book("09:00", "other"),
        client.get_slot("09:00"),
        client.get_day(),
        client.get("/doctors/dr-lee/slots?from=2026-11-23"),
        client.get("/slots?date=2026-11-23", Accept="text/html"),
    ]

    assert [secret for secret in secrets for response in responses if secret in response.text] == []


def test_booking_does_not_fail_doctors_save(client: AppClient) -> None:
    etag = client.get_day().headers["ETag"]
    client.book("09:00")

    saved = client.save("11:00", closed=("10:00",), If_Match=etag)

    assert (saved.status, saved.json["version"]) == (200, 2)
    assert saved.slot_status("09:00") == "busy"


def test_patient_operations_change_revision_not_version(
    client: AppClient,
) -> None:
    operations: list[Callable[[], AppResponse]] = [
        lambda: client.hold("09:00", "hannah"),
        lambda: client.release("09:00", "hannah"),
        lambda: client.book("09:00", "b-1"),
        lambda: client.book("10:00", "b-1", moves=make_slot_id("09:00")),
        lambda: client.cancel("10:00", "b-1"),
    ]

    for number, operation in enumerate(operations):
        operation()
        (day,) = (item for item in client.export() if item["type"]["S"] == "day")
        assert (day["revision"]["N"], day["version"]["N"]) == (str(number + 2), "1")


def test_cancelled_booking_leaves_no_data(client: AppClient) -> None:
    client.hold("09:00", "hannah")
    before = {item["SK"]["S"]: item for item in client.export()}["SLOT#2026-11-23T09:00Z"]
    assert before["holder"] == {"S": "hannah"}

    client.book("09:00", holder="hannah")
    client.cancel("09:00")

    (slot,) = (item for item in client.export() if item["SK"]["S"] == "SLOT#2026-11-23T09:00Z")
    assert slot.keys() == {
        "PK", "SK", "type", "schema", "start", "end", "date", "status", "changed_at"
    }  # fmt: skip
    (record,) = client.find_items("booking")
    assert not record.keys() & {"slot_id", "patient_reference"}
