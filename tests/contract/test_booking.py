"""Holding, booking, moving and cancelling a slot, as a booking site does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.builders import to_instant
from tests.site import make_slot_id, slot_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site import AppClient, AppResponse

pytestmark = pytest.mark.both_stores

NINE = "2026-11-23T09:00:00+00:00"


@pytest.fixture(autouse=True)
def opened(site: AppClient) -> None:
    """Dr Lee's Monday has three slots."""
    site.save("09:00", "09:30", "10:00")


def rejection_codes(response: AppResponse, status: int = 409) -> list[tuple[str, str]]:
    assert response.status == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.error_codes


def test_a_slot_is_told_as_it_stands(site: AppClient) -> None:
    slot = site.get_slot("09:00")

    assert slot.json == {
        "slot_id": "dr-lee~20261123T0900Z",
        "start": NINE,
        "end": "2026-11-23T09:30:00+00:00",
        "status": "free",
    }
    same = site.get(slot_path("09:00"), If_None_Match=slot.headers["ETag"])
    assert (same.status, same.text) == (304, "")


def test_a_slot_id_may_come_with_its_tilde_encoded(site: AppClient) -> None:
    assert site.get("/slots/dr-lee%7E20261123T0900Z").status == 200


def test_a_held_slot_is_kept_for_its_holder_until_then(site: AppClient) -> None:
    held = site.hold("09:00", seconds=300)

    assert (held.status, held.json["status"]) == (200, "busy-tentative")
    assert held.json["held_until"] == "2026-11-22T12:05:00+00:00"
    assert held.json["slot_id"] == make_slot_id("09:00")
    assert site.get_slot("09:00").json["status"] == "busy-tentative"
    assert site.get_day().slot_status("09:00") == "busy-tentative"
    assert "09:00" not in site.list_available()


def test_a_slot_that_somebody_else_holds_is_taken(site: AppClient) -> None:
    site.hold("09:00", "hannah")

    assert rejection_codes(site.hold("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert rejection_codes(site.book("09:00")) == [(NINE, "slot_taken")]
    assert rejection_codes(site.book("09:00", holder="ivan")) == [(NINE, "slot_taken")]


def test_the_same_holder_holds_anew_from_now(site: AppClient) -> None:
    site.hold("09:00", seconds=300)
    site.clock.now += timedelta(seconds=200)

    again = site.hold("09:00", seconds=30)

    assert (again.status, again.json["held_until"]) == (200, "2026-11-22T12:03:50+00:00")


def test_a_hold_lasts_no_shorter_for_being_kept_in_whole_seconds(site: AppClient) -> None:
    site.clock.now += timedelta(microseconds=1)

    assert site.hold("09:00", seconds=30).json["held_until"] == "2026-11-22T12:00:31+00:00"


def test_a_hold_that_ran_out_is_free_for_everybody_at_that_very_second(site: AppClient) -> None:
    site.hold("09:00", "hannah", seconds=60)
    site.clock.now += timedelta(seconds=59, microseconds=999_999)
    assert rejection_codes(site.hold("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert "09:00" not in site.list_available()

    site.clock.now += timedelta(microseconds=1)

    assert "09:00" in site.list_available()
    assert site.get_slot("09:00").json["status"] == "free"
    assert site.hold("09:00", "ivan").status == 200


def test_a_hold_is_released_by_its_holder_alone_and_as_often_as_she_likes(site: AppClient) -> None:
    site.hold("09:00", "hannah")

    assert rejection_codes(site.release("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert [site.release("09:00", "hannah").status for _ in range(2)] == [204, 204]
    assert site.get_day().free_times == ["09:00", "09:30", "10:00"]


def test_releasing_a_hold_that_became_a_booking_leaves_the_booking(site: AppClient) -> None:
    site.hold("09:00", "hannah")
    site.book("09:00", holder="hannah")

    assert site.release("09:00", "hannah").status == 204
    assert site.get_slot("09:00").json["status"] == "busy"


def test_releasing_somebody_elses_hold_that_ran_out_is_no_error(site: AppClient) -> None:
    site.hold("09:00", "hannah", seconds=30)
    site.clock.now += timedelta(seconds=30)

    assert site.release("09:00", "ivan").status == 204


def test_a_booked_slot_is_sold_once(site: AppClient) -> None:
    booked = site.book("09:00", "b-1")

    assert (booked.status, booked.json["status"]) == (201, "busy")
    assert rejection_codes(site.book("09:00", "b-2")) == [(NINE, "slot_taken")]
    assert rejection_codes(site.hold("09:00")) == [(NINE, "slot_taken")]
    assert site.get_day().slot_status("09:00") == "busy"
    assert site.list_available() == ["09:30", "10:00"]


def test_the_same_booking_again_changes_nothing(site: AppClient) -> None:
    site.book("09:00", "b-1")
    before = site.export()

    again = site.book("09:00", "b-1", holder="whoever")

    assert (again.status, again.json["status"]) == (200, "busy")
    assert site.export() == before


def test_a_booking_is_found_again_however_late_it_is_sent_again(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.clock.now = to_instant("09:10")

    assert site.book("09:00", "b-1").status == 200
    assert rejection_codes(site.book("09:00", "b-2")) == [(NINE, "slot_taken")]


def test_a_holder_books_what_she_holds(site: AppClient) -> None:
    site.hold("09:00", "hannah")

    assert site.book("09:00", holder="hannah").status == 201
    site.clock.now += timedelta(hours=1)
    assert site.get_slot("09:00").json["status"] == "busy"


def test_a_cancelled_booking_leaves_the_slot_free_and_may_be_cancelled_again(
    site: AppClient,
) -> None:
    site.book("09:00", "b-1")

    assert rejection_codes(site.cancel("09:00", "b-2")) == [(NINE, "slot_taken")]
    assert [site.cancel("09:00", "b-1").status for _ in range(2)] == [204, 204]
    assert site.list_available() == ["09:00", "09:30", "10:00"]
    assert site.book("09:00", "b-2").status == 201


def test_cancelling_leaves_a_hold_alone(site: AppClient) -> None:
    site.hold("09:00")

    assert site.cancel("09:00").status == 204
    assert site.get_slot("09:00").json["status"] == "busy-tentative"


def test_a_booking_moves_to_another_slot_in_one_instant(site: AppClient) -> None:
    site.book("09:00", "b-1")

    moved = site.book("10:00", "b-1", moves=make_slot_id("09:00"))

    assert (moved.status, moved.json["slot_id"]) == (201, make_slot_id("10:00"))
    assert site.list_available() == ["09:00", "09:30"]
    assert site.book("10:00", "b-1", moves=make_slot_id("09:00")).status == 200


def test_a_booking_moves_to_another_doctor_and_date(site: AppClient) -> None:
    site.save("09:00", doctor_id="dr-twenty")
    site.save("09:30", date="2026-11-24")
    site.book("09:00", "b-1")

    assert site.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("09:00")).status == 201
    tuesday = "/slots/dr-lee~20261124T0930Z/booking"
    body = {
        "booking_id": "b-1",
        "patient_reference": "r",
        "moves": make_slot_id("09:00", "dr-twenty"),
    }
    assert site.put(tuesday, body).status == 201
    assert site.get_slot("09:00", "dr-twenty").json["status"] == "free"
    assert site.get_day().free_times == ["09:00", "09:30", "10:00"]


def test_a_move_to_a_taken_slot_leaves_the_old_one_booked(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.book("10:00", "b-2")
    before = site.export()

    answer = site.book("10:00", "b-1", moves=make_slot_id("09:00"))

    assert rejection_codes(answer) == [("2026-11-23T10:00:00+00:00", "slot_taken")]
    assert site.export() == before


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        (make_slot_id("11:00"), "slot_not_found"),  # never opened
        (make_slot_id("09:30"), "slot_not_found"),  # free
        (make_slot_id("09:00"), "slot_taken"),  # somebody else's
        (make_slot_id("09:00", "dr-who"), "slot_not_found"),
    ],
)
def test_a_move_from_what_is_not_that_booking_does_nothing(
    site: AppClient, moves: str, code: str
) -> None:
    site.book("09:00", "b-2")
    before = site.export()

    answer = site.book("10:00", "b-1", moves=moves)

    assert [code for _, code in rejection_codes(answer)] == [code]
    assert site.export() == before


def test_a_move_to_where_it_is_makes_no_sense(site: AppClient) -> None:
    site.book("09:00", "b-1")

    assert rejection_codes(site.book("09:00", "b-1", moves=make_slot_id("09:00")), 400) == [
        ("moves", "invalid")
    ]


def test_a_slot_made_with_another_length_is_held_and_booked_as_it_is(site: AppClient) -> None:
    site.set_slot_minutes("dr-lee", minutes=60)

    assert site.hold("09:00").json["end"] == "2026-11-23T09:30:00+00:00"
    assert site.book("09:30").json["end"] == "2026-11-23T10:00:00+00:00"


@pytest.mark.parametrize(
    "slot_id",
    ["dr-lee~20261123T1100Z", "dr-who~20261123T0900Z", "dr-lee~20261123T0901Z", "nothing", "~",
     "dr-lee~20261332T0900Z", "dr-lee~00010101T0000Z", "dr-lee~99991231T2359Z",
     "dr-lee~99991231T0900Z", "dr-walker~99991231T0900Z", "a.b~20261123T0900Z",
     "x" * 65 + "~20261123T0900Z"],
)  # fmt: skip
def test_what_is_no_slot_is_not_found(site: AppClient, slot_id: str) -> None:
    path = f"/slots/{slot_id}"
    answers = [
        site.get(path),
        site.put(f"{path}/hold", {"holder": "h", "seconds": 60}),
        site.delete(f"{path}/hold?holder=h"),
        site.put(f"{path}/booking", {"booking_id": "b", "patient_reference": "p"}),
        site.delete(f"{path}/booking?booking_id=b"),
    ]

    assert [answer.status for answer in answers] == [404] * 5
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_the_last_minutes_of_the_calendar_are_no_error_whatever_the_zone_and_length(
    site: AppClient,
) -> None:
    settings = {"name": "K", "specialty": "s", "location": "l", "slot_minutes": 240,
                "sessions": [{"from": "00:00", "to": "24:00"}]}  # fmt: skip
    for doctor_id, zone in (("east", "Pacific/Kiritimati"), ("west", "Etc/GMT+12")):
        assert site.put(f"/doctors/{doctor_id}", {**settings, "time_zone": zone}).status == 201
        for start in ("99991231T0900Z", "99991231T0400Z", "99991231T0359Z", "20101231T0000Z"):
            path = f"/slots/{doctor_id}~{start}/hold"
            assert site.put(path, {"holder": "h", "seconds": 60}).status == 404


def test_a_slot_that_was_withdrawn_is_not_found(site: AppClient) -> None:
    site.save(withdrawn=("09:00",))

    assert rejection_codes(site.book("09:00"), 404) == [(NINE, "slot_not_found")]


def test_a_slot_that_has_begun_is_past_for_patients(site: AppClient) -> None:
    site.clock.now = to_instant("09:00")

    assert rejection_codes(site.hold("09:00")) == [(NINE, "in_past")]
    assert rejection_codes(site.book("09:00")) == [(NINE, "in_past")]
    assert site.list_available() == ["09:30", "10:00"]


def test_a_slot_that_is_too_near_or_too_far_is_not_bookable(site: AppClient) -> None:
    site.save("09:00", date="2026-11-24")
    site.update_doctor(lead_minutes=60, window_days=1)
    site.clock.now = to_instant("08:01")

    assert rejection_codes(site.book("09:00")) == [(NINE, "not_bookable")]
    assert site.hold("09:30").status == 200
    site.clock.now = to_instant("08:00") - timedelta(days=1)
    late = site.put("/slots/dr-lee~20261124T0900Z/hold", {"holder": "h", "seconds": 60})
    assert rejection_codes(late) == [("2026-11-24T09:00:00+00:00", "not_bookable")]
    assert site.hold("09:00").status == 200


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
def test_a_malformed_hold_is_refused(site: AppClient, body: object, field: str, code: str) -> None:
    before = site.export()

    assert rejection_codes(site.put(f"{slot_path('09:00')}/hold", body), 400) == [(field, code)]
    assert site.export() == before


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
def test_a_malformed_booking_is_refused(
    site: AppClient, changed: dict[str, object], field: str, code: str
) -> None:
    body = {"booking_id": "b", "patient_reference": "p", **changed}

    assert rejection_codes(site.put(f"{slot_path('09:00')}/booking", body), 400) == [(field, code)]


def test_what_a_booking_lacks_is_named(site: AppClient) -> None:
    path = f"{slot_path('09:00')}/booking"

    assert rejection_codes(site.put(path, {"booking_id": "b"}), 400) == [
        ("patient_reference", "required")
    ]
    assert rejection_codes(site.delete(path), 400) == [("booking_id", "required")]
    assert rejection_codes(site.delete(f"{path}?booking_id=a%20b"), 400) == [
        ("booking_id", "invalid")
    ]
    assert rejection_codes(site.delete(f"{slot_path('09:00')}/hold"), 400) == [
        ("holder", "required")
    ]


def test_no_answer_tells_who_holds_or_booked(site: AppClient) -> None:
    secrets = ["hannah-secret", "booking-secret", "patient-secret"]
    body = {"booking_id": secrets[1], "patient_reference": secrets[2], "holder": secrets[0]}
    answers = [
        site.hold("09:00", secrets[0]),
        site.put(f"{slot_path('09:00')}/booking", body),
        site.put(f"{slot_path('09:00')}/booking", body),
        site.hold("09:30", secrets[0]),
        site.hold("09:30", "other"),
        site.book("09:00", "other"),
        site.get_slot("09:00"),
        site.get_day(),
        site.get("/doctors/dr-lee/slots?from=2026-11-23"),
        site.get("/slots?date=2026-11-23", Accept="text/html"),
    ]

    assert [secret for secret in secrets for answer in answers if secret in answer.text] == []


def test_a_patient_who_books_does_not_fail_a_doctors_save(site: AppClient) -> None:
    etag = site.get_day().headers["ETag"]
    site.book("09:00")

    saved = site.save("11:00", withdrawn=("10:00",), If_Match=etag)

    assert (saved.status, saved.json["version"]) == (200, 2)
    assert saved.slot_status("09:00") == "busy"


def test_every_deed_of_a_patient_counts_as_a_revision_and_none_as_a_version(
    site: AppClient,
) -> None:
    deeds: list[Callable[[], AppResponse]] = [
        lambda: site.hold("09:00", "hannah"),
        lambda: site.release("09:00", "hannah"),
        lambda: site.book("09:00", "b-1"),
        lambda: site.book("10:00", "b-1", moves=make_slot_id("09:00")),
        lambda: site.cancel("10:00", "b-1"),
    ]

    for number, deed in enumerate(deeds):
        deed()
        (day,) = (item for item in site.export() if item["type"]["S"] == "day")
        assert (day["revision"]["N"], day["version"]["N"]) == (str(number + 2), "1")


def test_of_a_booking_nothing_is_left_when_it_is_cancelled(site: AppClient) -> None:
    site.hold("09:00", "hannah")
    before = {item["SK"]["S"]: item for item in site.export()}["SLOT#2026-11-23T09:00Z"]
    assert before["holder"] == {"S": "hannah"}

    site.book("09:00", holder="hannah")
    site.cancel("09:00")

    (slot,) = (item for item in site.export() if item["SK"]["S"] == "SLOT#2026-11-23T09:00Z")
    assert slot.keys() == {"PK", "SK", "type", "start", "end", "status"}
