"""Days in the table: the read model of a date, its slots, and the records of its saves."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain import local_time
from chalicelib.domain.day import Day
from chalicelib.domain.errors import DoctorNotFoundError, UnreadableItemError
from chalicelib.storage import keys, table
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.day_writes import (
    check_doctor_index_key,
    delete_slot,
    put_save_record,
    put_slot,
    require_latest_time_off,
    update_day,
)
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.doctor_mapping import doctor_from_item
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import (
    day_from_item,
    save_record_from_item,
)
from chalicelib.storage.models import DayItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date, datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.save_record import SaveRecord
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.storage.plan_models import PlanItem

    DayKey = tuple[str, date]
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
        self, days: Collection[DayKey], request_id: str
    ) -> dict[DayKey, DayRead]:
        """Read up to 33 days as ``get_with_change`` does one, together in one read."""
        pks = {doctor_id: keys.doctor_pk(doctor_id) for doctor_id, _ in days}
        doctor_keys = [(pk, keys.DOCTOR_SK) for pk in pks.values()]
        day_keys = [(pks[doctor_id], keys.day_sk(on)) for doctor_id, on in days]
        change_keys = [(pks[doctor_id], keys.change_sk(on, request_id)) for doctor_id, on in days]
        items = table.batch_get([*doctor_keys, *day_keys, *change_keys])
        doctors = {doctor_id: _decode_doctor(items, doctor_id) for doctor_id in pks}
        return {
            (doctor_id, on): (
                doctors[doctor_id],
                _decode_day(items, doctor_id, on),
                _decode_record(items, doctor_id, on, request_id),
            )
            for doctor_id, on in days
        }

    def list_on(
        self, date: date, doctor_ids: Collection[str], known: Mapping[str, Doctor] | None = None
    ) -> list[tuple[Doctor, Day]]:
        """Read a date of up to 50 doctors, and those of them who are not ``known``, in one read.

        Strongly consistent, in the order of the ids. Doctors who don't exist are left out, and so
        are those of whom an item can't be read. Raises ``StoreUnavailableError``.
        """
        doctors = dict(known or {})
        pks = {doctor_id: keys.doctor_pk(doctor_id) for doctor_id in doctor_ids}
        doctor_keys = [(pks[each], keys.DOCTOR_SK) for each in doctor_ids if each not in doctors]
        day_keys = [(pk, keys.day_sk(date)) for pk in pks.values()]
        items = table.batch_get([*doctor_keys, *day_keys]) if doctor_ids else {}
        found = decode_readable(
            (items[key] for key in doctor_keys if key in items), doctor_from_item
        )
        doctors |= {doctor.doctor_id: doctor for doctor in found}
        days = []
        for doctor_id in doctor_ids:
            if doctor_id in doctors:
                with suppress(UnreadableItemError):
                    days.append((doctors[doctor_id], _decode_day(items, doctor_id, date)))
        return days

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
        time_off: TimeOff | None = None,
    ) -> None:
        """Apply the changes of the entry to ``day`` as it was read, in one transaction.

        The entry must be later than the day's last save. Raises ``DayModifiedError`` if the day or
        a slot has changed since, or if the same request has been saved; ``DoctorModifiedError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``; ``TimeOffReplacedError`` if there is a
        later version of ``time_off``.
        """
        pk = keys.doctor_pk(day.doctor_id)
        transaction = Transaction()
        for slot in entry.closed:
            delete_slot(transaction, pk, slot, at=entry.at, now=now)
        for slot in entry.opened:
            put_slot(transaction, pk, slot, at=entry.at)
        put_save_record(transaction, pk, day.date, record)
        add_entry(transaction, entry)
        if day.version == 0:
            check_doctor_index_key(transaction, pk, doctor)
        if time_off:
            require_latest_time_off(transaction, day.doctor_id, time_off)
        update_day(transaction, doctor, day, entry, day_after)
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
