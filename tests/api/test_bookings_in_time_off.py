"""Bookings and holds that were there when time off was taken, and what frees their slots."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, rejection_codes
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY
from tests.support.plans import open_times, undo_plan
from tests.support.time_off import lift, take_time_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

TEN = "2026-11-23T10:00:00Z"


def lapse(client: AppClient) -> None:
    client.clock.now += timedelta(minutes=20)


FREEING: dict[str, Callable[[AppClient], object]] = {
    "a cancellation": lambda client: client.cancel("09:00"),
    "a revocation": lambda client: client.override("revoke", "09:00"),
    "a release": lambda client: client.release("09:30"),
    "the end of a hold by the practice": lambda client: client.override("release", "09:30"),
    "the end of a hold by time": lapse,
}


@pytest.mark.parametrize("free", FREEING.values(), ids=FREEING)
@pytest.mark.parametrize("last", [MONDAY, TEN], ids=["day off", "hours off"])
def test_slot_that_is_freed_in_time_off_is_not_offered(
    client: AppClient, free: Callable[[AppClient], object], last: object
) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")
    client.hold("09:30")
    first = MONDAY if last is MONDAY else "2026-11-23T09:00:00Z"
    time_off = take_time_off(client, first=first, last=last)

    free(client)

    freed = "09:00" if client.get_day().slot_status("09:30") == "busy-tentative" else "09:30"
    assert client.get_day().slot_status(freed) == "busy-unavailable"
    assert client.list_available() == []
    for claim in (client.hold(freed, "another"), client.book(freed, "b-2")):
        assert claim.status == 409
        assert [code for _, code in rejection_codes(claim)] == ["not_bookable"]
    assert client.save(freed).json["errors"][0]["code"] == "time_off"
    lift(client, time_off["time_off_id"])
    assert client.list_available() == [freed]


def test_holder_can_book_and_renew_in_time_off(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.hold("09:00")
    client.hold("09:30", "henry")
    take_time_off(client)

    assert client.hold("09:30", "henry").status == 200
    assert client.book("09:00", holder="hannah").status == 201
    assert client.book("09:30", "b-2", holder="hannah").status == 409


def test_slot_outside_the_hours_off_can_be_booked(client: AppClient) -> None:
    client.save("09:00", "10:00", "10:30")
    client.book("09:00")
    take_time_off(client, first="2026-11-23T09:00:00Z", last=TEN)

    assert client.hold("10:00").status == 200
    assert client.book("10:00", "b-2", holder="hannah").status == 201
    assert client.book("10:30", "b-1", moves=make_slot_id("09:00")).status == 201
    assert client.list_available() == []


def test_booking_does_not_move_to_a_slot_in_time_off(client: AppClient) -> None:
    client.save("09:00", "10:00")
    client.book("09:00")
    client.hold("10:00")
    take_time_off(client, first=TEN, last="2026-11-23T11:00:00Z")
    client.release("10:00")

    moved = client.book("10:00", "b-1", moves=make_slot_id("09:00"))

    assert [code for _, code in rejection_codes(moved)] == ["not_bookable"]
    assert client.get_day().slot_status("09:00") == "busy"


def disrupted(client: AppClient) -> list[str]:
    return [
        booking["start"][11:16]
        for booking in client.list_bookings().json["bookings"]
        if booking["disrupted"]
    ]


def test_illness_marks_bookings_as_disrupted_until_it_is_lifted(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")
    client.book("09:30", "b-2")

    time_off = take_time_off(client, name="Ill", act="disrupt")

    assert disrupted(client) == ["09:00", "09:30"]
    assert client.list_bookings().json["bookings"][0]["disrupted"]["reason"] == "Ill"
    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    lift(client, time_off["time_off_id"])
    assert disrupted(client) == []
    assert client.list_available() == ["10:00"]


def test_undo_of_illness_and_its_redo(client: AppClient) -> None:
    client.save("09:00", "10:00")
    client.book("09:00")
    plan = take_time_off(client, name="Ill", act="disrupt")

    undo = undo_plan(client, plan)
    assert disrupted(client) == []
    undo_plan(client, undo)
    assert disrupted(client) == ["09:00"]


def test_booking_stays_disrupted_while_another_illness_needs_it(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    first = take_time_off(client, name="Ill", act="disrupt")
    second = take_time_off(client, name="Still ill", act="disrupt")

    lift(client, first["time_off_id"])
    assert disrupted(client) == ["09:00"]
    lift(client, second["time_off_id"])
    assert disrupted(client) == []


def test_lifting_keeps_the_mark_that_a_person_has_set(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    client.override("disrupt", "09:00")
    client.clock.now += timedelta(seconds=5)
    time_off = take_time_off(client, name="Ill", act="disrupt")

    lift(client, time_off["time_off_id"])

    assert disrupted(client) == ["09:00"]


def test_slot_is_not_booked_in_time_off_that_is_taken_meanwhile(client: AppClient) -> None:
    """Between two attempts, by a process whose clock is behind."""
    client.save("09:00", "10:00")
    take_time_off(client, first="2026-11-23T09:00:00Z", last=TEN)
    client.clock.now += timedelta(hours=1)
    writes = 0

    def change_before_the_second_attempt(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == 2:
            client.clock.now -= timedelta(minutes=30)
            client.book("10:00", "b-2")
            take_time_off(client, first=TEN, last="2026-11-23T11:00:00Z")
            client.cancel("10:00", "b-2")

    with client.before_call(TRANSACT_WRITE, change_before_the_second_attempt):
        booked = client.book("10:00")

    assert [code for _, code in rejection_codes(booked)] == ["not_bookable"]
