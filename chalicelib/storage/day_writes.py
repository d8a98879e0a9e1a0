"""The writes of a save of a day, each in the transaction of the save."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.errors import DayModifiedError, DoctorModifiedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.doctor_mapping import directory_sort_key, search_sort_key
from chalicelib.storage.mapping import (
    format_microsecond,
    format_timestamp,
    last_change_from_raw,
    save_record_to_item,
    slot_map_to_raw,
    slot_to_entry,
    slot_to_item,
)
from chalicelib.storage.models import SCHEMA, ChangeItem, DayItem, DoctorItem, SlotItem
from chalicelib.storage.origin_mapping import origins_to_raw

if TYPE_CHECKING:
    from datetime import date, datetime

    from pynamodb.expressions.update import Action

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.save_record import SaveRecord
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.storage.models import RawItem
    from chalicelib.storage.transaction import Transaction


def update_day(
    transaction: Transaction, doctor: Doctor, day: Day, entry: AuditLogEntry, day_after: Day
) -> None:
    """Create or update the day, if it has the version that was read."""
    pk = keys.doctor_pk(day.doctor_id)
    transaction.update(
        (pk, keys.day_sk(day.date)),
        [
            *(
                _create_day_actions(doctor, day_after)
                if day.version == 0
                else _update_day_actions(entry)
            ),
            DayItem.changed_at.set(format_microsecond(entry.at)),
            _origins_action(day_after),
            *_series_actions(day, day_after),
            *_blocked_actions(day, day_after),
            *(_mark_slots(transaction, day, entry) if entry.affected else ()),
        ],
        # Only saves set these attributes, and each makes a new version.
        condition=(
            DayItem.pk.does_not_exist() if day.version == 0 else DayItem.version == day.version
        ),
        on_failure=lambda _: DayModifiedError(),
    )


def delete_slot(
    transaction: Transaction, pk: str, slot: Slot, *, at: datetime, now: datetime
) -> None:
    transaction.delete(
        (pk, keys.slot_sk(slot.start)),
        condition=(
            (SlotItem.status == str(SlotStatus.FREE))
            | (
                (SlotItem.status == str(SlotStatus.HELD))
                & (SlotItem.held_until <= format_timestamp(now))
            )
        )
        & (SlotItem.changed_at.does_not_exist() | (SlotItem.changed_at < format_microsecond(at))),
        on_failure=partial(_close_failure, slot, at),
    )


def _close_failure(slot: Slot, at: datetime, raw_item: RawItem | None) -> DayModifiedError:
    """Return what keeps a slot from being closed: a patient, or an act of a later instant."""
    last_change = last_change_from_raw(raw_item)
    if last_change is None or last_change < at:
        return DayModifiedError(still_taken=(slot,))
    return DayModifiedError(still_taken=(slot,), last_change=last_change)


def put_slot(transaction: Transaction, pk: str, slot: Slot, *, at: datetime) -> None:
    transaction.put(
        slot_to_item(pk, slot, changed_at=at),
        condition=SlotItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(already_existing=(slot,)),
    )


def _mark_slots(transaction: Transaction, day: Day, entry: AuditLogEntry) -> list[Action]:
    from chalicelib.storage.disruption_writes import mark_slots  # noqa: PLC0415  few saves

    return mark_slots(transaction, day, entry)


def put_save_record(transaction: Transaction, pk: str, date: date, record: SaveRecord) -> None:
    transaction.put(
        save_record_to_item(pk, date, record),
        condition=ChangeItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(),
    )


def check_doctor_index_key(transaction: Transaction, pk: str, doctor: Doctor) -> None:
    """Require that the doctor's specialty and location, of which a day gets its key, are current.

    If not, the transaction fails with ``DoctorModifiedError``.
    """
    transaction.check(
        (pk, keys.DOCTOR_SK),
        condition=DoctorItem.gsi1_sk == directory_sort_key(doctor),
        on_failure=lambda _: DoctorModifiedError(),
    )


def _origins_action(day: Day) -> Action:
    origins = origins_to_raw(day.slots.values(), day.date)
    return DayItem.origins.set(origins) if origins else DayItem.origins.remove()


def _series_actions(day: Day, day_after: Day) -> list[Action]:
    versions = day_after.series_versions
    return [] if versions == day.series_versions else [DayItem.series.set(dict(versions))]


def _blocked_actions(day: Day, day_after: Day) -> list[Action]:
    if day_after.blocked == day.blocked:
        return []
    from chalicelib.storage.time_off_mapping import stretches_to_raw  # noqa: PLC0415  few saves

    raw = stretches_to_raw(day_after.blocked)
    if not raw:
        return [DayItem.blocked.remove(), DayItem.blocked_version.remove()]
    return [DayItem.blocked.set(raw), DayItem.blocked_version.set(day_after.version)]


def require_latest_time_off(transaction: Transaction, doctor_id: str, time_off: TimeOff) -> None:
    from chalicelib.storage.time_off_writes import require_latest  # noqa: PLC0415  few saves

    require_latest(transaction, doctor_id, time_off)


def _create_day_actions(doctor: Doctor, day: Day) -> list[Action]:
    return [
        DayItem.kind.set(DayItem),
        DayItem.schema.set(SCHEMA),
        DayItem.gsi1_pk.set(keys.search_pk(doctor.specialty, day.date)),
        DayItem.gsi1_sk.set(search_sort_key(doctor)),
        DayItem.version.set(day.version),
        DayItem.revision.set(day.revision),
        DayItem.slots.set(slot_map_to_raw(day.slots.values())),
    ]


def _update_day_actions(changes: AuditLogEntry) -> list[Action]:
    # Entry by entry: another slot of the day may be booked at the same moment.
    entries = DayItem.slots
    return [
        DayItem.version.set(DayItem.version + 1),
        DayItem.revision.set(DayItem.revision + 1),
        *(
            entries[keys.format_instant(slot.start)].set(slot_to_entry(slot))
            for slot in changes.opened
        ),
        *(entries[keys.format_instant(slot.start)].remove() for slot in changes.closed),
    ]
