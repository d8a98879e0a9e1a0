"""Holds and bookings in the table: one transaction per operation, without a prior read."""

from __future__ import annotations

from functools import partial, reduce
from operator import and_
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.booking import DayBlocks, Observed
from chalicelib.domain.disruptions import RebookedSlot
from chalicelib.domain.errors import DayModifiedError, SlotStateMismatchError
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.storage import keys, table
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.booking_conditions import has_blocks, has_disruption, record_is, slot_is
from chalicelib.storage.booking_mapping import (
    format_cancellation,
    holds_from_raw,
    record_from_item,
    set_or_remove,
    slot_actions,
    slot_from_item,
)
from chalicelib.storage.day_blocks import blocks_from_item, blocks_from_raw
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.disruption_mapping import format_rebooked
from chalicelib.storage.disruption_writes import add_changed_date
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.hold_writes import update_holds
from chalicelib.storage.mapping import format_timestamp
from chalicelib.storage.models import SCHEMA, BookingItem, DayItem, HoldsItem, SlotItem
from chalicelib.storage.slot_dates import read_with_date
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.booking import ClientHolds, StoredSlot
    from chalicelib.domain.booking_writes import (
        BookingWrites,
        RecordWrite,
        SlotWrite,
    )
    from chalicelib.storage.models import RawItem
    from chalicelib.storage.table import Key

# The actions that are always the same: PynamoDB creates several objects for each.
_NEXT_REVISION = DayItem.revision.set(DayItem.revision + 1)
# The update of an item that may be new.
_NEXT_RECORD_VERSION = (
    BookingItem.kind.set(BookingItem),
    BookingItem.schema.set(SCHEMA),
    BookingItem.version.add(1),
)


class BookingRepository:
    """Reads slots with their holds and bookings, and writes the operations on them."""

    def get(self, slot_id: SlotId) -> StoredSlot | None:
        """Return the stored slot, with a consistent read. Raises ``StoreUnavailableError``."""
        try:
            with translate_read_errors():
                item = SlotItem.get(*_slot_key(slot_id), consistent_read=True)
        except DoesNotExist:
            return None
        return slot_from_item(item)

    def read(
        self,
        slot_ids: Sequence[SlotId],
        record_key: tuple[str, str] | None = None,
        day_key: tuple[str, date] | None = None,
    ) -> Observed:
        """Read slots, and what is given of the rest, in one consistent read.

        ``record_key`` is the owner and the id of a booking, ``day_key`` a doctor and the date of
        which to read what is blocked. Raises ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        record = (keys.booking_pk(*record_key), keys.BOOKING_SK) if record_key else None
        day = (keys.doctor_pk(day_key[0]), keys.day_sk(day_key[1])) if day_key else None
        others = [key for key in (record, day) if key]
        found = table.batch_get([*map(_slot_key, slot_ids), *others])
        slots = {slot_id: found.get(_slot_key(slot_id)) for slot_id in slot_ids}
        item = found.get(record) if record else None
        return Observed(
            slots={
                slot_id: None if slot is None else slot_from_item(slot)
                for slot_id, slot in slots.items()
            },
            record=None if item is None else record_from_item(item),
            blocks={day_key: blocks_from_item(found.get(day))} if day_key and day else {},
        )

    def get_holds(self, doctor_id: str, client: str) -> ClientHolds | None:
        """Return the counted holds of a client, with a consistent read; some may have expired.

        Raises ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        with translate_read_errors():
            response = table.connection().get_item(
                HoldsItem.Meta.table_name or "",
                keys.doctor_pk(doctor_id),
                keys.holds_sk(client),
                consistent_read=True,
            )
        item = response.get("Item")
        return holds_from_raw(item) if item else None

    def list_booked(self, doctor_id: str, first: datetime, last: datetime) -> Iterator[StoredSlot]:
        """Yield the booked slots of a doctor that start in that time, both ends included.

        Strongly consistent, in time order. Raises ``StoreUnavailableError``.
        """
        with translate_read_errors():
            items = SlotItem.query(
                keys.doctor_pk(doctor_id),
                SlotItem.sk.between(keys.slot_sk(first), keys.slot_sk(last)),
                filter_condition=SlotItem.status == str(SlotStatus.BOOKED),
                consistent_read=True,
            )
            yield from decode_readable(items, slot_from_item)

    def commit(self, writes: BookingWrites) -> None:
        """Write everything in one transaction, if every item is as its write requires.

        Raises ``SlotStateMismatchError`` with the items that are not, ``UnreadableItemError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        transaction = Transaction()
        for entry in writes.entries:
            add_entry(transaction, entry)
        for slot in writes.slots:
            _update_slot(transaction, slot, writes.at)
        for day_key, slots in _by_day(writes.slots).items():
            _update_day(transaction, day_key, slots)
        if writes.record is not None:
            _update_record(transaction, writes.record)
        if writes.changes_disruptions:
            _add_changed_dates(transaction, writes)
        if writes.holds is not None:
            doctor_id = writes.slots[0].doctor.doctor_id
            update_holds(transaction, doctor_id, writes.holds)
        try:
            transaction.commit()
        except DayModifiedError as error:
            raise _day_failure(writes.slots, error) from error
        except SlotStateMismatchError as error:
            if not error.observed.blocks:
                raise
            # Whether the slot may be booked all the same depends on who holds it.
            found = self.read([write.slot_id for write in writes.slots], None)
            raise SlotStateMismatchError(error.observed.updated(found)) from error


def _add_changed_dates(transaction: Transaction, writes: BookingWrites) -> None:
    for pk, sk in _by_day(writes.slots):
        doctor_id, date = keys.parse_doctor_pk(pk), keys.parse_day_sk(sk)
        add_changed_date(transaction, doctor_id, date, at=writes.at)


def _day_failure(
    writes: Sequence[SlotWrite], error: DayModifiedError
) -> DayModifiedError | SlotStateMismatchError:
    """Return the slots that are stored under another date than assumed; without any, the error."""
    slots = {
        write.slot_id: read_with_date(write.slot_id, write.after.slot.date_in(write.doctor.zone))
        for write in writes
    }
    is_as_assumed = all(
        stored and stored.slot.stored_date == write.after.slot.date_in(write.doctor.zone)
        for write, stored in zip(writes, slots.values(), strict=True)
    )
    return error if is_as_assumed else SlotStateMismatchError(Observed(slots=slots))


def _slot_key(slot_id: SlotId) -> Key:
    return keys.doctor_pk(slot_id.doctor_id), keys.slot_sk(slot_id.start)


def _update_slot(transaction: Transaction, write: SlotWrite, at: datetime) -> None:
    def mismatch(raw_item: RawItem | None) -> SlotStateMismatchError:
        stored = slot_from_item(SlotItem.from_raw_data(raw_item)) if raw_item else None
        return SlotStateMismatchError(Observed(slots={write.slot_id: stored}))

    key, condition = _slot_key(write.slot_id), _slot_condition(write, at)
    if write.closes_slot:
        transaction.delete(key, condition=condition, on_failure=mismatch)
    else:
        actions = slot_actions(write.after, at)
        transaction.update(key, actions, condition=condition, on_failure=mismatch)


def _slot_condition(write: SlotWrite, at: datetime) -> Condition:
    condition: Condition = slot_is(write.requires, at) & has_disruption(write.disruption)
    return condition


def _by_day(writes: Sequence[SlotWrite]) -> dict[Key, list[SlotWrite]]:
    """Group the slots by day item, because a transaction writes each item once."""
    days: dict[Key, list[SlotWrite]] = {}
    for write in writes:
        date = write.after.slot.date_in(write.doctor.zone)
        key = keys.doctor_pk(write.doctor.doctor_id), keys.day_sk(date)
        days.setdefault(key, []).append(write)
    return days


def _update_day(transaction: Transaction, key: Key, writes: list[SlotWrite]) -> None:
    transaction.update(
        key,
        # The version stays the same: a booking must not make the save of a doctor fail.
        [
            _NEXT_REVISION,
            *(action for write in writes for action in _day_actions(write)),
        ],
        # This holds whenever the slot's condition does. Without it, DynamoDB would reject a missing
        # path with a validation error, and not report that the slot's condition failed.
        condition=reduce(and_, (_day_has(write) for write in writes)),
        on_failure=partial(_day_mismatch, writes),
    )


def _day_mismatch(
    writes: Sequence[SlotWrite], raw_item: RawItem | None
) -> DayModifiedError | SlotStateMismatchError:
    """Return what is blocked of the day, if that is not what the writes expect of it."""
    blocks = blocks_from_raw(raw_item)
    for write in writes:
        if write.needs_open_day and (write.blocks or DayBlocks()).version != blocks.version:
            key = write.doctor.doctor_id, write.after.slot.date_in(write.doctor.zone)
            return SlotStateMismatchError(Observed(blocks={key: blocks}))
    return DayModifiedError()


def _day_has(write: SlotWrite) -> Condition:
    is_in_day: Condition = DayItem.slots[keys.format_instant(write.slot_id.start)].exists()
    return is_in_day & has_blocks(write.blocks) if write.needs_open_day else is_in_day


def _day_actions(write: SlotWrite) -> list[Action]:
    slot = write.after.slot
    entry = DayItem.slots[keys.format_instant(write.slot_id.start)]
    if write.closes_slot:
        return [entry.remove(), *_rebooked_actions(write)]
    since = slot.disrupted_since
    return [
        entry["status"].set(str(slot.status)),
        set_or_remove(
            entry["until"], format_timestamp(slot.held_until) if slot.held_until else None
        ),
        entry["desk"].set(True) if slot.is_desk_booking else entry["desk"].remove(),
        set_or_remove(entry["disrupted"], format_timestamp(since) if since else None),
    ]


def _rebooked_actions(write: SlotWrite) -> list[Action]:
    """Return the action that keeps what has become of a disrupted booking."""
    slot = write.after.slot
    rebooked = RebookedSlot(start=slot.start, end=slot.end, moved_to=write.rebooked_to)
    return [DayItem.rebooked.add({format_rebooked(rebooked)})]


def _update_record(transaction: Transaction, write: RecordWrite) -> None:
    transaction.update(
        (keys.booking_pk(write.owner, write.booking_id), keys.BOOKING_SK),
        [
            *_NEXT_RECORD_VERSION,
            BookingItem.expires_at.set(int(write.expires_at.timestamp())),
            set_or_remove(BookingItem.slot_id, str(write.slot_id) if write.slot_id else None),
            set_or_remove(BookingItem.patient_reference, write.patient_reference),
            *_cancellation_actions(write),
        ],
        condition=record_is(write.requires),
        on_failure=_record_mismatch,
    )


def _record_mismatch(raw_item: RawItem | None) -> SlotStateMismatchError:
    item = BookingItem.from_raw_data(raw_item) if raw_item else None
    return SlotStateMismatchError(Observed(record=record_from_item(item) if item else None))


def _cancellation_actions(write: RecordWrite) -> list[Action]:
    new = {format_cancellation(write.new_cancellation)} if write.new_cancellation else set()
    if write.cancellations is None:
        return [BookingItem.cancelled.add(new)] if new else []
    cancellations = {format_cancellation(each) for each in write.cancellations} | new
    return [
        BookingItem.cancelled.set(cancellations)
        if cancellations
        else BookingItem.cancelled.remove()
    ]
