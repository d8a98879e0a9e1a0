"""Holds and bookings in the table: one transaction per operation, without a prior read."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from msgspec import Struct, structs
from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.booking import BookingClaim, Cancellation, HoldClaim, MoveClaim, Release
from chalicelib.domain.errors import DayModifiedError, SlotStateMismatchError
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_timestamp, slot_from_item
from chalicelib.storage.models import DayItem, SlotItem
from chalicelib.storage.slot_dates import find_stored_date
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from pynamodb.attributes import Attribute
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.operand import Path
    from pynamodb.expressions.update import Action

    from chalicelib.domain.booking import SlotOperation, StoredSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.transaction import RawItem


class BookingRepository:
    """Reads single slots, and writes the operations on them."""

    def get(self, slot_id: SlotId) -> StoredSlot | None:
        """Return the stored slot, with a consistent read. Raises ``StoreUnavailableError``."""
        pk = keys.doctor_pk(slot_id.doctor_id)
        try:
            with translate_read_errors():
                item = SlotItem.get(pk, keys.slot_sk(slot_id.start), consistent_read=True)
        except DoesNotExist:
            return None
        return slot_from_item(item)

    def apply(self, operation: SlotOperation, expected: Slot, now: datetime) -> None:
        """Write the operation if each slot is in the state that it requires.

        A slot to hold or book must end when ``expected`` does. Raises ``SlotStateMismatchError``
        with the stored slot, ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        match operation:
            case HoldClaim():
                _commit(_hold_update(operation, expected, now))
            case MoveClaim():
                _commit(
                    _booking_update(operation, expected, now),
                    _cancel_update(operation.cancellation, now),
                )
            case BookingClaim():
                _commit(_booking_update(operation, expected, now))
            case Release():
                _commit(_release_update(operation, now))
            case Cancellation():
                _commit(_cancel_update(operation, now))


class _SlotUpdate(Struct, frozen=True, kw_only=True):
    """The update of one slot, in its own item and in the slot map of its day.

    ``slot`` is the slot after the update, and ``condition`` that of its item. ``claim_actions`` set
    or remove the attributes that only the item has.
    """

    doctor: Doctor
    slot: Slot
    condition: Condition
    claim_actions: list[Action]

    @property
    def slot_key(self) -> tuple[str, str]:
        return keys.doctor_pk(self.doctor.doctor_id), keys.slot_sk(self.slot.start)

    @property
    def day_key(self) -> tuple[str, str]:
        return keys.doctor_pk(self.doctor.doctor_id), keys.day_sk(self.date)

    @property
    def date(self) -> date:
        return self.slot.date_in(self.doctor.zone)

    def relocated(self) -> _SlotUpdate:
        """Return the update with the date under which the slot is stored."""
        date = find_stored_date(self.doctor.doctor_id, self.slot.start, self.date)
        return structs.replace(self, slot=replace(self.slot, stored_date=date))

    @property
    def day_has_slot(self) -> Condition:
        is_in_day: Condition = DayItem.slots[keys.format_instant(self.slot.start)].exists()
        return is_in_day

    def slot_actions(self) -> list[Action]:
        return [
            SlotItem.status.set(str(self.slot.status)),
            self._held_until_action(SlotItem.held_until),
            *self.claim_actions,
        ]

    def day_actions(self) -> list[Action]:
        entry = DayItem.slots[keys.format_instant(self.slot.start)]
        return [
            entry["status"].set(str(self.slot.status)),
            self._held_until_action(entry["until"]),
        ]

    def _held_until_action(self, path: Attribute[str] | Path) -> Action:
        until = self.slot.held_until
        return path.set(format_timestamp(until)) if until else path.remove()

    def mismatch(self, raw_item: RawItem | None) -> SlotStateMismatchError:
        stored = slot_from_item(SlotItem.from_raw_data(raw_item)) if raw_item else None
        return SlotStateMismatchError(SlotId(self.doctor.doctor_id, self.slot.start), stored)


def _hold_update(claim: HoldClaim, expected: Slot, now: datetime) -> _SlotUpdate:
    return _SlotUpdate(
        doctor=claim.doctor,
        slot=claim.slot_after(expected, now),
        condition=_can_be_claimed(expected, claim.holder, now),
        claim_actions=[SlotItem.holder.set(claim.holder)],
    )


def _release_update(release: Release, now: datetime) -> _SlotUpdate:
    return _SlotUpdate(
        doctor=release.doctor,
        slot=release.slot_after(release.expected_slot(), now),
        condition=(SlotItem.status == str(SlotStatus.HELD)) & (SlotItem.holder == release.holder),
        claim_actions=[SlotItem.holder.remove()],
    )


def _booking_update(claim: BookingClaim, expected: Slot, now: datetime) -> _SlotUpdate:
    booking = claim.booking
    return _SlotUpdate(
        doctor=claim.doctor,
        slot=claim.slot_after(expected, now),
        condition=_can_be_claimed(expected, booking.holder, now),
        claim_actions=[
            SlotItem.holder.remove(),
            SlotItem.booking_id.set(booking.booking_id),
            SlotItem.patient_reference.set(booking.patient_reference),
        ],
    )


def _cancel_update(cancellation: Cancellation, now: datetime) -> _SlotUpdate:
    return _SlotUpdate(
        doctor=cancellation.doctor,
        slot=cancellation.slot_after(cancellation.expected_slot(), now),
        condition=(SlotItem.status == str(SlotStatus.BOOKED))
        & (SlotItem.booking_id == cancellation.booking_id),
        claim_actions=[SlotItem.booking_id.remove(), SlotItem.patient_reference.remove()],
    )


def _can_be_claimed(slot: Slot, holder: str | None, now: datetime) -> Condition:
    may_replace_hold = SlotItem.held_until <= format_timestamp(now)
    if holder is not None:
        may_replace_hold = may_replace_hold | (SlotItem.holder == holder)
    is_held = SlotItem.status == str(SlotStatus.HELD)
    is_available = (SlotItem.status == str(SlotStatus.FREE)) | (is_held & may_replace_hold)
    can_be_claimed: Condition = (SlotItem.end == keys.format_instant(slot.end)) & is_available
    return can_be_claimed


def _commit(*updates: _SlotUpdate) -> None:
    """Write all updates; if a day lacks its slot, find the day that has it, and write once more."""
    try:
        _write(updates)
    except DayModifiedError:
        relocated = [update.relocated() for update in updates]
        if [update.date for update in relocated] == [update.date for update in updates]:
            raise
        _write(relocated)


def _write(updates: Sequence[_SlotUpdate]) -> None:
    """Write all updates in one transaction: each slot item, and each day once for all its slots."""
    transaction = Transaction()
    days: dict[tuple[str, str], list[_SlotUpdate]] = {}
    for update in updates:
        transaction.update(
            SlotItem(*update.slot_key),
            update.slot_actions(),
            condition=update.condition,
            on_failure=update.mismatch,
        )
        days.setdefault(update.day_key, []).append(update)
    for day_key, day_updates in days.items():
        _update_day(transaction, DayItem(*day_key), day_updates)
    transaction.commit()


def _update_day(transaction: Transaction, day: DayItem, updates: list[_SlotUpdate]) -> None:
    transaction.update(
        day,
        # The version stays the same: a booking must not make the save of a doctor fail.
        [
            DayItem.revision.set(DayItem.revision + 1),
            *(action for update in updates for action in update.day_actions()),
        ],
        # This holds whenever the slot's condition does. Without it, DynamoDB would reject a missing
        # path with a validation error, and not report that the slot's condition failed.
        condition=reduce(and_, (update.day_has_slot for update in updates)),
        on_failure=lambda _: DayModifiedError(),
    )
