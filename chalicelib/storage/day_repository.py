"""Days in the table: the read model of a date, its slots, and the records of its saves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain import local_time
from chalicelib.domain.day import Day
from chalicelib.domain.errors import DayModifiedError, DoctorModifiedError, DoctorNotFoundError
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys, table
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import (
    day_from_item,
    directory_sort_key,
    doctor_from_item,
    format_microsecond,
    format_timestamp,
    parse_timestamp,
    save_record_from_item,
    save_record_to_item,
    search_sort_key,
    slot_map_to_raw,
    slot_to_entry,
    slot_to_item,
)
from chalicelib.storage.models import SCHEMA, ChangeItem, DayItem, DoctorItem, SlotItem
from chalicelib.storage.origin_mapping import origins_to_raw
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime

    from pynamodb.expressions.update import Action

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.save_record import SaveRecord
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.models import RawItem
    from chalicelib.storage.plan_models import PlanItem

    DayRead = tuple[Doctor, Day, SaveRecord | None]
    Items = Mapping[tuple[str, str], Any]

# One more than a month has days: after a full page there is always another request.
_PAGE_SIZE = 32


class DayRepository:
    """The days of all doctors."""

    def get_with_change(
        self,
        doctor_id: str,
        date: date,
        request_id: str | None = None,
        *,
        reads_adjacent: bool = False,
        running_plan: str | None = None,
    ) -> DayRead:
        """Read the doctor, the day, and the record of that request's save; None if there is none.

        It is one strongly consistent read. A date without a save is an empty day of version 0. With
        ``reads_adjacent``, the day also gets the slots of the dates before and after. Raises
        ``DoctorNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``; with the id of
        a ``running_plan``, ``PlanStoppedError`` if that is stopped, and ``PlanNotFoundError``.
        """
        pk = keys.doctor_pk(doctor_id)
        doctor_key, day_key = (pk, keys.DOCTOR_SK), (pk, keys.day_sk(date))
        change_keys = [(pk, keys.change_sk(date, request_id))] if request_id else []
        adjacent = local_time.adjacent_dates(date) if reads_adjacent else ()
        adjacent_keys = [(pk, keys.day_sk(each)) for each in adjacent]
        plan_keys = [(pk, keys.plan_sk(running_plan))] if running_plan else []
        items = table.batch_get([doctor_key, day_key, *change_keys, *adjacent_keys, *plan_keys])

        doctor = _decode_doctor(items, doctor_id)
        for plan_key in plan_keys:
            _require_not_stopped(items.get(plan_key))
        day = _decode_day(items, doctor_id, date)
        beside = [day_from_item(items[key]) for key in adjacent_keys if key in items]
        record = _decode_record(items, doctor_id, date, request_id) if request_id else None
        return doctor, day.with_adjacent(beside) if beside else day, record

    def get_many_with_changes(
        self, doctor_id: str, dates: Collection[date], request_id: str
    ) -> dict[date, DayRead]:
        """Read up to 49 dates as ``get_with_change`` does one, together in one read."""
        pk = keys.doctor_pk(doctor_id)
        change_keys = [(pk, keys.change_sk(on, request_id)) for on in dates]
        day_keys = [(pk, keys.day_sk(on)) for on in dates]
        items = table.batch_get([(pk, keys.DOCTOR_SK), *day_keys, *change_keys])
        doctor = _decode_doctor(items, doctor_id)
        return {
            on: (
                doctor,
                _decode_day(items, doctor_id, on),
                _decode_record(items, doctor_id, on, request_id),
            )
            for on in dates
        }

    def get(self, doctor_id: str, date: date) -> Day:
        """Read the day alone; strongly consistent. Raises ``StoreUnavailableError``."""
        try:
            with translate_read_errors():
                item = DayItem.get(
                    keys.doctor_pk(doctor_id), keys.day_sk(date), consistent_read=True
                )
        except DoesNotExist:
            return Day(doctor_id=doctor_id, date=date)
        return day_from_item(item)

    def list_range(
        self, doctor_id: str, first: date, last: date, *, page_size: int = _PAGE_SIZE
    ) -> Iterator[Day]:
        """Yield the stored days from the first date to the last, in time order.

        Strongly consistent. Pages are read as they are consumed. Raises ``StoreUnavailableError``.
        """
        with translate_read_errors():
            items = DayItem.query(
                keys.doctor_pk(doctor_id),
                DayItem.sk.between(keys.day_sk(first), keys.day_sk(last)),
                consistent_read=True,
                page_size=page_size,
            )
            yield from decode_readable(items, day_from_item)

    def save(
        self,
        doctor: Doctor,
        day: Day,
        entry: AuditLogEntry,
        record: SaveRecord,
        *,
        day_after: Day,
        now: datetime,
    ) -> None:
        """Apply the changes of the entry to ``day`` as it was read, in one transaction.

        The entry must be later than the day's last save. Raises ``DayModifiedError`` if the day or
        a slot has changed since, or if the same request has been saved; ``DoctorModifiedError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        pk = keys.doctor_pk(day.doctor_id)
        transaction = Transaction()
        for slot in entry.closed:
            _delete_slot(transaction, pk, slot, at=entry.at, now=now)
        for slot in entry.opened:
            _put_slot(transaction, pk, slot, at=entry.at)
        mark_actions = _mark_slots(transaction, day, entry) if entry.affected else ()
        _put_save_record(transaction, pk, day.date, record)
        add_entry(transaction, entry)
        if day.version == 0:
            _check_doctor_index_key(transaction, pk, doctor)
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
                *mark_actions,
            ],
            # Only saves set these attributes, and each makes a new version.
            condition=(
                DayItem.pk.does_not_exist() if day.version == 0 else DayItem.version == day.version
            ),
            on_failure=lambda _: DayModifiedError(),
        )
        transaction.commit()


def _decode_doctor(items: Items, doctor_id: str) -> Doctor:
    item = items.get((keys.doctor_pk(doctor_id), keys.DOCTOR_SK))
    if item is None:
        raise DoctorNotFoundError(doctor_id)
    return doctor_from_item(item)


def _decode_day(items: Items, doctor_id: str, date: date) -> Day:
    item = items.get((keys.doctor_pk(doctor_id), keys.day_sk(date)))
    return Day(doctor_id=doctor_id, date=date) if item is None else day_from_item(item)


def _decode_record(items: Items, doctor_id: str, date: date, request_id: str) -> SaveRecord | None:
    item = items.get((keys.doctor_pk(doctor_id), keys.change_sk(date, request_id)))
    return save_record_from_item(item) if item else None


def _require_not_stopped(item: PlanItem | None) -> None:
    from chalicelib.storage.series_mapping import require_not_stopped  # noqa: PLC0415  only plans

    require_not_stopped(item)


def _delete_slot(
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
    last_change = (raw_item or {}).get("changed_at", {}).get("S", "")
    if last_change < format_microsecond(at):
        return DayModifiedError(still_taken=(slot,))
    return DayModifiedError(still_taken=(slot,), last_change=parse_timestamp(last_change))


def _put_slot(transaction: Transaction, pk: str, slot: Slot, *, at: datetime) -> None:
    transaction.put(
        slot_to_item(pk, slot, changed_at=at),
        condition=SlotItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(already_existing=(slot,)),
    )


def _mark_slots(transaction: Transaction, day: Day, entry: AuditLogEntry) -> list[Action]:
    from chalicelib.storage.disruption_writes import mark_slots  # noqa: PLC0415  few saves

    return mark_slots(transaction, day, entry)


def _put_save_record(transaction: Transaction, pk: str, date: date, record: SaveRecord) -> None:
    transaction.put(
        save_record_to_item(pk, date, record),
        condition=ChangeItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(),
    )


def _check_doctor_index_key(transaction: Transaction, pk: str, doctor: Doctor) -> None:
    # A new day is written with the doctor's index key, which must be the current one.
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
