"""Holding, booking, moving and cancelling a slot, as a booking site does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, slot_path
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse

pytestmark = pytest.mark.both_stores

NINE = "2026-11-23T09:00:00+00:00"


@pytest.fixture(autouse=True)
def open_slots(client: AppClient) -> None:
    """Dr Lee's Monday has three slots."""
    client.save("09:00", "09:30", "10:00")


def rejection_codes(response: AppResponse, status: int = 409) -> list[tuple[str, str]]:
    assert response.status == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.error_codes


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


def test_slot_id_accepts_encoded_tilde(client: AppClient) -> None:
    assert client.get("/slots/dr-lee%7E20261123T0900Z").status == 200


def test_held_slot_is_reserved_until_expiry(client: AppClient) -> None:
    held = client.hold("09:00", seconds=300)

    assert (held.status, held.json["status"]) == (200, "busy-tentative")
    assert held.json["held_until"] == "2026-11-22T12:05:00+00:00"
    assert held.json["slot_id"] == make_slot_id("09:00")
    assert client.get_slot("09:00").json["status"] == "busy-tentative"
    assert client.get_day().slot_status("09:00") == "busy-tentative"
    assert "09:00" not in client.list_available()


def test_slot_held_by_another_is_taken(client: AppClient) -> None:
    client.hold("09:00", "hannah")

    assert rejection_codes(client.hold("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert rejection_codes(client.book("09:00")) == [(NINE, "slot_taken")]
    assert rejection_codes(client.book("09:00", holder="ivan")) == [(NINE, "slot_taken")]


def test_hold_by_same_holder_is_extended_from_now(client: AppClient) -> None:
    client.hold("09:00", seconds=300)
    client.clock.now += timedelta(seconds=200)

    again = client.hold("09:00", seconds=30)

    assert (again.status, again.json["held_until"]) == (200, "2026-11-22T12:03:50+00:00")


def test_hold_end_is_rounded_up_to_whole_seconds(client: AppClient) -> None:
    client.clock.now += timedelta(microseconds=1)

    assert client.hold("09:00", seconds=30).json["held_until"] == "2026-11-22T12:00:31+00:00"


def test_hold_expires_at_its_exact_end_second(client: AppClient) -> None:
    client.hold("09:00", "hannah", seconds=60)
    client.clock.now += timedelta(seconds=59, microseconds=999_999)
    assert rejection_codes(client.hold("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert "09:00" not in client.list_available()

    client.clock.now += timedelta(microseconds=1)

    assert "09:00" in client.list_available()
    assert client.get_slot("09:00").json["status"] == "free"
    assert client.hold("09:00", "ivan").status == 200


def test_hold_is_released_by_holder_only_and_idempotently(
    client: AppClient,
) -> None:
    client.hold("09:00", "hannah")

    assert rejection_codes(client.release("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert [client.release("09:00", "hannah").status for _ in range(2)] == [204, 204]
    assert client.get_day().free_times == ["09:00", "09:30", "10:00"]


def test_release_after_booking_keeps_booking(client: AppClient) -> None:
    client.hold("09:00", "hannah")
    client.book("09:00", holder="hannah")

    assert client.release("09:00", "hannah").status == 204
    assert client.get_slot("09:00").json["status"] == "busy"


def test_release_of_expired_foreign_hold_is_no_error(client: AppClient) -> None:
    client.hold("09:00", "hannah", seconds=30)
    client.clock.now += timedelta(seconds=30)

    assert client.release("09:00", "ivan").status == 204


def test_booked_slot_is_not_booked_again(client: AppClient) -> None:
    booked = client.book("09:00", "b-1")

    assert (booked.status, booked.json["status"]) == (201, "busy")
    assert rejection_codes(client.book("09:00", "b-2")) == [(NINE, "slot_taken")]
    assert rejection_codes(client.hold("09:00")) == [(NINE, "slot_taken")]
    assert client.get_day().slot_status("09:00") == "busy"
    assert client.list_available() == ["09:30", "10:00"]


def test_repeated_booking_changes_nothing(client: AppClient) -> None:
    client.book("09:00", "b-1")
    before = client.export()

    again = client.book("09:00", "b-1", holder="whoever")

    assert (again.status, again.json["status"]) == (200, "busy")
    assert client.export() == before


def test_late_repeat_of_booking_is_recognised(client: AppClient) -> None:
    client.book("09:00", "b-1")
    client.clock.now = to_instant("09:10")

    assert client.book("09:00", "b-1").status == 200
    assert rejection_codes(client.book("09:00", "b-2")) == [(NINE, "slot_taken")]


def test_holder_books_held_slot(client: AppClient) -> None:
    client.hold("09:00", "hannah")

    assert client.book("09:00", holder="hannah").status == 201
    client.clock.now += timedelta(hours=1)
    assert client.get_slot("09:00").json["status"] == "busy"


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
        "patient_reference": "r",
        "moves": make_slot_id("09:00", "dr-twenty"),
    }
    assert client.put(tuesday, body).status == 201
    assert client.get_slot("09:00", "dr-twenty").json["status"] == "free"
    assert client.get_day().free_times == ["09:00", "09:30", "10:00"]


def test_move_to_taken_slot_keeps_old_booking(client: AppClient) -> None:
    client.book("09:00", "b-1")
    client.book("10:00", "b-2")
    before = client.export()

    answer = client.book("10:00", "b-1", moves=make_slot_id("09:00"))

    assert rejection_codes(answer) == [("2026-11-23T10:00:00+00:00", "slot_taken")]
    assert client.export() == before


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        (make_slot_id("11:00"), "slot_not_found"),  # never opened
        (make_slot_id("09:30"), "slot_not_found"),  # free
        (make_slot_id("09:00"), "slot_taken"),  # somebody else's
        (make_slot_id("09:00", "dr-who"), "slot_not_found"),
    ],
)
def test_move_from_wrong_booking_changes_nothing(client: AppClient, moves: str, code: str) -> None:
    client.book("09:00", "b-2")
    before = client.export()

    answer = client.book("10:00", "b-1", moves=moves)

    assert [code for _, code in rejection_codes(answer)] == [code]
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


@pytest.mark.parametrize(
    "slot_id",
    ["dr-lee~20261123T1100Z", "dr-who~20261123T0900Z", "dr-lee~20261123T0901Z", "nothing", "~",
     "dr-lee~20261332T0900Z", "dr-lee~00010101T0000Z", "dr-lee~99991231T2359Z",
     "dr-lee~99991231T0900Z", "dr-walker~99991231T0900Z", "a.b~20261123T0900Z",
     "x" * 65 + "~20261123T0900Z"],
)  # fmt: skip
def test_unknown_slot_is_not_found(client: AppClient, slot_id: str) -> None:
    path = f"/slots/{slot_id}"
    answers = [
        client.get(path),
        client.put(f"{path}/hold", {"holder": "h", "seconds": 60}),
        client.delete(f"{path}/hold?holder=h"),
        client.put(f"{path}/booking", {"booking_id": "b", "patient_reference": "p"}),
        client.delete(f"{path}/booking?booking_id=b"),
    ]

    assert [answer.status for answer in answers] == [404] * 5
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_last_minutes_of_calendar_are_no_error(
    client: AppClient,
) -> None:
    settings = {"name": "K", "specialty": "s", "location": "l", "slot_minutes": 240,
                "sessions": [{"from": "00:00", "to": "24:00"}]}  # fmt: skip
    for doctor_id, zone in (("east", "Pacific/Kiritimati"), ("west", "Etc/GMT+12")):
        assert client.put(f"/doctors/{doctor_id}", {**settings, "time_zone": zone}).status == 201
        for start in ("99991231T0900Z", "99991231T0400Z", "99991231T0359Z", "20101231T0000Z"):
            path = f"/slots/{doctor_id}~{start}/hold"
            assert client.put(path, {"holder": "h", "seconds": 60}).status == 404


def test_closed_slot_is_not_found(client: AppClient) -> None:
    client.save(closed=("09:00",))

    assert rejection_codes(client.book("09:00"), 404) == [(NINE, "slot_not_found")]


def test_slot_that_has_begun_is_past(client: AppClient) -> None:
    client.clock.now = to_instant("09:00")

    assert rejection_codes(client.hold("09:00")) == [(NINE, "in_past")]
    assert rejection_codes(client.book("09:00")) == [(NINE, "in_past")]
    assert client.list_available() == ["09:30", "10:00"]


def test_slot_outside_lead_time_or_window_is_not_bookable(client: AppClient) -> None:
    client.save("09:00", date="2026-11-24")
    client.update_doctor(lead_minutes=60, window_days=1)
    client.clock.now = to_instant("08:01")

    assert rejection_codes(client.book("09:00")) == [(NINE, "not_bookable")]
    assert client.hold("09:30").status == 200
    client.clock.now = to_instant("08:00") - timedelta(days=1)
    late = client.put("/slots/dr-lee~20261124T0900Z/hold", {"holder": "h", "seconds": 60})
    assert rejection_codes(late) == [("2026-11-24T09:00:00+00:00", "not_bookable")]
    assert client.hold("09:00").status == 200


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "holder", "required"),
        ({"holder": "h"}, "seconds", "required"),
        ({"holder": "h", "seconds": 29}, "seconds", "invalid"),
        ({"holder": "h", "seconds": 1801}, "seconds", "invalid"),
        ({"holder": "h", "seconds": "60"}, "seconds", "invalid"),
        ({"holder": "h", "seconds": 60.5}, "seconds", "invalid"),
        ({"holder": "", "seconds": 60}, "holder", "invalid"),
        ({"holder": "a b", "seconds": 60}, "holder", "invalid"),
        ({"holder": "h\n", "seconds": 60}, "holder", "invalid"),
        ({"holder": "x" * 65, "seconds": 60}, "holder", "invalid"),
        ([], "body", "invalid"),
        (b"{", "body", "invalid"),
    ],
)
def test_malformed_hold_is_rejected(client: AppClient, body: object, field: str, code: str) -> None:
    before = client.export()

    assert rejection_codes(client.put(f"{slot_path('09:00')}/hold", body), 400) == [(field, code)]
    assert client.export() == before


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"booking_id": "a/b"}, "booking_id", "invalid"),
        ({"booking_id": 7}, "booking_id", "invalid"),
        ({"patient_reference": "x" * 129}, "patient_reference", "invalid"),
        ({"holder": "a b"}, "holder", "invalid"),
        ({"moves": "nothing"}, "moves", "invalid"),
    ],
)
def test_malformed_booking_is_rejected(
    client: AppClient, changed: dict[str, object], field: str, code: str
) -> None:
    body = {"booking_id": "b", "patient_reference": "p", **changed}

    assert rejection_codes(client.put(f"{slot_path('09:00')}/booking", body), 400) == [
        (field, code)
    ]


def test_missing_booking_fields_are_listed(client: AppClient) -> None:
    path = f"{slot_path('09:00')}/booking"

    assert rejection_codes(client.put(path, {"booking_id": "b"}), 400) == [
        ("patient_reference", "required")
    ]
    assert rejection_codes(client.delete(path), 400) == [("booking_id", "required")]
    assert rejection_codes(client.delete(f"{path}?booking_id=a%20b"), 400) == [
        ("booking_id", "invalid")
    ]
    assert rejection_codes(client.delete(f"{slot_path('09:00')}/hold"), 400) == [
        ("holder", "required")
    ]


def test_no_response_reveals_holder_or_booking(client: AppClient) -> None:
    secrets = ["hannah-secret", "booking-secret", "patient-secret"]
    body = {"booking_id": secrets[1], "patient_reference": secrets[2], "holder": secrets[0]}
    answers = [
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

    assert [secret for secret in secrets for answer in answers if secret in answer.text] == []


def test_booking_does_not_fail_doctors_save(client: AppClient) -> None:
    etag = client.get_day().headers["ETag"]
    client.book("09:00")

    saved = client.save("11:00", closed=("10:00",), If_Match=etag)

    assert (saved.status, saved.json["version"]) == (200, 2)
    assert saved.slot_status("09:00") == "busy"


def test_patient_operations_change_revision_not_version(
    client: AppClient,
) -> None:
    deeds: list[Callable[[], AppResponse]] = [
        lambda: client.hold("09:00", "hannah"),
        lambda: client.release("09:00", "hannah"),
        lambda: client.book("09:00", "b-1"),
        lambda: client.book("10:00", "b-1", moves=make_slot_id("09:00")),
        lambda: client.cancel("10:00", "b-1"),
    ]

    for number, deed in enumerate(deeds):
        deed()
        (day,) = (item for item in client.export() if item["type"]["S"] == "day")
        assert (day["revision"]["N"], day["version"]["N"]) == (str(number + 2), "1")


def test_cancelled_booking_leaves_no_data(client: AppClient) -> None:
    client.hold("09:00", "hannah")
    before = {item["SK"]["S"]: item for item in client.export()}["SLOT#2026-11-23T09:00Z"]
    assert before["holder"] == {"S": "hannah"}

    client.book("09:00", holder="hannah")
    client.cancel("09:00")

    (slot,) = (item for item in client.export() if item["SK"]["S"] == "SLOT#2026-11-23T09:00Z")
    assert slot.keys() == {"PK", "SK", "type", "start", "end", "status"}
