"""Overrides of the doctor's side and of admins, and what is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import direct_writes
from tests.support.app_client import make_slot_id, rejection_codes, slot_path
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.no_cover

NINE, HALF_PAST = "2026-11-23T09:00:00+00:00", "2026-11-23T09:30:00+00:00"


@pytest.fixture(autouse=True)
def _claims(site: AppClient) -> None:
    """A site holds 09:00 and has booked 09:30; 10:00 is free."""
    site.hold("09:00", "hannah")
    site.book("09:30", "b-1")


def audit_entry(client: AppClient, kind: str) -> dict[str, Any]:
    """Return the only audit item of a kind."""
    (item,) = (item for item in client.find_items("audit") if item["kind"]["S"] == kind)
    return item


@pytest.mark.parametrize("caller", ["own", "named", "admin"])
def test_doctors_side_ends_hold_of_a_site(site: AppClient, sign_in: SignIn, caller: str) -> None:
    released = sign_in(caller).override("release", "09:00", "wanted at the desk")

    assert (released.status, released.json["status"]) == (200, "free")
    assert site.list_available() == ["09:00", "10:00"]
    entry = audit_entry(site, "release")
    assert entry["reason"] == {"S": "wanted at the desk"}
    assert list(entry["affected"]["M"]) == ["2026-11-23T09:00Z"]
    assert rejection_codes(site.book("09:30", "b-2", holder="hannah")) == [
        (HALF_PAST, "slot_taken")
    ]


@pytest.mark.parametrize(("start", "status"), [("09:30", "busy"), ("10:00", "free")])
def test_release_of_slot_without_hold_changes_nothing(
    site: AppClient, sign_in: SignIn, start: str, status: str
) -> None:
    desk = sign_in("own")
    desk.get_day()  # the first request of a person is stored
    before = site.export()

    response = desk.override("release", start)

    assert (response.status, response.json["status"]) == (200, status)
    assert site.export() == before


def test_old_hold_without_owner_is_released(site: AppClient, sign_in: SignIn) -> None:
    direct_writes.hold_without_owner(to_instant("10:00"), "old")

    assert sign_in("own").override("release", "10:00").json["status"] == "free"
    assert site.list_available() == ["10:00"]


def test_disrupted_booking_stays_and_is_listed(site: AppClient, sign_in: SignIn) -> None:
    disrupted = sign_in("own").override("disrupt", "09:30", "illness")

    assert (disrupted.status, disrupted.json["status"]) == (200, "busy")
    (booking,) = site.list_bookings().json["bookings"]
    assert booking["disrupted"] == {"since": "2026-11-22T12:00:00+00:00", "reason": "illness"}
    entry = audit_entry(site, "disruption")
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
    audit_entry(site, "disruption")


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


def test_admin_revokes_booking_of_a_site(site: AppClient, sign_in: SignIn) -> None:
    revoked = sign_in("admin").override("revoke", "09:30", "rogue client")

    assert (revoked.status, revoked.json["status"]) == (200, "free")
    entry = audit_entry(site, "revoke")
    assert entry["reason"] == {"S": "rogue client"}
    assert list(entry["cancelled"]["M"]) == ["2026-11-23T09:30Z"]
    assert rejection_codes(site.book("09:30", "b-1")) == [(HALF_PAST, "cancelled")]
    before = site.export()
    assert sign_in("admin").override("revoke", "09:30").status == 200
    assert site.export() == before


def test_old_booking_without_owner_is_revoked(site: AppClient, sign_in: SignIn) -> None:
    direct_writes.book_without_owner(to_instant("10:00"), "old", "p-1")

    assert sign_in("admin").override("revoke", "10:00").json["status"] == "free"
    assert site.get_slot("10:00").json["status"] == "free"


def test_booking_of_the_past_is_neither_disrupted_nor_revoked(
    site: AppClient, sign_in: SignIn
) -> None:
    site.clock.now = to_instant("09:30")
    before = site.export()

    for act in ("disrupt", "revoke"):
        assert rejection_codes(sign_in("admin").override(act, "09:30")) == [(HALF_PAST, "in_past")]
    assert site.export() == before


def test_override_retries_if_another_client_was_faster(site: AppClient, sign_in: SignIn) -> None:
    """The hold that was read has become a booking before the release is written."""
    admin = sign_in("admin")

    with site.before_commit(lambda: site.book("09:00", "b-2", holder="hannah")):
        released = admin.override("release", "09:00")

    assert (released.status, released.json["status"]) == (200, "busy")


@pytest.mark.parametrize("act", ["disrupt", "revoke"])
def test_override_of_booking_does_not_meet_another_booking(
    site: AppClient, other_site: AppClient, sign_in: SignIn, act: str
) -> None:
    """The booking that was read is replaced by one with the same id of another site."""
    admin = sign_in("admin")

    def replace_booking() -> None:
        site.cancel("09:30", "b-1")
        other_site.book("09:30", "b-1", patient_reference="p-9")

    with site.before_commit(replace_booking):
        admin.override(act, "09:30", "illness")

    records = {item["PK"]["S"]: item.get("slot_id") for item in site.find_items("booking")}
    is_revoked = act == "revoke"
    assert records["BOOKING#another-site#b-1"] == (
        None if is_revoked else {"S": make_slot_id("09:30")}
    )


def test_admin_ends_all_holds_of_a_client(
    site: AppClient, other_site: AppClient, sign_in: SignIn
) -> None:
    other_site.hold("10:00", "ivan")
    admin = sign_in("admin")
    path = "/doctors/dr-lee/holds?client_id="

    assert admin.delete(f"{path}unknown").json == {"released": 0}
    assert admin.delete(f"{path}a-booking-site").json == {"released": 1}
    assert admin.delete(f"{path}a-booking-site").json == {"released": 0}
    assert site.list_available() == ["09:00"]
    assert rejection_codes(admin.delete("/doctors/dr-lee/holds"), 400) == [
        ("client_id", "required")
    ]
    assert admin.delete("/doctors/dr-who/holds?client_id=x").status == 404


@pytest.mark.parametrize(
    "reason", ["", "   ", "x" * 201, "a\nb", "a\x00", "\u202eabc", "a\u200bb", 7, None]
)
def test_malformed_reason_is_rejected(site: AppClient, sign_in: SignIn, reason: object) -> None:
    before = site.export()

    for act in ("release", "disrupt", "revoke"):
        response = sign_in("admin").post(f"{slot_path('09:00')}/{act}", {"reason": reason})
        assert rejection_codes(response, 400) == [("reason", "invalid")]
    assert site.export() == before


def test_reason_is_trimmed(site: AppClient, sign_in: SignIn) -> None:
    assert sign_in("own").override("release", "09:00", f" {'x' * 200}\n").status == 200
    assert audit_entry(site, "release")["reason"] == {"S": "x" * 200}


def test_override_of_unknown_slot_is_not_found(site: AppClient, sign_in: SignIn) -> None:
    del site
    for act in ("release", "disrupt", "revoke"):
        assert sign_in("admin").override(act, "11:30").status == 404


def test_every_act_on_bookings_is_recorded(site: AppClient, sign_in: SignIn) -> None:
    sign_in("admin").save("09:00", date="2026-11-24")
    site.clock.now += timedelta(seconds=1)
    site.book("10:00", "b-1", moves=make_slot_id("09:30"))
    site.put(
        "/slots/dr-lee~20261124T0900Z/booking",
        {"booking_id": "b-1", "patient_reference": "ref-1", "moves": make_slot_id("10:00")},
    )
    site.delete("/slots/dr-lee~20261124T0900Z/booking?booking_id=b-1")
    site.clock.now += timedelta(seconds=1)
    sign_in("own").book("10:00", "desk-1")

    entries = [
        (
            item["kind"]["S"],
            item["date"]["S"],
            *(list(item.get(name, {"M": {}})["M"]) for name in ("booked", "cancelled")),
            item["role"]["S"],
            item["client"]["S"],
        )
        for item in sorted(site.find_items("audit"), key=lambda item: item["at"]["S"])
        if item["kind"]["S"] != "save"
    ]
    by_site = ("booking-site", "a-booking-site")
    at_half_past, at_ten = "2026-11-23T09:30Z", "2026-11-23T10:00Z"
    assert entries == [
        ("booking", "2026-11-23", [at_half_past], [], *by_site),
        ("move", "2026-11-23", [at_ten], [at_half_past], *by_site),
        ("move", "2026-11-23", [], [at_ten], *by_site),
        ("move", "2026-11-24", ["2026-11-24T09:00Z"], [], *by_site),
        ("cancellation", "2026-11-24", [], ["2026-11-24T09:00Z"], *by_site),
        ("desk", "2026-11-23", [at_ten], [], "doctor", "the-page"),
    ]
    recorded = str(site.find_items("audit"))
    assert not any(secret in recorded for secret in ("b-1", "desk-1", "ref-1", "hannah"))
