"""The audit log in the table: every entry is stored once, and never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, SettingChange
from chalicelib.domain.change_feed import ActorNames, ChangeSearch
from chalicelib.domain.errors import DayModifiedError
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotId, SlotStatus, format_start
from chalicelib.storage.audit_log import AuditLog, add_entry
from chalicelib.storage.transaction import Transaction
from tests.support.factories import MONDAY, SUNDAY_NOON, make_doctor, make_slot, to_instant

pytestmark = pytest.mark.both_stores

BOOKING = AuditLogEntry(
    doctor_id="dr-lee",
    at=SUNDAY_NOON,
    kind=ChangeKind.BOOKING,
    actor=Actor(name="portal", role=Role.BOOKING_SITE, client="portal"),
    suffix=format_start(to_instant("09:00")),
    date=MONDAY,
    booked=(make_slot("09:00", status=SlotStatus.BOOKED),),
)


def entries_of_monday() -> list[AuditLogEntry]:
    search = ChangeSearch(doctor_id="dr-lee", on=MONDAY)
    names = ActorNames(doctor=make_doctor())
    return list(AuditLog().list_page(search, names, limit=100).entries)


def later(entry: AuditLogEntry, seconds: int) -> AuditLogEntry:
    return replace(entry, at=entry.at + timedelta(seconds=seconds))


def add(*entries: AuditLogEntry) -> None:
    for entry in entries:
        transaction = Transaction()
        add_entry(transaction, entry)
        transaction.commit()


@pytest.mark.usefixtures("client")
def test_entry_is_read_as_it_was_added() -> None:
    entry = replace(
        BOOKING,
        actor=replace(BOOKING.actor, subject="4b1c"),
        opened=(make_slot("10:00"),),
        closed=(make_slot("11:00"),),
        cancelled=(make_slot("12:00"),),
        affected=(make_slot("13:00"),),
        moved_from=SlotId("dr-lee", to_instant("14:00")),
        moved_to=SlotId("dr-okafor", to_instant("15:00")),
        reason="The clinic is closed",
        settings={"lead_minutes": SettingChange(before=0, after=60)},
    )

    add(entry)

    assert entries_of_monday() == [entry]


@pytest.mark.usefixtures("client")
def test_entries_of_a_date_are_listed_newest_first() -> None:
    later = replace(BOOKING, at=SUNDAY_NOON + timedelta(microseconds=1), suffix="a")

    add(later, BOOKING, replace(BOOKING, date=MONDAY + timedelta(days=1)))

    assert entries_of_monday() == [later, BOOKING]


@pytest.mark.usefixtures("client")
def test_existing_entry_is_never_overwritten() -> None:
    add(BOOKING)

    with pytest.raises(DayModifiedError):
        add(replace(BOOKING, kind=ChangeKind.CANCELLATION))

    assert entries_of_monday() == [BOOKING]


@pytest.mark.usefixtures("client")
def test_page_reads_a_bounded_number_of_entries() -> None:
    names = ActorNames(doctor=make_doctor())
    search = ChangeSearch(doctor_id="dr-lee", kind=ChangeKind.CANCELLATION)
    cancellation = replace(BOOKING, kind=ChangeKind.CANCELLATION)
    add(cancellation, *(later(BOOKING, seconds) for seconds in range(1, 5)))
    audit_log = AuditLog(max_examined=3)

    first = audit_log.list_page(search, names, limit=1)
    second = audit_log.list_page(search, names, limit=1, cursor=first.cursor)

    assert (first.entries, first.cursor is None) == ((), False)
    assert (second.entries, second.cursor) == ((cancellation,), None)
