"""Bookings that are marked to be rebooked, and the slots that they leave."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, rejection_codes, slot_path
from tests.support.dynamodb_responses import TRANSACT_WRITE

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("claims")

NINE, HALF_PAST = "2026-11-23T09:00:00+00:00", "2026-11-23T09:30:00+00:00"


def test_disrupted_booking_stays_and_is_listed(site: AppClient, sign_in: SignIn) -> None:
    disrupted = sign_in("own").override("disrupt", "09:30", "illness")

    assert (disrupted.status, disrupted.json["status"]) == (200, "busy")
    (booking,) = site.list_bookings().json["bookings"]
    assert booking["disrupted"] == {"since": "2026-11-22T12:00:00+00:00", "reason": "illness"}
    entry = site.audit_entry("disruption")
    assert (entry["reason"], list(entry["affected"]["M"])) == (
        {"S": "illness"}, ["2026-11-23T09:30Z"],
    )  # fmt: skip


def test_second_disruption_keeps_the_first_reason(site: AppClient, sign_in: SignIn) -> None:
    sign_in("own").override("disrupt", "09:30", "illness")
    before = site.export()

    assert sign_in("own").override("disrupt", "09:30", "holiday").status == 200
    assert site.export() == before


def test_disruption_keeps_reason_of_concurrent_one(site: AppClient, sign_in: SignIn) -> None:
    """The other one began a second earlier, and is written after the slot was read."""
    doctor, admin = sign_in("own"), sign_in("admin")
    site.clock.now += timedelta(seconds=1)

    def disrupt_earlier() -> None:
        site.clock.now -= timedelta(seconds=1)
        doctor.override("disrupt", "09:30", "illness")

    with site.before_commit(disrupt_earlier):
        assert admin.override("disrupt", "09:30", "holiday").status == 200

    (booking,) = site.list_bookings().json["bookings"]
    assert booking["disrupted"]["reason"] == "illness"
    site.audit_entry("disruption")


def test_disrupted_booking_moves_and_loses_its_mark(site: AppClient, sign_in: SignIn) -> None:
    sign_in("own").override("disrupt", "09:30")

    assert site.book("10:00", "b-1", moves=make_slot_id("09:30")).status == 201
    assert [b["disrupted"] for b in site.list_bookings().json["bookings"]] == [None]
    assert "disrupt" not in str([*site.find_items("slot")])
    assert site.get_slot("09:30").status == 404
    assert site.list_available() == []


def test_slot_of_cancelled_disrupted_booking_is_closed(site: AppClient, sign_in: SignIn) -> None:
    sign_in("own").override("disrupt", "09:30")

    assert site.cancel("09:30", "b-1").status == 204
    assert site.get_slot("09:30").status == 404
    assert site.list_available() == ["10:00"]
    assert site.cancel("09:30", "b-1").status == 204
    assert site.cancel("09:30", "b-2").status == 404
    assert sign_in("own").save("09:30").status == 200


def test_slot_of_revoked_disrupted_booking_is_closed(site: AppClient, sign_in: SignIn) -> None:
    sign_in("own").override("disrupt", "09:30")

    assert sign_in("admin").override("revoke", "09:30").json["status"] == "busy-unavailable"
    assert site.get_slot("09:30").status == 404


def test_desk_does_not_book_disrupted_slot(site: AppClient, sign_in: SignIn) -> None:
    del site
    sign_in("own").override("disrupt", "09:30")

    assert rejection_codes(sign_in("own").book("09:30", "b-2")) == [(HALF_PAST, "slot_taken")]


def test_lifted_disruption_leaves_a_booking_like_others(site: AppClient, sign_in: SignIn) -> None:
    desk = sign_in("own")
    desk.override("disrupt", "09:30")
    site.clock.now += timedelta(seconds=1)

    for _ in range(2):
        assert desk.delete(f"{slot_path('09:30')}/disrupt").json["status"] == "busy"
    assert [b["disrupted"] for b in site.list_bookings().json["bookings"]] == [None]
    assert site.cancel("09:30", "b-1").status == 204
    assert site.list_available() == ["09:30", "10:00"]


def test_booking_that_is_marked_meanwhile_leaves_a_closed_slot(
    site: AppClient, sign_in: SignIn
) -> None:
    desk = sign_in("own")

    with site.before_commit(lambda: desk.override("disrupt", "09:30")):
        assert site.cancel("09:30", "b-1").status == 204

    assert site.get_slot("09:30").status == 404


def test_disruption_that_is_lifted_meanwhile_leaves_an_open_slot(
    site: AppClient, sign_in: SignIn
) -> None:
    desk = sign_in("own")
    desk.override("disrupt", "09:30")
    site.clock.now += timedelta(seconds=1)

    attempts: list[int] = []

    def lift_before_second_attempt(**_: object) -> None:
        attempts.append(1)
        if len(attempts) == 2:
            desk.delete(f"{slot_path('09:30')}/disrupt")

    with site.before_call(TRANSACT_WRITE, lift_before_second_attempt):
        assert site.cancel("09:30", "b-1").status == 204

    assert site.get_slot("09:30").json["status"] == "free"


@pytest.mark.parametrize("start", ["09:00", "10:00"])
def test_slot_without_booking_is_not_disrupted(
    site: AppClient, sign_in: SignIn, start: str
) -> None:
    del site
    rejected = sign_in("own").override("disrupt", start)

    assert rejection_codes(rejected) == [(f"2026-11-23T{start}:00+00:00", "not_booked")]
