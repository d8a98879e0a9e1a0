"""Days and their slots in the table: read together, saved in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.day import Change, Day
from chalicelib.domain.errors import DayChanged, DoctorChanged, DoctorNotFound
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import day_items, doctor_items, keys, slot_map, table
from chalicelib.storage.failures import reading
from chalicelib.storage.records import ChangeRecord, DayRecord, DoctorRecord, SlotRecord
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from pynamodb.expressions.update import Action

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.saved import Saved

# Days read at a time: one more than a month has. Behind a full page DynamoDB wants to be asked
# again, even if nothing is there.
_PAGE = 32


class Days:
    """The days of all doctors."""

    def load(
        self, doctor_id: str, on: date, request_id: str | None = None
    ) -> tuple[Doctor, Day, Saved | None]:
        """One strongly consistent read: the doctor, the day, and the save of that request, if any.

        A date on which nothing was ever saved is an empty day of version 0. Raises
        ``DoctorNotFound``, ``Unavailable``.
        """
        partition = keys.of_doctor(doctor_id)
        wanted = [(partition, keys.DOCTOR), (partition, keys.of_day(on))]
        if request_id is not None:
            wanted.append((partition, keys.of_change(on, request_id)))
        found = table.get_together(wanted)

        doctor, day, change = (found.get(key) for key in (*wanted, (partition, ""))[:3])
        if not isinstance(doctor, DoctorRecord):
            raise DoctorNotFound(doctor_id)
        return (
            doctor_items.read(doctor),
            day_items.read(day)
            if isinstance(day, DayRecord)
            else Day(doctor_id=doctor_id, date=on),
            day_items.read_saved(change) if isinstance(change, ChangeRecord) else None,
        )

    def load_alone(self, doctor_id: str, on: date) -> Day:
        """The day as ``load`` reads it, for whoever knows the doctor. Raises ``Unavailable``."""
        try:
            with reading():
                item = DayRecord.get(
                    keys.of_doctor(doctor_id), keys.of_day(on), consistent_read=True
                )
        except DoesNotExist:
            return Day(doctor_id=doctor_id, date=on)
        return day_items.read(item)

    def between(
        self, doctor_id: str, first: date, last: date, *, at_a_time: int = _PAGE
    ) -> Iterator[Day]:
        """The days on which anything was ever saved, both ends included, in time order.

        Strongly consistent, and read as far as they are asked for, by default a month at a time.
        Raises ``Unavailable``.
        """
        with reading():
            yield from map(
                day_items.read,
                DayRecord.query(
                    keys.of_doctor(doctor_id),
                    DayRecord.sk.between(keys.of_day(first), keys.of_day(last)),
                    consistent_read=True,
                    page_size=at_a_time,
                ),
            )

    def changes(self, doctor_id: str, on: date) -> list[Saved]:
        """Every save of that date, the newest first; consistent. Raises ``Unavailable``."""
        with reading():
            found = list(
                ChangeRecord.query(
                    keys.of_doctor(doctor_id),
                    ChangeRecord.sk.startswith(keys.of_change(on, "")),
                    consistent_read=True,
                )
            )
        return sorted(map(day_items.read_saved, found), key=lambda saved: -saved.version)

    def save(self, doctor: Doctor, day: Day, saved: Saved, *, now: datetime) -> Day:
        """Store the change of ``saved`` on top of ``day`` as it was read, whole or not at all.

        Raises ``DayChanged`` where the day or one of the slots is no longer as it was read, or
        the request was carried out meanwhile; ``DoctorChanged``; ``Unavailable``;
        ``OutcomeUnknown``.
        """
        change = saved.change
        partition = keys.of_doctor(day.doctor_id)
        transaction = Transaction()
        for slot in change.withdraws:
            transaction.delete(
                SlotRecord(partition, keys.of_slot(slot.start)),
                if_=(SlotRecord.status == str(SlotStatus.FREE))
                | (
                    (SlotRecord.status == str(SlotStatus.HELD))
                    & (SlotRecord.held_until <= slot_map.moment(now))
                ),
                otherwise=DayChanged(stay=(slot,)),
            )
        for slot in change.opens:
            transaction.put(
                day_items.write_slot(partition, slot),
                if_=SlotRecord.pk.does_not_exist(),
                otherwise=DayChanged(exist=(slot,)),
            )
        transaction.put(
            day_items.write_saved(partition, day.date, saved),
            if_=ChangeRecord.pk.does_not_exist(),
            otherwise=DayChanged(),
        )
        if day.version == 0:
            # The new day must not stand where the doctor is no longer searched for.
            transaction.check(
                DoctorRecord(partition, keys.DOCTOR),
                if_=DoctorRecord.place == doctor_items.place(doctor),
                otherwise=DoctorChanged(),
            )
        transaction.update(
            DayRecord(partition, keys.of_day(day.date)),
            _first_save(doctor, day.after(change)) if day.version == 0 else _further_save(change),
            if_=(
                DayRecord.pk.does_not_exist()
                if day.version == 0
                else DayRecord.version == day.version
            ),
            otherwise=DayChanged(),
        )
        transaction.commit()
        return day.after(change)


def _first_save(doctor: Doctor, day: Day) -> list[Action]:
    return [
        DayRecord.kind.set(DayRecord),
        DayRecord.partition.set(keys.of_search(doctor.specialty, day.date)),
        DayRecord.place.set(day_items.place(doctor)),
        DayRecord.version.set(day.version),
        DayRecord.revision.set(day.revision),
        DayRecord.slots.set(slot_map.write(day.slots.values())),
    ]


def _further_save(change: Change) -> list[Action]:
    # Entry by entry: a patient may book another slot of the day at the same moment.
    entries = DayRecord.slots
    return [
        DayRecord.version.set(DayRecord.version + 1),
        DayRecord.revision.set(DayRecord.revision + 1),
        *(entries[keys.instant(slot.start)].set(slot_map.entry(slot)) for slot in change.opens),
        *(entries[keys.instant(slot.start)].remove() for slot in change.withdraws),
    ]
