"""Days and their slots in the table: read together, saved in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.day import Change, Day
from chalicelib.domain.errors import DayChanged, DoctorNotFound
from chalicelib.domain.saved import Saved
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import doctor_items, keys, slot_map
from chalicelib.storage.failures import reading
from chalicelib.storage.records import ChangeRecord, DayRecord, DoctorRecord, Item, SlotRecord
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from datetime import date, datetime

    from pynamodb.expressions.update import Action

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot


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
        with reading():
            found = {item.sk: item for item in Item.batch_get(wanted, consistent_read=True)}

        doctor, day, change = (found.get(sk) for _, sk in (*wanted, (partition, ""))[:3])
        if not isinstance(doctor, DoctorRecord):
            raise DoctorNotFound(doctor_id)
        return (
            doctor_items.read(doctor),
            _read_day(day, doctor_id, on),
            _read_saved(change) if isinstance(change, ChangeRecord) else None,
        )

    def save(self, day: Day, saved: Saved, *, now: datetime) -> Day:
        """Store the change of ``saved`` on top of ``day`` as it was read, whole or not at all.

        Raises ``DayChanged`` where the day or one of the slots is no longer as it was read, or
        the request was carried out meanwhile; ``Unavailable``; ``OutcomeUnknown``.
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
                _slot_item(partition, slot),
                if_=SlotRecord.pk.does_not_exist(),
                otherwise=DayChanged(exist=(slot,)),
            )
        transaction.put(
            _change_item(partition, day.date, saved),
            if_=ChangeRecord.pk.does_not_exist(),
            otherwise=DayChanged(),
        )
        transaction.update(
            DayRecord(partition, keys.of_day(day.date)),
            _first_save(day.after(change)) if day.version == 0 else _further_save(change),
            if_=(
                DayRecord.pk.does_not_exist()
                if day.version == 0
                else DayRecord.version == day.version
            ),
            otherwise=DayChanged(),
        )
        transaction.commit()
        return day.after(change)


def _first_save(day: Day) -> list[Action]:
    return [
        DayRecord.kind.set(DayRecord),
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


def _slot_item(partition: str, slot: Slot) -> SlotRecord:
    return SlotRecord(
        partition,
        keys.of_slot(slot.start),
        start=keys.instant(slot.start),
        end=keys.instant(slot.end),
        status=str(slot.status),
    )


def _change_item(partition: str, on: date, saved: Saved) -> ChangeRecord:
    return ChangeRecord(
        partition,
        keys.of_change(on, saved.request_id),
        request_id=saved.request_id,
        fingerprint=saved.fingerprint,
        version=saved.version,
        at=slot_map.moment(saved.at),
        by=saved.by,
        client=saved.client,
        opened=slot_map.write(saved.change.opens),
        withdrawn=slot_map.write(saved.change.withdraws),
    )


def _read_saved(item: ChangeRecord) -> Saved:
    return Saved(
        request_id=item.request_id,
        fingerprint=item.fingerprint,
        version=int(item.version),
        at=slot_map.read_moment(item.at),
        by=item.by,
        client=item.client,
        change=Change(
            opens=tuple(slot_map.read(item.opened.as_dict()).values()),
            withdraws=tuple(slot_map.read(item.withdrawn.as_dict()).values()),
        ),
    )


def _read_day(item: Item | None, doctor_id: str, on: date) -> Day:
    if not isinstance(item, DayRecord):
        return Day(doctor_id=doctor_id, date=on)
    return Day(
        doctor_id=doctor_id,
        date=on,
        version=int(item.version),
        revision=int(item.revision),
        slots=slot_map.read(item.slots.as_dict()),
    )
