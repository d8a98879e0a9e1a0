"""Overrides of the doctor's side and of admins, and what is recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support import direct_writes
from tests.support.app_client import make_slot_id, rejection_codes, slot_path
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("claims")

NINE, HALF_PAST = "2026-11-23T09:00:00+00:00", "2026-11-23T09:30:00+00:00"


@pytest.mark.parametrize("caller", ["own", "named", "admin"])
def test_doctors_side_ends_hold_of_a_site(site: AppClient, sign_in: SignIn, caller: str) -> None:
    released = sign_in(caller).override("release", "09:00", "wanted at the desk")

    assert (released.status, released.json["status"]) == (200, "free")
    assert site.list_available() == ["09:00", "10:00"]
    entry = site.audit_entry("release")
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


def test_admin_revokes_booking_of_a_site(site: AppClient, sign_in: SignIn) -> None:
    revoked = sign_in("admin").override("revoke", "09:30", "rogue client")

    assert (revoked.status, revoked.json["status"]) == (200, "free")
    entry = site.audit_entry("revoke")
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
    assert site.audit_entry("release")["reason"] == {"S": "x" * 200}


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
