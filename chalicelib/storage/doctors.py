"""Doctors in the table: one by id, or page by page as they are searched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.domain.errors import DoctorChanged, DoctorNotFound
from chalicelib.storage import cursors, doctor_items, keys, table
from chalicelib.storage.failures import reading, writing
from chalicelib.storage.records import DelegateRecord, Directory, DoctorRecord
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection

    from pynamodb.expressions.condition import Condition

    from chalicelib.domain.doctor import Doctor


# Doctors read at a time: a filter drops some, and a page of the client's size would then take many.
_PAGE = 101
_MOST_OF_A_DELEGATE = 100


class DoctorPage(Struct, frozen=True, kw_only=True):
    """``cursor`` leads to the next page; None where there is none."""

    doctors: tuple[Doctor, ...]
    cursor: str | None


class Doctors:
    """All doctors."""

    def get(self, doctor_id: str) -> Doctor:
        """Strongly consistent. Raise ``DoctorNotFound``, ``Unavailable``."""
        partition = keys.of_doctor(doctor_id)
        try:
            with reading():
                item = DoctorRecord.get(partition, keys.DOCTOR, consistent_read=True)
        except DoesNotExist:
            raise DoctorNotFound(doctor_id) from None
        return doctor_items.read(item)

    def get_together(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        """At most 100 of them by id, as far as they are known, in one strongly consistent read.

        Raises ``Unavailable``.
        """
        wanted = [(keys.of_doctor(doctor_id), keys.DOCTOR) for doctor_id in doctor_ids]
        found = table.get_together(wanted).values() if wanted else ()
        doctors = (doctor_items.read(item) for item in found if isinstance(item, DoctorRecord))
        return {doctor.doctor_id: doctor for doctor in doctors}

    def add(self, doctor: Doctor) -> bool:
        """Store a new doctor; False, and nothing done, where the id is known already."""
        try:
            self.save(doctor)
        except DoctorChanged:
            return False
        return True

    def save(self, doctor: Doctor, before: Doctor | None = None) -> Doctor:
        """Store her settings on top of those that she had ``before`` (None: she is new).

        And in the same instant that her delegates keep her schedule, or do so no longer. Gives her
        as she is stored. Raises ``DoctorChanged`` where she is not as before; ``Unavailable``;
        ``OutcomeUnknown``.
        """
        saved = replace(doctor, version=(before.version if before else 0) + 1)
        item = doctor_items.write(saved)
        is_as_before = (
            DoctorRecord.version == before.version if before else DoctorRecord.pk.does_not_exist()
        )
        named = before.delegates if before else frozenset()
        if saved.delegates == named:
            _put(item, if_=is_as_before)
            return saved
        transaction = Transaction()
        transaction.put(item, if_=is_as_before, otherwise=DoctorChanged())
        for name in sorted(saved.delegates - named):
            transaction.put(_link(name, saved), if_=None, otherwise=DoctorChanged())
        for name in sorted(named - saved.delegates):
            transaction.delete(_link(name, saved), if_=None, otherwise=DoctorChanged())
        transaction.commit()
        return saved

    def of_delegate(self, name: str) -> tuple[Doctor, ...]:
        """Those who name the delegate, at most 100, by id. Strongly consistent.

        Raises ``Unavailable``.
        """
        with reading():
            links = list(
                DelegateRecord.query(
                    keys.of_delegate(name), consistent_read=True, limit=_MOST_OF_A_DELEGATE
                )
            )
        doctors = self.get_together([keys.doctor_id_of(link.sk) for link in links])
        return tuple(doctor for _, doctor in sorted(doctors.items()) if name in doctor.delegates)

    def page(
        self, *, specialty: str | None, location: str | None, limit: int, cursor: str | None
    ) -> DoctorPage:
        """Doctors by specialty, location and id; the index may lag a moment behind.

        A location without a specialty reads past every doctor elsewhere: fine for a clinic's list,
        not for a booking site's search. Raises ``Refused`` for a cursor of another search.
        """
        if specialty and location:
            sought = keys.in_directory(specialty, location)
        else:
            sought = keys.in_directory(specialty) if specialty else ""
        if len(sought.encode()) > keys.LONGEST_SORT_KEY:
            return DoctorPage(doctors=(), cursor=None)  # nobody can stand there
        filtered_by = DoctorRecord.location == location if location and not specialty else None
        with reading():
            found = list(
                DoctorRecord.query(
                    keys.ALL_DOCTORS,
                    Directory.place.startswith(sought) if sought else None,
                    filtered_by,
                    index_name=Directory.Meta.index_name,
                    limit=limit + 1,
                    page_size=limit + 1 if filtered_by is None else _PAGE,
                    last_evaluated_key=_start_behind(cursor, sought) if cursor else None,
                )
            )
        return DoctorPage(
            doctors=tuple(doctor_items.read(item) for item in found[:limit]),
            cursor=cursors.write(str(found[limit - 1].place)) if len(found) > limit else None,
        )


def _put(item: DoctorRecord, *, if_: Condition) -> None:
    try:
        with writing():
            item.save(condition=if_)
    except PutError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise DoctorChanged from error
        raise


def _link(delegate: str, doctor: Doctor) -> DelegateRecord:
    return DelegateRecord(keys.of_delegate(delegate), keys.of_doctor(doctor.doctor_id))


def _start_behind(cursor: str, sought: str) -> dict[str, dict[str, str]]:
    """The key of the last doctor of the page before, as DynamoDB wants it."""
    place = cursors.read(cursor, within=sought, parts=3)
    _, _, doctor_id = keys.read_place(place)
    return {
        "PK": {"S": keys.of_doctor(doctor_id)},
        "SK": {"S": keys.DOCTOR},
        "GSI1PK": {"S": keys.ALL_DOCTORS},
        "GSI1SK": {"S": place},
    }
