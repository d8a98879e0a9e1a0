"""Doctors in the table: one by id, or page by page as they are searched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.exceptions import DoesNotExist, PutError

from chalicelib.domain.errors import DoctorModifiedError, DoctorNotFoundError
from chalicelib.storage import keys, pagination, table
from chalicelib.storage.errors import translate_read_errors, translate_write_errors
from chalicelib.storage.mapping import doctor_from_item, doctor_to_item
from chalicelib.storage.models import DelegateItem, DoctorDirectoryIndex, DoctorItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection

    from pynamodb.expressions.condition import Condition

    from chalicelib.domain.doctor import Doctor


# Doctors read at a time: a filter drops some, and a page of the client's size would then take many.
_FILTERED_PAGE_SIZE = 101
_MAX_DOCTORS_PER_DELEGATE = 100


class DoctorPage(Struct, frozen=True, kw_only=True):
    """``cursor`` leads to the next page; None where there is none."""

    doctors: tuple[Doctor, ...]
    cursor: str | None


class DoctorRepository:
    """All doctors."""

    def get(self, doctor_id: str) -> Doctor:
        """Strongly consistent. Raise ``DoctorNotFound``, ``Unavailable``."""
        partition = keys.doctor_pk(doctor_id)
        try:
            with translate_read_errors():
                item = DoctorItem.get(partition, keys.DOCTOR_SK, consistent_read=True)
        except DoesNotExist:
            raise DoctorNotFoundError(doctor_id) from None
        return doctor_from_item(item)

    def get_many(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        """At most 100 of them by id, as far as they are known, in one strongly consistent read.

        Raises ``Unavailable``.
        """
        wanted = [(keys.doctor_pk(doctor_id), keys.DOCTOR_SK) for doctor_id in doctor_ids]
        found = table.batch_get(wanted).values() if wanted else ()
        doctors = (doctor_from_item(item) for item in found if isinstance(item, DoctorItem))
        return {doctor.doctor_id: doctor for doctor in doctors}

    def add(self, doctor: Doctor) -> bool:
        """Store a new doctor; False, and nothing done, where the id is known already."""
        try:
            self.save(doctor)
        except DoctorModifiedError:
            return False
        return True

    def save(self, doctor: Doctor, previous: Doctor | None = None) -> Doctor:
        """Store her settings on top of those that she had ``before`` (None: she is new).

        And in the same instant that her delegates keep her schedule, or do so no longer. Gives her
        as she is stored. Raises ``DoctorChanged`` where she is not as before; ``Unavailable``;
        ``OutcomeUnknown``.
        """
        saved = replace(doctor, version=(previous.version if previous else 0) + 1)
        item = doctor_to_item(saved)
        is_as_before = (
            DoctorItem.version == previous.version if previous else DoctorItem.pk.does_not_exist()
        )
        named = previous.delegates if previous else frozenset()
        if saved.delegates == named:
            _put_item(item, condition=is_as_before)
            return saved
        transaction = Transaction()
        transaction.put(item, condition=is_as_before, on_failure=lambda _: DoctorModifiedError())
        for name in sorted(saved.delegates - named):
            transaction.put(
                _delegate_item(name, saved),
                condition=None,
                on_failure=lambda _: DoctorModifiedError(),
            )
        for name in sorted(named - saved.delegates):
            transaction.delete(
                _delegate_item(name, saved),
                condition=None,
                on_failure=lambda _: DoctorModifiedError(),
            )
        transaction.commit()
        return saved

    def list_for_delegate(self, name: str) -> tuple[Doctor, ...]:
        """Those who name the delegate, at most 100, by id. Strongly consistent.

        Raises ``Unavailable``.
        """
        with translate_read_errors():
            links = list(
                DelegateItem.query(
                    keys.delegate_pk(name), consistent_read=True, limit=_MAX_DOCTORS_PER_DELEGATE
                )
            )
        doctors = self.get_many([keys.parse_doctor_pk(link.sk) for link in links])
        return tuple(doctor for _, doctor in sorted(doctors.items()) if name in doctor.delegates)

    def list_page(
        self, *, specialty: str | None, location: str | None, limit: int, cursor: str | None
    ) -> DoctorPage:
        """Doctors by specialty, location and id; the index may lag a moment behind.

        A location without a specialty reads past every doctor elsewhere: fine for a clinic's list,
        not for a booking site's search. Raises ``Refused`` for a cursor of another search.
        """
        if specialty and location:
            sought = keys.join_sort_key(specialty, location)
        else:
            sought = keys.join_sort_key(specialty) if specialty else ""
        if len(sought.encode()) > keys.MAX_SORT_KEY_BYTES:
            return DoctorPage(doctors=(), cursor=None)  # nobody can stand there
        filtered_by = DoctorItem.location == location if location and not specialty else None
        with translate_read_errors():
            found = list(
                DoctorItem.query(
                    keys.DIRECTORY_PK,
                    DoctorDirectoryIndex.gsi1_sk.startswith(sought) if sought else None,
                    filtered_by,
                    index_name=DoctorDirectoryIndex.Meta.index_name,
                    limit=limit + 1,
                    page_size=limit + 1 if filtered_by is None else _FILTERED_PAGE_SIZE,
                    last_evaluated_key=_exclusive_start_key(cursor, sought) if cursor else None,
                )
            )
        return DoctorPage(
            doctors=tuple(doctor_from_item(item) for item in found[:limit]),
            cursor=pagination.encode_cursor(str(found[limit - 1].gsi1_sk))
            if len(found) > limit
            else None,
        )


def _put_item(item: DoctorItem, *, condition: Condition) -> None:
    try:
        with translate_write_errors():
            item.save(condition=condition)
    except PutError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise DoctorModifiedError from error
        raise


def _delegate_item(delegate: str, doctor: Doctor) -> DelegateItem:
    return DelegateItem(keys.delegate_pk(delegate), keys.doctor_pk(doctor.doctor_id))


def _exclusive_start_key(cursor: str, prefix: str) -> dict[str, dict[str, str]]:
    """The key of the last doctor of the page before, as DynamoDB wants it."""
    place = pagination.decode_cursor(cursor, prefix=prefix, part_count=3)
    _, _, doctor_id = keys.split_sort_key(place)
    return {
        "PK": {"S": keys.doctor_pk(doctor_id)},
        "SK": {"S": keys.DOCTOR_SK},
        "GSI1PK": {"S": keys.DIRECTORY_PK},
        "GSI1SK": {"S": place},
    }
