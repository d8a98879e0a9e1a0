"""Reads and saves of Dr Lee's Monday by the repository, so that another save can come between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, next_instant
from chalicelib.domain.day import SlotChanges
from chalicelib.domain.permissions import Role
from chalicelib.domain.save_record import SaveRecord
from chalicelib.storage.day_repository import DayRepository
from tests.support.factories import MONDAY, SUNDAY_NOON, make_doctor

if TYPE_CHECKING:
    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot

DAY_REPOSITORY = DayRepository()
DR_LEE = make_doctor()


def read_day() -> Day:
    _, day, _ = DAY_REPOSITORY.get_with_change("dr-lee", MONDAY)
    return day


def write_day(
    day: Day,
    *,
    opened: tuple[Slot, ...] = (),
    closed: tuple[Slot, ...] = (),
    request_id: str = "x",
) -> Day:
    changes = SlotChanges(opened=opened, closed=closed)
    day_after = day.apply(changes)
    entry = AuditLogEntry(
        doctor_id=day.doctor_id,
        at=next_instant(SUNDAY_NOON, day.changed_at),
        kind=ChangeKind.SAVE,
        actor=Actor(name="dr-lee", role=Role.DOCTOR, client="test"),
        suffix=request_id,
        date=day.date,
        opened=opened,
        closed=closed,
    )
    record = SaveRecord(request_id=request_id, fingerprint="f", version=day.version + 1)
    DAY_REPOSITORY.save(DR_LEE, day, entry, record, day_after=day_after, now=SUNDAY_NOON)
    return day_after
