"""The save of a day marks bookings and holds as disrupted, and lifts these marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeId, ChangeKind
from chalicelib.domain.disruptions import lift_disruptions, mark_disrupted, marked_slots
from chalicelib.domain.errors import DayModifiedError
from chalicelib.domain.permissions import Role
from chalicelib.storage import keys
from chalicelib.storage.audit_log import AuditLog
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.disruption_writes import mark_slots
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.storage.doctor_repository import DoctorRepository
from chalicelib.storage.mapping import format_microsecond, format_timestamp
from chalicelib.storage.models import DayItem, SlotItem
from chalicelib.storage.transaction import Transaction
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor, SaveDays
from tests.support.direct_saves import read_day
from tests.support.factories import MONDAY, SUNDAY_NOON, empty_changes, make_slot, to_instant

if TYPE_CHECKING:
    from chalicelib.domain.day import PlannedChanges
    from tests.support.app_client import AppClient

ACTOR = Actor(name="dr-lee", role=Role.DOCTOR, client="test")


@pytest.fixture(autouse=True)
def _claims(client: AppClient) -> None:
    """09:00 is held, 09:30 booked, 10:00 free."""
    client.save("09:00", "09:30", "10:00")
    client.hold("09:00", "hannah")
    client.book("09:30", "b-1")
    client.clock.now += timedelta(seconds=1)


def save_day(client: AppClient, request_id: str, decide: Any) -> AuditLogEntry:  # noqa: ANN401  as in DayUpdate
    """Save Dr Lee's Monday with what ``decide`` returns; return the entry of the audit log."""
    cache = DoctorCache(DoctorRepository(), client.clock)
    save_days = SaveDays(DayRepository(), cache, client.clock, lambda _attempt: None)
    saved = save_days.save(
        None,
        DayUpdate(
            doctor_id="dr-lee",
            date=MONDAY,
            request_id=request_id,
            fingerprint=request_id,
            decide=decide,
            may_overlap_adjacent=lambda _grid: False,
            kind=ChangeKind.TIME_OFF,
            actor=ACTOR,
        ),
    )
    assert saved.day.slots == read_day().slots
    return AuditLog().get(ChangeId.parse(str(saved.change_id)))


def mark_all(client: AppClient) -> AuditLogEntry:
    """Mark every booking and hold of Monday as disrupted."""

    def decide(view: DayWithDoctor) -> PlannedChanges:
        slots = view.day.slots.values()
        return mark_disrupted(empty_changes(view.day), slots, "ill", now=view.now)

    return save_day(client, "ill", decide)


def lift(client: AppClient, entry: AuditLogEntry, request_id: str = "well") -> None:
    """Lift what the entry has marked."""

    def decide(view: DayWithDoctor) -> PlannedChanges:
        return lift_disruptions(empty_changes(view.day), view.day, marked_slots(entry))

    save_day(client, request_id, decide)


def test_save_marks_bookings_and_holds(client: AppClient) -> None:
    entry = mark_all(client)

    assert [slot.start for slot in marked_slots(entry)] == [
        to_instant("09:00"), to_instant("09:30"),
    ]  # fmt: skip
    assert entry.reason == "ill"
    (booking,) = client.list_bookings("from=2026-11-23&to=2026-11-23&disrupted=true").json[
        "bookings"
    ]
    assert booking["disrupted"] == {"since": "2026-11-22T12:00:01+00:00", "reason": "ill"}


def test_holder_of_disrupted_slot_can_still_book(client: AppClient) -> None:
    mark_all(client)

    assert client.book("09:00", "b-2", holder="hannah").status == 201
    assert len(client.list_bookings("disrupted=true").json["bookings"]) == 2


def test_disrupted_hold_that_ends_leaves_a_closed_slot(client: AppClient) -> None:
    entry = mark_all(client)
    assert client.hold("09:00", "hannah").status == 200
    assert client.release("09:00", "hannah").status == 204

    assert client.get_slot("09:00").json["status"] == "busy-unavailable"
    assert client.book("09:00", "b-2").status == 409
    assert client.hold("09:00", "ivan").status == 409
    assert client.list_available() == ["10:00"]
    lift(client, entry)
    assert client.list_available() == ["09:00", "10:00"]


def test_disrupted_hold_that_expires_leaves_a_closed_slot(client: AppClient) -> None:
    mark_all(client)
    client.clock.now += timedelta(minutes=6)

    assert client.get_slot("09:00").json["status"] == "busy-unavailable"
    assert client.book("09:00", "b-2").status == 409
    assert client.list_available() == ["10:00"]


def test_lifted_booking_is_as_before(client: AppClient) -> None:
    before = read_day().slots
    lift(client, mark_all(client))

    assert read_day().slots == before
    assert client.cancel("09:30", "b-1").status == 204
    assert client.list_available() == ["09:30", "10:00"]


def test_mark_of_another_change_is_not_lifted(client: AppClient) -> None:
    entry = mark_all(client)
    client.clock.now += timedelta(seconds=1)
    lift(client, entry)
    client.clock.now += timedelta(seconds=1)
    client.override("disrupt", "09:30", "holiday")

    lift(client, entry, "again")

    (booking,) = client.list_bookings("disrupted=true").json["bookings"]
    assert booking["disrupted"]["reason"] == "holiday"


def test_save_marks_a_booking_only_once(client: AppClient) -> None:
    client.override("disrupt", "09:30", "holiday")

    assert [slot.start for slot in marked_slots(mark_all(client))] == [to_instant("09:00")]


def test_booking_that_ends_meanwhile_is_not_marked(client: AppClient) -> None:
    with client.before_commit(lambda: client.cancel("09:30", "b-1")):
        entry = mark_all(client)

    assert [slot.start for slot in marked_slots(entry)] == [to_instant("09:00")]
    assert client.get_slot("09:30").json["status"] == "free"


@pytest.mark.parametrize(
    ("stored", "is_lifted", "is_met"),
    [
        ({"status": "busy"}, False, True),
        ({"status": "busy-tentative"}, False, True),
        ({"status": "free"}, False, False),
        ({"changed_at": format_microsecond(to_instant("09:00"))}, False, False),
        ({"disrupted_since": format_timestamp(SUNDAY_NOON)}, False, False),
        ({"disrupted_since": format_timestamp(SUNDAY_NOON)}, True, True),
        ({"disrupted_since": format_timestamp(to_instant("09:00"))}, True, False),
    ],
)
def test_slot_is_marked_only_as_required(
    stored: dict[str, str], *, is_lifted: bool, is_met: bool
) -> None:
    item = SlotItem.get(keys.doctor_pk("dr-lee"), keys.slot_sk(to_instant("09:30")))
    for name, value in stored.items():
        setattr(item, name, value)
    item.save()
    slot = make_slot("09:30")
    marked = replace(slot, disrupted_since=SUNDAY_NOON)
    entry = AuditLogEntry(
        doctor_id="dr-lee",
        at=SUNDAY_NOON + timedelta(minutes=1),
        kind=ChangeKind.TIME_OFF,
        actor=ACTOR,
        suffix="x",
        date=MONDAY,
        affected=(slot if is_lifted else marked,),
    )
    transaction = Transaction()
    mark_slots(transaction, replace(read_day(), slots={slot.start: marked}), entry)

    if is_met:
        transaction.commit()
    else:
        with pytest.raises(DayModifiedError):
            transaction.commit()


def test_mark_of_a_former_release_is_read(client: AppClient) -> None:
    del client
    day_key = (keys.doctor_pk("dr-lee"), keys.day_sk(MONDAY))
    day = DayItem.get(*day_key)
    day.slots["2026-11-23T09:30Z"]["M"]["disrupted"] = {"BOOL": True}
    day.save()

    assert [slot.start for slot in read_day().slots.values() if slot.is_disrupted] == [
        to_instant("09:30")
    ]
