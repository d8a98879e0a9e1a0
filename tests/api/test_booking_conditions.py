"""Each requirement of a write on holds and bookings, on stored items that meet it or do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.booking import Disruption, StoredSlot
from chalicelib.domain.booking_writes import (
    AddHold,
    AsOverridden,
    Available,
    BookedAs,
    BookedFor,
    BookingWrites,
    HeldBy,
    HoldSince,
    NoRecord,
    RecordAt,
    RecordFor,
    RecordVersion,
    RecordWrite,
    ReplaceHolds,
    SlotWrite,
    UnexpiredHold,
)
from chalicelib.domain.errors import SlotStateMismatchError
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.booking_repository import BookingRepository
from chalicelib.storage.mapping import format_microsecond, format_timestamp
from chalicelib.storage.models import BookingItem, HoldsItem, SlotItem
from tests.support.factories import SUNDAY_NOON, make_doctor, make_slot, to_instant

if TYPE_CHECKING:
    from chalicelib.domain.booking_writes import SlotRequirement
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("open_slots")

DOCTOR = make_doctor()
SLOT = make_slot("09:00")
SLOT_ID, OTHER_ID = (SlotId("dr-lee", to_instant(time)) for time in ("09:00", "09:30"))
END = SLOT.end
SINCE = SUNDAY_NOON - timedelta(minutes=5)
OPENED_AT = SUNDAY_NOON
AT = SUNDAY_NOON + timedelta(seconds=1)

FREE: dict[str, Any] = {"status": "free"}
HELD: dict[str, Any] = {
    "status": "busy-tentative",
    "holder": "h",
    "client": "a",
    "held_until": format_timestamp(SUNDAY_NOON + timedelta(minutes=1)),
    "held_since": format_microsecond(SINCE),
}
EXPIRED = HELD | {"held_until": format_timestamp(SUNDAY_NOON)}
BOOKED: dict[str, Any] = {"status": "busy", "booking_id": "b", "client": "a"}
OLD_BOOKING = BOOKED | {"client": None, "patient_reference": "p"}
# What a hold or a booking may leave behind when another version of the app ends it.
LEFTOVER_HOLD = HELD | {"status": "busy", "booking_id": "b"}
LEFTOVER_BOOKING = BOOKED | {"status": "busy-tentative", "holder": "h"}

available = Available(end=END, now=SUNDAY_NOON, owner="a")
available_to_holder = Available(end=END, now=SUNDAY_NOON, owner="a", holder="h")
held = HeldBy(holder="h", owner="a")
unexpired = UnexpiredHold(holder="h", owner="a", end=END, now=SUNDAY_NOON)
since = HoldSince(holder="h", owner="a", end=END, since=SINCE)
undated = HoldSince(holder="h", owner="a", end=END, since=None)
booked = BookedAs(booking_id="b", owner="a", end=END)
booked_for = BookedFor(booking_id="b", owner="a", end=END, patient_reference="p")


def read_as(**fields: Any) -> AsOverridden:  # noqa: ANN401  as in StoredSlot
    """Require a slot as it was read, booked unless it has a holder."""
    slot = replace(SLOT, status=SlotStatus.HELD if "holder" in fields else SlotStatus.BOOKED)
    return AsOverridden(stored=StoredSlot(slot=slot, **{"changed_at": OPENED_AT, **fields}))


SLOT_CASES: list[tuple[dict[str, Any], SlotRequirement, bool]] = [
    (FREE, available, True),
    (FREE, replace(available, end=END + timedelta(minutes=1)), False),
    (HELD, available, False),
    (EXPIRED, available, True),
    (BOOKED, available, False),
    (LEFTOVER_HOLD | {"held_until": EXPIRED["held_until"]}, available, False),
    (HELD, available_to_holder, True),
    (HELD | {"holder": "g"}, available_to_holder, False),
    (HELD | {"client": "b"}, available_to_holder, False),
    (HELD | {"client": None}, available_to_holder, True),
    (HELD, held, True),
    (EXPIRED, held, True),
    (HELD | {"holder": "g"}, held, False),
    (HELD | {"client": "b"}, held, False),
    (HELD | {"client": None}, held, True),
    (LEFTOVER_HOLD, held, False),
    (HELD, unexpired, True),
    (EXPIRED, unexpired, False),
    (HELD, replace(unexpired, end=END + timedelta(minutes=1)), False),
    (HELD, since, True),
    (HELD, replace(since, since=SINCE + timedelta(microseconds=1)), False),
    (HELD, replace(since, end=END + timedelta(minutes=1)), False),
    (HELD, undated, False),
    (HELD | {"held_since": None}, undated, True),
    (BOOKED, booked, True),
    (BOOKED | {"booking_id": "c"}, booked, False),
    (BOOKED | {"client": "b"}, booked, False),
    (BOOKED, replace(booked, end=END + timedelta(minutes=1)), False),
    (LEFTOVER_BOOKING, booked, False),
    (OLD_BOOKING, booked, True),
    (BOOKED, booked_for, True),
    (OLD_BOOKING, booked_for, True),
    (OLD_BOOKING, replace(booked_for, patient_reference="q"), False),
    (OLD_BOOKING, replace(booked_for, patient_reference=None), False),
    (BOOKED, read_as(booking_id="b", client="a"), True),
    (BOOKED, read_as(booking_id="c", client="a"), False),
    (BOOKED, read_as(booking_id="b", client="b"), False),
    (BOOKED, read_as(booking_id="b"), False),
    (OLD_BOOKING, read_as(booking_id="b"), True),
    (LEFTOVER_BOOKING, read_as(booking_id="b", client="a"), False),
    (BOOKED, read_as(booking_id="b", client="a", changed_at=SINCE), False),
    (BOOKED, read_as(booking_id="b", client="a", changed_at=None), False),
    (BOOKED | {"changed_at": None}, read_as(booking_id="b", client="a", changed_at=None), True),
    (HELD, read_as(holder="h", client="a"), True),
    (HELD, read_as(holder="g", client="a"), False),
    (LEFTOVER_HOLD, read_as(holder="h", client="a"), False),
    (FREE | {"changed_at": format_microsecond(SUNDAY_NOON)}, available, True),
    (FREE | {"changed_at": format_microsecond(AT)}, available, False),
    (FREE | {"changed_at": None}, available, True),
]


DISRUPTION = Disruption(SUNDAY_NOON, "illness")
DISRUPTED: dict[str, Any] = {"disrupted_since": format_timestamp(SUNDAY_NOON)}


def write(**writes: Any) -> bool:  # noqa: ANN401  as in BookingWrites
    """Commit the writes; return whether the stored items are as required."""
    write_nothing = SlotWrite(
        doctor=DOCTOR, slot_id=SLOT_ID, requires=available, after=StoredSlot(slot=SLOT)
    )
    try:
        BookingRepository().commit(
            BookingWrites(at=AT, slot=SLOT, **{"slots": (write_nothing,), **writes})
        )
    except SlotStateMismatchError:
        return False
    return True


@pytest.mark.parametrize(("stored", "requires", "is_met"), SLOT_CASES)
def test_slot_is_written_only_as_required(
    stored: dict[str, Any], requires: SlotRequirement, *, is_met: bool
) -> None:
    item = SlotItem.get(keys.doctor_pk("dr-lee"), keys.slot_sk(SLOT.start))
    for name, value in stored.items():
        setattr(item, name, value)
    item.save()
    slot_write = SlotWrite(
        doctor=DOCTOR, slot_id=SLOT_ID, requires=requires, after=StoredSlot(slot=SLOT)
    )

    assert write(slots=(slot_write,)) is is_met


@pytest.mark.parametrize(
    ("stored", "disruption", "is_met"),
    [
        ({}, None, True),
        (DISRUPTED, None, False),
        (DISRUPTED, DISRUPTION, True),
        (DISRUPTED, replace(DISRUPTION, since=SINCE), False),
        ({}, DISRUPTION, False),
    ],
)
def test_slot_is_written_only_with_its_disruption(
    stored: dict[str, Any], disruption: Disruption | None, *, is_met: bool
) -> None:
    item = SlotItem.get(keys.doctor_pk("dr-lee"), keys.slot_sk(SLOT.start))
    for name, value in (BOOKED | stored).items():
        setattr(item, name, value)
    item.save()
    slot_write = SlotWrite(
        doctor=DOCTOR,
        slot_id=SLOT_ID,
        requires=booked,
        disruption=disruption,
        after=StoredSlot(slot=SLOT),
    )

    assert write(slots=(slot_write,)) is is_met


@pytest.mark.parametrize(
    ("stored", "requires", "is_met"),
    [
        (None, NoRecord(), True),
        ({"slot_id": str(SLOT_ID)}, NoRecord(), False),
        ({}, NoRecord(), False),
        (None, RecordAt(SLOT_ID), True),
        ({"slot_id": str(SLOT_ID)}, RecordAt(SLOT_ID), True),
        ({"slot_id": str(OTHER_ID)}, RecordAt(SLOT_ID), False),
        ({}, RecordAt(SLOT_ID), False),
        (None, RecordFor(SLOT_ID, "p"), True),
        ({"slot_id": str(SLOT_ID), "patient_reference": "p"}, RecordFor(SLOT_ID, "p"), True),
        ({"slot_id": str(SLOT_ID), "patient_reference": "q"}, RecordFor(SLOT_ID, "p"), False),
        ({"slot_id": str(OTHER_ID), "patient_reference": "p"}, RecordFor(SLOT_ID, "p"), False),
        ({"slot_id": str(SLOT_ID)}, RecordFor(SLOT_ID, None), True),
        ({"slot_id": str(SLOT_ID), "patient_reference": "q"}, RecordFor(SLOT_ID, None), False),
        ({}, RecordVersion(3), True),
        ({}, RecordVersion(2), False),
        (None, RecordVersion(3), False),
    ],
)
def test_record_is_written_only_as_required(
    stored: dict[str, Any] | None, requires: NoRecord | RecordAt | RecordVersion, *, is_met: bool
) -> None:
    if stored is not None:
        pk = keys.booking_pk("a", "b")
        BookingItem(pk, keys.BOOKING_SK, version=3, expires_at=1, **stored).save()
    record = RecordWrite(
        owner="a",
        booking_id="b",
        requires=requires,
        slot_id=SLOT_ID,
        patient_reference="p",
        expires_at=SUNDAY_NOON,
    )

    assert write(record=record) is is_met


@pytest.mark.parametrize(
    ("held_times", "limit", "is_met"),
    [
        ([], 1, True),
        (["10:00"], 1, False),
        (["09:00"], 1, True),
        (["10:00"], 2, True),
        (["10:00", "11:00"], 2, False),
    ],
)
def test_hold_is_counted_only_below_the_limit(
    client: AppClient, held_times: list[str], limit: int, *, is_met: bool
) -> None:
    starts = [to_instant(time) for time in held_times]
    count_holds(client, starts)

    add = AddHold(owner="a", start=SLOT.start, until=SUNDAY_NOON, limit=limit)

    assert write(holds=add) is is_met


@pytest.mark.parametrize(("version", "is_met"), [(3, True), (2, False)])
def test_expired_holds_are_forgotten_only_as_read(
    client: AppClient, version: int, *, is_met: bool
) -> None:
    count_holds(client, [to_instant("10:00")])

    replacement = ReplaceHolds(
        owner="a", until={SLOT.start: SUNDAY_NOON}, expired=frozenset(), version=version
    )

    assert write(holds=replacement) is is_met


def count_holds(client: AppClient, starts: list[datetime]) -> None:
    """Store that client "a" holds these slots, even if there are none."""
    names = [keys.format_instant(start) for start in starts]
    HoldsItem(
        keys.doctor_pk("dr-lee"), keys.holds_sk("a"), version=3, held=set(names) or None
    ).save()
    for name in names:
        client.dynamodb.update_item(
            TableName=client.services.settings.table_name,
            Key={"PK": {"S": "DOCTOR#dr-lee"}, "SK": {"S": "HOLDS#a"}},
            UpdateExpression="SET #start = :until",
            ExpressionAttributeNames={"#start": name},
            ExpressionAttributeValues={":until": {"S": "2026-11-22T12:01:00Z"}},
        )
