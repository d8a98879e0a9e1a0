"""A booking id is in one place: repeats, moves and cancellations of one client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support import direct_writes
from tests.support.app_client import make_slot_id, rejection_codes
from tests.support.factories import SUNDAY_NOON, to_instant

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse


NINE, HALF_PAST, TEN = (f"2026-11-23T{time}:00+00:00" for time in ("09:00", "09:30", "10:00"))
NINE_ID = make_slot_id("09:00")


def expiry(client: AppClient) -> datetime:
    """Return when the only booking record ends."""
    (record,) = client.find_items("booking")
    return datetime.fromtimestamp(int(record["expires_at"]["N"]), UTC)


def assert_elsewhere(response: AppResponse, slot_id: str) -> None:
    assert [code for _, code in rejection_codes(response)] == ["booked_elsewhere"]
    assert response.json["errors"][0]["slot_id"] == slot_id


def test_booking_id_for_another_patient_is_rejected(site: AppClient) -> None:
    site.book("09:00", "b-1")
    before = site.export()

    assert rejection_codes(site.book("09:00", "b-1", patient_reference="p-2")) == [
        (NINE, "booking_differs")
    ]
    moved = site.book("09:30", "b-1", patient_reference="p-2", moves=NINE_ID)
    assert [code for _, code in rejection_codes(moved)] == ["booking_differs"]
    assert site.export() == before


@pytest.mark.both_stores
def test_booking_id_on_second_slot_names_the_first(site: AppClient) -> None:
    site.book("09:00", "b-1")
    before = site.export()

    assert_elsewhere(site.book("10:00", "b-1"), NINE_ID)
    assert_elsewhere(site.book("10:00", "b-1", moves=make_slot_id("09:30")), NINE_ID)
    assert site.export() == before


def test_late_repeat_after_move_books_nothing(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.book("10:00", "b-1", moves=NINE_ID)

    assert_elsewhere(site.book("09:00", "b-1"), make_slot_id("10:00"))
    assert site.list_available() == ["09:00", "09:30"]


def test_late_repeat_after_move_and_cancellation_books_nothing(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.book("10:00", "b-1", moves=NINE_ID)
    site.cancel("10:00", "b-1")
    before = site.export()

    assert rejection_codes(site.book("09:00", "b-1")) == [(NINE, "cancelled")]
    assert site.export() == before


def test_late_repeat_of_moved_booking_of_two_slots_books_nothing(site: AppClient) -> None:
    direct_writes.book_without_owner(to_instant("09:00"), "b-1", "ref-1")
    site.book("10:00", "b-1")
    site.book("10:00", "b-1", moves=NINE_ID)
    site.cancel("10:00", "b-1")

    assert rejection_codes(site.book("09:00", "b-1")) == [(NINE, "cancelled")]
    assert rejection_codes(site.book("10:00", "b-1")) == [(TEN, "cancelled")]


def test_cancelled_booking_id_is_refused_on_its_slot_for_a_day(
    site: AppClient, sign_in: SignIn
) -> None:
    sign_in("admin").save("09:00", date="2026-11-25")
    path = "/slots/dr-lee~20261125T0900Z/booking"
    body = {"booking_id": "b-1", "patient_reference": "p-1"}
    assert site.put(path, body).status == 201
    assert site.delete(f"{path}?booking_id=b-1").status == 204
    before = site.export()

    site.clock.now += timedelta(hours=24) - timedelta(microseconds=1)
    assert [code for _, code in rejection_codes(site.put(path, body))] == ["cancelled"]
    assert site.export() == before
    site.clock.now += timedelta(microseconds=1)
    assert site.put(path, body).status == 201
    (record,) = site.find_items("booking")
    assert "cancelled" not in record  # the old cancellation is pruned


def test_cancelled_booking_id_may_book_another_slot(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.cancel("09:00", "b-1")

    assert site.book("10:00", "b-1", patient_reference="p-2").status == 201
    assert_elsewhere(site.book("09:00", "b-1"), make_slot_id("10:00"))
    assert site.book("09:00", "b-1", moves=make_slot_id("10:00")).error_codes == [
        (TEN, "booking_differs")
    ]
    moved = site.book("09:00", "b-1", patient_reference="p-2", moves=make_slot_id("10:00"))
    assert moved.status == 201  # a move ignores the cancellation


def test_repeated_move_changes_nothing(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.book("10:00", "b-1", moves=NINE_ID)
    before = site.export()

    assert site.book("10:00", "b-1", moves=NINE_ID).status == 200
    assert site.export() == before


def test_move_frees_slot_that_was_booked_twice(site: AppClient) -> None:
    """Before there were records, one id could book two slots."""
    direct_writes.book_without_owner(to_instant("09:00"), "b-1", "ref-1")
    assert site.book("10:00", "b-1").status == 201

    moved = site.book("10:00", "b-1", moves=NINE_ID)

    assert (moved.status, moved.json["slot_id"]) == (201, make_slot_id("10:00"))
    assert site.list_available() == ["09:00", "09:30"]
    assert site.book("10:00", "b-1", moves=NINE_ID).status == 200


def test_move_of_two_old_bookings_frees_the_former(site: AppClient) -> None:
    for time in ("09:00", "10:00"):
        direct_writes.book_without_owner(to_instant(time), "b-1", "ref-1")

    assert site.book("10:00", "b-1", moves=NINE_ID).status == 201

    assert site.list_available() == ["09:00", "09:30"]
    (record,) = site.find_items("booking")
    assert record["slot_id"] == {"S": make_slot_id("10:00")}
    assert site.cancel("10:00", "b-1").status == 204


def test_old_booking_moves_only_for_the_same_patient(site: AppClient) -> None:
    direct_writes.book_without_owner(to_instant("09:00"), "b-1", "p-1")

    differs = site.book("10:00", "b-1", moves=NINE_ID, patient_reference="p-2")

    assert rejection_codes(differs) == [(NINE, "booking_differs")]
    assert site.book("10:00", "b-1", moves=NINE_ID, patient_reference="p-1").status == 201


def test_cancelling_one_of_two_old_bookings_keeps_the_record(site: AppClient) -> None:
    direct_writes.book_without_owner(to_instant("09:00"), "b-1", "ref-1")
    site.book("10:00", "b-1")

    assert site.cancel("09:00", "b-1").status == 204

    (record,) = site.find_items("booking")
    assert record["slot_id"] == {"S": make_slot_id("10:00")}
    assert site.book("10:00", "b-1").status == 200


def test_slot_that_has_begun_is_neither_cancelled_nor_moved(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.clock.now = to_instant("09:00")
    before = site.export()

    assert rejection_codes(site.cancel("09:00", "b-1")) == [(NINE, "in_past")]
    assert rejection_codes(site.book("10:00", "b-1", moves=NINE_ID)) == [(NINE, "in_past")]
    assert rejection_codes(site.cancel("09:00", "b-2")) == [(NINE, "slot_taken")]
    assert site.export() == before


def test_repeats_are_recognised_after_the_slot_has_begun(site: AppClient) -> None:
    site.book("09:00", "b-1")
    site.book("09:30", "b-1", moves=NINE_ID)
    site.clock.now = to_instant("09:30")

    assert site.book("09:30", "b-1", moves=NINE_ID).status == 200
    assert site.book("09:30", "b-1").status == 200
    assert rejection_codes(site.book("09:30", "b-1", patient_reference="p-2")) == [
        (HALF_PAST, "booking_differs")
    ]
    assert site.cancel("09:00", "b-1").status == 204


def test_patient_reference_is_only_in_the_record(site: AppClient) -> None:
    site.book("09:00", "b-1", patient_reference="p-secret")

    assert [item["type"]["S"] for item in site.export() if "p-secret" in str(item)] == ["booking"]
    assert expiry(site) == to_instant("09:30") + timedelta(days=30)
    site.book("10:00", "b-1", patient_reference="p-secret", moves=NINE_ID)
    assert expiry(site) == to_instant("10:30") + timedelta(days=30)
    site.cancel("10:00", "b-1")
    assert expiry(site) == SUNDAY_NOON + timedelta(hours=24)
    assert "p-secret" not in str(site.export())


def test_booking_is_recognised_without_its_deleted_record(site: AppClient) -> None:
    site.book("09:00", "b-1")
    (record,) = site.find_items("booking")
    name = site.services.settings.table_name
    site.dynamodb.delete_item(TableName=name, Key={key: record[key] for key in ("PK", "SK")})

    assert site.book("09:00", "b-1").status == 200
    assert site.cancel("09:00", "b-1").status == 204


def test_writes_of_one_slot_are_in_order_with_slow_clock(site: AppClient) -> None:
    """A process whose clock is behind takes an instant after the last change."""
    site.clock.now += timedelta(seconds=2)
    site.book("09:00", "b-1")
    site.clock.now -= timedelta(seconds=2)

    assert site.cancel("09:00", "b-1").status == 204

    acts = [(item["kind"]["S"], item["at"]["S"]) for item in site.find_items("audit")]
    booked, cancelled = [at for kind, at in acts if kind in {"booking", "cancellation"}]
    assert booked < cancelled
    assert cancelled == "2026-11-22T12:00:02.000001Z"
