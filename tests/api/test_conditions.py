"""Each condition of a write, violated by another client's write after the read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.booking import BookingRules, Observed
from chalicelib.domain.errors import DayModifiedError, PermissionDeniedError, SlotStateMismatchError
from chalicelib.domain.holds import HoldClaim
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.storage import table
from chalicelib.storage.availability_index import AvailabilityIndex
from chalicelib.storage.booking_repository import BookingRepository
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support import direct_writes
from tests.support.direct_saves import read_day, write_day
from tests.support.factories import (
    MONDAY,
    SUNDAY_NOON,
    make_doctor,
    make_slot,
    open_change,
    to_instant,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


pytestmark = [pytest.mark.both_stores]

DR_LEE = make_doctor()


@pytest.mark.usefixtures("client")
def test_concurrent_first_saves_one_wins() -> None:
    first, second = read_day(), read_day()
    write_day(first, opened=(make_slot("09:00"),), request_id="first")

    with pytest.raises(DayModifiedError):
        write_day(second, opened=(make_slot("09:15"),), request_id="second")

    assert list(read_day().slots) == [to_instant("09:00")]


@pytest.mark.usefixtures("client")
def test_concurrent_saves_on_same_version_one_wins() -> None:
    write_day(read_day(), opened=(make_slot("09:00"),), request_id="before")
    first, second = read_day(), read_day()
    write_day(first, opened=(make_slot("10:00"),), request_id="first")

    with pytest.raises(DayModifiedError):
        write_day(second, opened=(make_slot("10:15"),), request_id="second")

    assert (read_day().version, sorted(read_day().slots)) == (
        2,
        [to_instant("09:00"), to_instant("10:00")],
    )


@pytest.mark.usefixtures("client")
def test_repeated_first_save_is_applied_once() -> None:
    write_day(read_day(), opened=(make_slot("09:00"),), request_id="twice")

    with pytest.raises(DayModifiedError):
        write_day(read_day(), opened=(make_slot("10:00"),), request_id="twice")

    assert read_day().version == 1


@pytest.mark.usefixtures("client")
def test_existing_slot_is_reported_when_open_fails() -> None:
    day = write_day(read_day(), opened=(make_slot("09:00"),), request_id="before")
    incomplete = replace(day, slots={})

    with pytest.raises(DayModifiedError) as changed:
        write_day(incomplete, opened=(make_slot("09:00"), make_slot("10:00")), request_id="again")

    assert changed.value.already_existing == (make_slot("09:00"),)


@pytest.mark.usefixtures("client")
def test_slot_booked_after_read_is_reported_when_close_fails() -> None:
    write_day(read_day(), opened=(make_slot("09:00"), make_slot("10:00")), request_id="before")
    day = read_day()
    direct_writes.book(to_instant("10:00"))

    with pytest.raises(DayModifiedError) as changed:
        write_day(
            day,
            opened=(make_slot("11:00"),),
            closed=(make_slot("09:00"), make_slot("10:00")),
            request_id="late",
        )

    assert (changed.value.still_taken, changed.value.already_existing) == (
        (make_slot("10:00"),),
        (),
    )
    assert len(read_day().slots) == 2


@pytest.mark.usefixtures("client")
def test_renewed_hold_keeps_slot_from_being_closed() -> None:
    write_day(read_day(), opened=(make_slot("09:00"),), request_id="before")
    direct_writes.hold(to_instant("09:00"), held_until=SUNDAY_NOON)
    expired = read_day()
    direct_writes.hold(to_instant("09:00"), held_until=SUNDAY_NOON + timedelta(minutes=5))

    with pytest.raises(DayModifiedError):
        write_day(expired, closed=(make_slot("09:00"),), request_id="late")


@pytest.mark.usefixtures("client")
def test_booking_made_from_hold_does_not_expire() -> None:
    write_day(read_day(), opened=(make_slot("09:00"),), request_id="before")
    direct_writes.hold(to_instant("09:00"), held_until=SUNDAY_NOON)
    expired = read_day()
    direct_writes.book(to_instant("09:00"), held_until=SUNDAY_NOON)

    with pytest.raises(DayModifiedError):
        write_day(expired, closed=(make_slot("09:00"),), request_id="late")


@pytest.mark.usefixtures("client")
def test_booking_with_leftover_hold_is_not_resold_on_expiry() -> None:
    write_day(read_day(), opened=(make_slot("09:00"),), request_id="before")
    direct_writes.book(to_instant("09:00"), held_until=SUNDAY_NOON)
    slot = make_slot("09:00")
    slot_id = SlotId(DR_LEE.doctor_id, slot.start)
    claim = HoldClaim(
        doctor=DR_LEE,
        slot_id=slot_id,
        owner="a",
        actor=Actor(name="a", role=Role.BOOKING_SITE, client="a"),
        rules=BookingRules(),
        holder="ivan",
        length=timedelta(minutes=5),
    )

    with pytest.raises(SlotStateMismatchError) as differs:
        BookingRepository().commit(claim.plan(Observed(), SUNDAY_NOON))

    stored = differs.value.observed.slots[slot_id]
    assert stored is not None
    assert stored.slot.status is SlotStatus.BOOKED


@pytest.mark.usefixtures("client")
def test_all_conflicting_slots_are_reported() -> None:
    slots = (make_slot("09:00"), make_slot("10:00"), make_slot("11:00"))
    write_day(read_day(), opened=slots, request_id="before")
    day = read_day()
    direct_writes.book(to_instant("09:00"))
    direct_writes.book(to_instant("11:00"))

    with pytest.raises(DayModifiedError) as changed:
        write_day(day, closed=slots, request_id="late")

    assert changed.value.still_taken == (make_slot("09:00"), make_slot("11:00"))


def test_reindexing_does_not_create_missing_day(client: AppClient) -> None:
    before = client.export()

    with pytest.raises(DayModifiedError):
        AvailabilityIndex().reindex(client.services.doctors.get("dr-lee"), [MONDAY])

    assert client.export() == before


@pytest.mark.usefixtures("client")
def test_save_keeps_concurrent_changes_to_other_slots() -> None:
    write_day(read_day(), opened=(make_slot("09:00"), make_slot("10:00")), request_id="before")
    day = read_day()
    direct_writes.book(to_instant("10:00"))

    write_day(day, opened=(make_slot("11:00"),), closed=(make_slot("09:00"),), request_id="after")

    assert read_day().slots == {
        to_instant("10:00"): make_slot("10:00", status=SlotStatus.BOOKED),
        to_instant("11:00"): make_slot("11:00"),
    }
    assert (read_day().version, read_day().revision) == (2, 3)


@pytest.mark.usefixtures("client")
def test_save_reads_consistently() -> None:
    is_consistent: list[bool] = []

    def record(params: dict[str, bytes], **_: object) -> None:
        (tables,) = json.loads(params["body"])["RequestItems"].values()
        is_consistent.append(tables["ConsistentRead"])

    events = table.connection().client.meta.events
    events.register("before-call.dynamodb.BatchGetItem", record)
    read_day()
    events.unregister("before-call.dynamodb.BatchGetItem", record)

    assert is_consistent == [True]


@pytest.mark.parametrize(
    "caller",
    [
        Caller(name="x", client="x", roles=frozenset({Role.DOCTOR}), doctor_id="dr-okafor"),
        Caller(name="x", client="x", roles=frozenset({Role.DELEGATE})),
        Caller(name="x", client="x", roles=frozenset({Role.BOOKING_SITE})),
        Caller(name="sam", client="x", roles=frozenset()),
    ],
)
def test_unlisted_delegate_can_neither_read_nor_save(client: AppClient, caller: Caller) -> None:
    slots = client.services.manage_slots
    request = SaveRequest(
        doctor_id="dr-lee",
        date=MONDAY,
        changes=(open_change("09:00"),),
        request_id="x",
        fingerprint="f",
    )

    with pytest.raises(PermissionDeniedError):
        slots.get_day(caller, "dr-lee", MONDAY)
    with pytest.raises(PermissionDeniedError):
        slots.save(caller, request)

    assert read_day().slots == {}


@pytest.mark.parametrize(
    "caller",
    [
        Caller(name="x", client="x", roles=frozenset({Role.DOCTOR}), doctor_id="dr-lee"),
        Caller(name="sam", client="x", roles=frozenset({Role.DELEGATE})),
        Caller(name="x", client="x", roles=frozenset({Role.ADMIN})),
    ],
)
def test_doctor_delegate_and_admin_can_save_and_are_recorded(
    client: AppClient, caller: Caller
) -> None:
    request = SaveRequest(
        doctor_id="dr-lee",
        date=MONDAY,
        changes=(open_change("09:00"),),
        request_id="x",
        fingerprint="f",
    )

    client.services.manage_slots.save(caller, request)

    (change,) = (item for item in client.export() if item["type"]["S"] == "audit")
    assert (change["by"]["S"], change["client"]["S"]) == (caller.name, "x")


def test_existing_doctor_is_not_overwritten(client: AppClient) -> None:
    namesake = replace(make_doctor("dr-lee"), name="Dr Other")

    assert not client.services.doctors.add(namesake)
    assert client.get("/doctors/dr-lee").json["name"] == "Dr Mina Lee"
