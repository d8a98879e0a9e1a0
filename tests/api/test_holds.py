"""Holds of a booking site, up to the booking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, rejection_codes, slot_path

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("open_slots")

NINE = "2026-11-23T09:00:00+00:00"


@pytest.mark.both_stores
def test_held_slot_is_reserved_until_expiry(client: AppClient) -> None:
    held = client.hold("09:00", seconds=300)

    assert (held.status, held.json["status"]) == (200, "busy-tentative")
    assert held.json["held_until"] == "2026-11-22T12:05:00+00:00"
    assert held.json["slot_id"] == make_slot_id("09:00")
    assert client.get_slot("09:00").json["status"] == "busy-tentative"
    assert client.get_day().slot_status("09:00") == "busy-tentative"
    assert "09:00" not in client.list_available()


@pytest.mark.both_stores
def test_slot_held_by_another_is_taken(client: AppClient) -> None:
    client.hold("09:00", "hannah")

    assert rejection_codes(client.hold("09:00", "ivan")) == [(NINE, "slot_taken")]
    assert rejection_codes(client.book("09:00")) == [(NINE, "slot_taken")]
    assert rejection_codes(client.book("09:00", holder="ivan")) == [(NINE, "slot_taken")]


@pytest.mark.both_stores
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


@pytest.mark.both_stores
def test_holder_books_held_slot(client: AppClient) -> None:
    client.hold("09:00", "hannah")

    assert client.book("09:00", holder="hannah").status == 201
    client.clock.now += timedelta(hours=1)
    assert client.get_slot("09:00").json["status"] == "busy"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"seconds": 60}, "holder", "required"),
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
